"""One row of a file of bookings, read and checked for itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from crm_site.exchange.registry import CellError, Plan, Problem
from customers.models import Purchase
from customers.purchase.importing.fields import BY_KEY, CONFIRMED_AS
from customers.purchase.importing.parsers import CONFIRMED
from customers.purchase.rules import PurchaseState


class RowError(Exception):
    """A row that cannot be written, and the problem to report."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Booking:
    """What a row says: amounts in yuan, ``facts`` for the timeline."""

    row: int
    lead: str
    booked_at: datetime
    state: PurchaseState
    list_total: Decimal
    agreed_total: Decimal
    deposit: Decimal | None
    contract_no: str
    project: str
    unit: str
    facts: Mapping[str, str]

    def refuse(self, code: str, **params: Any) -> RowError:
        """Return the error that names what is wrong with the row."""
        return RowError(Problem(self.row, "", code, params))

    def is_of(self, purchase: Purchase) -> bool:
        """Return whether ``purchase`` is this booking, wherever it has got to since."""
        if purchase.signed_at == purchase.begun_at:
            state = PurchaseState.SIGNED
        elif purchase.ended_at == purchase.begun_at:
            state = PurchaseState.CANCELLED
        else:
            state = PurchaseState.SUBSCRIBED
        return (state, purchase.list_total, purchase.agreed_total, purchase.begun_at) == (
            *(self.state, self.list_total, self.agreed_total),
            self.booked_at,
        )


def read_booking(row: int, cells: Sequence[str], plan: Plan) -> Booking:
    """Return the booking of a row; raise RowError for what is missing or cannot be."""
    values = _values(row, cells, plan)
    if not values.get("lead"):
        raise RowError(Problem(row, "", "no_lead_id"))
    if "booked_at" not in values:
        raise RowError(Problem(row, "", "no_booked_at"))
    listed, agreed = _amounts(row, values)
    deposit = values.get("deposit")
    if deposit is not None and deposit > agreed:
        raise RowError(Problem(row, "", "deposit_above_price"))
    status = values.get("status", CONFIRMED)
    state = plan.options[CONFIRMED_AS] if status == CONFIRMED else status
    names = ("layout", "payment_plan", "loan")
    return Booking(
        row=row,
        lead=values["lead"],
        booked_at=values["booked_at"],
        state=PurchaseState(state),
        list_total=listed,
        agreed_total=agreed,
        deposit=deposit,
        contract_no=values.get("contract_no", ""),
        project=values.get("project", ""),
        unit=values.get("unit", ""),
        facts={name: values[name] for name in names if values.get(name)},
    )


def _amounts(row: int, values: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """Return list and agreed total; where one is missing it follows from the discount."""
    listed, agreed, off = (values.get(name) for name in ("list_total", "agreed_total", "discount"))
    if agreed is None:
        raise RowError(Problem(row, "", "no_price"))
    if listed is None:
        listed = agreed + (off or 0)
    if agreed > listed:
        raise RowError(Problem(row, "", "above_list"))
    if off is not None and listed - off != agreed:
        raise RowError(Problem(row, "", "amounts_differ"))
    return listed, agreed


def _values(row: int, cells: Sequence[str], plan: Plan) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for header, text in zip(plan.headers, cells, strict=True):
        spec = BY_KEY.get(plan.mapping.get(header, ""))
        if spec is None or not text:
            continue
        try:
            found[spec.key] = spec.parse(text, plan.reading(header)) if spec.parse else text
        except CellError as error:
            raise RowError(Problem(row, header, error.code, error.params)) from None
        if spec.parse is None and len(text) > spec.max_length:
            raise RowError(Problem(row, header, "too_long", {"limit": spec.max_length}))
    return found
