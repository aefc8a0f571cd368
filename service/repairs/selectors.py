"""What the pages of repairs print: lists with their latest job, the scorecard of contractors."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet, Sum
from django.utils import timezone

from crm_site.staff.models import User
from customers.models import Unit
from service.repairs.choices import PARTS
from service.repairs.models import ChargeBack, Contractor, RepairEvent, RepairJob, RepairOrder
from service.repairs.querysets import MEASURES
from service.repairs.rules.learning import Share, share_of
from service.repairs.rules.warranty import Part, Standing, Terms, judge
from service.repairs.services.warranty import handover_days, terms_for

# rate -> (what counts, of which cases); the words stand in ``scorecard.py``
RATES: Mapping[str, tuple[str, str]] = {
    "first_time_fix": ("fixed_first", "first"),
    "came_back": ("came_back", "accepted"),
    "refused": ("refused", "decided"),
    "in_time": ("in_time", "visited"),
}


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of one contractor: counts by measure, rates, money (yuan)."""

    contractor: Contractor
    counts: Mapping[str, int]
    claimed: Decimal
    agreed: Decimal

    @property
    def rates(self) -> dict[str, Share]:
        """Each rate with its interval; figures None without a case."""
        return rates_of(self.counts)


def rates_of(counts: Mapping[str, int]) -> dict[str, Share]:
    """Return the rates of counted jobs."""
    return {key: share_of(counts[hits], counts[cases]) for key, (hits, cases) in RATES.items()}


@dataclass(frozen=True, slots=True)
class PartWarranty:
    """How one part of a unit stands on a day; ``until`` is its last day, None before handover."""

    part: Part
    label: str
    standing: Standing
    until: date | None

    @property
    def is_running(self) -> bool:
        """Whether a defect reported on that day is put right by the seller: in warranty."""
        return self.standing is Standing.IN


def warranties_of(unit: Unit, on: date) -> list[PartWarranty]:
    """Return the warranty of every part of ``unit`` as of the day ``on`` (SVC-99, CON-41).

    By the version of the warranty in force on the day the unit was handed over; before the
    handover every part stands as ``before``.
    """
    return warranties_of_units([unit], on)[unit.pk]


def warranties_of_units(units: Iterable[Unit], on: date) -> dict[int, list[PartWarranty]]:
    """Return ``warranties_of`` of several units by key, each day of handover asked for once."""
    chosen = list(units)
    days = handover_days(chosen)
    moment = timezone.make_aware(datetime.combine(on, time(23, 59)))
    terms = {day: terms_for(day, now=moment) for day in {days.get(unit.pk) for unit in chosen}}
    return {unit.pk: _parts(days.get(unit.pk), on, terms[days.get(unit.pk)]) for unit in chosen}


def _parts(handed_on: date | None, on: date, terms: Terms) -> list[PartWarranty]:
    words, found = dict(PARTS), []
    for part in Part:
        said = judge(part, reported_on=on, handed_on=handed_on, has_unit=True, terms=terms)
        found.append(PartWarranty(part, str(words[part.value]), said.standing, said.until))
    return found


def orders_for_list(user: User) -> "QuerySet[RepairOrder]":
    """Return the repairs ``user`` may see with what a line of the list prints."""
    latest = Prefetch(
        "jobs",
        queryset=RepairJob.objects.select_related("contractor").order_by("-number"),
        to_attr="latest_first",
    )
    rows: QuerySet[RepairOrder] = RepairOrder.objects.visible_to(user).select_related(
        "ticket__project", "ticket__unit__building", "ticket__customer"
    )
    return rows.prefetch_related(latest)


def jobs_of(order: RepairOrder) -> list[RepairJob]:
    """Return the rounds of a repair, the latest first, with their photos."""
    rows = order.jobs.select_related("contractor", "sent_by").order_by("-number")
    return list(rows.prefetch_related("photos"))


def events_of(order: RepairOrder) -> "QuerySet[RepairEvent]":
    """Return the steps of a repair, the latest first."""
    return order.events.select_related("actor").order_by("-at", "-pk")


def scores(user: User, contractors: Iterable[Contractor]) -> list[Score]:
    """Return the scorecards over the jobs ``user`` may see, in a fixed number of statements."""
    chosen = list(contractors)
    jobs = RepairJob.objects.visible_to(user).filter(contractor__in=chosen)
    counted = {row["contractor"]: row for row in jobs.by_contractor()}
    charges = ChargeBack.objects.visible_to(user).standing().filter(contractor__in=chosen)
    money = {
        row["contractor"]: row
        for row in charges.order_by()
        .values("contractor")
        .annotate(claimed=Sum("amount"), agreed=Sum("agreed_amount"))
    }
    return [_score(one, counted.get(one.pk, {}), money.get(one.pk, {})) for one in chosen]


def _score(contractor: Contractor, counted: Mapping[str, Any], money: Mapping[str, Any]) -> Score:
    return Score(
        contractor=contractor,
        counts={key: counted.get(f"n_{key}", 0) for key in MEASURES},
        claimed=money.get("claimed") or Decimal(0),
        agreed=money.get("agreed") or Decimal(0),
    )
