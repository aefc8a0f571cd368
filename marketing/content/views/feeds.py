"""The public feeds: what everybody reads, and the change log for the office (MKT-40)."""

from typing import Any

from django.contrib.auth.decorators import login_not_required, permission_required
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.edits import Edit
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import edit_page
from crm_site.staff.current import current_user
from customers.models import Project
from marketing.content.models import FeedVersion, PublicFeed
from marketing.content.pages import FORM, found_in, working
from marketing.content.public_forms import FeedForm
from marketing.content.querysets import KEEP, VIEW
from marketing.content.services.feeds import set_feed

SHOWN = 30
MAX_AGE = 60


@require_safe
@login_not_required
def public_feed(request: HttpRequest, code: str) -> HttpResponse:
    """Return what the public reads of a project as JSON; unchanged since, 304."""
    version = _latest(code)
    etag = f'"{version.digest[:32]}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        answer: HttpResponse = HttpResponseNotModified()
    else:
        known = {"version": version.number, "at": version.at.isoformat()}
        answer = JsonResponse(known | version.content)
    answer["ETag"] = etag
    answer["Cache-Control"] = f"public, max-age={MAX_AGE}"
    return answer


@require_safe
@login_not_required
def public_feed_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show what the public reads of a project: units, offers, steps, the last changes."""
    version = _latest(code)
    found = version.feed.versions.exclude(changes=[]).order_by("-number")
    context = {"version": version, "content": version.content, "versions": found[:5]}
    return render(request, "marketing/content/public_feed.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def public_feeds(request: HtmxHttpRequest) -> HttpResponse:
    """Show which projects are read in public, since when, in which version."""
    projects = Project.objects.visible_to(current_user(request)).order_by("code")
    feeds = {
        one.project_id: one
        for one in PublicFeed.objects.filter(project__in=projects).prefetch_related("versions")
    }
    lines = [(project, feeds.get(project.pk)) for project in projects]
    return render(request, "marketing/content/feeds.html", {"lines": lines})


@require_safe
@permission_required(VIEW, raise_exception=True)
def project_feed(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Show the change log of a project's feed."""
    project = _project(request, project_id)
    feed = PublicFeed.objects.filter(project=project).first()
    versions = list(feed.versions.order_by("-number")[:SHOWN]) if feed else []
    context = {
        "project": project,
        "feed": feed,
        "versions": versions,
        "may_keep": current_user(request).has_perm(KEEP),
    }
    return render(request, "marketing/content/feed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def project_feed_edit(request: HtmxHttpRequest, project_id: int) -> HttpResponse:
    """Open or close a feed and write its steps."""
    project, user = _project(request, project_id), current_user(request)
    here = reverse("marketing:project-feed", args=[project.pk])

    def form(data: Any) -> BaseForm:
        held = PublicFeed.objects.filter(project=project).first()
        names = ("is_open", "steps")
        initial = {name: getattr(held, name) for name in names} if held else {}
        return FeedForm(data, initial=initial)

    def save(valid: FeedForm) -> str:
        set_feed(project=project, **valid.cleaned_data, **working(request))
        return here

    edit = Edit(f"public-feed:{project.pk}", user.pk)
    context = {"title": _("Public feed of %(project)s") % {"project": project}, "cancel_url": here}
    return edit_page(request, edit=edit, form=form, template=FORM, save=save, context=context)


def _latest(code: str) -> FeedVersion:
    rows = FeedVersion.objects.filter(feed__project__code=code, feed__is_open=True)
    found = rows.select_related("feed__project").order_by("-number").first()
    if found is None:
        raise Http404
    return found


def _project(request: HtmxHttpRequest, key: int) -> Project:
    found: Project = found_in(Project.objects, request, key)
    return found
