"""Leads that machines send: believed by their signature over time stamp and bytes (A-12)."""

import hmac
import json
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from crm_site.outbox.gateway import signature
from customers.errors import EntryError
from customers.models import Project
from customers.vocabulary import code_of
from marketing.channels.errors import IntakeError, IntakeSignatureError, IntakeTooLongError
from marketing.channels.models import LeadCode
from marketing.channels.rules.kinds import Way
from marketing.channels.services.intake import Arrival, Taken, take_lead, utm_of, words_of

OLDEST: Final = 300  # seconds a lead may be on its way
LONGEST: Final = 64 * 1024


def believed(*, body: bytes, timestamp: str, signed: str, now: datetime) -> dict[str, Any]:
    """Return the JSON object of a signed lead.

    Raise IntakeSignatureError for a wrong signature, one more than five minutes away from now, or
    while no secret is set; IntakeTooLongError beyond 64 KB; IntakeError for no JSON object. The
    signature is looked at first: strangers do not learn what could be read.
    """
    if len(body) > LONGEST:
        raise IntakeTooLongError(_("The lead is too long."))
    secret = settings.INTAKE_SECRET
    fresh = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12
    fresh = fresh and abs(now.timestamp() - int(timestamp)) <= OLDEST
    right = signature(secret or "none", timestamp, body)
    if not secret or not hmac.compare_digest(right.encode(), signed.encode()) or not fresh:
        raise IntakeSignatureError(_("The signature is wrong or too old."))
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise IntakeError(_("The lead is not JSON.")) from error
    if not isinstance(said, dict):
        raise IntakeError(_("The lead is not a JSON object."))
    return said


def take_signed(*, body: bytes, timestamp: str, signed: str, now: datetime) -> Taken:
    """Take a lead a machine sends, once for each source and key, and return what came of it.

    Raise IntakeSignatureError for what is not signed or too old, IntakeError for what cannot be
    read, PartnerRefusedError where leads of the partner are not taken; nothing is written then.
    """
    said = believed(body=body, timestamp=timestamp, signed=signed, now=now)
    try:
        return take_lead(_read(said), actor=None, now=now)
    except EntryError as error:
        raise IntakeError(" ".join(words_of(error))) from error


def _read(said: dict[str, Any]) -> Arrival:
    code = _code(_text(said, "code", 24))
    project = Project.objects.filter(code=_text(said, "project", 40)).first()
    if code is None and project is None:
        raise IntakeError(_("Name a code of the company, or a project."))
    channel = _text(said, "channel", 60)
    if channel and code_of("source", channel) is None:
        raise IntakeError(_("“channel” is no source of leads."))
    return Arrival(
        way=Way.API,
        source=_text(said, "source", 40) or "api",
        key=_text(said, "key", 80, is_needed=True),
        name=_text(said, "name", 80),
        phone=_text(said, "phone", 40, is_needed=True),
        enquiry=_text(said, "enquiry", 500),
        code=code,
        project=project,
        channel_code=(code_of("source", channel) or "") if channel else "",
        campaign_code=_text(said, "campaign", 80),
        utm=utm_of(said),
    )


def _code(text: str) -> LeadCode | None:
    if not text:
        return None
    found = LeadCode.objects.select_related("channel", "partner__channel", "project")
    row: LeadCode | None = found.filter(code=text, is_active=True).first()
    if row is None:
        raise IntakeError(_("“code” is none in use."))
    return row


def _text(said: dict[str, Any], name: str, longest: int, *, is_needed: bool = False) -> str:
    value = said.get(name, "")
    if not isinstance(value, str) or len(value) > longest or "\x00" in value:
        raise IntakeError(_("“%(name)s” is not a text of this length.") % {"name": name})
    if is_needed and not value.strip():
        raise IntakeError(_("“%(name)s” is missing.") % {"name": name})
    return value.strip()
