"""Writing the texts of batches and flows, and filling them (MKT-37)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record as audit
from crm_site.outbox.errors import MessageParamsError
from crm_site.outbox.kinds import check_params, message_kind
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.contact_policies import TONE, Tone
from customers.models import Customer, Project
from customers.rules.texts import forbidden_words
from marketing.messaging.errors import MessagingError
from marketing.messaging.models import MessageTemplate
from marketing.messaging.rules.texts import filled, lacking, places_of, unused

KIND = "marketing.message"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDraft:
    """A text as somebody writes it."""

    name: str
    purpose: str
    title: str
    body: str
    project: Project | None = None
    is_active: bool = True


@transaction.atomic
def save_template(
    *, draft: TemplateDraft, actor: User, now: datetime, template: MessageTemplate | None = None
) -> MessageTemplate:
    """Keep a text and return it; raise ValidationError, by field, for places or words that fail."""
    check_text(draft.title, draft.body, now=now)
    row = template or MessageTemplate(author=actor, created_at=now)
    row.name, row.purpose = draft.name, draft.purpose
    row.title, row.body, row.is_active = draft.title, draft.body, draft.is_active
    row.project, row.region = draft.project, home_of(draft.project, actor)
    row.save()
    audit(kind="messaging.text", actor=actor, subject=("message_template", row.pk), now=now)
    return row


def home_of(project: Project | None, actor: User) -> Any:
    """Return the region that a row of a project, or of somebody's area, belongs to."""
    node = project.node if project else actor.node
    if node is None:
        return None
    return node.region


def check_text(title: str, body: str, *, now: datetime) -> None:
    """Raise ValidationError for broken places, words against the tone, or phone numbers."""
    tone: Tone = in_force(TONE, at=now).value
    errors: dict[str, list[str]] = {}
    for field, text in (("title", title), ("body", body)):
        broken = _("“%(place)s” is no place. Write names in small letters, such as {event}.")
        against = _("“%(word)s” must not be used in texts for customers. Choose other words.")
        found = [broken % {"place": each} for each in places_of(text).broken]
        found += [against % {"word": each} for each in forbidden_words(text, tone.forbidden)]
        if not has_no_number(text):
            found.append(_("Leave mobile numbers out; write the number of the sales office."))
        if found:
            errors[field] = found
    if errors:
        raise ValidationError(errors)  # type: ignore[arg-type]


def check_values(texts: Iterable[str], values: Mapping[str, str]) -> None:
    """Raise MessagingError that names the places without words, or words without a place."""
    known = list(texts)
    missing = lacking(known, values)
    if missing:
        places = ", ".join(f"{{{name}}}" for name in missing)
        text = _("The text asks for %(places)s. Write what is to stand there.")
        raise MessagingError(text % {"places": places}, code="missing-variable", missing=missing)
    odd = unused(known, values)
    if odd:
        text = _("The text has no place for %(names)s. Remove it or change the text.")
        raise MessagingError(text % {"names": ", ".join(odd)}, code="unknown-variable", unknown=odd)
    if not all(has_no_number(str(value)) for value in values.values()):
        raise MessagingError(
            _("Leave mobile numbers out; write the number of the sales office."), code="number"
        )


def has_no_number(text: str) -> bool:
    """Return whether a text holds no mobile number, which no message may carry."""
    try:
        check_params(message_kind(KIND), {"title": text, "body": ""})
    except MessageParamsError:
        return False
    return True


def words_for(
    customer: Customer, texts: tuple[str, str], values: Mapping[str, str]
) -> dict[str, str]:
    """Return title and body for one customer.

    Raise LookupError where the record lacks what a place asks for, or holds a number in its place.
    """
    personal = {
        "name": customer.name,
        "consultant": customer.owner.name if customer.owner else "",
        "project": customer.project.name if customer.project else "",
    }
    known = {**values, **personal}
    words = {"title": filled(texts[0], known), "body": filled(texts[1], known)}
    if not all(has_no_number(each) for each in words.values()):
        raise LookupError("number")
    return words
