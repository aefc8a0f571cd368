"""Problem documents (RFC 9457): how the API says no."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_answer

from crm_site.common.keyset import CursorError
from crm_site.common.refusals import RefusedError

MEDIA_TYPE = "application/problem+json"
API_PREFIX = "/api/"


def is_api(request: HttpRequest) -> bool:
    """Tell whether `request` belongs to the REST interface."""
    return request.path.startswith(API_PREFIX)


def document(
    status: int, title: str, detail: str = "", *, code: str = "", **extra: Any
) -> dict[str, Any]:
    """Return the members of a problem document; `code` is the last part of its type."""
    name = code or HTTPStatus(status).phrase.lower().replace(" ", "-")
    body = {"type": f"urn:anju:problem:{name}", "title": str(title), "status": status}
    if detail:
        body["detail"] = str(detail)
    return body | extra


def problem(
    status: int, title: str, detail: str = "", *, code: str = "", **extra: Any
) -> JsonResponse:
    """Return a problem document as a response; `retry_after` also becomes the header."""
    response = JsonResponse(
        document(status, title, detail, code=code, **extra),
        status=status,
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
    if "retry_after" in extra:
        response["Retry-After"] = str(extra["retry_after"])
    return response


def not_found() -> dict[str, Any]:
    """Return the one document for missing and for hidden records."""
    return document(404, _("Not found"), _("There is no such record, or you cannot see it."))


def refusal_document(refusal: RefusedError) -> dict[str, Any]:
    """Return the document of a service's refusal."""
    return document(
        refusal.status, str(refusal.title), str(refusal), code=refusal.code, **refusal.extra
    )


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer any exception of an API view with a problem document; DRF's EXCEPTION_HANDLER.

    Unknown exceptions stay exceptions, so that they are logged and answered by `server_error`.
    """
    answered = _own(exc)
    if answered is None:
        answered = rest_answer(_as_rest(exc), context)
        if answered is None:
            return None
        answered.data = _rest_document(_as_rest(exc), answered)
    answered.content_type = MEDIA_TYPE
    return answered


def _own(exc: Exception) -> Response | None:
    """Return the answer for what is not DRF's: hidden records and refusals of services."""
    if isinstance(exc, Http404):
        return Response(not_found(), status=404)
    if isinstance(exc, RefusedError):
        wait = exc.extra.get("retry_after")
        headers = {"Retry-After": str(wait)} if wait is not None else {}
        return Response(refusal_document(exc), status=exc.status, headers=headers)
    return None


def _as_rest(exc: Exception) -> Exception:
    """Return the DRF exception that says the same, else `exc` itself."""
    if isinstance(exc, DjangoValidationError):
        errors: Any = exc.message_dict if hasattr(exc, "error_dict") else exc.messages
        return exceptions.ValidationError(errors)
    if isinstance(exc, CursorError):
        return exceptions.ParseError(_("The page address does not fit this list. Start again."))
    if isinstance(exc, DataError):
        return exceptions.ParseError(_("A value is outside the range that can be stored."))
    if isinstance(exc, PermissionDenied):
        return exceptions.PermissionDenied()
    return exc


def _rest_document(exc: Exception, response: Response) -> dict[str, Any]:
    """Return the document for a DRF exception; field errors stand under `errors`."""
    if isinstance(exc, exceptions.ValidationError):
        return document(400, _("Some fields need a change"), errors=_field_errors(response.data))
    extra: dict[str, Any] = {}
    wait = getattr(exc, "wait", None)  # only a Throttled has one, in seconds
    if wait is not None:
        extra["retry_after"] = int(wait) + 1
    detail = str(getattr(exc, "detail", "")) if isinstance(exc, exceptions.APIException) else ""
    return document(response.status_code, _title(response.status_code), detail, **extra)


def _title(status: int) -> str:
    titles = {
        400: _("The request cannot be read"),
        401: _("Sign in first"),
        403: _("You may not do this"),
        404: _("Not found"),
        405: _("This address does not take that method"),
        406: _("Only JSON is offered"),
        409: _("This cannot be done now"),
        413: _("The request is too large"),
        415: _("Send JSON"),
        429: _("Too many requests"),
    }
    return titles.get(status, HTTPStatus(status).phrase)


def _field_errors(data: Any) -> dict[str, Any]:
    """Return errors by field name; what belongs to no field stands under ``non_field_errors``."""
    return data if isinstance(data, dict) else {"non_field_errors": data}
