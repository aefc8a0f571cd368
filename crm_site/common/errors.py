"""The pages for what went wrong: they say what happened, what was kept, and what to do next.

Requests under /api/ get a problem document, htmx requests a toast, everyone else a page.
"""

import logging
import secrets
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from redis import RedisError

from crm_site.common import problems
from crm_site.common.context import Frame
from crm_site.common.htmx import add_toast, is_htmx
from crm_site.common.refusals import NotAllowedError, RefusedError, TooManyError, UnavailableError

logger = logging.getLogger(__name__)
RETRY_AFTER_OUTAGE = 30  # seconds
OUTAGES = (OperationalError, InterfaceError, RedisError)
_helper: list[Callable[[Any], str]] = []


def register_helper(name_for: Callable[[Any], str]) -> None:
    """Let 403 pages name the person whom `name_for(user)` returns."""
    _helper[:] = [name_for]


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400: the request cannot be read; input stays in the draft."""
    return _answer(request, 400, _("The request cannot be read"), _unreadable())


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403: visible, but not for this person; names whom to ask."""
    detail = str(exception) if isinstance(exception, NotAllowedError) else ""
    extra = exception.extra if isinstance(exception, NotAllowedError) else {}
    ask = str(extra.get("ask", "")) or _whom_to_ask(request)
    return _answer(request, 403, _("You may not do this"), detail, ask=ask)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404, the same for missing and for hidden records."""
    if problems.is_api(request):
        body = problems.not_found()
        return problems.problem(404, body["title"], body["detail"])
    detail = _("It may have been merged or handed over, or the link is incomplete.")
    return _answer(request, 404, _("There is no such record, or you cannot see it"), detail)


def refused(request: HttpRequest, refusal: RefusedError) -> HttpResponse:
    """Answer a service's refusal with its own status and words."""
    if isinstance(refusal, NotAllowedError):
        return permission_denied(request, refusal)
    if isinstance(refusal, TooManyError):
        return too_many(request, refusal.retry_after, str(refusal))
    if isinstance(refusal, UnavailableError):
        return unavailable(request, str(refusal), retry_after=refusal.retry_after)
    if problems.is_api(request):
        return problems.problem(
            refusal.status, str(refusal.title), str(refusal), code=refusal.code, **refusal.extra
        )
    return _answer(request, refusal.status, str(refusal.title), str(refusal), template="409")


def too_large(request: HttpRequest, limit: int | None = None) -> HttpResponse:
    """Answer 413 with the limit (bytes); without one, that of text."""
    limit = (limit or settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // 1024 // 1024
    detail = _("At most %(limit)s MB at once. Send less text, or split the file.") % {
        "limit": limit
    }
    return _answer(request, 413, _("The request is too large"), detail)


def too_many(request: HttpRequest, retry_after: int, detail: str = "") -> HttpResponse:
    """Answer 429; `retry_after` is the wait in seconds."""
    title = _("Too many requests")
    response = _answer(request, 429, title, detail, retry_after=retry_after)
    response["Retry-After"] = str(retry_after)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 when the form's proof is missing or old; the draft is kept (B-44)."""
    referer = urlsplit(request.headers.get("Referer", ""))
    back = referer.path if referer.netloc == request.get_host() else "/"
    title = _("This form was open too long")
    detail = _("Nothing was saved. Your input is kept as a draft: open the form again and send it.")
    if is_htmx(request):
        return _toast(403, f"{title}. {detail}")
    return _answer(request, 403, title, detail, template="csrf", back=back)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 with a code to tell the administrator, or 503 while the database is away.

    Uses neither the session nor the database nor the cache.
    """
    if isinstance(sys.exc_info()[1], OUTAGES):
        return unavailable(request)
    code = f"E-{secrets.token_hex(2).upper()}-{timezone.localtime():%m%d-%H%M}"
    logger.error("%s %s %s", code, request.method, request.path)
    title = _("This step was not finished")
    if problems.is_api(request):
        return problems.problem(500, title, error_code=code)
    if is_htmx(request):
        return _toast(500, _("%(title)s. Code: %(code)s") % {"title": title, "code": code})
    context = {"frame": Frame(request), "error_code": code, "title": title}
    return HttpResponse(render_to_string("500.html", context), status=500)


def unavailable(
    request: HttpRequest, detail: str = "", *, retry_after: int = RETRY_AFTER_OUTAGE
) -> HttpResponse:
    """Answer 503: a server that is needed does not answer; nothing is known to be saved."""
    title = _("The system is not available for a moment")
    if problems.is_api(request):
        return problems.problem(503, title, detail, retry_after=retry_after)
    if is_htmx(request):
        response = _toast(503, f"{title}. {detail}" if detail else title)
    else:
        context = {"frame": Frame(request), "title": title, "detail": detail}
        response = HttpResponse(render_to_string("503.html", context), status=503)
    response["Retry-After"] = str(retry_after)
    return response


def _answer(
    request: HttpRequest, status: int, title: str, detail: str, template: str = "", **extra: Any
) -> HttpResponse:
    """Return the answer in the shape the asker understands."""
    if problems.is_api(request):
        return problems.problem(status, title, detail, **extra)
    if is_htmx(request):
        return _toast(status, f"{title}. {detail}" if detail else title)
    user = getattr(request, "user", None)
    layout = "base.html" if user is not None and user.is_authenticated else "solo.html"
    context = {"layout": layout, "title": title, "detail": detail, "status": status} | extra
    return render(request, f"errors/{template or status}.html", context, status=status)


def _toast(status: int, message: str) -> HttpResponse:
    """Return an empty answer whose message htmx shows as an error toast."""
    response = HttpResponse(status=status)
    add_toast(response, message, level="error")
    return response


def _unreadable() -> str:
    return _("It holds characters that cannot be stored. Remove them and send it again.")


def _whom_to_ask(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not _helper:
        return ""
    return _helper[0](user)
