"""The importer of bookings: each becomes a purchase of the lead another system numbered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from crm_site.audit.services import record_bulk
from crm_site.exchange.reading.table import Row
from crm_site.exchange.registry import Importer, Outcome, Plan, Problem
from crm_site.exchange.rules.text import fold
from customers.models import Lead, Purchase, PurchaseEvent, PurchaseParty, Unit
from customers.property.importing.parsers import entrance
from customers.purchase.importing.fields import (
    FIELDS,
    SOURCE,
    check_mapping,
    options,
    suggest,
)
from customers.purchase.importing.following import Following, advance
from customers.purchase.importing.reverting import PurchaseReverter, subjects
from customers.purchase.importing.rows import Booking, RowError, read_booking
from customers.purchase.models import ACTIVE_STATES
from customers.purchase.rules import PurchaseState, Step
from customers.purchase.services.locking import lock_customers, lock_units
from customers.rules.axes import LeadState

PERMISSION = "customers.edit_units"
LEAD_STATES = {
    PurchaseState.SUBSCRIBED: LeadState.SUBSCRIBED,
    PurchaseState.SIGNED: LeadState.SIGNED,
}
STEPS = {
    PurchaseState.SUBSCRIBED: Step.SUBSCRIBE,
    PurchaseState.SIGNED: Step.SIGN,
    PurchaseState.CANCELLED: Step.CANCEL,
}
UnitKey = tuple[int, str, str, str]  # project, folded building, entrance, number


@dataclass(slots=True)
class Known:
    """What stands in the database of what the rows of a part name."""

    leads: dict[str, Lead] = field(default_factory=dict)
    purchases: dict[str, Purchase] = field(default_factory=dict)
    units: dict[UnitKey, Unit] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)
    contracts: set[tuple[int, str]] = field(default_factory=set)


class BookingBatcher:
    """Checks and writes the rows of one file of bookings."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._seen: dict[str, int] = {}
        self._units: dict[int, int] = {}  # unit -> row
        self._numbers: dict[tuple[int, str], int] = {}  # contract -> row
        self._touched: list[int] = []

    def check(self, rows: Sequence[Row]) -> Outcome:
        """Return what writing ``rows`` would do."""
        outcome, _wanted = self._sorted(rows, lock=False)
        return outcome

    def prepare(self) -> None:
        """Nothing has to exist before."""

    def write(self, rows: Sequence[Row]) -> Outcome:
        """Write the bookings that are new; those that came before stay as they are."""
        outcome, wanted = self._sorted(rows, lock=True)
        made = self._save(wanted)
        moves = [
            Following(purchase.lead, LEAD_STATES[booking.state], booking.booked_at)
            for booking, purchase in made
            if booking.state in LEAD_STATES and purchase.lead is not None
        ]
        actor_id = self._plan.actor.pk if self._plan.actor else None
        before = advance(moves, job_id=self._plan.job_id, actor_id=actor_id, now=self._plan.now)
        if made:
            created = [
                [booking.row, purchase.pk, purchase.lead_id, purchase.state]
                for booking, purchase in made
            ]
            outcome.trace = {"created": created, **before}
        return outcome

    def forget(self) -> None:
        """Forget which bookings were named."""
        self._seen, self._units, self._numbers = {}, {}, {}

    def finish(self) -> None:
        """Write the audit event of the import."""
        record_bulk(
            kind="purchase.imported",
            actor=self._plan.actor,
            now=self._plan.now,
            subject_kind="purchase",
            ids=self._touched,
            facts={"import_job": self._plan.job_id},
        )

    def _sorted(
        self, rows: Sequence[Row], *, lock: bool
    ) -> tuple[Outcome, list[tuple[Booking, Purchase]]]:
        """Return what becomes of each row, and the bookings to be written."""
        outcome, bookings = Outcome(), []
        for number, cells in rows:
            try:
                bookings.append(read_booking(number, cells, self._plan))
            except RowError as error:
                outcome.refuse(error.problem)
        known, wanted = self._known(bookings, lock=lock), []
        for booking in bookings:
            try:
                purchase = self._purchase(booking, known, outcome)
            except RowError as error:
                outcome.refuse(error.problem)
                continue
            if purchase is None:
                outcome.counts["unchanged"] += 1
            else:
                outcome.counts["created"] += 1
                wanted.append((booking, purchase))
        return outcome, wanted

    def _known(self, bookings: Sequence[Booking], *, lock: bool) -> Known:
        """Return what the rows name, locked in the one order: customers, units, leads."""
        numbers = {"external_source": self._plan.options[SOURCE]}
        numbers["external_id__in"] = [booking.lead for booking in bookings]  # type: ignore[assignment]
        leads = Lead.objects.filter(customer__merged_into__isnull=True, **numbers)
        if self._plan.actor is not None:
            leads = leads.visible_to(self._plan.actor)
        leads = leads.select_related("customer", "project")
        known = Known(
            purchases={row.external_id: row for row in Purchase.objects.filter(**numbers)}
        )
        self._find_units(known, bookings, leads)
        if lock:
            lock_customers(leads.values_list("customer_id", flat=True))
            lock_units(unit.pk for unit in known.units.values())
            leads = leads.order_by("pk").select_for_update(of=("self",))
        known.leads = {lead.external_id: lead for lead in leads}
        keys = [unit.pk for unit in known.units.values()]
        active = Purchase.objects.filter(unit__in=keys, state__in=ACTIVE_STATES)
        known.taken = set(active.values_list("unit_id", flat=True))
        contracts = [booking.contract_no for booking in bookings if booking.contract_no]
        rows = (
            Purchase.objects.filter(contract_no__in=contracts)
            if contracts
            else Purchase.objects.none()
        )
        known.contracts = set(rows.values_list("project_id", "contract_no"))
        return known

    def _find_units(self, known: Known, bookings: Sequence[Booking], leads: Any) -> None:
        numbers = [booking.unit.split("-")[-1].strip() for booking in bookings if booking.unit]
        if not numbers:
            return
        rows = Unit.objects.filter(project__in=leads.values("project"), number__in=numbers)
        known.units = {
            (unit.project_id, fold(unit.building.name), unit.entrance, unit.number): unit
            for unit in rows.select_related("building")
        }

    def _purchase(self, booking: Booking, known: Known, outcome: Outcome) -> Purchase | None:
        """Return the purchase to be written, None for one that is there; raise RowError."""
        first = self._seen.setdefault(booking.lead, booking.row)
        if first != booking.row:
            raise booking.refuse("repeated_booking", first=first)
        lead = known.leads.get(booking.lead)
        if lead is None:
            raise booking.refuse("unknown_lead")
        there = known.purchases.get(booking.lead)
        if there is not None:
            if not booking.is_of(there):
                raise booking.refuse("booking_differs")
            return None
        self._check_lead(booking, lead)
        unit = self._unit(booking, lead, known)
        if booking.booked_at < lead.received_at:
            outcome.problems.append(Problem(booking.row, "", "booked_before_lead", is_warning=True))
        return self._made(booking, lead, unit)

    def _check_lead(self, booking: Booking, lead: Lead) -> None:
        if lead.project is None or (
            booking.project
            and fold(booking.project) not in map(fold, (lead.project.name, lead.project.code))
        ):
            raise booking.refuse("other_project")
        if lead.state == LeadState.LOST and booking.state in LEAD_STATES:
            raise booking.refuse("lead_lost")
        if self._consultant(lead) is None:
            raise booking.refuse("lead_without_consultant")

    def _unit(self, booking: Booking, lead: Lead, known: Known) -> Unit | None:
        """Return the unit a row names, free if the booking needs it to be; raise RowError."""
        self._check_contract(booking, lead, known)
        if not booking.unit:
            if booking.state is PurchaseState.SIGNED:
                raise booking.refuse("unit_needed")
            return None
        parts = [part.strip() for part in booking.unit.split("-")]
        stairs = entrance(parts[1], None) if len(parts) == 3 else ""  # type: ignore[arg-type]
        unit = known.units.get((lead.project_id or 0, fold(parts[0]), stairs, parts[-1]))
        if unit is None:
            raise booking.refuse("unit_unknown")
        if booking.state in LEAD_STATES:
            first = self._units.setdefault(unit.pk, booking.row)
            if unit.pk in known.taken or unit.withheld_at is not None or first != booking.row:
                raise booking.refuse("unit_taken")
        return unit

    def _check_contract(self, booking: Booking, lead: Lead, known: Known) -> None:
        key = (lead.project_id or 0, booking.contract_no)
        if booking.contract_no and (
            key in known.contracts or self._numbers.setdefault(key, booking.row) != booking.row
        ):
            raise booking.refuse("contract_no_taken")

    def _consultant(self, lead: Lead) -> Any:
        return lead.owner_id or lead.customer.owner_id or getattr(self._plan.actor, "pk", None)

    def _made(self, booking: Booking, lead: Lead, unit: Unit | None) -> Purchase:
        at, over = booking.booked_at, booking.state is PurchaseState.CANCELLED
        return Purchase(
            project_id=lead.project_id,
            unit=unit,
            customer_id=lead.customer_id,
            lead=lead,
            consultant_id=self._consultant(lead),
            state=booking.state.value,
            state_since=at,
            begun_at=at,
            subscribed_at=at,
            signed_at=at if booking.state is PurchaseState.SIGNED else None,
            ended_at=at if over else None,
            deposit=booking.deposit,
            list_total=booking.list_total,
            agreed_total=booking.agreed_total,
            contract_no=booking.contract_no,
            external_source=self._plan.options[SOURCE],
            external_id=booking.lead,
        )

    def _save(self, wanted: Sequence[tuple[Booking, Purchase]]) -> list[tuple[Booking, Purchase]]:
        now: datetime = self._plan.now
        for _booking, purchase in wanted:
            purchase.created_at = now
        made = Purchase.objects.bulk_create(
            [purchase for _booking, purchase in wanted], batch_size=500
        )
        pairs = [(booking, row) for (booking, _), row in zip(wanted, made, strict=True)]
        PurchaseEvent.objects.bulk_create(
            (
                PurchaseEvent(
                    purchase=purchase,
                    at=booking.booked_at,
                    step=STEPS[booking.state].value,
                    to_state=booking.state.value,
                    facts={**booking.facts, "import_job": self._plan.job_id},
                    actor=self._plan.actor,
                )
                for booking, purchase in pairs
            ),
            batch_size=500,
        )
        PurchaseParty.objects.bulk_create(
            PurchaseParty(purchase=row, customer_id=row.customer_id, role="buyer") for row in made
        )
        self._touched += [row.pk for row in made]
        return pairs


IMPORTER = Importer(
    key="purchase",
    label=gettext_lazy("Bookings"),
    permission=PERMISSION,
    fields=lambda _actor: FIELDS,
    options=options,
    open=BookingBatcher,
    check_mapping=check_mapping,
    suggest=suggest,
    reverter=PurchaseReverter,
    subjects=subjects,
    revert_counts={"removed": gettext_lazy("Purchases removed")},
    stays=gettext_lazy("Leads and customers that somebody has worked with since stay as they are."),
)
