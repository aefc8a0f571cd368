"""Small addresses of the ground floor: stay signed in, how one likes the pages, is all well."""

from typing import Any

from django.contrib.auth.decorators import login_not_required, permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_site.common import health
from crm_site.common.htmx import render_page

DENSITIES = {"loose", "default", "compact"}
SWITCHES = {"1": True, "0": False}


@require_POST
def keep_session(request: HttpRequest) -> HttpResponse:
    """Begin the session's time anew; 204."""
    request.session.modified = True
    return HttpResponse(status=204)


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Save the account's `density` or `shortcuts`; 204, or 400 for values not offered."""
    user: Any = request.user  # signed in, as LoginRequiredMiddleware sees to it
    if request.POST.get("density") in DENSITIES:
        user.density = request.POST["density"]
        user.save(update_fields=["density"])
    elif request.POST.get("shortcuts") in SWITCHES:
        user.shortcuts = SWITCHES[request.POST["shortcuts"]]
        user.save(update_fields=["shortcuts"])
    else:
        return HttpResponseBadRequest()
    return HttpResponse(status=204)


@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Answer 200: this process serves requests."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when database, broker, worker and beat are up, else 503; names each part."""
    parts = health.readiness(now=timezone.now())
    up = all(parts.values())
    body = {
        "status": "ready" if up else "not ready",
        "parts": {part: "up" if parts[part] else "down" for part in health.PARTS},
    }
    response = JsonResponse(body, status=200 if up else 503)
    response["Cache-Control"] = "no-store"
    return response


@permission_required("staff.view_health", raise_exception=True)
@require_safe
def system_health(request: HttpRequest) -> HttpResponse:
    """Show every part, process and job, in red what is down or late (PLT-37)."""
    state = health.examine(now=timezone.now())
    labels = {
        "database": _("Database"),
        "broker": _("Redis (broker and cache)"),
        "worker": _("Worker"),
        "beat": _("Scheduler (beat)"),
    }
    words = {
        "count": _("done"),
        "added": _("added"),
        "alarms": _("alarms"),
        "changed": _("changed"),
        "deleted": _("removed"),
        "dropped": _("removed"),
        "effects": _("effects"),
        "fell": _("to the pool"),
        "lowered": _("lowered"),
        "messages": _("messages"),
        "missing_years": _("years without calendar"),
        "raised": _("raised"),
        "removed": _("removed"),
        "resumed": _("resumed"),
        "scored": _("scored"),
        "sealed": _("sealed"),
        "skipped": _("skipped"),
        "warned": _("warned"),
        "written": _("written"),
    }
    context = {
        "jobs": [
            (job, [(words.get(key, key), value) for key, value in job.counts.items()])
            for job in state.jobs
        ],
        "health": state,
        "parts": [(labels[part], state.parts[part]) for part in health.PARTS],
        "processes": [
            (labels[part], process)
            for part, processes in state.processes.items()
            for process in processes
        ],
        "queue_is_long": state.queue is not None and state.queue > health.QUEUE_WARNING,
    }
    return render_page(request, "common/health.html", context)
