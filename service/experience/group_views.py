"""The pages of the working group for customer experience (SVC-108)."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.audit.services import record
from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, list_page
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from service.experience.filters import ItemFilter
from service.experience.forms import ItemForm, MeetingForm, MemberForm
from service.experience.journey_views import FORM_METHODS, KEEP, VIEW
from service.experience.models import GroupItem, GroupMeeting, GroupMember
from service.experience.rules import ItemKind, adoption_rate
from service.repairs.pages import FORM, Sheet, found_or_404, run_form, saver

ITEMS = Listing(
    template="service/experience/items.html",
    sorts={"due": ("due_on", "id")},
    default_sort="due",
    filter_class=ItemFilter,
)
MEETINGS = 20


def _adoption() -> dict[str, Any]:
    states = GroupItem.objects.filter(kind=ItemKind.SUGGESTION.value).values_list(
        "state", flat=True
    )
    taken, decided = adoption_rate(list(states))
    rate = round(100 * taken / decided, 1) if decided else None
    return {"taken": taken, "decided": decided, "rate": rate}


@require_safe
@permission_required(VIEW, raise_exception=True)
def working_group(request: HtmxHttpRequest) -> HttpResponse:
    """Show the members, the latest meetings with their items, and the adoption rate."""
    user = current_user(request)
    meetings = GroupMeeting.objects.prefetch_related("items__owner", "present")
    context = {
        "members": GroupMember.objects.select_related("person").order_by("until", "since", "pk"),
        "meetings": meetings.order_by("-held_on", "-pk")[:MEETINGS],
        "adoption": _adoption(),
        "today": timezone.localdate(),
        "may_keep": user.has_perm(KEEP),
    }
    return render_page(request, "service/experience/group.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def item_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the items of all meetings, those due first."""
    user = current_user(request)
    rows = GroupItem.objects.select_related("meeting", "owner")
    context = {"today": timezone.localdate(), "may_keep": user.has_perm(KEEP)}
    return list_page(request, queryset=rows, listing=ITEMS, context=context)


def _sheet(title: Any) -> Sheet:
    return Sheet(
        title=title,
        up=(_("Working group for experience"), reverse("service:working-group")),
        submit=_("Save"),
        done=_("It is saved."),
    )


def _save(valid: Any, user: User, what: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        row = valid.save()
        record(
            kind="experience.saved",
            actor=user,
            subject=(what, row.pk),
            facts={"what": what},
            now=now,
        )


def _add(request: HtmxHttpRequest, form: Any, title: Any, what: str) -> HttpResponse:
    user = current_user(request)
    return run_form(
        request, form=form, sheet=_sheet(title), run=lambda valid: _save(valid, user, what)
    )


def _edit(request: HtmxHttpRequest, row: Any, form: Any, what: str) -> HttpResponse:
    user = current_user(request)
    sheet = _sheet(str(row))
    rows = type(row).objects.all()
    return edit_page(
        request,
        edit=edit_of(row, user),
        form=lambda data: form(data, user=user, instance=found_or_404(rows, row.pk)),
        template=FORM,
        save=saver(request, sheet, lambda valid: _save(valid, user, what)),
        context=sheet.context(),
    )


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def member_add(request: HtmxHttpRequest) -> HttpResponse:
    """Enter a member."""
    started = {"since": timezone.localdate()}
    form = MemberForm(request.POST or None, user=current_user(request), initial=started)
    return _add(request, form, _("Add a member"), "group-member")


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def member_edit(request: HtmxHttpRequest, group_member_id: int) -> HttpResponse:
    """Change a member or end the membership."""
    row = found_or_404(GroupMember.objects.all(), group_member_id)
    return _edit(request, row, MemberForm, "group-member")


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def meeting_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write a meeting down."""
    form = MeetingForm(request.POST or None, initial={"held_on": timezone.localdate()})
    return _add(request, form, _("Write a meeting down"), "group-meeting")


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def item_add(request: HtmxHttpRequest, group_meeting_id: int) -> HttpResponse:
    """Add a check, a suggestion or a decision to a meeting."""
    meeting = found_or_404(GroupMeeting.objects.all(), group_meeting_id)
    item = GroupItem(meeting=meeting)
    form = ItemForm(request.POST or None, user=current_user(request), instance=item)
    return _add(request, form, _("Add an item"), "group-item")


@require_http_methods(FORM_METHODS)
@permission_required(KEEP, raise_exception=True)
@idempotent()
def item_edit(request: HtmxHttpRequest, group_item_id: int) -> HttpResponse:
    """Follow an item up: its state and what came of it."""
    row = found_or_404(GroupItem.objects.all(), group_item_id)
    return _edit(request, row, ItemForm, "group-item")
