"""The viewings of a sales office by day: booking, confirming, check-in, no-show (CUS-61)."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import form_page
from crm_site.staff.current import current_user
from customers.care_forms import CancelForm
from customers.journey import viewings
from customers.journey.forms import ViewingForm
from customers.journey.slots import free_slots, slots_of
from customers.journey.tried import tried
from customers.models import Meeting, Project
from customers.pickers import is_key
from customers.property.views import VIEW
from customers.rules.meetings import MeetingKind

PLAN = "customers.plan_meetings"
FORM = "customers/journey/viewing_form.html"
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 1, 1)


@require_safe
@permission_required(VIEW, raise_exception=True)
def viewing_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the slots of a day in one sales office: places left, who is awaited, who came."""
    user, now = current_user(request), timezone.now()
    project = _project(request)
    day = _day(request, now)
    context = {
        "project": project,
        "projects": Project.objects.visible_to(user),
        "day": day,
        "before": day - dt.timedelta(days=1),
        "after": day + dt.timedelta(days=1),
        "slots": slots_of(project, day, user=user, now=now) if project else [],
        "may_plan": user.has_perm(PLAN),
        "now": now,
    }
    return render(request, "customers/journey/viewings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def viewing_add(request: HtmxHttpRequest) -> HttpResponse:
    """Book a slot for a customer who asked for it."""
    user, now, project = current_user(request), timezone.now(), _project(request)
    if project is None:
        raise Http404
    form = ViewingForm(
        request.POST or None,
        user=user,
        slots=free_slots(project, now=now),
        initial={"customer": request.GET.get("customer", ""), "slot": request.GET.get("slot", "")},
    )

    def save(valid: ViewingForm) -> str:
        viewing = tried(
            lambda: viewings.book_viewing(
                booking=viewings.Booking(
                    customer=valid.cleaned_data["customer"],
                    project=project,
                    starts_at=valid.cleaned_data["slot"],
                    host=user,
                ),
                actor=user,
                now=now,
            )
        )
        messages.success(request, _("The viewing is booked."))
        return _url(viewing)

    context = {
        "project": project,
        "projects": Project.objects.visible_to(user),
        "title": _("Book a viewing"),
        "cancel_url": reverse("customers:viewing-list"),
        "customer_key": request.GET.get("customer", ""),
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def viewing_confirm(request: HtmxHttpRequest, viewing_id: int) -> HttpResponse:
    """Note that the customer said to come."""
    return _done(request, viewing_id, viewings.confirm_viewing, _("The viewing is confirmed."))


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def viewing_check_in(request: HtmxHttpRequest, viewing_id: int) -> HttpResponse:
    """Note that the customer has come."""
    return _done(request, viewing_id, viewings.check_in, _("The customer is checked in."))


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def viewing_no_show(request: HtmxHttpRequest, viewing_id: int) -> HttpResponse:
    """Note that nobody came."""
    return _done(request, viewing_id, viewings.mark_no_show, _("Noted as no-show."))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def viewing_call_off(request: HtmxHttpRequest, viewing_id: int) -> HttpResponse:
    """Call a viewing off, with a reason."""
    viewing = _viewing(request, viewing_id)
    form = CancelForm(request.POST or None)

    def save(valid: CancelForm) -> str:
        tried(
            lambda: viewings.call_viewing_off(
                viewing=viewing,
                reason=valid.cleaned_data["reason"],
                actor=current_user(request),
                now=timezone.now(),
            )
        )
        messages.success(request, _("The viewing is called off."))
        return _url(viewing)

    context = {"title": _("Call the viewing off"), "cancel_url": _url(viewing), "viewing": viewing}
    return form_page(request, form=form, template=FORM, save=save, context=context)


def _done(
    request: HtmxHttpRequest, viewing_id: int, run: Callable[..., Any], words: str
) -> HttpResponse:
    viewing = _viewing(request, viewing_id)
    run(viewing=viewing, actor=current_user(request), now=timezone.now())
    messages.success(request, words)
    return go_to(request, _url(viewing))


def _viewing(request: HtmxHttpRequest, viewing_id: int) -> Meeting:
    rows = Meeting.objects.visible_to(current_user(request))
    found = rows.filter(kind=MeetingKind.VIEWING.value, pk=viewing_id).first()
    if found is None:
        raise Http404
    return found


def _project(request: HtmxHttpRequest) -> Project | None:
    """Return the project asked for, else that of the user's place, else the first one seen."""
    user = current_user(request)
    seen = Project.objects.visible_to(user)
    wanted = request.GET.get("project", "")
    if wanted:
        found: Project | None = seen.filter(pk=int(wanted)).first() if is_key(wanted) else None
        if found is None:
            raise Http404
        return found
    own = user.node.project_id if user.node else None
    return seen.filter(pk=own).first() or seen.first()


def _day(request: HtmxHttpRequest, now: dt.datetime) -> dt.date:
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        day = None
    return day if day and EARLIEST <= day <= LATEST else timezone.localdate(now)


def _url(viewing: Meeting) -> str:
    day = timezone.localdate(viewing.starts_at).isoformat()
    query = {"project": str(viewing.project_id), "day": day}
    return f"{reverse('customers:viewing-list')}?{urlencode(query)}"
