"""Segments, opportunities, recommendations, investors and the programme of the demo."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone, translation

from crm_site.staff.models import User
from customers.models import Customer, Purchase, Tag
from customers.services.tags import put_tag
from marketing.segments.errors import SegmentError
from marketing.segments.models import Opportunity, Recommendation
from marketing.segments.rules.fields import PRESETS
from marketing.segments.rules.relation import ACTIONS
from marketing.segments.selectors.nurture import by_interest
from marketing.segments.selectors.ranking import ranked
from marketing.segments.services.caring import (
    bring_to,
    declare_spend,
    note_holding,
    note_interest,
    relation_of,
    use_action,
)
from marketing.segments.services.finding import close, find_opportunities, work_on
from marketing.segments.services.freezing import freeze
from marketing.segments.services.informing import Information, inform
from marketing.segments.services.keeping import draft_of_preset, write_segment
from marketing.segments.services.placing import hand_out, note_spend
from marketing.segments.services.recommending import react, recommend

NEWBORN: Final = "新生儿"  # han: a tag of the demo company
RENTS: Final = "租赁需求"  # han: a tag of the demo company
ADVICE: Final = Information(
    kind="advice",
    title="首次购房贷款怎么选",  # han: what the demo company writes to customers
    body="公积金、商贷与组合贷的月供对比，附计算方法。",  # han: what the demo company writes
    channel="sms",
)
REACTIONS: Final = ("liked", "rejected", "later", "visit")
WISHES: Final = ("一层沿街商铺", "两房小户型出租", "地铁口公寓")  # han: wishes of investors
INCENTIVE: Final = "物业费抵扣 500 元"  # han: an incentive of the demo company


def make_segments(*, now: datetime) -> None:
    """Keep the ready-made segments of the first project and work with its customers."""
    marketer = User.objects.get(username="marketing")
    seller = User.objects.get(username="consultant")
    frozen = []
    for key in PRESETS:
        with translation.override("zh-hans"):  # the language of the demo company
            draft = draft_of_preset(key)
        segment = write_segment(draft=draft, actor=marketer, now=now)
        frozen.append(freeze(segment, actor=marketer, now=now - timedelta(days=40)))
    for snapshot, channel, spend in zip(frozen, ("douyin", "sem"), (36_000, 58_000), strict=False):
        _place(snapshot, channel, spend, marketer, now - timedelta(days=40))
    own = Customer.objects.visible_to(seller)
    _tag(own, seller, now)
    find_opportunities(now=now)
    _work(seller, now)
    _recommend(own, seller, now)
    _care(own, seller, now)
    _programme(marketer, now)
    _inform(own, seller, now)


def _place(snapshot: Any, channel: str, spend: int, actor: User, at: datetime) -> None:
    try:
        made = hand_out(
            snapshot=snapshot,
            channel_code=channel,
            campaign_code="",
            actor=actor,
            now=at,
        )
    except SegmentError:  # nobody agreed
        return
    note_spend(placement=made.placement, spend=Decimal(spend), actor=actor, now=at)


def _tag(own: Any, seller: User, now: datetime) -> None:
    buyers = own.bought().order_by("pk")[:12]
    for name, rows in ((NEWBORN, buyers[:6]), (RENTS, buyers[6:12])):
        tag, _new = Tag.objects.get_or_create(
            name=name, defaults={"group": "need", "owner": seller}
        )
        for customer in rows:
            put_tag(customer=customer, tag=tag, actor=seller, now=now)


def _work(seller: User, now: datetime) -> None:
    rows = Opportunity.objects.visible_to(seller).open().order_by("pk")
    for place, row in enumerate(rows[:9]):
        work_on(opportunity=row, actor=seller, now=now)
        if place % 3:
            outcome = "bought" if place % 3 == 1 else "later"
            close(opportunity=row, outcome=outcome, note="", actor=seller, now=now)


def _recommend(own: Any, seller: User, now: datetime) -> None:
    for customer in own.with_open_lead().order_by("pk")[:15]:
        try:
            recommend(customer=customer, actor=seller, now=now)
        except SegmentError:  # opted out
            continue
    rows = Recommendation.objects.visible_to(seller).order_by("pk")
    for place, row in enumerate(rows[:20]):
        if place % 2:
            reaction = REACTIONS[place // 2 % len(REACTIONS)]
            react(recommendation=row, reaction=reaction, note="", actor=seller, now=now)


def _care(own: Any, seller: User, now: datetime) -> None:
    today = timezone.localdate(now)
    for place, customer in enumerate(own.order_by("pk")[:9]):
        if customer.owner_id == seller.pk:
            action = ACTIONS[relation_of(customer)][place % 3]
            use_action(customer=customer, action=action, actor=seller, now=now)
        declare_spend(
            customer=customer,
            kind="property_service",
            with_us=True,
            year=today.year,
            amount=Decimal(5_400 + 300 * place),
            note="",
            actor=seller,
            now=now,
        )
    investors = own.filter(nature__in=("investor", "institution")).order_by("pk")
    for place, customer in enumerate(investors[:6]):
        note_interest(
            customer=customer,
            wish=WISHES[place % len(WISHES)],
            remind_on=today + timedelta(days=10 * place),
            actor=seller,
            now=now,
        )
    homes = Purchase.objects.filter(customer__in=investors, signed_at__isnull=False)
    for place, home in enumerate(homes.order_by("pk")[:6]):
        rent = Decimal(2_800 + 400 * place)
        note_holding(purchase=home, use="rented", rent=rent, actor=seller, now=now)


def _programme(marketer: User, now: datetime) -> None:
    best = ranked(Customer.objects.visible_to(marketer)).order_by("-deals", "pk")
    keys = list(best.values_list("pk", flat=True)[:15])
    for step, part, incentive in (
        ("select", keys[:8], ""),
        ("develop", keys[8:12], ""),
        ("retain", keys[12:], INCENTIVE),
    ):
        rows = Customer.objects.filter(pk__in=part)
        bring_to(customers=rows, step=step, incentive=incentive, actor=marketer, now=now)


def _inform(own: Any, seller: User, now: datetime) -> None:
    rows = by_interest(own).order_by("-interest", "pk")
    keys = list(rows.values_list("pk", flat=True)[:30])
    try:
        inform(customers=keys, what=ADVICE, actor=seller, now=now)
    except SegmentError:  # nobody agreed
        return
