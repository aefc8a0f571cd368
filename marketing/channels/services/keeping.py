"""Channels, codes for leads, accounts and posts of new media: entered and changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.rules.entry import NO_CAMPAIGN
from marketing.channels.errors import ChannelError
from marketing.channels.models import Channel, LeadCode, MediaAccount, MediaPost

READABLE = "23456789abcdefghjkmnpqrstuvwxyz"


@transaction.atomic
def save_channel(
    *, channel: Channel | None, values: Mapping[str, Any], actor: User, now: datetime
) -> Channel:
    """Write a new or a changed channel and return it; raise ChannelError for a source taken."""
    row = channel or Channel()
    for name, value in values.items():
        setattr(row, name, value)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ChannelError(_("This source has a channel already.")) from error
    record(
        kind="channel.changed",
        actor=actor,
        subject=("channel", row.pk),
        facts={"code": row.code, "type": row.type, "is_active": row.is_active},
        now=now,
    )
    return row


@transaction.atomic
def make_code(*, values: Mapping[str, Any], actor: User, now: datetime) -> LeadCode:
    """Make a code for leads that nobody guesses and return it."""
    campaign = values.get("campaign")
    row = LeadCode.objects.create(
        code=get_random_string(10, READABLE),
        label=values["label"],
        channel=values["channel"],
        project=values["project"],
        partner=values.get("partner"),
        campaign_code=campaign.code if campaign is not None else NO_CAMPAIGN,
    )
    record(
        kind="lead_code.added",
        actor=actor,
        subject=("lead_code", row.pk),
        facts={"channel": row.channel.code, "partner": row.partner_id},
        now=now,
    )
    return row


@transaction.atomic
def switch_code(*, code: LeadCode, actor: User, now: datetime) -> LeadCode:
    """Take a code out of use, or into use again, and return it."""
    row: LeadCode = LeadCode.objects.select_for_update(of=("self",)).get(pk=code.pk)
    row.is_active = not row.is_active
    row.save(update_fields=["is_active", "updated_at"])
    record(
        kind="lead_code.added",
        actor=actor,
        subject=("lead_code", row.pk),
        facts={"is_active": row.is_active},
        now=now,
    )
    return row


def add_account(values: Mapping[str, Any]) -> MediaAccount:
    """Enter an account of new media and return it."""
    return MediaAccount.objects.create(**values)


def add_post(account: MediaAccount, values: Mapping[str, Any]) -> MediaPost:
    """Enter a post, or bring the figures of one entered before up to date, and return it."""
    key = {name: values[name] for name in ("title", "on")}
    figures = {name: value for name, value in values.items() if name not in key}
    row, _made = MediaPost.objects.update_or_create(account=account, **key, defaults=figures)
    return row
