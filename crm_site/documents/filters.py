"""How the list of documents is narrowed."""

from typing import Any

import django_filters as filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_site.documents.models import Acknowledgement, Document, DocumentVersion
from crm_site.documents.registry import kinds_for

STATES = [
    ("in_force", _("In force")),
    ("to_read", _("To be confirmed by me")),
    ("at_work", _("Draft or in review")),
    ("over", _("No longer in force")),
]


def _kinds(request: Any) -> list[tuple[str, Any]]:
    return [(kind.key, kind.label) for kind in kinds_for(request.user)] if request else []


class DocumentFilter(filters.FilterSet):
    """Filters of the list of documents."""

    q = filters.CharFilter(method="by_text", label=_("Search in title and text"))
    kind = filters.ChoiceFilter(label=_("Kind of document"))
    state = filters.ChoiceFilter(choices=STATES, method="by_state", label=_("State"))

    class Meta:
        model = Document
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["kind"].extra["choices"] = _kinds(self.request)

    def by_text(self, queryset: Any, _name: str, value: str) -> Any:
        """Return the documents that hold every word of the text."""
        return queryset.with_text(value, self.request.user)

    def by_state(self, queryset: Any, _name: str, value: str) -> Any:
        """Return the documents that count, wait for the user, are written, or are over."""
        today, user = timezone.localdate(), self.request.user
        if value == "at_work":
            shown = [kind.key for kind in kinds_for(user) if kind.works_on(user)]
            return queryset.filter(
                kind__in=shown, versions__in=DocumentVersion.objects.exclude(state="approved")
            )
        if value == "over":
            begun = DocumentVersion.objects.begun(today).filter(effective_until__lt=today)
            return queryset.filter(versions__in=begun)
        if value == "to_read":
            asked = [kind.key for kind in kinds_for(user) if user.role in kind.reader_roles]
            read = Acknowledgement.objects.filter(user=user).values("version")
            left = DocumentVersion.objects.in_force(today).exclude(pk__in=read)
            return queryset.filter(kind__in=asked, versions__in=left)
        return queryset.in_force(today)
