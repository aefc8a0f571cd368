"""How far the customers of a period came, from the events of each (ANA-52)."""

import datetime as dt
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    F,
    FloatField,
    Func,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Least

from analytics.dashboards.rules.way import STEPS, Stage, Step, stages
from analytics.kpis.kinds import Asking
from analytics.kpis.people import visits
from analytics.kpis.sources import CUSTOMER_PATHS, PercentileCont, in_place
from customers.models import BehaviourEvent, Customer, Lead
from customers.purchase.models import Purchase
from customers.rules.axes import LeadState

MOMENT: Final = DateTimeField(null=True)
LEFT, WAITING, CAME = "left", "waiting", "came"
OUTCOMES: Final = (CAME, LEFT, WAITING)


class Seconds(Func):
    """A span of time in seconds."""

    template = "EXTRACT(EPOCH FROM %(expressions)s)"
    output_field = FloatField()


def way(asking: Asking) -> list[Stage]:
    """Return the steps of the customers who became known in a period, as of its end; one query."""
    rows = travellers(asking).order_by()
    sums: dict[str, Any] = {}
    for place, step in enumerate(STEPS):
        sums[f"came_{place}"] = Count("pk", filter=_came(step))
        if step is not STEPS[-1]:
            sums[f"left_{place}"] = Count("pk", filter=_came(step) & _outcome(step, LEFT))
        if place:
            span = _moment(step) - _moment(STEPS[place - 1])
            sums[f"took_{place}"] = PercentileCont(Seconds(span), share=0.5)
    # Sliced, so that the moments are found once for each customer and then counted.
    found = rows[: 2**62].aggregate(**sums)
    size = range(len(STEPS))
    return stages(
        [found[f"came_{place}"] for place in size],
        [found.get(f"left_{place}", 0) for place in size],
        [found[f"took_{place}"] for place in size if place],
    )


def travellers(asking: Asking) -> QuerySet[Any]:
    """Return the customers of the period with the first moment of each step, None for none."""
    seen = asking.seen_at
    rows: Any = in_place(Customer.objects.all(), asking.place, CUSTOMER_PATHS)
    if asking.user is not None:
        rows = rows.visible_to(asking.user)
    rows = rows.filter(
        merged_into__isnull=True,
        created_at__gte=asking.period.begins_at,
        created_at__lt=seen,
    )
    found: QuerySet[Any] = rows.annotate(**_firsts(seen), has_left=_has_left())
    return found


def stopped_at(asking: Asking, step: Step, outcome: str) -> QuerySet[Any]:
    """Return the customers behind one count of the way: who came, left or waits at a step."""
    rows = travellers(asking).filter(_came(step))
    return rows if outcome == CAME else rows.filter(_outcome(step, outcome))


def _came(step: Step) -> Q:
    """Return the condition of having come to a step: to it or to any later one."""
    if step is Step.BROWSED:
        return Q(created_at__isnull=False)
    later = STEPS[STEPS.index(step) :]
    return reduce(or_, (Q(**{f"first_{one}__isnull": False}) for one in later))


def _moment(step: Step) -> Any:
    """Return when one came to a step: to it or to a later one, whichever was first."""
    names = [f"first_{one}" for one in STEPS[STEPS.index(step) :]]
    if step is Step.BROWSED:
        names.append("created_at")
    return Least(*names) if len(names) > 1 else F(names[0])


def _outcome(step: Step, outcome: str) -> Q:
    place = STEPS.index(step)
    if place + 1 == len(STEPS):
        return Q(pk__in=[])  # who has signed neither left nor waits
    return ~_came(STEPS[place + 1]) & Q(has_left=outcome == LEFT)


def _firsts(seen: dt.datetime) -> dict[str, Any]:
    looks = BehaviourEvent.objects.filter(kind="browsing")
    return {
        "first_browsed": _first(looks, "at", seen),
        "first_asked": _first(Lead.objects.all(), "received_at", seen),
        "first_visited": _first(visits(), "at", seen),
        "first_subscribed": _first(Purchase.objects.all(), "subscribed_at", seen),
        "first_signed": _first(Purchase.objects.all(), "signed_at", seen),
    }


def _first(rows: QuerySet[Any], field: str, seen: dt.datetime) -> Subquery:
    own = rows.filter(**{f"{field}__lt": seen}, customer=OuterRef("pk")).order_by()
    found = own.values("customer").annotate(first_at=Min(field)).values("first_at")
    return Subquery(found, output_field=MOMENT)


def _has_left() -> Any:
    """Return the condition that all enquiries of a customer are closed as lost."""
    own = Lead.objects.filter(customer=OuterRef("pk"))
    lost = LeadState.LOST.value
    return Q(Exists(own.filter(state=lost))) & ~Q(Exists(own.exclude(state=lost)))
