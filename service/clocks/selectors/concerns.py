"""What customers complain about, how often, and what is done about it (SVC-39, SVC-42)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.staff.models import User
from customers.handover.models import UnitDelivery
from customers.models import Customer
from service.clocks.models import ConcernMeasure
from service.clocks.rules.months import after, begins, last_months, period_of
from service.clocks.selectors.timeliness import MONTHS, NONE, Ask, Figure
from service.tickets.models import Ticket, TicketCategory
from service.tickets.rules import TicketKind

COMPLAINT = TicketKind.COMPLAINT.value
TOP = 5


@dataclass(frozen=True, slots=True)
class Concern:
    """One class, cause or project and how many complaints it has; ``share`` in percent of all."""

    key: Any
    label: str | Words
    figure: Figure
    share: float


@dataclass(frozen=True, slots=True)
class Cut:
    """The complaints of a month by one property."""

    key: str
    label: str | Words
    concerns: list[Concern]


@dataclass(frozen=True, slots=True)
class MainConcern:
    """A main concern with what is done about it; without anything it is open."""

    concern: Concern
    measures: list[ConcernMeasure]
    add_url: str


@dataclass(frozen=True, slots=True)
class Rate:
    """Complaints of a month per 100 customers and per 100 homes handed over; None for no base."""

    month: dt.date
    complaints: Figure
    customers: int
    homes: int
    per_customers: float | None
    per_homes: float | None
    share: float = 0.0  # of the highest month, in percent, for the bar


def complaints(user: User, ask: Ask, now: dt.datetime) -> QuerySet[Ticket]:
    """Return the complaints received in the month, neither merged nor cancelled."""
    period = period_of(ask.month, now)
    return _of_project(user, ask).filter(opened_at__gte=period.start, opened_at__lt=period.end)


CUTS: tuple[tuple[str, str | Words, str], ...] = (
    ("category", pgettext_lazy("ticket", "Class"), "category"),
    ("cause", pgettext_lazy("ticket", "Cause"), "cause"),
    ("project", _("Project"), "project"),
)


def cuts(user: User, ask: Ask, now: dt.datetime) -> list[Cut]:
    """Return the complaints of the month by class, cause and project; one query for each."""
    return [Cut(key, label, by(key, path, user, ask, now)) for key, label, path in CUTS]


def by(key: str, path: str, user: User, ask: Ask, now: dt.datetime) -> list[Concern]:
    """Return the complaints of the month by one property, most first."""
    found = (
        complaints(user, ask, now)
        .values(value=F(path), words=F(f"{path}__name"))
        .order_by()
        .annotate(number=Count("pk"))
    )
    rows = sorted(found, key=lambda row: (-row["number"], str(row["words"])))
    total = sum(row["number"] for row in rows)
    return [
        Concern(
            key=row["value"],
            label=row["words"] or pgettext_lazy("ticket", "not named"),
            figure=_figure(
                row["number"], ask, {key: NONE if row["value"] is None else row["value"]}
            ),
            share=row["number"] / total * 100,
        )
        for row in rows
    ]


def main_concerns(concerns: list[Concern], ask: Ask) -> list[MainConcern]:
    """Return the five classes with most complaints of a month, with what is done about each."""
    named = [concern for concern in concerns if concern.key is not None][:TOP]
    measures: dict[int, list[ConcernMeasure]] = {}
    found = ConcernMeasure.objects.filter(
        month=ask.month, category__in=[concern.key for concern in named]
    )
    for measure in found.select_related("owner", "by"):
        measures.setdefault(measure.category_id, []).append(measure)
    keys = [concern.key for concern in named]
    codes = dict(TicketCategory.objects.filter(pk__in=keys).values_list("pk", "code"))
    page = reverse("service:concern-measure")
    return [
        MainConcern(
            concern,
            measures.get(concern.key, []),
            f"{page}?{urlencode({'month': f'{ask.month:%Y-%m}', 'category': codes[concern.key]})}",
        )
        for concern in named
    ]


def rates(user: User, ask: Ask, now: dt.datetime) -> list[Rate]:
    """Return the complaint rate of the last twelve months, the earliest first; three queries.

    Customers and homes are those there were at the end of the month, of what ``user`` sees.
    """
    months = last_months(now, MONTHS)
    found = _monthly(_of_project(user, ask), "opened_at", months, running=False)
    people, homes = Customer.objects.visible_to(user), UnitDelivery.objects.visible_to(user)
    if ask.project:
        people = people.filter(project=ask.project)
        homes = homes.filter(batch__project=ask.project)
    customers = _monthly(people, "created_at", months, running=True)
    taken = _monthly(homes, "taken_at", months, running=True)
    highest = max([*found, 1])
    return [
        Rate(
            month=month,
            complaints=_figure(found[i], Ask(month, project=ask.project), {}),
            customers=customers[i],
            homes=taken[i],
            per_customers=_per_hundred(found[i], customers[i]),
            per_homes=_per_hundred(found[i], taken[i]),
            share=found[i] / highest * 100,
        )
        for i, month in enumerate(months)
    ]


def direction(now_is: float | None, before: float | None) -> str:
    """Return where a rate goes: falling is success."""
    if now_is is None or before is None:
        return ""
    if now_is == before:
        return "same"
    return "falling" if now_is < before else "rising"


def concern_classes() -> QuerySet[TicketCategory]:
    """Return the classes a measure can be about."""
    found: QuerySet[TicketCategory] = TicketCategory.objects.filter(kind=COMPLAINT, axis="object")
    return found


def _monthly(rows: QuerySet[Any], path: str, months: list[dt.date], *, running: bool) -> list[int]:
    """Return how many rows lie in each month, or up to its end."""
    counts = {}
    for number, month in enumerate(months):
        until = Q(**{f"{path}__lt": begins(after(month))})
        since = Q() if running else Q(**{f"{path}__gte": begins(month)})
        counts[f"in_{number}"] = Count("pk", filter=until & since)
    found = rows.order_by().aggregate(**counts)
    return [found[f"in_{number}"] for number in range(len(months))]


def _per_hundred(number: int, base: int) -> float | None:
    return number * 100 / base if base else None


def _figure(count: int, ask: Ask, more: dict[str, Any]) -> Figure:
    asked: dict[str, Any] = {"month": f"{ask.month:%Y-%m}"}
    if ask.project:
        asked["project"] = ask.project
    page = reverse("service:concern-complaints")
    return Figure(count, f"{page}?{urlencode({**asked, **more})}")


def _of_project(user: User, ask: Ask) -> QuerySet[Ticket]:
    found: QuerySet[Ticket] = Ticket.objects.visible_to(user).standing().filter(kind=COMPLAINT)
    return found.filter(project=ask.project) if ask.project else found
