"""How the list of audit events is narrowed."""

from datetime import date, datetime, time, timedelta

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_site.audit.events import kinds
from crm_site.audit.models import AuditEvent
from crm_site.common.subjects import subject_kinds

Events = QuerySet[AuditEvent]


class Day(forms.DateInput):
    """A day as the browser's own calendar sends it."""

    input_type = "date"


class EventFilter(filters.FilterSet):
    """Filters of the audit page; the actor is named by the user name."""

    kind = filters.ChoiceFilter(choices=lambda: list(kinds().items()), label=_("Event"))
    actor = filters.CharFilter(field_name="actor__username", label=_("User name"), max_length=150)
    subject_kind = filters.ChoiceFilter(
        choices=lambda: [(kind, kind) for kind in subject_kinds()], label=_("Kind of subject")
    )
    subject_id = filters.CharFilter(label=_("Number of the subject"), max_length=40)
    since = filters.DateFilter(method="from_day", label=_("From day"), widget=Day)
    until = filters.DateFilter(method="to_day", label=_("To day"), widget=Day)

    class Meta:
        model = AuditEvent
        fields: list[str] = []

    def from_day(self, queryset: Events, name: str, value: date) -> Events:
        """Keep events from the beginning of the day."""
        return queryset.filter(at__gte=midnight(value))

    def to_day(self, queryset: Events, name: str, value: date) -> Events:
        """Keep events until the end of the day."""
        return queryset.filter(at__lt=midnight(value + timedelta(days=1)))


def midnight(day: date) -> datetime:
    """Return the beginning of ``day`` in the active time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))
