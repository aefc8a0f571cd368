"""Customers as KPIs count them: who bought, visited, left, by when; conditions over events.

Everything is asked as of a moment, by the times of events, so that a figure read again for the
moment at which it was frozen is the same figure (BEY-03).
"""

import datetime as dt
from typing import Any

from django.db.models import DateTimeField, Exists, Func, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.churn.models import ChurnLoss
from analytics.churn.rules.words import LossState
from analytics.kpis.kinds import DAY, SHANGHAI, Period, day_of, midnight
from analytics.kpis.sources import Column
from customers.models import (
    BehaviourEvent,
    Customer,
    Interaction,
    Lead,
    LeadEvent,
    MeetingGuest,
)
from customers.purchase.models import Purchase
from customers.rules.axes import LeadState
from customers.selectors.standing import IS_REPLY, IS_VISIT
from customers.vocabulary import labels

SIGNED = LeadState.SIGNED.value
QUALIFIED = [
    LeadState.QUALIFIED.value,
    LeadState.VISITED.value,
    LeadState.SUBSCRIBED.value,
    LeadState.SIGNED.value,
]
REACHED_STATE = Q(kind__in=["captured", "state"])

CUSTOMER_COLUMNS = (
    Column(_("Customer"), lambda customer: customer.name),
    Column(_("Project"), lambda customer: customer.project.name if customer.project else ""),
    Column(_("Responsible"), lambda customer: customer.owner.name if customer.owner else ""),
    Column(pgettext_lazy("kpi", "Known since"), lambda customer: customer.created_at),
)
CUSTOMER_RELATED = ("project", "owner")
LEAD_COLUMNS = (
    Column(_("Customer"), lambda lead: lead.customer.name),
    Column(_("Project"), lambda lead: lead.project.name if lead.project else ""),
    Column(pgettext_lazy("lead", "Received"), lambda lead: lead.received_at),
    Column(_("Source"), lambda lead: labels("source").get(lead.source, lead.source)),
    Column(_("Responsible"), lambda lead: lead.owner.name if lead.owner else ""),
)
LEAD_RELATED = ("customer", "project", "owner")


def customer_url(customer: Any) -> str:
    """Return the page of a customer."""
    return reverse("customers:customer-detail", args=[customer.pk])


def lead_url(lead: Any) -> str:
    """Return the page of a lead."""
    return reverse("customers:lead-detail", args=[lead.pk])


def customers_until(moment: dt.datetime) -> QuerySet[Any]:
    """Return the customers known before a moment; duplicates count once."""
    return Customer.objects.filter(merged_into__isnull=True, created_at__lt=moment)


def leads_received(period: Period, now: dt.datetime) -> QuerySet[Any]:
    """Return the leads received in a period."""
    return Lead.objects.filter(
        received_at__gte=period.begins_at,
        received_at__lt=min(period.ends_at, now),
        customer__merged_into__isnull=True,
    )


def reached(states: list[str], moment: dt.datetime) -> Exists:
    """Return the condition that a lead had come to one of ``states`` before a moment."""
    events = LeadEvent.objects.filter(
        REACHED_STATE, lead=OuterRef("pk"), to_value__in=states, at__lt=moment
    )
    return Exists(events)


def contracts(moment: dt.datetime, *, of: str = "pk") -> QuerySet[Any]:
    """Return the contracts of the customer in hand signed before a moment and standing at it."""
    return Purchase.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gte=moment),
        customer=OuterRef(of),
        signed_at__lt=moment,
    )


def had_bought(moment: dt.datetime) -> Exists:
    """Return the condition that a customer was an owner at a moment."""
    return Exists(contracts(moment))


def first_signed_in(period: Period, now: dt.datetime) -> QuerySet[Any]:
    """Return the customers whose first contract was signed in a period: the new customers."""
    seen = min(period.ends_at, now)
    signed = Purchase.objects.filter(customer=OuterRef("pk"), signed_at__isnull=False)
    within = signed.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gte=seen),
        signed_at__gte=period.begins_at,
        signed_at__lt=seen,
    )
    earlier = signed.filter(signed_at__lt=period.begins_at)
    return Customer.objects.filter(Exists(within), ~Exists(earlier), merged_into__isnull=True)


def visits() -> QuerySet[Any]:
    """Return the talks that were visits of the customer to the company."""
    return Interaction.objects.filter(
        IS_VISIT, is_automatic=False, customer__merged_into__isnull=True
    )


def first_visited_in(period: Period, now: dt.datetime) -> QuerySet[Any]:
    """Return the customers whose first visit lies in a period: the new visitors."""
    own = visits().filter(customer=OuterRef("pk"))
    within = own.filter(at__gte=period.begins_at, at__lt=min(period.ends_at, now))
    earlier = own.filter(at__lt=period.begins_at)
    return Customer.objects.filter(Exists(within), ~Exists(earlier), merged_into__isnull=True)


def active_in(period: Period, now: dt.datetime) -> Any:
    """Return the condition that a customer made a move of its own in a period (CUS-26)."""
    seen = min(period.ends_at, now)
    own = {"customer": OuterRef("pk")}
    span = {"at__gte": period.begins_at, "at__lt": seen}
    talks = Interaction.objects.filter(IS_VISIT | IS_REPLY, is_automatic=False, **own, **span)
    came = MeetingGuest.objects.filter(
        attended=True,
        meeting__starts_at__gte=period.begins_at,
        meeting__starts_at__lt=seen,
        **own,
    )
    used = BehaviourEvent.objects.filter(**own, **span).exclude(action="no_show")
    return Exists(talks) | Exists(came) | Exists(used)


def known_losses(now: dt.datetime) -> QuerySet[Any]:
    """Return the losses of the customer in hand as known at ``now``.

    One written down later is not yet there; one taken back by then as never true is not there any
    more, while one taken back later still is. So a figure asked again as of the moment it was
    frozen is the same.
    """
    taken_back = Q(state=LossState.REVERSED.value, ended_at__lte=now)
    known = ChurnLoss.objects.filter(customer=OuterRef("pk"), recorded_at__lte=now)
    losses: QuerySet[Any] = known.exclude(taken_back).order_by()
    return losses


def lost_before(moment: dt.datetime, now: dt.datetime) -> QuerySet[Any]:
    """Return the losses before a moment from which the customer had not come back by it."""
    came_back = Q(ended_at__isnull=False, ended_at__lt=moment)
    rows: QuerySet[Any] = known_losses(now).filter(on__lt=day_after(moment)).exclude(came_back)
    return rows


def stayed_until(moment: dt.datetime, now: dt.datetime) -> QuerySet[Any]:
    """Return the customers known at a moment who were not lost by then, as known at ``now``."""
    return customers_until(moment).exclude(Exists(lost_before(moment, now)))


def lost_between(start: dt.datetime, end: dt.datetime, now: dt.datetime) -> QuerySet[Any]:
    """Return the losses dated from ``start`` to before ``end``, as known at ``now``.

    The day is that of the loss (``on``), not the night on which it was found (ANA-06).
    """
    return known_losses(now).filter(on__gte=day_of(start), on__lt=day_after(end))


def day_after(moment: dt.datetime) -> dt.date:
    """Return the first day none of which lies before ``moment``."""
    day = day_of(moment)
    return day if moment == midnight(day) else day + DAY


def end_of(day: Any) -> Any:
    """Return the expression of the last moment of a day here.

    From any moment of another day to it, whole days are the days between the two.
    """
    return Func(
        day,
        template=f"(((%(expressions)s)::date + 1)::timestamp AT TIME ZONE '{SHANGHAI.key}'"
        " - interval '1 microsecond')",
        output_field=DateTimeField(null=True),
    )


def churn_is_judged(now: dt.datetime) -> bool:
    """Return whether anybody was ever found to be lost."""
    return ChurnLoss.objects.filter(recorded_at__lte=now).exists()
