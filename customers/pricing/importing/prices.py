"""The importer of prices: each row prices one unit in the draft of a price list (MKT-45).

It never makes a price count: the draft is submitted and signed like one written by hand.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.exchange.reading.table import Row
from crm_site.exchange.registry import CellError, Importer, Outcome, Plan, Problem
from crm_site.exchange.rules.text import fold
from customers.pricing.importing.fields import (
    BY_KEY,
    FIELDS,
    LIST,
    check_mapping,
    drafts_of,
    named_unit,
    options,
)
from customers.pricing.importing.reverting import VALUES, PriceReverter, plain
from customers.pricing.models import PriceList, UnitPrice
from customers.pricing.rules import CENT, money, price_of
from customers.pricing.selectors import prices_at
from customers.pricing.services.lists import LARGEST
from customers.property.importing.reverting import subjects
from customers.property.models import Unit

Made = tuple[int, UnitPrice]
Changed = tuple[int, UnitPrice, dict[str, str]]
Names = tuple[str, str, str]  # folded building, entrance, number
FOUR = Decimal("0.0001")


class RowError(Exception):
    """A row that cannot be written, and the problem to report."""

    def __init__(self, row: int, code: str, column: str = "", /, **params: Any) -> None:
        super().__init__(code)
        self.problem = Problem(row, column, code, params)


class PriceBatcher:
    """Checks and writes the rows of one file of prices."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._seen: dict[int, int] = {}
        self._count = 0
        chosen = plan.options[LIST]
        self._draft: PriceList | None = drafts_of(plan.actor).filter(pk=chosen or 0).first()

    def check(self, rows: Sequence[Row]) -> Outcome:
        """Return what writing ``rows`` would do."""
        return self._run(rows, dry=True)

    def prepare(self) -> None:
        """The draft stands already."""

    def write(self, rows: Sequence[Row]) -> Outcome:
        """Write the prices into the draft, over those it has."""
        if self._draft is not None:
            drafts = drafts_of(self._plan.actor).select_for_update(of=("self",))
            self._draft = drafts.filter(pk=self._draft.pk).first()
        return self._run(rows, dry=False)

    def forget(self) -> None:
        """Forget which units were named."""
        self._seen = {}

    def finish(self) -> None:
        """Write the audit event of the import."""
        if self._draft is None:
            return
        facts = {"import_job": self._plan.job_id, "units": self._count}
        record(
            kind="price_list.imported",
            actor=self._plan.actor,
            subject=("price_list", self._draft.pk),
            reason=self._draft.reason,
            facts={"project": self._draft.project_id, "number": self._draft.number} | facts,
            now=self._plan.now,
        )

    def _run(self, rows: Sequence[Row], *, dry: bool) -> Outcome:
        outcome, read = Outcome(), []
        for number, cells in rows:
            try:
                if self._draft is None:
                    code = "draft_gone" if self._plan.options[LIST] else "no_draft"
                    raise RowError(number, code)
                read.append((number, self._values(number, cells)))
            except RowError as error:
                outcome.refuse(error.problem)
        if self._draft is None:
            return outcome
        units = self._units()
        there = {row.unit_id: row for row in self._draft.prices.all()}
        before = prices_at(
            [unit.pk for found in units.values() for unit in found], at=self._plan.now
        )
        made: list[Made] = []
        changed: list[Changed] = []
        for number, values in read:
            try:
                unit = self._unit(number, values, units)
                known = there.get(unit.pk)
                found = _price(number, values, unit, known or before.get(unit.pk))
            except RowError as error:
                outcome.refuse(error.problem)
                continue
            outcome.counts[self._sort(number, unit, known, found, made, changed)] += 1
        if not dry:
            outcome.trace = self._save(made, changed)
        return outcome

    def _sort(
        self,
        row: int,
        unit: Unit,
        known: UnitPrice | None,
        found: Mapping[str, Decimal],
        made: list[Made],
        changed: list[Changed],
    ) -> str:
        """Put the price with what the part writes and return what becomes of the row."""
        if known is None:
            made.append((row, UnitPrice(price_list=self._draft, unit=unit, **found)))
            return "created"
        if all(getattr(known, name) == value for name, value in found.items()):
            return "unchanged"
        old = plain(known)
        for name, value in found.items():
            setattr(known, name, value)
        changed.append((row, known, old))
        return "updated"

    def _save(
        self,
        made: Sequence[Made],
        changed: Sequence[Changed],
    ) -> dict[str, Any]:
        assert self._draft is not None  # noqa: S101 -- rows without one are refused
        UnitPrice.objects.bulk_create([row for _number, row in made], batch_size=1000)
        UnitPrice.objects.bulk_update(
            [row for _number, row, _old in changed], list(VALUES), batch_size=500
        )
        self._count += len(made) + len(changed)
        if not (made or changed):
            return {}
        self._draft.save(update_fields=["updated_at"])
        return {
            "list": self._draft.pk,
            "created": [[number, row.unit_id, plain(row)] for number, row in made],
            "updated": [[number, row.unit_id, old, plain(row)] for number, row, old in changed],
        }

    def _units(self) -> dict[Names, list[Unit]]:
        """Return the units of the project by their names, by number alone as well."""
        assert self._draft is not None  # noqa: S101 -- see above
        found: dict[Names, list[Unit]] = {}
        rows = Unit.objects.filter(project=self._draft.project_id).select_related("building")
        for unit in rows:
            for key in (
                (fold(unit.building.name), unit.entrance, unit.number),
                (fold(unit.building.name), "", unit.number),
                ("", "", unit.number),
            ):
                known = found.setdefault(key, [])
                if unit not in known:
                    known.append(unit)
        return found

    def _unit(self, row: int, values: Mapping[str, Any], units: Mapping[Names, list[Unit]]) -> Unit:
        try:
            building, stairs, number = named_unit(values, None)
        except CellError as error:
            raise RowError(row, error.code, "", **error.params) from None
        found = units.get((fold(building), stairs, number), [])
        if len(found) != 1:
            raise RowError(row, "price_unit_unclear" if found else "price_unit_unknown")
        first = self._seen.setdefault(found[0].pk, row)
        if first != row:
            raise RowError(row, "repeated_unit", first=first)
        return found[0]

    def _values(self, row: int, cells: Sequence[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for header, text in zip(self._plan.headers, cells, strict=True):
            spec = BY_KEY.get(self._plan.mapping.get(header, ""))
            if spec is None or not text:
                continue
            try:
                reading = self._plan.reading(header)
                found[spec.key] = spec.parse(text, reading) if spec.parse else text
            except CellError as error:
                raise RowError(row, error.code, header, **error.params) from None
            if spec.parse is None and len(text) > spec.max_length:
                raise RowError(row, "too_long", header, limit=spec.max_length)
        if not found.get("number"):
            raise RowError(row, "no_unit_number")
        if "unit_price" not in found and "total" not in found:
            raise RowError(row, "no_price_given")
        return found


def _price(
    row: int, values: Mapping[str, Any], unit: Unit, old: UnitPrice | None
) -> dict[str, Decimal]:
    """Return the price of a row as the columns keep it; raise RowError for what cannot be."""
    area = Decimal(str(unit.area))
    each = values.get("unit_price")
    if each is None:
        each = (values["total"] / area).quantize(CENT, ROUND_HALF_UP)
    if not 0 < each <= LARGEST:
        raise RowError(row, "price_too_high", limit=int(LARGEST))
    usual = price_of(unit_price=each, area=area, coefficient=Decimal(1)).public_total
    total = money(values.get("total", usual))
    if abs(total - usual) > area * CENT + 1:
        raise RowError(row, "total_differs", area=str(area))
    floor, share = _floor(row, values, total, old)
    return {
        "unit_price": money(each),
        "public_total": total,
        "floor_total": floor,
        "floor_coefficient": share,
    }


def _floor(
    row: int, values: Mapping[str, Any], total: Decimal, old: UnitPrice | None
) -> tuple[Decimal, Decimal]:
    """Return the floor of a total and its share: written, or the share the unit has so far."""
    floor, share = values.get("floor_total"), values.get("floor_share")
    if floor is not None:
        if floor > total:
            raise RowError(row, "floor_above_public")
        found = (floor / total).quantize(FOUR, ROUND_HALF_UP)
        if share is not None and abs(found - share) > FOUR * 10:
            raise RowError(row, "floor_twice")
        return money(floor), max(found, FOUR)
    if share is None:
        if old is None:
            raise RowError(row, "floor_missing")
        share = old.floor_coefficient
    return money((total * share).quantize(Decimal(1), ROUND_HALF_UP)), share


IMPORTER = Importer(
    key="price",
    label=gettext_lazy("Prices"),
    permission="customers.edit_prices",
    fields=lambda _actor: FIELDS,
    options=options,
    open=PriceBatcher,
    check_mapping=check_mapping,
    reverter=PriceReverter,
    subjects=subjects,
    revert_counts={
        "removed": gettext_lazy("Prices removed"),
        "restored": gettext_lazy("Prices with their former values"),
    },
    stays=gettext_lazy("Prices of a list that was submitted meanwhile stay."),
)
