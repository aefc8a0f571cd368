"""What comes in from machines: believed by its signature over time stamp and bytes (A-12)."""

import hmac
import json
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from crm_site.outbox.gateway import signature
from service.desk.errors import IngressError, IngressSignatureError, IngressTooLongError

OLDEST: Final = 300  # seconds a report may be on its way
LONGEST: Final = 64 * 1024
APPLIED, REPLAYED = "applied", "replayed"


def believed(*, body: bytes, timestamp: str, signed: str, now: datetime) -> dict[str, Any]:
    """Return the JSON object of a signed report.

    Raise IngressSignatureError for a wrong signature, one more than five minutes away from now,
    or while no secret is set; IngressTooLongError beyond 64 KB; IngressError for no JSON object.
    The signature is looked at first: strangers do not learn what could be read.
    """
    if len(body) > LONGEST:
        raise IngressTooLongError(_("The report is too long."))
    secret = settings.CTI_SECRET
    fresh = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12
    fresh = fresh and abs(now.timestamp() - int(timestamp)) <= OLDEST
    right = signature(secret or "none", timestamp, body)
    if not secret or not hmac.compare_digest(right.encode(), signed.encode()) or not fresh:
        raise IngressSignatureError(_("The signature is wrong or too old."))
    try:
        said = json.loads(body)
    except ValueError as error:
        raise IngressError(_("The report is not JSON.")) from error
    if not isinstance(said, dict):
        raise IngressError(_("The report is not a JSON object."))
    return said


def text_of(said: dict[str, Any], name: str, longest: int, *, is_needed: bool = False) -> str:
    """Return a text member; raise IngressError where it is no text, too long or missing."""
    value = said.get(name, "")
    if not isinstance(value, str) or len(value) > longest or "\x00" in value:
        raise IngressError(_("“%(name)s” is not a text of this length.") % {"name": name})
    if is_needed and not value.strip():
        raise IngressError(_("“%(name)s” is missing.") % {"name": name})
    return value.strip()


def moment_of(said: dict[str, Any], *, now: datetime) -> datetime:
    """Return the moment ``at`` with its time zone; raise IngressError, also for the future."""
    try:
        at = datetime.fromisoformat(text_of(said, "at", 40, is_needed=True))
    except ValueError as error:
        raise IngressError(_("“at” is no time in ISO 8601.")) from error
    if at.tzinfo is None or at.year < 2000 or (at - now).total_seconds() > OLDEST:
        raise IngressError(_("“at” needs a time zone and must not lie in the future."))
    return at
