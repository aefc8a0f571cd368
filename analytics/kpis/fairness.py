"""Whether low grades, alike homes and demanding customers are treated as promised (BEY-13)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from analytics.kpis.fairness_kpis import FLOOR, OFF, OFFERS, layout_names, off_list
from analytics.kpis.kinds import Asking, CutLine, Kpi
from analytics.kpis.registry import kpi_of
from analytics.kpis.rules import fairness
from analytics.kpis.rules.fairness import Difference, Offer, Spread
from analytics.kpis.rules.formulas import PLACES
from analytics.kpis.sources import rows_of
from crm_site.policies.services import in_force
from customers.service_policy import PACKAGES

SHOWN: Final = 10  # of the alike homes with unlike offers
DEMANDING: Final = "True"
# Of each promise: its heading, and whom it is about.
_FLOOR: Final = (
    _("Low grades are answered within the floor"),
    _("Buyers of the low grades beside those of the other grades, by enquiries."),
)
_TICKETS: Final = (
    _("Low grades have their tickets answered in time"),
    _("Customers of the low grades beside those of the other grades, by tickets."),
)
_DEMANDING: Final = (
    _("Demanding customers are answered in time"),
    _("Tickets with a demanding opinion beside the others."),
)
_CLOSED: Final = (
    _("Complaints of demanding customers are closed in time"),
    _("Complaints with a demanding opinion beside the others."),
)
_OFFERS: Final = (
    _("Alike homes get alike offers"),
    _(
        "Percent off the list price: buyers of the low grades beside the others, each held "
        "against the homes of the same layout."
    ),
)


@dataclass(frozen=True, slots=True)
class Proof:
    """One promise: the figure it is held against, group by group, and what may be said of it."""

    key: str
    title: Any
    question: Any
    kpi: Kpi
    cut: str
    lines: tuple[CutLine, ...]
    difference: Difference


@dataclass(frozen=True, slots=True)
class Alike:
    """Homes of one layout and how far their offers lie apart."""

    label: str
    spread: Spread


def low_grades(asking: Asking) -> tuple[str, ...]:
    """Return the grades that get the basic service of a period."""
    grades: tuple[str, ...] = in_force(PACKAGES, at=asking.period.begins_at).value.low.grades
    return grades


def proofs(asking: Asking, kpis: Iterable[str]) -> list[Proof]:
    """Return the promises whose figures are among ``kpis``, in order; one query or two for each."""
    low, known = low_grades(asking), set(kpis)
    wanted = (
        ("floor", FLOOR, "grade", low, _FLOOR),
        ("tickets", "sla_ticket_first_touch", "grade", low, _TICKETS),
        ("demanding-answer", "sla_ticket_first_touch", "demanding", (DEMANDING,), _DEMANDING),
        ("demanding-closure", "complaint_timeliness", "demanding", (DEMANDING,), _CLOSED),
    )
    found = [
        _of_shares(key, kpi_of(kpi), (cut, group), words, asking)
        for key, kpi, cut, group, words in wanted
        if kpi in known
    ]
    return [*found, _of_offers(asking, low)] if OFF in known else found


def unlike_offers(asking: Asking) -> list[Alike]:
    """Return the layouts whose homes were offered least alike, the widest apart first."""
    names = layout_names()
    found = [spread for spread in fairness.spreads(_offers(asking)) if spread.width]
    return [Alike(names[spread.alike], spread) for spread in found[:SHOWN]]


def _of_shares(
    key: str, kpi: Kpi, of: tuple[str, Sequence[str]], words: tuple[Any, Any], asking: Asking
) -> Proof:
    cut, group = of
    lines = _lines(kpi, cut, asking)
    tallies: Mapping[bool, list[int]] = {True: [0, 0], False: [0, 0]}
    for line in lines:
        if line.value:
            tally = tallies[line.value in group]
            tally[0] += int(line.reading.top or 0)
            tally[1] += line.reading.n
    (hits, n), (other_hits, other_n) = tallies[True], tallies[False]
    difference = fairness.of_shares((hits, n), (other_hits, other_n))
    return Proof(key, *words, kpi, cut, lines, difference)


def _of_offers(asking: Asking, low: Sequence[str]) -> Proof:
    kpi = kpi_of(OFF)
    difference = fairness.beside_alike(_offers(asking), low)
    return Proof("offers", *_OFFERS, kpi, "grade", _lines(kpi, "grade", asking), difference)


def _lines(kpi: Kpi, cut: str, asking: Asking) -> tuple[CutLine, ...]:
    tables = kpi.cuts(asking) if kpi.cuts else ()
    lines = next((table.lines for table in tables if table.key == cut), ())
    return tuple(sorted(lines, key=lambda line: (not line.value, line.value)))


def _offers(asking: Asking) -> list[Offer]:
    rows = rows_of(OFFERS, asking).filter(unit__layout__isnull=False).order_by()
    off = off_list(asking.period, asking.now)
    found = rows.annotate(off=off, grade=F("customer__grading__grade"))
    return [
        Offer(layout, grade or "", value.quantize(PLACES))
        for layout, grade, value in found.values_list("unit__layout", "grade", "off")
    ]
