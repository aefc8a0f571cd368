"""The pages of changes that affect sold homes: the list, one with its contracts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from customers.changes import forms, sold
from customers.changes.models import ChangeNotice, HomeChange
from customers.changes.rules import coverage
from customers.property.project_views import get_project
from customers.property.views import VIEW
from customers.works.notices import WRITE
from customers.works.pages import service_form

DECIDE = "customers.decide_changes"
LIST, DETAIL = "customers/changes/list.html", "customers/changes/detail.html"
LATEST = 100
CONTRACTS = Listing(
    template=DETAIL,
    sorts={"unit": ("purchase__unit__building__sort_key", "purchase__unit__number", "pk")},
    default_sort="unit",
    partial="contracts",
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def home_changes(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Show the changes of a project that affect sold homes, each with the share that was told."""
    project, user = get_project(request, project_id), current_user(request)
    rows = sold.changes_of(project.pk)[:LATEST]
    context = {
        "project": project,
        "rows": [(row, coverage(told=row.told, affected=row.affected)) for row in rows],
        "may_decide": user.has_perm(DECIDE),
    }
    return render_page(request, LIST, context, partial="changes")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(DECIDE, raise_exception=True)
@idempotent()
def home_change_add(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Write down a change that was decided; the contracts it affects are listed at once."""
    project, actor = get_project(request, project_id), current_user(request)
    row = HomeChange(project=project, author=actor)

    def run(valid: Any) -> str:
        change = sold.decide_home_change(
            change=valid.save(commit=False), actor=actor, now=timezone.now()
        )
        return _url(change)

    return service_form(
        request,
        project=project,
        form=forms.HomeChangeForm(request.POST or None, instance=row),
        title=_("Change of sold homes"),
        back=reverse("customers:home-changes", args=[project.pk]),
        run=run,
        done=_("The change is on file, with the contracts it affects."),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def home_change(request: HtmxHttpRequest, home_change_id: int) -> HttpResponse:
    """Show a change with its coverage and the contracts one may see."""
    change, user = _home_change(request, home_change_id), current_user(request)
    seen = ChangeNotice.objects.visible_to(user).values("pk")
    context = {
        "project": change.project,
        "change": change,
        "coverage": sold.coverage_of(change, now=timezone.now()),
        "may_tell": user.has_perm(WRITE),
    }
    return list_page(
        request,
        queryset=sold.rows_of(change).filter(pk__in=seen),
        listing=CONTRACTS,
        context=context,
    )


@require_POST
@permission_required(WRITE, raise_exception=True)
@idempotent()
def home_change_tell(request: HtmxHttpRequest, home_change_id: int) -> HttpResponse:
    """Write a message to every affected buyer who was not told yet."""
    change = _home_change(request, home_change_id)
    written = sold.tell_buyers(change=change, actor=current_user(request), now=timezone.now())
    words = ngettext("%(n)s message is written.", "%(n)s messages are written.", written)
    messages.success(request, words % {"n": written})
    return go_to(request, _url(change))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WRITE, raise_exception=True)
@idempotent()
def change_notice_tell(request: HtmxHttpRequest, affected_id: int) -> HttpResponse:
    """Note that a buyer was told by hand."""
    notice, actor = _notice(request, affected_id), current_user(request)
    return service_form(
        request,
        project=notice.change.project,
        form=forms.TellingForm(request.POST or None),
        title=_("%(unit)s was told") % {"unit": notice.purchase.unit},
        back=_url(notice.change),
        run=lambda valid: sold.note_telling(
            notice=notice, actor=actor, now=timezone.now(), **valid.cleaned_data
        ),
        done=_("The telling is on file."),
        lead=notice.change.title,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WRITE, raise_exception=True)
@idempotent()
def change_notice_answer(request: HtmxHttpRequest, affected_id: int) -> HttpResponse:
    """Note what a buyer answered, and what is paid."""
    notice, actor = _notice(request, affected_id), current_user(request)
    return service_form(
        request,
        project=notice.change.project,
        form=forms.AnswerForm(request.POST or None),
        title=_("Answer of %(unit)s") % {"unit": notice.purchase.unit},
        back=_url(notice.change),
        run=lambda valid: sold.note_answer(
            notice=notice, actor=actor, now=timezone.now(), **valid.cleaned_data
        ),
        done=_("The answer is on file."),
        lead=notice.change.title,
    )


def _home_change(request: HtmxHttpRequest, home_change_id: int) -> HomeChange:
    rows = HomeChange.objects.visible_to(current_user(request))
    rows = rows.select_related("project__node", "building", "unit__building", "author")
    found: HomeChange | None = rows.filter(pk=home_change_id).first()
    if found is None:
        raise Http404
    return found


def _notice(request: HtmxHttpRequest, affected_id: int) -> ChangeNotice:
    rows = ChangeNotice.objects.visible_to(current_user(request))
    rows = rows.select_related("change__project", "purchase__unit__building")
    found: ChangeNotice | None = rows.filter(pk=affected_id).first()
    if found is None:
        raise Http404
    return found


def _url(change: HomeChange) -> str:
    return reverse("customers:home-change", args=[change.pk])
