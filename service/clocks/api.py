"""The time limits of tickets over the API, to be read."""

from typing import Any

import django_filters as filters
from rest_framework import mixins, serializers

from crm_site.calendars.models import CLOCK_STATE_CHOICES
from crm_site.staff.current import current_user
from customers.api.resource import ResourceViewSet
from service.clocks.choices import CLOCKS
from service.clocks.models import TicketClock
from service.tickets.querysets import VIEW


class TicketClockSerializer(serializers.ModelSerializer[TicketClock]):
    """A limit: when it ends, what it rests on, whether it was kept; times with their offset."""

    class Meta:
        model = TicketClock
        fields = [
            *("id", "ticket", "kind", "round", "state", "basis", "limit_minutes"),
            *("started_at", "due_at", "paused_at", "met_at", "breached_at"),
            *("is_provisional", "policy_version", "calendar_key"),
        ]
        read_only_fields = fields


class TicketClockFilter(filters.FilterSet):
    """By ticket, clock and state, and by the moment by which limits end."""

    ticket = filters.NumberFilter()
    kind = filters.ChoiceFilter(choices=CLOCKS)
    state = filters.ChoiceFilter(choices=CLOCK_STATE_CHOICES)
    due_before = filters.IsoDateTimeFilter(field_name="due_at", lookup_expr="lt")

    class Meta:
        model = TicketClock
        fields: list[str] = []


class TicketClockViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """The time limits of tickets in the area of the asker."""

    queryset = TicketClock.objects.all()
    serializer_class = TicketClockSerializer
    filterset_class = TicketClockFilter
    permissions = {"list": VIEW, "retrieve": VIEW}
    sorts = {"id": ("-id",), "due": ("due_at", "id")}

    def get_queryset(self) -> Any:
        return TicketClock.objects.visible_to(current_user(self.request))
