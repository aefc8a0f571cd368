"""Meetings and visits: the calendar, planning, holding, calling off (CUS-59)."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.form_errors import add_errors
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import edit_page, form_page
from crm_site.staff.current import current_user
from customers.care_forms import ActionFormSet, CancelForm, HoldForm, MeetingForm
from customers.models import Customer, Meeting, Task
from customers.rules.meetings import OPEN_MEETINGS, MeetingKind
from customers.selectors.meetings import MONTH, WEEK, calendar_page, meetings_of, with_guests
from customers.services.lookups import note_phone_search
from customers.services.meetings import (
    MEETING,
    cancel_meeting,
    change_meeting,
    hold_meeting,
    plan_meeting,
)

PLAN = "customers.plan_meetings"
VIEW = "customers.view_customer"
EARLIEST, LATEST = dt.date(2000, 1, 1), dt.date(2100, 1, 1)


@require_safe
@permission_required(VIEW, raise_exception=True)
def meeting_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the calendar: a week by days or a month, one's own or all one may see."""
    user, now = current_user(request), timezone.now()
    team = request.GET.get("who") == "team"
    view = MONTH if request.GET.get("view") == MONTH else WEEK
    page = calendar_page(
        meetings_of(user, team=team), view=view, day=_day(request, now), now=now, user=user
    )
    context = {"page": page, "team": team, "may_plan": user.has_perm(PLAN)}
    return render(request, "customers/meeting_list.html", context)


def _day(request: HtmxHttpRequest, now: dt.datetime) -> dt.date:
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        day = None
    return day if day and EARLIEST <= day <= LATEST else timezone.localdate(now)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def meeting_add(request: HtmxHttpRequest) -> HttpResponse:
    """Plan a meeting or visit; ``?customer=`` invites, ``?find=`` offers whom the search finds."""
    user = current_user(request)
    find = request.GET.get("find", "")[:80]
    note_phone_search(text=find, actor=user, now=timezone.now())
    initial: dict[str, Any] = {
        name: request.GET[name]
        for name in ("kind", "title", "starts_at", "ends_at", "place")
        if request.GET.get(name)
    }
    initial["guests"] = [*request.GET.getlist("guests"), *request.GET.getlist("customer")]
    form = MeetingForm(request.POST or None, user=user, find=find, initial=initial)

    def save(valid: MeetingForm) -> str:
        meeting = plan_meeting(entry=valid.entry(), actor=user, now=timezone.now())
        messages.success(request, _("The meeting is planned."))
        return _url(meeting)

    context = {
        "title": _("Plan a meeting or visit"),
        "cancel_url": reverse("customers:meeting-list"),
        "find": find,
    }
    return form_page(
        request, form=form, template="customers/meeting_form.html", save=save, context=context
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def meeting_detail(request: HtmxHttpRequest, meeting_id: int) -> HttpResponse:
    """Show a meeting: guests, minutes, the actions and whether they are done."""
    return _page(request, _meeting(request, meeting_id))


def _page(
    request: HtmxHttpRequest,
    meeting: Meeting,
    *,
    form: HoldForm | None = None,
    actions: Any = None,
    status: int = 200,
) -> HttpResponse:
    user, now = current_user(request), timezone.now()
    tasks = Task.objects.filter(subject_kind=MEETING, subject_id=str(meeting.pk))
    may_plan = user.has_perm(PLAN) and meeting.state in OPEN_MEETINGS
    may_plan = may_plan and meeting.kind != MeetingKind.VIEWING
    context = {
        "meeting": meeting,
        "now": now,
        "tasks": tasks.select_related("owner").order_by("due_at", "pk"),
        "may_change": may_plan,
        "may_hold": may_plan and meeting.starts_at <= now,
        "form": form or HoldForm(guests=_guests(meeting)),
        "actions": actions or ActionFormSet(form_kwargs={"user": user}, prefix="act"),
        "cancel_form": CancelForm(auto_id="cancel_%s"),
    }
    return render(request, "customers/meeting_detail.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def meeting_edit(request: HtmxHttpRequest, meeting_id: int) -> HttpResponse:
    """Change a meeting that was not held yet; a missed one is planned anew."""
    meeting, user = _meeting(request, meeting_id), current_user(request)

    def form(data: Any) -> MeetingForm:
        made = MeetingForm(data, user=user, initial=MeetingForm.initial_of(meeting))
        if meeting.plan_id:
            made.fields["kind"].required = False
        return made

    def save(valid: MeetingForm) -> str:
        kind = meeting.kind if meeting.plan_id else ""
        change_meeting(meeting=meeting, entry=valid.entry(kind), actor=user, now=timezone.now())
        return _url(meeting)

    context = {"title": _("Change the meeting"), "cancel_url": _url(meeting), "meeting": meeting}
    return edit_page(
        request,
        edit=edit_of(meeting, user),
        form=form,
        template="customers/meeting_form.html",
        save=save,
        context=context,
    )


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def meeting_hold(request: HtmxHttpRequest, meeting_id: int) -> HttpResponse:
    """Write down who came, what was said and what is to be done."""
    meeting, user = _meeting(request, meeting_id), current_user(request)
    guests = _guests(meeting)
    form = HoldForm(request.POST, guests=guests)
    actions = ActionFormSet(request.POST, form_kwargs={"user": user}, prefix="act")
    if form.is_valid() and actions.is_valid():
        about = guests[0] if guests else None
        found = [replace(one, customer=about) for line in actions.forms if (one := line.action())]
        try:
            hold_meeting(meeting=meeting, held=form.held(found), actor=user, now=timezone.now())
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The meeting is written down."))
            return go_to(request, _url(meeting))
    return _page(request, meeting, form=form, actions=actions, status=422)


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def meeting_cancel(request: HtmxHttpRequest, meeting_id: int) -> HttpResponse:
    """Call a meeting off, with a reason."""
    meeting = _meeting(request, meeting_id)
    form = CancelForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "title": _("Call off"), "cancel_url": _url(meeting)}
        return render(request, "customers/care_form.html", context, status=422)
    cancel_meeting(
        meeting=meeting,
        reason=form.cleaned_data["reason"],
        actor=current_user(request),
        now=timezone.now(),
    )
    messages.success(request, _("The meeting is called off."))
    return go_to(request, _url(meeting))


def _meeting(request: HtmxHttpRequest, meeting_id: int) -> Meeting:
    user = current_user(request)
    found = with_guests(Meeting.objects.visible_to(user), user).filter(pk=meeting_id).first()
    if found is None:
        raise Http404
    return found


def _guests(meeting: Any) -> list[Customer]:
    """Return the guests that the asker sees; whoever lies outside the scope is not named."""
    return [guest.customer for guest in meeting.seen_guests]


def _url(meeting: Meeting) -> str:
    return reverse("customers:meeting-detail", args=[meeting.pk])
