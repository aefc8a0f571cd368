"""The crises, and the room of each."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.staff.current import current_user
from service.groups import forms, pages
from service.groups.models import CrisisRoom, CrisisStatement
from service.groups.services import crisis
from service.groups.services.deciding import GROUP
from service.tickets.models import Ticket
from service.tickets.views import as_form_error

VIEW, COMMAND = "service.view_groups", "service.command_crisis"
APPROVE = "service.approve_statements"
FORM = "service/groups/form.html"
LONGEST_KEY = 18  # digits of a key
ROOMS = Listing(
    template="service/groups/crises.html", sorts={"latest": ("-id",)}, default_sort="latest"
)


def get_room(request: HtmxHttpRequest, room_id: int) -> CrisisRoom:
    """Return the room; 404 where it is missing or its crisis is out of scope."""
    rows = CrisisRoom.objects.visible_to(current_user(request))
    rows = rows.select_related("ticket__project__node", "about", "reviewed_by")
    found: CrisisRoom | None = rows.filter(pk=room_id).first()
    if found is None:
        raise Http404
    return found


def get_statement(request: HtmxHttpRequest, statement_id: int) -> CrisisStatement:
    """Return the words for the outside; 404 where they are missing or out of scope."""
    rows = CrisisStatement.objects.visible_to(current_user(request))
    found: CrisisStatement | None = (
        rows.select_related("room__ticket").filter(pk=statement_id).first()
    )
    if found is None:
        raise Http404
    return found


def url_of(room: CrisisRoom) -> str:
    """Return the address of a room."""
    return reverse("service:crisis-room", args=[room.pk])


@require_safe
@permission_required(VIEW, raise_exception=True)
def crisis_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the crises and drills, the latest first."""
    user = current_user(request)
    rows = CrisisRoom.objects.visible_to(user).select_related("ticket__project", "ticket__handler")
    context = {"may_command": user.has_perm(COMMAND)}
    return list_page(request, queryset=rows, listing=ROOMS, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(COMMAND, raise_exception=True)
@idempotent()
def crisis_add(request: HtmxHttpRequest) -> HttpResponse:
    """Open a crisis room, or a drill."""
    user = current_user(request)
    about = _about_group(request)
    form = forms.RoomForm(request.POST or None, user=user, initial=forms.room_of(about))

    def save(valid: forms.RoomForm) -> str:
        room: CrisisRoom = as_form_error(
            lambda: crisis.open_room(
                actor=user, now=timezone.now(), about=about, **valid.cleaned_data
            )
        )
        return url_of(room)

    context = _about(_("Open a crisis room"), _("Open it"), reverse("service:crisis-list"))
    return form_page(request, form=form, template=FORM, save=save, context=context)


def _about_group(request: HtmxHttpRequest) -> Ticket | None:
    """Return the group complaint the room is opened about, if one is named and seen."""
    key = request.GET.get("about", "")
    if not key.isdecimal() or len(key) > LONGEST_KEY:
        return None
    rows = Ticket.objects.visible_to(current_user(request)).select_related("project")
    found: Ticket | None = rows.filter(kind=GROUP, pk=key).first()
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def crisis_room(request: HtmxHttpRequest, room_id: int) -> HttpResponse:
    """Show who does what, what happened, and what may be said."""
    room, user = get_room(request, room_id), current_user(request)
    context = pages.room_context(room) | {
        "room": room,
        "may_command": user.has_perm(COMMAND) and room.ticket.is_open,
        "may_approve": user.has_perm(APPROVE),
    }
    return render(request, "service/groups/room.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(COMMAND, raise_exception=True)
@idempotent()
def crisis_level(request: HtmxHttpRequest, room_id: int) -> HttpResponse:
    """Raise or lower the level."""
    room, user = get_room(request, room_id), current_user(request)
    form = forms.LevelForm(request.POST or None, initial={"level": room.level})
    words = (_("Another level"), _("Set the level"))
    return _room_form(
        request,
        form,
        room,
        words,
        lambda data: crisis.change_level(room, actor=user, now=timezone.now(), **data),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(COMMAND, raise_exception=True)
@idempotent()
def crisis_duty(request: HtmxHttpRequest, room_id: int) -> HttpResponse:
    """Name who does a duty."""
    room, user = get_room(request, room_id), current_user(request)
    form = forms.DutyForm(request.POST or None, project=room.ticket.project)
    words = (_("Name who does what"), pgettext("crisis", "Name"))
    return _room_form(
        request,
        form,
        room,
        words,
        lambda data: crisis.name_duty(room, actor=user, now=timezone.now(), **data),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(COMMAND, raise_exception=True)
@idempotent()
def crisis_entry(request: HtmxHttpRequest, room_id: int) -> HttpResponse:
    """Add a line to the log."""
    room, user = get_room(request, room_id), current_user(request)
    form = forms.EntryForm(request.POST or None)
    words = (_("Write to the log"), _("Write"))
    return _room_form(
        request,
        form,
        room,
        words,
        lambda data: crisis.add_entry(room, actor=user, now=timezone.now(), **data),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(COMMAND, raise_exception=True)
@idempotent()
def crisis_statement(request: HtmxHttpRequest, room_id: int) -> HttpResponse:
    """Write words for the outside."""
    room, user = get_room(request, room_id), current_user(request)
    form = forms.StatementForm(request.POST or None)
    words = (_("Write a statement"), _("Ask for approval"))
    return _room_form(
        request,
        form,
        room,
        words,
        lambda data: crisis.write_statement(room, actor=user, now=timezone.now(), **data),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(COMMAND, raise_exception=True)
@idempotent()
def crisis_review(request: HtmxHttpRequest, room_id: int) -> HttpResponse:
    """Write the closing review."""
    room, user = get_room(request, room_id), current_user(request)
    form = forms.ReviewForm(request.POST or None, initial={"lessons": room.lessons})
    words = (_("Closing review"), _("Save the review"))
    return _room_form(
        request,
        form,
        room,
        words,
        lambda data: crisis.review(room, actor=user, now=timezone.now(), **data),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(APPROVE, raise_exception=True)
@idempotent()
def statement_decide(request: HtmxHttpRequest, statement_id: int) -> HttpResponse:
    """Approve words or send them back."""
    statement, user = get_statement(request, statement_id), current_user(request)
    form = forms.DecisionForm(request.POST or None)

    def decide(data: dict[str, Any]) -> None:
        approves = data["decision"] == "approve"
        now = timezone.now()
        crisis.decide_statement(
            statement, approves=approves, note=data["note"], actor=user, now=now
        )

    words = (_("Decide on a statement"), _("Decide"))
    return _room_form(request, form, statement.room, words, decide, quote=statement.text)


@require_POST
@permission_required(COMMAND, raise_exception=True)
@idempotent()
def statement_out(request: HtmxHttpRequest, statement_id: int) -> HttpResponse:
    """Note that approved words went out."""
    statement = get_statement(request, statement_id)
    crisis.let_out(statement, actor=current_user(request), now=timezone.now())
    messages.success(request, _("Noted: the words are out."))
    return go_to(request, url_of(statement.room))


def _room_form(
    request: HtmxHttpRequest,
    form: Any,
    room: CrisisRoom,
    words: tuple[str, str],
    act: Callable[[dict[str, Any]], Any],
    *,
    quote: str = "",
) -> HttpResponse:
    def save(valid: Any) -> str:
        as_form_error(lambda: act(valid.cleaned_data))
        return url_of(room)

    context = _about(*words, url_of(room)) | {"quote": quote}
    return form_page(request, form=form, template=FORM, save=save, context=context)


def _about(title: str, submit: str, back: str) -> dict[str, Any]:
    return {"title": title, "submit_label": submit, "cancel_url": back, "draft": f"crisis-{back}"}
