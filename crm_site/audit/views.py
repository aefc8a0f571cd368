"""The audit page: what happened, and whether the trail is whole. For auditors."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from crm_site.audit.alarms import WINDOW
from crm_site.audit.events import ALARMS, MASS_VIEWING, label_of
from crm_site.audit.filters import EventFilter
from crm_site.audit.models import AuditEvent, AuditSeal
from crm_site.audit.sealing import verify
from crm_site.common.htmx import render_page
from crm_site.common.pages import Listing, list_page
from crm_site.common.subjects import Reference, references

VIEW = "audit.view_auditevent"
LISTING = Listing(
    template="audit/event_list.html",
    sorts={"newest": ("-id",)},
    default_sort="newest",
    filter_class=EventFilter,
)


@dataclass(frozen=True, slots=True)
class Line:
    """An event as it is shown: its words, and whom and what it is about."""

    event: AuditEvent
    label: str
    subject: Reference | None
    facts: list[tuple[str, Any]]
    is_alarm: bool


@permission_required(VIEW, raise_exception=True)
@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    """List the events, newest first, with the state of the chain and recent alarms on top."""
    since = timezone.now() - 24 * WINDOW
    context = {
        "last_seal": AuditSeal.objects.defer("digests").order_by("-id").first(),
        "alarms": AuditEvent.objects.filter(kind=MASS_VIEWING, at__gte=since).count(),
    }
    return list_page(
        request,
        queryset=events(),
        listing=LISTING,
        present=lambda rows: lines(rows, request.user),
        context=context,
    )


@permission_required(VIEW, raise_exception=True)
@require_POST
def chain_check(request: HttpRequest) -> HttpResponse:
    """Check the whole chain now and show the verdict."""
    return render_page(request, "audit/chain.html", {"verdict": verify()})


def events() -> QuerySet[AuditEvent]:
    """Return all events with the name of who acted."""
    return AuditEvent.objects.select_related("actor")


def lines(rows: list[AuditEvent], user: Any) -> list[Line]:
    """Return one line per event; subjects are looked up once per kind."""
    known = references(((row.subject_kind, row.subject_id) for row in rows if row.subject_id), user)
    return [
        Line(
            event=row,
            label=str(label_of(row.kind)),
            subject=known.get((row.subject_kind, row.subject_id)),
            facts=[(key, value) for key, value in row.facts.items() if key != "ids"],
            is_alarm=row.kind in ALARMS,
        )
        for row in rows
    ]
