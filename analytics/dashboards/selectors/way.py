"""How far the customers of a period came, from the events of each (ANA-52)."""

import datetime as dt
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
        sums[f"left_{place}"] = Count("pk", filter=_came(step) & _outcome(step, LEFT))
        if place:
            since = F(f"at_{step}") - F(f"at_{STEPS[place - 1]}")
            sums[f"took_{place}"] = PercentileCont(Seconds(since), share=0.5)
    # Sliced, so that the moments are found once for each customer and then counted.
    found = rows[: 2**62].aggregate(**sums)
    size = range(len(STEPS))
    return stages(
        [found[f"came_{place}"] for place in size],
        [found[f"left_{place}"] for place in size],
        [found[f"took_{place}"] for place in size if place],
    )


def travellers(asking: Asking) -> QuerySet[Any]:
    """Return the customers of the period with the moment at which each came to each step.

    Who came to a later step came to the earlier ones by then at the latest.
    """
    seen = asking.seen_at
    rows = in_place(Customer.objects.all(), asking.place, CUSTOMER_PATHS)
    if asking.user is not None:
        rows = rows.visible_to(asking.user)
    rows = rows.filter(
        merged_into__isnull=True,
        created_at__gte=asking.period.begins_at,
        created_at__lt=seen,
    )
    rows = rows.annotate(**_firsts(seen), has_left=_has_left())
    moments = {Step.BROWSED: "created_at"} | {step: f"first_{step}" for step in STEPS[1:]}
    reached: dict[str, Any] = {}
    for place, step in enumerate(STEPS):
        names = [moments[later] for later in STEPS[place:]]
        if step is Step.BROWSED:
            names.append("first_browsed")
        reached[f"at_{step}"] = Least(*names) if len(names) > 1 else F(names[0])
    return rows.annotate(**reached)


def stopped_at(asking: Asking, step: Step, outcome: str) -> QuerySet[Any]:
    """Return the customers behind one count of the way: who came, left or waits at a step."""
    rows = travellers(asking).filter(_came(step))
    return rows if outcome == CAME else rows.filter(_outcome(step, outcome))


def _came(step: Step) -> Q:
    return Q(**{f"at_{step}__isnull": False})


def _outcome(step: Step, outcome: str) -> Q:
    place = STEPS.index(step)
    if place + 1 == len(STEPS):
        return Q(pk__in=[])  # who has signed neither left nor waits
    return Q(**{f"at_{STEPS[place + 1]}__isnull": True}, has_left=outcome == LEFT)


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
