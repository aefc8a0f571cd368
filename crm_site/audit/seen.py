"""Personal values shown in full: noted while a page is made, then audited (A-32).

Noted are phone numbers, ID number, address and added fields that are personal. Income and credit go
by the right to see them and are not noted.

Who sees the numbers of their own customers sees them in lists and on the record. The one place
that decides on masks notes each value it lets through; when the answer is ready, one event holds
whose they were. An answer whose event cannot be written is not sent.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from crm_site.audit.events import SHOWN
from crm_site.audit.services import record, record_bulk
from crm_site.common.addresses import client_ip

STANDING = "own customers"  # the purpose that needs no words each time; not translated
NOTES = "_values_seen"
WITHOUT_BODY = {204, 301, 302, 303, 304, 307, 308}

Notes = dict[str, dict[int, set[str]]]


def note(user: Any, *, kind: str, pk: int, field: str) -> None:
    """Note that ``user`` is about to read ``field`` of one subject in full."""
    notes: Notes | None = getattr(user, NOTES, None)
    if notes is None:
        notes = {}
        setattr(user, NOTES, notes)
    notes.setdefault(kind, {}).setdefault(pk, set()).add(field)


class SeenValuesMiddleware:
    """Writes what was noted while the answer was made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "user", None)
        notes: Notes = getattr(user, NOTES, None) or {}
        if response.status_code in WITHOUT_BODY:  # read, but shown to nobody
            return response
        for kind, seen in notes.items():
            _write(request, user, kind, seen)
        return response


def _write(request: HttpRequest, user: Any, kind: str, seen: dict[int, set[str]]) -> None:
    match = request.resolver_match
    common: dict[str, Any] = {
        "kind": SHOWN,
        "actor": user,
        "reason": STANDING,
        "facts": {
            "view": match.view_name if match else "",
            "fields": sorted(set().union(*seen.values())),
        },
        "ip": client_ip(request),
        "now": timezone.now(),
    }
    if len(seen) == 1:
        record(subject=(kind, next(iter(seen))), **common)
    else:
        record_bulk(subject_kind=kind, ids=seen, **common)
