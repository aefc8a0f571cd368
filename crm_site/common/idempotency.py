"""A repeated request gets the answer of the first; its effect happens once (A-48).

The claim, the effect and the answer are written in one transaction: a repeat that arrives while
the first still runs waits on the unique key, and a crash leaves no claim behind.
"""

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from crm_site.common.crypto import decrypt, encrypt
from crm_site.common.models import AnsweredRequest
from crm_site.common.refusals import RefusedError

HEADER = "Idempotency-Key"
FIELD = "idempotency_key"
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
KEY = re.compile(r"[\x21-\x7e]{1,80}")
KEPT_HEADERS = ("Content-Type", "Location", "HX-Redirect", "HX-Trigger", "ETag", "Vary")
PLACE = "common_answeredrequest.body"
FIRST_REFUSAL = 400
REDIRECTS = {302, 303}
SAVED_COOKIE = "anju_saved"
SAVED_SECONDS = 120

View = Callable[..., Any]


class KeyMissingError(RefusedError):
    """The request needs a key, or the key cannot be one."""

    status = 400
    code = "idempotency-key"
    title = _("The request cannot be read")


class KeyConflictError(RefusedError):
    """The key was used for another request, or its first request is still at work."""

    code = "idempotency-key"


def idempotent(*, required: bool = False) -> Callable[[View], View]:
    """Decorate a function view or a method of a DRF view so that repeats have one effect.

    The key comes from the header ``Idempotency-Key`` or the form field ``idempotency_key``. Same
    key and body: the first answer again, marked ``Idempotency-Replayed``. Same key, another body:
    409. A refusal (status 400 and above, or an exception) is not remembered. Without a key the
    view runs as it is, or answers 400 where ``required``.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(*args: Any, **kwargs: Any) -> Any:
            request = next(a for a in args if isinstance(a, HttpRequest | Request))
            return _answer(request, lambda: view(*args, **kwargs), required=required)

        return answer

    return decorate


def forget_answers(*, before: Any) -> int:
    """Delete answers older than ``before``; return how many."""
    deleted, _by_model = AnsweredRequest.objects.filter(created_at__lt=before).delete()
    return deleted


def _answer(request: Any, run: Callable[[], Any], *, required: bool) -> Any:
    if request.method not in UNSAFE or not request.user.is_authenticated:
        return run()
    key = _key(request)
    if not key:
        if required:
            raise KeyMissingError(_("Send an Idempotency-Key with this request."))
        return run()
    try:
        with transaction.atomic():
            response = _once(request, key, run)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") != "55P03":  # lock_not_available
            raise
        message = _("The same request is still being worked on. Try again in a moment.")
        raise KeyConflictError(message) from error
    if response.status_code in REDIRECTS and not _is_api(request):
        # tells the page's script that the draft of the form with this key is saved
        response.set_cookie(
            SAVED_COOKIE,
            quote(key, safe=""),
            max_age=SAVED_SECONDS,
            secure=request.is_secure(),
            samesite="Lax",
        )
    return response


def _once(request: Any, key: str, run: Callable[[], Any]) -> Any:
    fingerprint = _fingerprint(request)
    claim = _claim(request.user.pk, key, fingerprint)
    if claim is None:
        return _replay(request, key, fingerprint)
    response = run()
    if response.status_code >= FIRST_REFUSAL:
        AnsweredRequest.objects.filter(pk=claim).delete()
        return response
    body, content_type = _rendered(response)
    kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    AnsweredRequest.objects.filter(pk=claim).update(
        status=response.status_code,
        headers=kept | {"Content-Type": content_type},
        body=encrypt(body.decode("latin-1"), place=PLACE),
    )
    return response


def _claim(user: int, key: str, fingerprint: str) -> int | None:
    """Return the new claim's id, None if the key was used; waits for one still at work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO common_answeredrequest"
            " (user_id, key, fingerprint, headers, body, created_at)"
            " VALUES (%s, %s, %s, '{}', '', %s)"
            " ON CONFLICT (user_id, key) DO NOTHING RETURNING id",
            [user, key, fingerprint, timezone.now()],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _replay(request: Any, key: str, fingerprint: str) -> HttpResponse:
    known = AnsweredRequest.objects.get(user=request.user.pk, key=key)
    if known.fingerprint != fingerprint:
        raise KeyConflictError(_conflict_words(request))
    body = decrypt(bytes(known.body), place=PLACE).encode("latin-1")
    response = HttpResponse(body, status=known.status, headers=known.headers)
    response["Idempotency-Replayed"] = "true"
    return response


def _conflict_words(request: Any) -> str | Promise:
    if _is_api(request):
        return _("This Idempotency-Key was used for another request.")
    return _("This form was sent before with other content. Open it again and send it once more.")


def _rendered(response: Any) -> tuple[bytes, str]:
    """Return body and content type; a DRF answer is not rendered yet at this point."""
    if hasattr(response, "data") and not getattr(response, "is_rendered", True):
        return JSONRenderer().render(response.data) or b"", "application/json"
    if not getattr(response, "is_rendered", True):
        response.render()
    return bytes(response.content), response.headers.get("Content-Type", "text/html")


def _is_api(request: Any) -> bool:
    return isinstance(request, Request)


def _key(request: Any) -> str:
    key = request.headers.get(HEADER, "")
    if not key and not _is_api(request):
        key = request.POST.get(FIELD, "")
    if key and not KEY.fullmatch(key):
        raise KeyMissingError(_("An Idempotency-Key has 1 to 80 printable ASCII characters."))
    return str(key)


def _fingerprint(request: Any) -> str:
    """Return a keyed digest of method, path and content; CSRF token and key do not count."""
    content: Any
    if isinstance(request, Request):
        content = _plain(request.data)
    elif request.content_type == "application/json":
        content = request.body.decode("utf-8", "replace")
    else:
        content = _plain(request.POST)
    files = {
        name: [_file_digest(file) for file in request.FILES.getlist(name)] for name in request.FILES
    }
    text = json.dumps(
        [request.method, request.get_full_path(), content, files], sort_keys=True, default=str
    )
    return salted_hmac("crm_site.idempotency", text, algorithm="sha256").hexdigest()


def _plain(data: Any) -> Any:
    if not hasattr(data, "lists"):
        return data
    return {
        name: [value for value in values if not hasattr(value, "chunks")]
        for name, values in data.lists()
        if name not in {"csrfmiddlewaretoken", FIELD}
    }


def _file_digest(file: Any) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
