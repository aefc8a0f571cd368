"""What is changed of the demo's homes: the later handover of late buildings, wishes of buyers."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from crm_site.approvals.models import Approval
from crm_site.approvals.services import refuse, sign
from crm_site.common.files import PDF, Taken
from crm_site.demo import words
from crm_site.demo.pictures import paper
from crm_site.demo.property import Site
from crm_site.staff.models import User
from customers.changes.individual import Wish, advance_change, ask_change
from customers.changes.models import ChangeNotice, HomeChange, IndividualChange
from customers.changes.rules import Answer, ChangeKind, ChangeState
from customers.changes.sold import SOLD
from customers.models import ConstructionNode, Purchase
from customers.works.rules import NodeKind

TOLD_SHARE, AGREED_SHARE, REFUSED_SHARE = 0.9, 0.7, 0.1
WISHES = 7
# how far each wish has come: signatures given, then steps; -1: refused
PROGRESS: tuple[tuple[int, tuple[ChangeState, ...]], ...] = (
    (0, ()),
    (2, ()),
    (3, ()),
    (3, (ChangeState.SIGNED,)),
    (3, (ChangeState.SIGNED, ChangeState.EXECUTED)),
    (3, (ChangeState.SIGNED, ChangeState.EXECUTED, ChangeState.CHECKED)),
    (-1, ()),
)


def change_homes(
    sites: Sequence[Site], *, delays: Mapping[int, int], chance: random.Random, now: datetime
) -> None:
    """Write the later handover of every late building with its notices, and buyers' wishes."""
    author = User.objects.get(username="executive")
    for site in sites:
        if site.is_launched and delays[site.project.pk]:
            _postpone(site, delays[site.project.pk], author, chance, now)
    _wishes(sites[0], now)


def _postpone(site: Site, months: int, author: User, chance: random.Random, now: datetime) -> None:
    late = ConstructionNode.objects.filter(
        project=site.project,
        kind=NodeKind.TOPPING_OUT.value,
        planned_on__lt=timezone.localdate(now),
        reached_on=None,
    )
    for node in late.select_related("building").order_by("pk"):
        building = node.building
        if building is None or building.handover_on is None:
            continue
        decided_on = node.planned_on + timedelta(days=15)
        if decided_on >= timezone.localdate(now):
            continue
        day = building.handover_on + timedelta(days=30 * months)
        change = HomeChange.objects.create(
            project=site.project,
            building=building,
            kind=ChangeKind.ENGINEERING.value,
            title=words.POSTPONED["title"].format(building=building),
            text=words.POSTPONED["text"].format(
                project=site.project.name, building=building, day=f"{day:%Y年%-m月%-d日}"
            ),
            decided_on=decided_on,
            needs_consent=True,
            compensation=words.POSTPONED["compensation"],
            author=author,
            created_at=timezone.make_aware(datetime.combine(decided_on, time(15))),
        )
        sold = Purchase.objects.filter(unit__building=building, state__in=SOLD).order_by("pk")
        ChangeNotice.objects.bulk_create(_told(change, list(sold), chance, now))


def _told(
    change: HomeChange, sold: Sequence[Purchase], chance: random.Random, now: datetime
) -> Iterator[ChangeNotice]:
    """Yield a row for every contract: told within days, or before the signature of a later one."""
    for purchase in sold:
        decided_at = change.created_at
        begun = max(decided_at, purchase.subscribed_at or decided_at)
        told_at = begun + timedelta(days=chance.randint(0, 8), hours=chance.randint(0, 2))
        if purchase.signed_at is not None and purchase.signed_at > decided_at:
            told_at = min(told_at, purchase.signed_at)
        is_told = told_at <= now and chance.random() < TOLD_SHARE
        if purchase.signed_at is not None and purchase.signed_at > decided_at:
            is_told = True  # nobody signs without knowing
        answered_at, drawn = told_at + timedelta(days=chance.randint(2, 14)), chance.random()
        answer = ""
        if is_told and answered_at <= now and drawn < AGREED_SHARE + REFUSED_SHARE:
            answer = (Answer.AGREED if drawn < AGREED_SHARE else Answer.REFUSED).value
        yield ChangeNotice(
            change=change,
            purchase=purchase,
            told_at=told_at if is_told else None,
            way=chance.choice(("message", "letter", "phone", "visit")) if is_told else "",
            answer=answer,
            answered_on=timezone.localdate(answered_at) if answer else None,
            compensation=Decimal(5000) if answer == Answer.AGREED else None,
            created_at=begun,
        )


def _wishes(site: Site, now: datetime) -> None:
    """Let buyers of the first project ask for changes, each a step further than the last."""
    specialist = User.objects.get(username="specialist")
    signers = [User.objects.get(username=name) for name in ("executive", "engineering", "finance")]
    nodes = ConstructionNode.objects.filter(
        project=site.project, kind=NodeKind.FITTINGS.value, reached_on=None
    )
    by_building = {node.building_id: node for node in nodes.select_related("building")}
    buyers = Purchase.objects.filter(
        unit__building__in=list(by_building), unit__kind="flat", state__in=["subscribed", "signed"]
    )
    rows = buyers.select_related("unit__building").order_by("-subscribed_at", "pk")[:WISHES]
    for place, purchase in enumerate(rows):
        if purchase.unit is None:
            continue
        item, wish, price = words.WISHES[place % len(words.WISHES)]
        change = ask_change(
            purchase=purchase,
            wish=Wish(
                item=item,
                wish=wish,
                price=Decimal(price),
                node=by_building[purchase.unit.building_id],
            ),
            drawing=Taken(f"{item}.pdf", PDF, paper(item)),
            actor=specialist,
            now=now - timedelta(minutes=20),
        )
        _advance(change, *PROGRESS[place], signers=signers, actor=specialist, now=now)


def _advance(
    change: IndividualChange,
    signed: int,
    steps: Sequence[ChangeState],
    *,
    signers: Sequence[User],
    actor: User,
    now: datetime,
) -> None:
    assert change.approval_id is not None  # noqa: S101 -- asked for
    approval = Approval.objects.get(pk=change.approval_id)
    if signed < 0:
        refuse(approval_id=approval.pk, reason=words.WISH_REFUSED, signer=signers[1], now=now)
    for signer in signers[: max(signed, 0)]:
        sign(approval_id=approval.pk, digest=approval.digest, signer=signer, now=now)
    for step in steps:
        findings = words.WISH_CHECKED if step is ChangeState.CHECKED else ""
        advance_change(change=change, to=step, findings=findings, actor=actor, now=now)
