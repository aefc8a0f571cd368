"""Events and community groups: sign-up, check-in, opinions, closing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, list_page
from crm_site.staff.current import current_user
from service.care.filters import EventFilter
from service.care.forms import CloseForm, EventForm, GroupForm, OpinionForm, SignUpForm
from service.care.models import CareEvent, CommunityGroup, EventSignUp
from service.care.pages import FORM, PLAN, VIEW, act, context_of, found_in, service_form, to
from service.care.services import events

EVENTS = Listing(
    template="service/care/events.html",
    sorts={"latest": ("-starts_at", "-id")},
    default_sort="latest",
    filter_class=EventFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_events(request: HtmxHttpRequest) -> HttpResponse:
    """Show the events, and the groups that hold some of them."""
    user = current_user(request)
    rows = CareEvent.objects.visible_to(user).select_related("project", "group")
    groups = CommunityGroup.objects.visible_to(user).filter(is_active=True)
    context = {
        "groups": groups.select_related("project"),
        "may_plan": user.has_perm(PLAN),
    }
    return list_page(request, queryset=rows, listing=EVENTS, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_group_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write a community group down."""
    form = GroupForm(request.POST or None, user=current_user(request))
    home = to("care-events")
    return service_form(
        request,
        form=form,
        title=_("Add a community group"),
        crumb=(home, pgettext("care", "Events")),
        back=home,
        run=lambda valid: valid.save(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_event_add(request: HtmxHttpRequest) -> HttpResponse:
    """Plan an event."""
    form = EventForm(request.POST or None, user=current_user(request))
    home = to("care-events")
    return service_form(
        request,
        form=form,
        title=_("Plan an event"),
        crumb=(home, pgettext("care", "Events")),
        back=home,
        run=lambda valid: to("care-event", valid.save().pk),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_event_edit(request: HtmxHttpRequest, care_event_id: int) -> HttpResponse:
    """Change an event that is planned."""
    event, user = _event(request, care_event_id), current_user(request)
    events.require_open(event)
    back = to("care-event", event.pk)

    def save(valid: EventForm) -> str:
        valid.save()
        messages.success(request, _("Saved."))
        return back

    return edit_page(
        request,
        edit=edit_of(event, user),
        form=lambda data: EventForm(data, instance=_event(request, event.pk), user=user),
        template=FORM,
        save=save,
        context=context_of(event.title, (to("care-events"), pgettext("care", "Events")), back),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_event(request: HtmxHttpRequest, care_event_id: int) -> HttpResponse:
    """Show an event: figures, who is on the list, who came, what they said."""
    event, user = _event(request, care_event_id), current_user(request)
    rows = event.sign_ups.select_related("customer").order_by("customer__sort_key", "pk")
    context = {
        "event": event,
        "figures": events.figures_of(event),
        "guests": rows,
        "free": event.capacity - event.taken,
        "may_plan": user.has_perm(PLAN) and event.state == "planned",
        "has_begun": event.starts_at <= timezone.now(),
    }
    return render(request, "service/care/event.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_event_sign_up(request: HtmxHttpRequest, care_event_id: int) -> HttpResponse:
    """Put a customer on the list."""
    event, user = _event(request, care_event_id), current_user(request)

    def run(valid: SignUpForm) -> None:
        events.sign_up(event=event, **valid.cleaned_data, actor=user, now=timezone.now())

    form = SignUpForm(request.POST or None, user=user)
    return _form(request, event, form, _("Sign a customer up"), run)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_event_opinion(
    request: HtmxHttpRequest, care_event_id: int, sign_up_id: int
) -> HttpResponse:
    """Keep what a guest thought and asked."""
    event = _event(request, care_event_id)
    row = _guest(event, sign_up_id)
    initial = {name: getattr(row, name) for name in ("score", "question", "answer")}
    form = OpinionForm(request.POST or None, initial=initial)

    def run(valid: OpinionForm) -> None:
        events.note_opinion(row=row, **valid.cleaned_data)

    return _form(request, event, form, row.customer.name, run)


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_event_check_in(
    request: HtmxHttpRequest, care_event_id: int, sign_up_id: int
) -> HttpResponse:
    """Note that a guest is there."""
    event = _event(request, care_event_id)
    row = _guest(event, sign_up_id)
    return act(
        request,
        lambda: events.check_in(row=row, now=timezone.now()),
        back=to("care-event", event.pk),
    )


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_event_sign_off(
    request: HtmxHttpRequest, care_event_id: int, sign_up_id: int
) -> HttpResponse:
    """Take a guest off the list; the places are free again."""
    event = _event(request, care_event_id)
    row = _guest(event, sign_up_id)
    return act(
        request,
        lambda: events.cancel_sign_up(row=row, now=timezone.now()),
        back=to("care-event", event.pk),
    )


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_event_invite(request: HtmxHttpRequest, care_event_id: int) -> HttpResponse:
    """Write the invitation to the owners of the project."""
    event = _event(request, care_event_id)
    written, left = events.invite(event=event, now=timezone.now())
    words = _("%(written)s invited by message, %(left)s without a channel for messages.")
    messages.success(request, words % {"written": written, "left": left})
    return go_to(request, to("care-event", event.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_event_close(request: HtmxHttpRequest, care_event_id: int) -> HttpResponse:
    """Close an event with its cost and result."""
    event, user = _event(request, care_event_id), current_user(request)

    def run(valid: CloseForm) -> None:
        events.close_event(event=event, **valid.cleaned_data, actor=user, now=timezone.now())

    return _form(request, event, CloseForm(request.POST or None), _("Close the event"), run)


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_event_cancel(request: HtmxHttpRequest, care_event_id: int) -> HttpResponse:
    """Call an event off, with a reason."""
    event = _event(request, care_event_id)
    return act(
        request,
        lambda: events.cancel_event(
            event=event,
            reason=request.POST.get("reason", ""),
            actor=current_user(request),
            now=timezone.now(),
        ),
        back=to("care-event", event.pk),
        done=_("The event is called off."),
    )


def _form(
    request: HtmxHttpRequest, event: CareEvent, form: Any, title: str, run: Any
) -> HttpResponse:
    back = to("care-event", event.pk)
    return service_form(request, form=form, title=title, crumb=(back, event), back=back, run=run)


def _event(request: HtmxHttpRequest, pk: int) -> CareEvent:
    found: CareEvent = found_in(CareEvent.objects, request, pk, "project", "group")
    return found


def _guest(event: CareEvent, pk: int) -> EventSignUp:
    found = event.sign_ups.select_related("event", "customer").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
