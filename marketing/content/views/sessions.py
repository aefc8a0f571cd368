"""Live sessions: plan, signed script, report with the leads of the code (MKT-35)."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from marketing.content import selectors
from marketing.content.filters import SessionFilter
from marketing.content.forms import ReasonForm
from marketing.content.models import LiveSession
from marketing.content.pages import change_form, done, found_in, short_form, working
from marketing.content.public_forms import LiveSessionForm, SessionHeldForm
from marketing.content.querysets import KEEP, VIEW
from marketing.content.services import sessions

SHOWN = 50
LISTING = Listing(
    template="marketing/content/sessions.html",
    sorts={"latest": ("-starts_at", "-id")},
    default_sort="latest",
    filter_class=SessionFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def live_sessions(request: HtmxHttpRequest) -> HttpResponse:
    """Show the sessions."""
    user = current_user(request)
    rows = LiveSession.objects.visible_to(user).select_related("project", "region", "host")
    context = {"may_keep": user.has_perm(KEEP)}
    return list_page(request, queryset=rows, listing=LISTING, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def live_session_add(request: HtmxHttpRequest) -> HttpResponse:
    """Plan a session."""
    return short_form(
        request,
        form=LiveSessionForm(request.POST or None, user=current_user(request)),
        title=_("New live session"),
        back=reverse("marketing:live-sessions"),
        run=lambda data: sessions.save_session(
            session=None, draft=sessions.SessionDraft(**data), **working(request)
        ),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def live_session(request: HtmxHttpRequest, live_session_id: int) -> HttpResponse:
    """Show a session: its script, what was counted, the leads of its code."""
    row, user = _session(request, live_session_id), current_user(request)
    keeps = user.has_perm(KEEP)
    leads = selectors.session_leads(row, user)
    context = {
        "session": row,
        "counts": selectors.session_counts(row),
        "leads": leads[:SHOWN],
        "lines": selectors.review_lines(row.approval),
        "may_edit": keeps and row.state in ("planned", "review", "approved"),
        "may_ask": keeps and row.state == "planned" and row.script,
        "may_hold": keeps and row.state == "approved" and row.starts_at <= timezone.now(),
    }
    return render(request, "marketing/content/session.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def live_session_edit(request: HtmxHttpRequest, live_session_id: int) -> HttpResponse:
    """Change a plan; another script voids its signatures."""
    row, user = _session(request, live_session_id), current_user(request)

    def form(data: Any) -> BaseForm:
        return LiveSessionForm(data, user=user, row=_session(request, row.pk))

    return change_form(
        request,
        row=row,
        form=form,
        run=lambda data: sessions.save_session(
            session=row, draft=sessions.SessionDraft(**data), **working(request)
        ),
    )


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def live_session_ask(request: HtmxHttpRequest, live_session_id: int) -> HttpResponse:
    """Ask for the signatures of the script."""
    row = _session(request, live_session_id)
    sessions.ask_script(session=row, **working(request))
    return done(request, row, _("Legal and the executive are asked to sign."))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def live_session_held(request: HtmxHttpRequest, live_session_id: int) -> HttpResponse:
    """Note what a session brought."""
    row = _session(request, live_session_id)
    return short_form(
        request,
        form=SessionHeldForm(request.POST or None),
        title=_("What did %(title)s bring?") % {"title": row},
        back=row.get_absolute_url(),
        run=lambda data: sessions.note_held(
            session=row, result=sessions.SessionResult(**data), **working(request)
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def live_session_stop(request: HtmxHttpRequest, live_session_id: int) -> HttpResponse:
    """Call a session off."""
    row = _session(request, live_session_id)
    return short_form(
        request,
        form=ReasonForm(request.POST or None),
        title=_("Call off: %(title)s") % {"title": row},
        back=row.get_absolute_url(),
        run=lambda data: sessions.stop_session(session=row, **data, **working(request)),
    )


def _session(request: HtmxHttpRequest, key: int) -> LiveSession:
    joined = ("project", "region", "host", "approval")
    found: LiveSession = found_in(LiveSession.objects, request, key, *joined)
    return found
