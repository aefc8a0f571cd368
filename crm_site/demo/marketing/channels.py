"""Channels of the demo company: agencies with contracts and commission, codes, daily metrics.

Run after the claims: the agencies are the parties of the claims, so that the decisions that stand
there make their commission.
"""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import F
from django.utils import timezone

from crm_site.demo import words
from crm_site.registers.services.entries import EntryDraft, add_entry
from crm_site.staff.models import User
from customers.arbitration.models import ClaimEvent
from customers.models import Lead, Project
from customers.payment.selectors import received_of
from customers.payment.services.receiving import Money, receive, reverse
from marketing.channels.models import (
    Channel,
    Commission,
    DailyMetric,
    LeadIntake,
    Partner,
    PartnerUser,
)
from marketing.channels.risks import RISKS
from marketing.channels.rules.commission import Pot
from marketing.channels.rules.kinds import PLATFORMS, PartnerState, Way
from marketing.channels.services.appraising import appraise, ensure_channels
from marketing.channels.services.commission import balances, pay_out, settle, settle_changed
from marketing.channels.services.keeping import add_account, add_post, make_code
from marketing.channels.services.partners import (
    Breach,
    add_partner,
    add_staff,
    move_partner,
    note_breach,
)

SEED: Final = 20_260_701
DAYS: Final = 60
# source of leads -> impressions of a day, click rate, yuan for a click
PAID: Final = {
    "search_engine": (9_000, 0.031, 3.2),
    "social_media": (22_000, 0.012, 1.1),
    "short_video": (48_000, 0.008, 0.7),
    "property_portal": (6_500, 0.026, 4.8),
    "advertising": (30_000, 0.002, 6.0),
}
STAFF: Final = ("王强", "李娜", "赵敏")  # han: names of agents
CANDIDATE, SUSPENDED, ENDED = OTHERS = (
    "恒信渠道·城西店",  # han: an agency in selection
    "乐居分销·萧山店",  # han: an agency that is suspended
    "宜家中介·下沙店",  # han: an agency whose contract ended
)
BOUNCED: Final = Decimal(80_000)  # yuan of a transfer that comes back
RISKS_SEEN: Final = (
    (
        "同一客户被两家中介报备",  # han: a risk
        "duplicate",
        "medium",
        "按判客规则裁定并通报双方",  # han: what is done about it
        words.AGENCIES[1],
    ),
    (
        "中介在售楼处外截客",  # han: a risk
        "hijack",
        "high",
        "门岗登记来访动线并抽查录像",  # han: what is done about it
        SUSPENDED,
    ),
)
POSTS: Final = ("样板间实景", "工地开放日", "户型讲解")  # han: titles of posts


def make_channels(*, now: datetime) -> None:
    """Fill channels, partners, codes, media and commission; a second call adds nothing."""
    if Partner.objects.exists():
        return
    manager = User.objects.get(username="channel")
    chance = random.Random(SEED)  # noqa: S311 -- a demo
    ensure_channels()
    Channel.objects.filter(code__in=PAID).update(is_paid=True, owner=manager)
    partners = _partners(manager, now)
    _intakes(partners)
    _codes(partners, manager, now)
    _metrics(chance, now)
    _media(chance, now)
    settle_changed(now=now)
    _pay(now)
    _risks(manager, now)
    appraise(now=now)


def _partners(manager: User, now: datetime) -> dict[str, Partner]:
    agency, today = Channel.objects.get(code="agent"), timezone.localdate(now)
    made = {}
    for place, name in enumerate((*words.AGENCIES, *OTHERS)):
        values = {
            "name": name,
            "channel": agency,
            "contract_no": f"QD-{today.year}-{place + 1:03d}",
            "starts_on": today - timedelta(days=300),
            "ends_on": today + timedelta(days=65 + 30 * place),
            "licence_no": f"ZJ-{place + 1:05d}",
            "licence_until": today + timedelta(days=400),
            "is_everywhere": True,
            "owner": manager,
        }
        row = add_partner(values=values, actor=manager, now=now)
        if name != CANDIDATE:
            note = "比选得分第一"  # han: why the co-operation begins
            move_partner(partner=row, to=PartnerState.ACTIVE, note=note, actor=manager, now=now)
        staff = {"name": STAFF[place % len(STAFF)], "licence_no": f"JJ-{place + 1:04d}"}
        staff_values = staff | {"trained_on": today - timedelta(days=200)}
        add_staff(partner=row, values=staff_values, actor=manager, now=now)
        made[name] = row
    _conduct(made, manager, now)
    login = User.objects.filter(role="partner", is_active=True).order_by("pk").first()
    if login is not None:
        PartnerUser.objects.get_or_create(
            user=login, defaults={"partner": next(iter(made.values()))}
        )
    return made


def _conduct(partners: dict[str, Partner], manager: User, now: datetime) -> None:
    """One breach of an agency at work, a second one that suspends, a co-operation that ended."""
    today = timezone.localdate(now)
    notes = ("向客户承诺返现", "带走售楼处来访客户")  # han: what happened
    for name, count in ((words.AGENCIES[-1], 1), (SUSPENDED, 2)):
        for place in range(count):
            breach = Breach(
                kind=("promise", "hijack")[place],
                on=today - timedelta(days=40 - 20 * place),
                note=notes[place],
                key=f"demo-breach-{partners[name].pk}-{place}",
                is_complaint=True,
            )
            note_breach(partner=partners[name], breach=breach, actor=manager, now=now)
    over = "合同到期不再续签"  # han: why it ended
    ended = PartnerState.ENDED
    move_partner(partner=partners[ENDED], to=ended, note=over, actor=manager, now=now)


def _pay(now: datetime) -> None:
    """Pay what is due to the first agency; then a transfer behind it bounces, and it owes."""
    payer = User.objects.filter(username="finance").first()
    rows = Commission.objects.filter(stands=True, received__lt=F("base"))
    row = rows.select_related("purchase", "partner").order_by("signed_at", "pk").first()
    if payer is None or row is None:
        return
    amount = min(BOUNCED, row.base - received_of(row.purchase))
    money = Money(
        amount=amount,
        receipt_no=f"{row.purchase_id}-TP",
        received_on=timezone.localdate(now),
        way="transfer",
    )
    booked = receive(purchase=row.purchase, money_in=money, actor=payer, now=now)
    settle(commission=row, now=now)
    due = balances([row.partner])[row.partner_id][Pot.PAYABLE.value]
    reference = f"YJ-{timezone.localdate(now):%Y%m}-001"
    pay_out(partner=row.partner, amount=due, reference=reference, actor=payer, now=now)
    note = "银行退票"  # han: why the receipt does not count
    number = f"{row.purchase_id}-TP-R"
    reverse(receipt=booked, receipt_no=number, note=note, actor=payer, now=now)
    settle(commission=row, now=now)


def _risks(manager: User, now: datetime) -> None:
    for title, kind, level, measure, name in RISKS_SEEN:
        values = {"kind": kind, "level": level, "measure": measure, "partner": name}
        draft = EntryDraft(title=title, values=values, due_at=now + timedelta(days=30))
        add_entry(register=RISKS, draft=draft, actor=manager, now=now)


def _intakes(partners: dict[str, Partner]) -> None:
    """Write down each report of the claims as the lead that came in with it."""
    rows = ClaimEvent.objects.filter(kind="reported", party__in=partners)
    events = list(rows.select_related("case").order_by("pk"))
    leads = {
        lead.customer_id: lead
        for lead in Lead.objects.filter(
            customer__in={event.customer_id for event in events}, source="agent"
        )
    }
    seen: set[int] = set()
    made = []
    for event in events:
        first = event.case_id not in seen
        seen.add(event.case_id)
        made.append(
            LeadIntake(
                source="claims",
                key=str(event.pk),
                way=Way.PORTAL.value,
                at=event.at,
                channel_code="agent",
                partner=partners[event.party],
                project_id=event.case.project_id,
                customer_id=event.customer_id,
                lead=leads.get(event.customer_id),
                case=event.case,
                flag="" if first else "duplicate",
                protected_until=event.at + timedelta(days=30) if first else None,
                is_new=first,
            )
        )
    LeadIntake.objects.bulk_create(made, ignore_conflicts=True)


def _codes(partners: dict[str, Partner], manager: User, now: datetime) -> None:
    project = Project.objects.order_by("code").first()
    if project is None:
        return
    places: list[tuple[str, str, Partner | None]] = [
        ("售楼处门口", "walk_in", None),  # han: a place
        ("地铁灯箱", "advertising", None),  # han: a place
    ]
    places += [(f"{name}门店", "agent", row) for name, row in partners.items()]  # han: the shop
    for label, source, partner in places:
        values = {
            "label": label,
            "channel": Channel.objects.get(code=source),
            "project": project,
            "partner": partner,
        }
        make_code(values=values, actor=manager, now=now)


def _metrics(chance: random.Random, now: datetime) -> None:
    today, rows = timezone.localdate(now), []
    for code, (shown, rate, price) in PAID.items():
        channel = Channel.objects.get(code=code)
        for back in range(1, DAYS + 1):
            views = int(shown * chance.uniform(0.7, 1.3))
            clicks = int(views * rate * chance.uniform(0.8, 1.2))
            rows.append(
                DailyMetric(
                    channel=channel,
                    on=today - timedelta(days=back),
                    impressions=views,
                    clicks=clicks,
                    interactions=int(clicks * chance.uniform(0.1, 0.3)),
                    cost=Decimal(f"{clicks * price:.2f}"),
                    leads=int(clicks * chance.uniform(0.01, 0.04)),
                )
            )
    DailyMetric.objects.bulk_create(rows, ignore_conflicts=True)


def _media(chance: random.Random, now: datetime) -> None:
    today = timezone.localdate(now)
    for platform in PLATFORMS:
        source = "wechat" if platform == "wechat" else "short_video"
        source = "social_media" if platform in {"xiaohongshu", "weibo", "zhihu"} else source
        channel = Channel.objects.get(code=source)
        account = add_account(
            {"platform": platform.value, "handle": f"anju-{platform}", "channel": channel}
        )
        for place, title in enumerate(POSTS):
            reach = chance.randint(2_000, 60_000)
            add_post(
                account,
                {
                    "title": title,
                    "on": today - timedelta(days=7 * place + 2),
                    "reach": reach,
                    "interactions": int(reach * 0.03),
                    "leads": int(reach * 0.0004),
                },
            )
