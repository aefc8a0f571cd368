"""What happened with a customer this month (Beijing time): a filter, and the figures of a day."""

import datetime as dt
from typing import Any, Final

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Interaction, LeadEvent
from customers.rules.axes import Channel, LeadState, Result
from customers.rules.days import start_of_month

NEW: Final = "new"
TALKED: Final = "talked"
VISITED: Final = "visited"
SIGNED: Final = "signed"
IN_MONTH = [
    (NEW, _("Recorded this month")),
    (TALKED, _("Spoken to this month")),
    (VISITED, _("Came to visit this month")),
    (SIGNED, _("Signed this month")),
]
NO_TALK = [Channel.NOTE.value]


def in_month(now: dt.datetime) -> dict[str, Q]:
    """Return for each key the condition on customers; the month is that of ``now``."""
    since = start_of_month(now)
    talks = Interaction.objects.filter(customer=OuterRef("pk"), at__gte=since, at__lte=now)
    came = Q(channel=Channel.VISIT.value) | Q(result=Result.VISITED.value)
    signings = LeadEvent.objects.filter(
        lead__customer=OuterRef("pk"),
        lead__state=LeadState.SIGNED.value,
        kind="state",
        to_value=LeadState.SIGNED.value,
        at__gte=since,
        at__lte=now,
    )
    return {
        NEW: Q(created_at__gte=since, created_at__lte=now),
        TALKED: Q(Exists(talks.filter(is_automatic=False).exclude(channel__in=NO_TALK))),
        VISITED: Q(Exists(talks.filter(came, is_automatic=False))),
        SIGNED: Q(Exists(signings)),
    }


class MonthFilter(filters.FilterSet):
    """The part of the customer filters that asks what happened this month."""

    this_month = filters.ChoiceFilter(choices=IN_MONTH, method="by_month", label=_("In this month"))

    def by_month(self, queryset: Any, _name: str, value: str) -> QuerySet[Any]:
        """Return the customers with whom it happened since the first of the month."""
        return queryset.filter(in_month(timezone.now())[value])  # type: ignore[no-any-return]
