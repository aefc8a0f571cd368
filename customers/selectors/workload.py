"""How the work lies on the consultants: open prospects, how long untouched, new today (CUS-51)."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Aggregate, Count, Exists, FloatField, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest
from django.urls import reverse

from crm_site.staff.models import User
from crm_site.staff.selectors import consultants_in
from customers.models import Customer, Lead
from customers.rules.days import end_of_day
from customers.services.changing_hands import OPEN_STATES, ownership_rules

HUNDRED = Decimal(100)


class Median(Aggregate):
    """The middle moment of a group, in seconds since 1970 (UTC)."""

    function = "percentile_cont"
    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM %(expressions)s))"
    output_field = FloatField()


@dataclass(frozen=True, slots=True)
class Load:
    """The open prospects of one consultant.

    ``median`` and ``oldest`` are for how long they were not spoken to, ``None`` without any;
    ``neglected_share`` is a percentage of the open ones, ``cap_share`` that of the cap.
    """

    user_id: int
    name: str
    open: int
    url: str
    median: dt.timedelta | None
    oldest: dt.timedelta | None
    neglected: int
    neglected_share: int
    new_today: int
    cap_share: int

    @property
    def is_full(self) -> bool:
        """Whether the cap is reached, so that nothing more is shared out."""
        return self.cap_share >= HUNDRED


@dataclass(frozen=True, slots=True)
class Workload:
    """The consultants of a scope with the limits in force."""

    rows: list[Load]
    cap: int
    neglect_days: int
    neglect_share: int


def workload(*, user: User, now: dt.datetime) -> Workload:
    """Return the load of the consultants in ``user``'s reach; three queries for any number."""
    people = consultants_in(user.node) if user.node else User.objects.none()
    return loads_of(people, now=now)


def loads_of(people: QuerySet[User], *, now: dt.datetime) -> Workload:
    """Return the load of ``people``."""
    rules = ownership_rules(now)
    found = list(people)
    keys = [person.pk for person in found]
    figures = _figures(keys, now=now, neglect_days=rules.neglect_days)
    visitors = _new_today(keys, now)
    rows = [
        _load(person, figures.get(person.pk, {}), visitors.get(person.pk, 0), rules.open_cap, now)
        for person in found
    ]
    return Workload(rows, rules.open_cap, rules.neglect_days, rules.neglect_share)


def _figures(keys: list[int], *, now: dt.datetime, neglect_days: int) -> dict[int, dict[str, Any]]:
    """Return count, oldest and middle moment of the last touch, and the neglected, by owner."""
    leads = Lead.objects.filter(customer=OuterRef("pk"), state__in=OPEN_STATES)
    owned = Customer.objects.filter(Exists(leads), owner__in=keys, merged_into__isnull=True)
    touched = owned.annotate(touched_at=Greatest("last_contact_at", "owned_since"))
    before = now - dt.timedelta(days=neglect_days)
    rows: Any = (
        touched.order_by()
        .values("owner")
        .annotate(
            open=Count("pk"),
            first=Min("touched_at"),
            middle=Median("touched_at"),
            neglected=Count("pk", filter=Q(touched_at__lt=before)),
        )
    )
    return {row["owner"]: row for row in rows}


def _new_today(keys: list[int], now: dt.datetime) -> dict[int, int]:
    """Return how many enquiries of today (Beijing time) each one got."""
    leads = Lead.objects.filter(
        owner__in=keys, received_at__gte=end_of_day(now) - dt.timedelta(days=1)
    )
    return dict(leads.order_by().values_list("owner").annotate(Count("pk")))


def _load(person: User, row: dict[str, Any], new_today: int, cap: int, now: dt.datetime) -> Load:
    count, neglected = row.get("open", 0), row.get("neglected", 0)
    params = {"view": "all", "owner": str(person.pk), "has_open_lead": "true"}
    middle = row.get("middle")
    return Load(
        user_id=person.pk,
        name=person.name,
        open=count,
        url=f"{reverse('customers:customer-list')}?{urlencode(params)}",
        median=None if middle is None else now - dt.datetime.fromtimestamp(middle, tz=dt.UTC),
        oldest=now - row["first"] if row.get("first") else None,
        neglected=neglected,
        neglected_share=round(HUNDRED * neglected / count) if count else 0,
        new_today=new_today,
        cap_share=int(HUNDRED * count / cap),
    )
