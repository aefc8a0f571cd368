"""Issues of the club newsletter: list by project, draft, publication."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, list_page
from crm_site.staff.current import current_user
from service.care.errors import CareError
from service.care.filters import IssueFilter
from service.care.forms import IssueForm
from service.care.models import CareIssue
from service.care.pages import FORM, PLAN, VIEW, act, context_of, found_in, service_form, to
from service.care.services.events import publish_issue

ISSUES = Listing(
    template="service/care/issues.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
    filter_class=IssueFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_issues(request: HtmxHttpRequest) -> HttpResponse:
    """Show the issues by project."""
    user = current_user(request)
    rows = CareIssue.objects.visible_to(user).select_related("project")
    return list_page(
        request, queryset=rows, listing=ISSUES, context={"may_plan": user.has_perm(PLAN)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_issue_add(request: HtmxHttpRequest) -> HttpResponse:
    """Begin an issue."""
    home = to("care-issues")
    return service_form(
        request,
        form=IssueForm(request.POST or None, user=current_user(request)),
        title=_("New issue"),
        crumb=(home, _("Newsletters")),
        back=home,
        run=lambda valid: to("care-issue", valid.save().pk),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_issue(request: HtmxHttpRequest, issue_id: int) -> HttpResponse:
    """Show an issue."""
    issue = _issue(request, issue_id)
    context = {"issue": issue, "may_plan": current_user(request).has_perm(PLAN)}
    return render(request, "service/care/issue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_issue_edit(request: HtmxHttpRequest, issue_id: int) -> HttpResponse:
    """Change an issue that is not published yet."""
    issue, user = _issue(request, issue_id), current_user(request)
    if issue.published_at is not None:
        raise CareError(_("This issue is published already."))
    back = to("care-issue", issue.pk)

    def save(valid: Any) -> str:
        valid.save()
        return back

    return edit_page(
        request,
        edit=edit_of(issue, user),
        form=lambda data: IssueForm(data, instance=_issue(request, issue.pk), user=user),
        template=FORM,
        save=save,
        context=context_of(issue.title, (to("care-issues"), _("Newsletters")), back),
    )


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_issue_publish(request: HtmxHttpRequest, issue_id: int) -> HttpResponse:
    """Publish an issue and write to the owners of its project."""
    issue = _issue(request, issue_id)
    return act(
        request,
        lambda: publish_issue(issue=issue, now=timezone.now()),
        back=to("care-issue", issue.pk),
    )


def _issue(request: HtmxHttpRequest, pk: int) -> CareIssue:
    found: CareIssue = found_in(CareIssue.objects, request, pk, "project")
    return found
