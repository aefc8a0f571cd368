"""One record of each kind of channels, for the tests of access."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from customers.models import Customer, Project
from marketing.channels.models import (
    Channel,
    LeadCode,
    MediaAccount,
    Partner,
    PartnerStaff,
    PartnerUser,
)
from tests.factories import UserFactory


def channels_of(
    customer: Customer, people: dict[str, Any], _made: dict[str, Any]
) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds what was made before."""
    now = timezone.now()
    today = timezone.localdate(now)
    channel = Channel.objects.create(
        code="agent", name="中介", type="agent", subtype="agency", owner=people["channel"]
    )
    partner = Partner.objects.create(
        name="链家滨江店",
        channel=channel,
        state="active",
        state_since=now,
        starts_on=today,
        ends_on=today + timedelta(days=90),
    )
    partner.territory.add(customer.project)
    person = PartnerStaff.objects.create(partner=partner, name="王强")
    working = UserFactory(username="agency-desk", role="partner", node=None)
    login = PartnerUser.objects.create(user=working, partner=partner)
    code = LeadCode.objects.create(
        code="access2345", label="门店海报", channel=channel, project=customer.project
    )
    account = MediaAccount.objects.create(
        platform="douyin", handle="anju", channel=channel, project=customer.project
    )
    return {
        "channel_id": channel.pk,
        "partner_id": partner.pk,
        "partner_staff_id": person.pk,
        "partner_login_id": login.pk,
        "lead_code_id": code.pk,
        "lead_code": code.code,
        "media_account_id": account.pk,
    }


def hidden_channels(project: Project) -> dict[str, int]:
    """Return a partner of another place and somebody who works for it."""
    channel = Channel.objects.get(code="agent")
    partner = Partner.objects.create(
        name="远方地产", channel=channel, state="active", state_since=timezone.now()
    )
    partner.territory.add(project)
    person = PartnerStaff.objects.create(partner=partner, name="钱进")
    return {"partner": partner.pk, "agent_of_partner": person.pk}
