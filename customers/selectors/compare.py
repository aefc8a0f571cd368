"""Projects or regions side by side; every count opens the list that shows its rows (PLT-45)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm_site.staff.models import OrgNode, User
from customers import choices
from customers.models import Customer, LeadClock, Task
from customers.rules.axes import OPEN_LEAD_STATES, ClockKind
from customers.selectors.team import REPORT_DAYS, Figure

PLACES = {"project": "project_id", "region": "region_id"}
Counts = dict[int, dict[str, int]]


@dataclass(slots=True)
class Line:
    """One measure over all compared places, in their order."""

    label: str | Promise
    figures: list[Figure] = field(default_factory=list)
    rates: list[Decimal | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The compared places and the measures."""

    places: list[OrgNode]
    lines: list[Line]


def compare(*, user: User, kind: str, places: Sequence[OrgNode], now: dt.datetime) -> Comparison:
    """Return the measures of ``places`` (nodes of projects or of regions), within the scope.

    ``kind`` is "project" or "region", the filter of the lists. Nine queries for any number.
    """
    column = PLACES[kind]
    keys = [place.pk for place in places]
    seen = Customer.objects.visible_to(user).filter(**{f"{column}__in": keys})
    counts = _counts(seen, column, now)
    lines = [
        Line(label, [_figure(counts, key, kind, place.pk) for place in places])
        for key, (label, _params) in MEASURES.items()
    ]
    rates = _rates(user, column, keys, now)
    timely = Line(_("First touch on time, last 30 days"))
    timely.rates = [rates.get(key) for key in keys]
    lines.insert(4, timely)
    return Comparison(list(places), lines)


def _measures() -> dict[str, tuple[str | Promise, dict[str, str]]]:
    found: dict[str, tuple[str | Promise, dict[str, str]]] = {
        "all": (_("Customers"), {}),
        "buyers": (_("Buyers"), {"bought": "true"}),
        "open": (_("Open prospects"), {"has_open_lead": "true"}),
        "overdue": (_("Overdue follow-ups"), {"due": "overdue"}),
        "breached": (
            _("First touch missed and open"),
            {"clock": "breached", "clock_kind": ClockKind.FIRST_TOUCH.value},
        ),
        "pool": (_("In the customer pool"), {}),
    }
    for value, label in choices.CUSTOMER_CLASSES:
        found[f"class:{value}"] = (label, {"customer_class": value})
    for value, label in choices.GRADES:
        found[f"grade:{value}"] = (label, {"grade": value})
    return found


MEASURES = _measures()


def _figure(counts: Counts, key: str, kind: str, place: int) -> Figure:
    page = "customers:pool" if key == "pool" else "customers:customer-list"
    view = {} if key == "pool" else {"view": "all"}
    query = urlencode({**view, kind: str(place), **MEASURES[key][1]})
    return Figure(counts.get(place, {}).get(key, 0), f"{reverse(page)}?{query}")


def _counts(seen: Any, column: str, now: dt.datetime) -> Counts:
    tasks = Task.objects.overdue(now=now).filter(customer=OuterRef("pk"))
    clocks = LeadClock.objects.filter(
        lead__customer=OuterRef("pk"),
        lead__state__in=[state.value for state in OPEN_LEAD_STATES],
        met_at__isnull=True,
        state="breached",
        kind=ClockKind.FIRST_TOUCH.value,
    )
    wanted: dict[str, Any] = {
        "all": seen,
        "buyers": seen.bought(),
        "open": seen.with_open_lead(),
        "overdue": seen.filter(Exists(tasks)),
        "breached": seen.filter(Exists(clocks)),
        "pool": seen.in_pool(),
    }
    counts: Counts = {}
    for key, rows in wanted.items():
        for place, number in rows.order_by().values_list(column).annotate(Count("pk")):
            counts.setdefault(place, {})[key] = number
    for name, field_name in (("class", "customer_class"), ("grade", "grading__grade")):
        found: Any = seen.order_by().values_list(column, field_name).annotate(Count("pk"))
        for place, value, number in found:
            counts.setdefault(place, {})[f"{name}:{value}"] = number
    return counts


def _rates(user: User, column: str, keys: list[int], now: dt.datetime) -> dict[int, Decimal]:
    """Return the share of first touches in time among the limits that ended lately, by place."""
    since = now - dt.timedelta(days=REPORT_DAYS)
    place = f"lead__customer__{column}"
    ended = (
        LeadClock.objects.visible_to(user)
        .filter(**{f"{place}__in": keys}, lead__customer__merged_into__isnull=True)
        .filter(kind=ClockKind.FIRST_TOUCH.value)
        .exclude(state="cancelled")
        .filter(Q(met_at__gte=since) | Q(due_at__gte=since, due_at__lt=now, met_at__isnull=True))
    )
    rows: Any = (
        ended.order_by()
        .values(place)
        .annotate(ended=Count("pk"), kept=Count("pk", filter=Q(met_at__lte=F("due_at"))))
    )
    return {row[place]: Decimal(row["kept"]) / Decimal(row["ended"]) for row in rows}
