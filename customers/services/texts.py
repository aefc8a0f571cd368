"""Texts for customers per occasion and channel, in one tone (CUS-46)."""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record as audit
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers import choices
from customers.contact_policies import TONE, Tone
from customers.default_texts import OCCASIONS, default_text
from customers.models import ContactTemplate, Customer
from customers.rules.axes import Channel
from customers.rules.texts import fill, forbidden_words, unknown_fields


@dataclass(frozen=True, slots=True)
class ContactText:
    """A text as it stands: edited, or the one the company started with."""

    key: str
    channel: str
    title: str
    text: str
    is_active: bool = True
    is_default: bool = False


def find_text(key: str, channel: Channel) -> ContactText:
    """Return the text of an occasion and channel; raise LookupError for an unknown occasion."""
    row = ContactTemplate.objects.filter(key=key, channel=channel.value).first()
    return _read(row) if row else _default(key, channel)


def all_texts() -> list[ContactText]:
    """Return a text for every occasion and contact channel, in one query."""
    rows = {(row.key, row.channel): row for row in ContactTemplate.objects.all()}
    return [
        _read(rows[key, channel]) if (key, channel) in rows else _default(key, Channel(channel))
        for key in OCCASIONS
        for channel, _label in choices.CONTACT_CHANNELS
    ]


@transaction.atomic
def save_text(*, entry: ContactText, actor: User, now: dt.datetime) -> ContactTemplate:
    """Keep an edited text and return its row.

    Raise ValidationError, by field, that names an unknown merge field or a forbidden word.
    """
    if entry.key not in OCCASIONS or entry.channel not in dict(choices.CONTACT_CHANNELS):
        raise LookupError(entry.key)
    check_words({"title": entry.title, "text": entry.text}, now=now)
    row, _created = ContactTemplate.objects.update_or_create(
        key=entry.key,
        channel=entry.channel,
        defaults={
            "title": entry.title,
            "text": entry.text,
            "is_active": entry.is_active,
            "updated_at": now,
        },
    )
    audit(
        kind="template.changed",
        actor=actor,
        subject=("contact_template", row.pk),
        facts={"occasion": entry.key, "channel": entry.channel},
        now=now,
    )
    return row


def check_words(fields: dict[str, str], *, now: dt.datetime) -> None:
    """Raise ValidationError, by field, for unknown merge fields and words against the tone."""
    tone: Tone = in_force(TONE, at=now).value
    errors: dict[str, list[str]] = {}
    for field, text in fields.items():
        unknown = _("There is no merge field “%(name)s”. Use {name}, {consultant}, {project}.")
        against = _("“%(word)s” must not be used in texts for customers. Choose other words.")
        found = [unknown % {"name": name} for name in unknown_fields(text)]
        found += [against % {"word": word} for word in forbidden_words(text, tone.forbidden)]
        if found:
            errors[field] = found
    if errors:
        raise ValidationError(errors)  # type: ignore[arg-type]


def filled_for(text: str, customer: Customer) -> str:
    """Return ``text`` with the names of the customer, the consultant and the project."""
    values = {
        "name": customer.name,
        "consultant": customer.owner.name if customer.owner else "",
        "project": customer.project.name if customer.project else "",
    }
    return fill(text, values)


def _read(row: ContactTemplate) -> ContactText:
    return ContactText(row.key, row.channel, row.title, row.text, row.is_active)


def _default(key: str, channel: Channel) -> ContactText:
    if key not in OCCASIONS or channel is Channel.NOTE:
        raise LookupError(key)
    title, text = default_text(key, channel)
    return ContactText(key, channel.value, title, text, is_default=True)
