"""One URL, one view, two answers: the whole page, or the part htmx asked for."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


class HtmxHttpRequest(HttpRequest):
    """A request on which HtmxMiddleware has run; the type of every view's first argument."""

    htmx: HtmxDetails


def is_htmx(request: HttpRequest) -> bool:
    """Tell whether htmx sent `request`; also right before HtmxMiddleware has run."""
    return request.headers.get("HX-Request") == "true"


def wants_partial(request: HttpRequest) -> bool:
    """Tell whether a part suffices: boosted links and history restores need the whole page."""
    headers = request.headers
    return (
        is_htmx(request)
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    partial: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """Return `template`, or only its `partial` for an htmx request; caches keep the two apart."""
    name = f"{template}#{partial}" if partial and wants_partial(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Boosted", "HX-History-Restore-Request"])
    return response


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to `url`: HX-Redirect for htmx, 302 otherwise."""
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


def add_toast(response: HttpResponseBase, message: str, *, level: str = "", undo: str = "") -> None:
    """Let the browser show `message` when htmx receives `response`; `level` "error" stays.

    Other events already in HX-Trigger are kept.
    """
    add_event(response, "toast", {"message": str(message), "level": level, "undo": undo})


def add_event(response: HttpResponseBase, name: str, detail: Any = None) -> None:
    """Add the client event `name` to HX-Trigger."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    events[name] = detail
    response.headers["HX-Trigger"] = json.dumps(events)
