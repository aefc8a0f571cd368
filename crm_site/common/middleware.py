"""Three guards around every view: readable text, private pages, and answers to refusals."""

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote_to_bytes, urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers
from redis import RedisError

from crm_site.common import errors
from crm_site.common.htmx import is_htmx
from crm_site.common.refusals import RefusedError

GetResponse = Callable[[HttpRequest], HttpResponse]
NUL = "\x00"
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
TURNING_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\u(?:202[a-e]|206[6-9])", re.IGNORECASE)
BODY_METHODS = {"POST", "PUT", "PATCH", "DELETE"}
FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}
DEEP_NESTING = 500
REDIRECTS = {301, 302, 303, 307, 308}


class ReadableTextMiddleware:
    """Refuses with 400 what PostgreSQL cannot store: NUL, lone surrogates, broken UTF-8 (A-26).

    Marks that turn the reading direction of a line are taken out of what is sent, so that no name
    makes a page read backwards (A-20).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            readable = self._is_readable(request)
        except RequestDataTooBig as error:
            return errors.too_large(request, getattr(error, "limit", None))
        except RefusedError as refusal:
            return errors.refused(request, refusal)
        except (UnicodeError, ValueError, MultiPartParserError):
            readable = False
        if not readable:
            return errors.bad_request(request)
        _turn_forward(request)
        return self.get_response(request)

    def _is_readable(self, request: HttpRequest) -> bool:
        if not is_storable(request.path) or not _query_is_utf8(request):
            return False
        if not _all_storable(request.GET):
            return False
        if request.method not in BODY_METHODS:
            return True
        if request.content_type in FORM_TYPES:
            return _all_storable(request.POST) and all(
                is_storable(str(getattr(file, "name", ""))) for file in request.FILES.values()
            )
        if request.content_type and "json" in request.content_type:
            return _json_is_storable(request.body)
        return True


class PrivatePagesMiddleware:
    """Keeps pages of signed-in people out of every cache, and htmx parts free of login forms.

    Whoever signs in again comes back to the page whose form was cut off (B-44).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and "Cache-Control" not in response:
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store, private"
        if response.status_code in REDIRECTS:
            if is_htmx(request):
                return _redirect_whole_page(request, response)
            if request.method in BODY_METHODS and _leads_to_login(response["Location"]):
                response["Location"] = _login_back_to(request, request.headers.get("Referer", ""))
        return response


class RefusalMiddleware:
    """Turns refusals of services, and values the database cannot hold, into answers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the answer for an exception that is one, None for a defect."""
        if isinstance(exception, RefusedError):
            return errors.refused(request, exception)
        if isinstance(exception, RedisError):
            return errors.unavailable(request)
        if isinstance(exception, RequestDataTooBig):
            return errors.too_large(request)
        if isinstance(exception, (DataError, UnicodeEncodeError)) or _is_nul_error(exception):
            return errors.bad_request(request, exception)
        return None


def _is_nul_error(exception: Exception) -> bool:
    """Tell whether the database driver refused a NUL character."""
    return isinstance(exception, ValueError) and "NUL (0x00)" in str(exception)


def is_storable(text: str) -> bool:
    """Tell whether a PostgreSQL text column takes `text`: no NUL, no lone surrogate."""
    if NUL in text:
        return False
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _turn_forward(request: HttpRequest) -> None:
    """Take the marks of direction out of form fields, file names and JSON."""
    if request.method not in BODY_METHODS:
        return
    if request.content_type in FORM_TYPES:
        if any(TURNING.search(value) for _, values in request.POST.lists() for value in values):
            data = request.POST.copy()
            for key, values in request.POST.lists():
                data.setlist(key, [TURNING.sub("", value) for value in values])
            request.POST = data  # type: ignore[assignment]
        for name in request.FILES:
            for file in request.FILES.getlist(name):
                file.name = TURNING.sub("", str(file.name))
    elif request.content_type and "json" in request.content_type:
        text = request.body.decode("utf-8")
        request._body = TURNING_ESCAPE.sub(r"\1", TURNING.sub("", text)).encode()  # type: ignore[attr-defined]


def _query_is_utf8(request: HttpRequest) -> bool:
    unquote_to_bytes(request.META.get("QUERY_STRING", "")).decode("utf-8")
    return True


def _all_storable(values: object) -> bool:
    return all(
        is_storable(key) and all(is_storable(item) for item in items)
        for key, items in values.lists()  # type: ignore[attr-defined]
    )


def _json_is_storable(body: bytes) -> bool:
    """Tell whether the JSON text `body` holds only storable characters; broken JSON is the view's.

    Escapes and deep nesting are looked at by decoding: two surrogate escapes make one character.
    """
    text = body.decode("utf-8")
    if not is_storable(text):
        return False
    lowered = text.lower()
    nested = text.count("[") + text.count("{") > DEEP_NESTING
    if not nested and "\\u0000" not in lowered and "\\ud" not in lowered:
        return True
    try:
        return all(is_storable(part) for part in _texts(json.loads(text)))
    except RecursionError:
        return False
    except ValueError:
        return True


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a decoded JSON value."""
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, str):
            yield current
        elif isinstance(current, dict):
            yield from current
            waiting.extend(current.values())
        elif isinstance(current, list):
            waiting.extend(current)


def _leads_to_login(url: str) -> bool:
    """Tell whether `url` is the login page with a way back, as after the session's end."""
    return url.startswith(f"{resolve_url(settings.LOGIN_URL)}?")


def _login_back_to(request: HttpRequest, address: str) -> str:
    """Return the login page that leads back to the page at `address`, where its draft waits."""
    page = urlsplit(address)
    here = f"{page.path}?{page.query}" if page.query else page.path
    back = here if page.netloc == request.get_host() else "/"
    return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}"


def _redirect_whole_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return an answer that makes htmx load the target as a page instead of swapping it in."""
    url, status = response["Location"], 204
    if url.startswith(resolve_url(settings.LOGIN_URL)):
        url, status = _login_back_to(request, request.headers.get("HX-Current-URL", "")), 401
    moved = HttpResponse(status=status, headers={"HX-Redirect": url})
    moved.cookies = response.cookies
    return moved
