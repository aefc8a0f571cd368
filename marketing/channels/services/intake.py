"""Taking leads in, each once, with channel, campaign and partner; joined to the claims (MKT-71)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.arbitration.models import ClaimEvent
from customers.arbitration.policies import CLAIMS
from customers.arbitration.rules import EventKind, Rule
from customers.arbitration.selectors import hear
from customers.arbitration.services.events import Report, note_event, report_known
from customers.errors import EntryError
from customers.models import Customer, Project
from customers.rules.entry import NO_CAMPAIGN, CapturePoint, CustomerEntry
from customers.services.customers import register_customer
from customers.vocabulary import code_of
from marketing.campaigns.selectors import campaign_of
from marketing.channels.errors import ChannelError
from marketing.channels.models import LeadCode, LeadIntake, Partner
from marketing.channels.rules.kinds import Flag, Way
from marketing.channels.services.gate import require_partner

ONCE: Final = "lead_intake_once"
UTM: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
FLAGS: Final = {
    Rule.PROTECTED: Flag.DUPLICATE,
    Rule.SAME_HOUSEHOLD: Flag.DUPLICATE,
    Rule.SAME_MOMENT: Flag.DUPLICATE,
    Rule.OTHER_NUMBER: Flag.DUPLICATE,
    Rule.KNOWN: Flag.KNOWN,
}
CHECKED_BY_THEMSELVES: Final = (Way.WEB, Way.QR)  # the customer typed the number


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A lead as it comes in. ``source`` and ``key`` are one lead, however often it is sent.

    What a code says counts before ``channel_code``, ``partner`` and ``project``; UTM values fill in
    what neither says.
    """

    way: Way
    key: str
    phone: str
    source: str = "site"
    name: str = ""
    enquiry: str = ""
    code: LeadCode | None = None
    channel_code: str = ""
    campaign_code: str = ""
    partner: Partner | None = None
    project: Project | None = None
    metres: int | None = None
    utm: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of it; ``is_replay``: the lead was known already and nothing was written."""

    intake: LeadIntake
    is_replay: bool = False


def take_lead(arrival: Arrival, *, actor: User | None, now: datetime) -> Taken:
    """Take a lead in and return it; one whose key was seen before returns the first.

    The customer is the known one of this number, else new (CUS-04). A lead of a partner becomes a
    report in the claims of the household and is flagged where somebody else's protection stands or
    the company knew the household. Raise PartnerRefusedError where leads of the partner are not
    taken (MKT-67, MKT-72), EntryError for values that cannot be stored; nothing is written then.
    """
    known = find_intake(arrival.source, arrival.key)
    if known is not None:
        return Taken(known, is_replay=True)
    try:
        with transaction.atomic():
            return Taken(_take(_placed(arrival), actor, now))
    except IntegrityError as error:
        first = find_intake(arrival.source, arrival.key) if ONCE in str(error) else None
        if first is None:
            raise
        return Taken(first, is_replay=True)


def find_intake(source: str, key: str) -> LeadIntake | None:
    """Return the lead that came in under this key."""
    rows = LeadIntake.objects.select_related("customer", "lead", "partner", "project")
    found: LeadIntake | None = rows.filter(source=source, key=key).first()
    return found


def words_of(error: EntryError) -> list[str]:
    """Return each fault of a lead that cannot be stored as a sentence."""
    return [words for found in error.messages.values() for words in found]


def utm_of(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the UTM values among ``values``, cut to what is kept of each."""
    found = {name: str(values.get(name) or "").strip()[:80] for name in UTM}
    return {name: value for name, value in found.items() if value and "\x00" not in value}


def _placed(arrival: Arrival) -> Arrival:
    """Return the arrival with channel, campaign, partner and project as the code or UTM say."""
    code = arrival.code
    if code is not None:
        arrival = replace(
            arrival,
            channel_code=code.channel.code,
            campaign_code=code.campaign_code,
            partner=code.partner,
            project=code.project,
        )
    channel = arrival.channel_code
    if not channel and arrival.partner is not None:
        channel = arrival.partner.channel.code
    if not channel:
        channel = code_of("source", arrival.utm.get("utm_source", "")) or "website"
    campaign = arrival.campaign_code
    if not campaign or campaign == NO_CAMPAIGN:
        named = campaign_of(arrival.utm.get("utm_campaign", ""))
        campaign = named.code if named is not None else NO_CAMPAIGN
    if arrival.project is None:
        raise ChannelError(_("Choose the project the lead is for."))
    return replace(arrival, channel_code=channel, campaign_code=campaign)


def _take(arrival: Arrival, actor: User | None, now: datetime) -> LeadIntake:
    partner, project = arrival.partner, arrival.project
    assert project is not None  # noqa: S101 -- placed above
    if partner is not None:
        partner = require_partner(partner, project, now=now)
    done = register_customer(
        entry=CustomerEntry(
            capture_point=CapturePoint.WEB_FORM.value,
            name=arrival.name,
            phone=arrival.phone,
            source=arrival.channel_code,
            campaign=arrival.campaign_code,
            enquiry=arrival.enquiry,
            project=project,
        ),
        actor=None,
        now=now,
    )
    intake = LeadIntake(
        source=arrival.source,
        key=arrival.key,
        way=arrival.way.value,
        at=now,
        code=arrival.code,
        channel_code=arrival.channel_code,
        campaign_code=arrival.campaign_code,
        partner=partner,
        project=project,
        customer=done.customer,
        lead=done.lead,
        is_new=done.created,
        utm=dict(arrival.utm),
        actor=actor,
    )
    if partner is not None:
        _join_claims(intake, arrival, partner, actor, now)
    intake.save(force_insert=True)
    _note(intake, actor, now)
    return intake


def _join_claims(
    intake: LeadIntake, arrival: Arrival, partner: Partner, actor: User | None, now: datetime
) -> None:
    """Report the customer for the partner, and put on the lead what the claims say to it."""
    customer: Customer = intake.customer
    given = Report(
        project=intake.project,
        phone=arrival.phone,
        name=arrival.name,
        party=partner.name,
        metres=arrival.metres,
    )
    event = report_known(given=given, customer=customer, actor=actor, now=now)
    flag = flag_of(event)
    intake.case, intake.flag = event.case, flag
    if not flag:
        days = in_force(CLAIMS, at=now).value.protection_days
        intake.protected_until = now + timedelta(days=days)
    if arrival.way in CHECKED_BY_THEMSELVES:
        note_event(
            case=event.case, kind=EventKind.VERIFIED, party=partner.name, actor=actor, now=now
        )


def flag_of(event: ClaimEvent) -> str:
    """Return what the rules of claims found remarkable at a report, empty for nothing."""
    for fired in hear(event.case).decision.fired:
        if fired.event == event.pk and fired.rule in FLAGS:
            return FLAGS[fired.rule].value
    return ""


def _note(intake: LeadIntake, actor: User | None, now: datetime) -> None:
    record(
        kind="lead.taken_in",
        actor=actor,
        subject=("customer", intake.customer_id),
        facts={
            "way": intake.way,
            "channel": intake.channel_code,
            "campaign": intake.campaign_code,
            "partner": intake.partner_id,
            "flag": intake.flag,
        },
        now=now,
    )
