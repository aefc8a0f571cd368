"""Suggested groups, group complaints and what is done for them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.staff.current import current_user
from service.groups import forms, pages
from service.groups.filters import SuggestionFilter
from service.groups.models import GroupStep, GroupSuggestion
from service.groups.services import answering, deciding
from service.tickets.models import Ticket
from service.tickets.views import as_form_error

VIEW, LEAD = "service.view_groups", "service.lead_groups"
FORM = "service/groups/form.html"
SUGGESTED = Listing(
    template="service/groups/list.html",
    sorts={"burst": ("-burst", "-id"), "latest": ("-id",)},
    default_sort="burst",
    filter_class=SuggestionFilter,
)
FORMED = Listing(
    template="service/groups/formed.html",
    sorts={"latest": ("-opened_at", "-id")},
    default_sort="latest",
)


def get_suggestion(request: HtmxHttpRequest, group_suggestion_id: int) -> GroupSuggestion:
    """Return the suggestion; 404 where it is missing or of a project out of scope."""
    rows = GroupSuggestion.objects.visible_to(current_user(request))
    rows = rows.select_related("project", "group", "decided_by")
    found: GroupSuggestion | None = rows.filter(pk=group_suggestion_id).first()
    if found is None:
        raise Http404
    return found


def get_joint(request: HtmxHttpRequest, joint_id: int) -> Ticket:
    """Return the group complaint; 404 where it is missing or out of scope."""
    rows = Ticket.objects.visible_to(current_user(request)).filter(kind=deciding.GROUP)
    found: Ticket | None = rows.select_related("project").filter(pk=joint_id).first()
    if found is None:
        raise Http404
    return found


def get_member(request: HtmxHttpRequest, member_id: int) -> Ticket:
    """Return a ticket that is or may become a member; 404 where it is out of scope."""
    rows = Ticket.objects.visible_to(current_user(request)).select_related("project", "group")
    found: Ticket | None = rows.filter(pk=member_id).first()
    if found is None:
        raise Http404
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def group_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show what seems to belong together, the fastest growing first, and why (BEY-07, SVC-36)."""
    user = current_user(request)
    rows = GroupSuggestion.objects.visible_to(user).select_related("project", "group")
    context = {"may_lead": user.has_perm(LEAD)}
    return list_page(
        request, queryset=rows, listing=SUGGESTED, present=pages.with_why, context=context
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def group_formed(request: HtmxHttpRequest) -> HttpResponse:
    """Show the group complaints with how far each is."""
    rows = pages.groups_seen(current_user(request))
    return list_page(request, queryset=rows, listing=FORMED)


@require_safe
@permission_required(VIEW, raise_exception=True)
def group_suggestion(request: HtmxHttpRequest, group_suggestion_id: int) -> HttpResponse:
    """Show the complaints of a suggestion, what they share and how their number grows."""
    suggestion, user = get_suggestion(request, group_suggestion_id), current_user(request)
    rows = Ticket.objects.visible_to(user).filter(text__suggestion=suggestion)
    members = list(
        rows.select_related("customer", "unit__building", "group").order_by("opened_at", "pk")[
            : pages.MEMBERS_SHOWN
        ]
    )
    context = {
        "suggestion": suggestion,
        "facts": pages.why(suggestion),
        "promises": pages.promises_in(suggestion),
        "members": members,
        "weeks": pages.growth(member.opened_at for member in members),
        "may_decide": user.has_perm(LEAD) and suggestion.state in ("growing", "open"),
    }
    return render(request, "service/groups/suggestion.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(LEAD, raise_exception=True)
@idempotent()
def group_accept(request: HtmxHttpRequest, group_suggestion_id: int) -> HttpResponse:
    """Form the group complaint that was suggested."""
    suggestion, user = get_suggestion(request, group_suggestion_id), current_user(request)
    form = forms.AcceptForm(request.POST or None, initial={"subject": str(suggestion)[:120]})

    def save(valid: forms.AcceptForm) -> str:
        group: Ticket = as_form_error(
            lambda: deciding.accept(
                suggestion, subject=valid.cleaned_data["subject"], actor=user, now=timezone.now()
            )
        )
        messages.success(
            request, _("Group complaint %(number)s formed.") % {"number": group.number}
        )
        return group.get_absolute_url()

    context = _about(_("Form the group complaint"), _("Form it"), _url(suggestion))
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(LEAD, raise_exception=True)
@idempotent()
def group_reject(request: HtmxHttpRequest, group_suggestion_id: int) -> HttpResponse:
    """Note that the complaints are no group."""
    suggestion, user = get_suggestion(request, group_suggestion_id), current_user(request)
    form = forms.ReasonForm(request.POST or None)

    def save(valid: forms.ReasonForm) -> str:
        as_form_error(
            lambda: deciding.reject(
                suggestion, reason=valid.cleaned_data["reason"], actor=user, now=timezone.now()
            )
        )
        messages.success(request, _("Remembered: these are no group."))
        return reverse("service:group-list")

    context = _about(_("Not a group"), _("Remember it"), _url(suggestion))
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(LEAD, raise_exception=True)
@idempotent()
def group_found(request: HtmxHttpRequest, member_id: int) -> HttpResponse:
    """Form a group complaint from one ticket, such as a joint letter."""
    member, user = get_member(request, member_id), current_user(request)
    form = forms.AcceptForm(request.POST or None, initial=forms.found_subject(member))

    def save(valid: forms.AcceptForm) -> str:
        group: Ticket = as_form_error(
            lambda: deciding.form_group(
                [member],
                subject=valid.cleaned_data["subject"],
                actor=user,
                now=timezone.now(),
                fewest=1,
            )
        )
        return group.get_absolute_url()

    context = _about(_("Form a group complaint"), _("Form it"), member.get_absolute_url())
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(LEAD, raise_exception=True)
@idempotent()
def group_plan(request: HtmxHttpRequest, joint_id: int) -> HttpResponse:
    """Write the common plan of a group."""
    group, user = get_joint(request, joint_id), current_user(request)
    form = forms.PlanForm(request.POST or None, initial={"text": group.plan})
    return _group_form(
        request,
        form,
        group,
        (_("Common plan"), _("Save the plan")),
        lambda data: answering.write_plan(group, text=data["text"], actor=user, now=timezone.now()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(LEAD, raise_exception=True)
@idempotent()
def group_step(request: HtmxHttpRequest, joint_id: int) -> HttpResponse:
    """Add a line to the progress board."""
    group, user = get_joint(request, joint_id), current_user(request)
    form = forms.StepForm(request.POST or None)
    return _group_form(
        request,
        form,
        group,
        (_("Add a step"), _("Add")),
        lambda data: answering.add_step(group, actor=user, now=timezone.now(), **data),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(LEAD, raise_exception=True)
@idempotent()
def group_answer(request: HtmxHttpRequest, joint_id: int) -> HttpResponse:
    """Answer every member at once."""
    group, user = get_joint(request, joint_id), current_user(request)
    form = forms.AnswerForm(request.POST or None, initial={"text": group.solution})

    def answer(data: dict[str, Any]) -> None:
        told = answering.answer_all(group, text=data["text"], actor=user, now=timezone.now())
        words = ngettext("%(count)s member told.", "%(count)s members told.", told)
        messages.success(request, words % {"count": told})

    return _group_form(request, form, group, (_("Answer all members"), _("Answer all")), answer)


@require_POST
@permission_required(LEAD, raise_exception=True)
@idempotent()
def group_take(request: HtmxHttpRequest, joint_id: int) -> HttpResponse:
    """Take in the complaints that were found alike since."""
    group = get_joint(request, joint_id)
    count = deciding.take_newcomers(group, actor=current_user(request), now=timezone.now())
    words = ngettext("%(count)s ticket taken in.", "%(count)s tickets taken in.", count)
    messages.success(request, words % {"count": count})
    return go_to(request, group.get_absolute_url())


@require_POST
@permission_required(LEAD, raise_exception=True)
@idempotent()
def group_release(request: HtmxHttpRequest, member_id: int) -> HttpResponse:
    """Take a ticket out of its group."""
    member = get_member(request, member_id)
    back = member.group or member
    deciding.release_member(member, actor=current_user(request), now=timezone.now())
    return go_to(request, back.get_absolute_url())


@require_POST
@permission_required(LEAD, raise_exception=True)
@idempotent()
def group_represent(request: HtmxHttpRequest, member_id: int) -> HttpResponse:
    """Let a member speak for the group."""
    member = get_member(request, member_id)
    found = answering.name_representative(member, actor=current_user(request), now=timezone.now())
    return go_to(request, found.ticket.get_absolute_url())


@require_POST
@permission_required(LEAD, raise_exception=True)
@idempotent()
def group_step_done(request: HtmxHttpRequest, group_step_id: int) -> HttpResponse:
    """Tick a line of the progress board."""
    rows = GroupStep.objects.visible_to(current_user(request)).select_related("ticket")
    step = rows.filter(pk=group_step_id).first()
    if step is None:
        raise Http404
    answering.finish_step(step, actor=current_user(request), now=timezone.now())
    return go_to(request, step.ticket.get_absolute_url())


def _group_form(
    request: HtmxHttpRequest,
    form: Any,
    group: Ticket,
    words: tuple[str, str],
    act: Callable[[dict[str, Any]], Any],
) -> HttpResponse:
    def save(valid: Any) -> str:
        as_form_error(lambda: act(valid.cleaned_data))
        return group.get_absolute_url()

    context = _about(*words, group.get_absolute_url())
    return form_page(request, form=form, template=FORM, save=save, context=context)


def _about(title: str, submit: str, back: str) -> dict[str, Any]:
    return {"title": title, "submit_label": submit, "cancel_url": back, "draft": f"group-{back}"}


def _url(suggestion: GroupSuggestion) -> str:
    return reverse("service:group-suggestion", args=[suggestion.pk])
