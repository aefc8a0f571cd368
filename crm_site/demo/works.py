"""How the demo's buildings are going up: nodes, outside reports, money by node, late ones, notices.

The first building of every project was ready in time; where the model says that a project is late,
its later buildings are, from topping-out on.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from crm_site.demo import words
from crm_site.demo.pictures import paper, photo
from crm_site.demo.property import Site
from crm_site.demo.signing import Desk, Signed
from crm_site.staff.models import User
from customers.models import (
    Building,
    ConstructionNode,
    NodePayment,
    NodeReport,
    ProgressNotice,
    ProofPhoto,
    Purchase,
)
from customers.works.notices import KIND, SUBJECT
from customers.works.rules import NodeKind as K
from customers.works.rules import NoticeState, PaymentState, Result

PLAN = {  # days before the handover of the building
    K.FOUNDATION: 700,
    K.GROUND: 600,
    K.TOPPING_OUT: 360,
    K.FACADE: 210,
    K.FITTINGS: 120,
    K.COMPLETION: 40,
}
KEY = (K.TOPPING_OUT, K.COMPLETION)
LATE_FROM = (K.TOPPING_OUT, K.FACADE, K.FITTINGS, K.COMPLETION)
ACCEPTED_AFTER = 7
PAID = {K.GROUND: 4_200_000, K.TOPPING_OUT: 6_800_000, K.FACADE: 3_100_000}


@dataclass(frozen=True, slots=True)
class People:
    """Who keeps nodes, pays, writes and signs notices."""

    engineer: User
    finance: User
    writer: User
    signer: User


def build_works(
    sites: Sequence[Site], *, delays: Mapping[int, int], desk: Desk, now: datetime
) -> None:
    """Write the nodes of every building on sale, with reports, payments and notices.

    ``delays`` are the months by which the later buildings of a project are late.
    """
    names = ("engineering", "finance", "specialist", "executive")
    people = People(*(User.objects.get(username=name) for name in names))
    today, nodes = timezone.localdate(now), []
    for site in sites:
        if site.is_launched:
            nodes += list(_nodes(site, delays[site.project.pk], people, today))
    made = ConstructionNode.objects.bulk_create(nodes)
    passed = [node for node in made if node.is_key and node.result]
    NodeReport.objects.bulk_create(_report(node, people) for node in passed)
    NodePayment.objects.bulk_create(
        _payment(node, people, today) for node in made if K(node.kind) in PAID
    )
    _tell(made, {site.project.pk: site.launch_on for site in sites}, people, desk)


def _nodes(site: Site, months: int, people: People, today: date) -> Iterator[ConstructionNode]:
    buildings = Building.objects.filter(project=site.project, handover_on__isnull=False)
    for place, building in enumerate(buildings.order_by("sort_key")[: site.released]):
        promised = building.handover_on or site.first_handover
        for step, (kind, days) in enumerate(PLAN.items()):
            planned_on = promised - timedelta(days=days)
            late = (
                months * 30
                if place >= site.finished and kind in LATE_FROM
                else (3 * site.place + step) % 5 - 2
            )
            reached_on = planned_on + timedelta(days=late)
            accepted_on = reached_on + timedelta(days=ACCEPTED_AFTER)
            is_reached, is_accepted = reached_on <= today, accepted_on <= today
            yield ConstructionNode(
                project=site.project,
                building=building,
                kind=kind.value,
                planned_on=planned_on,
                is_key=kind in KEY,
                note=words.LATE_NODE if planned_on < today and not is_reached else "",
                reached_on=reached_on if is_reached else None,
                result=Result.PASSED.value if is_accepted else "",
                accepted_on=accepted_on if is_accepted else None,
                accepted_by=people.engineer if is_accepted else None,
                findings=words.ACCEPTED if is_accepted else "",
                created_at=_at(site.launch_on - timedelta(days=200)),
            )


def _at(day: date, hour: int = 10) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def _report(node: ConstructionNode, people: People) -> NodeReport:
    assert node.reached_on is not None  # noqa: S101 -- accepted nodes were reached
    day = node.reached_on + timedelta(days=ACCEPTED_AFTER - 3)
    data = paper(f"{node.project.name} {node}")
    is_last = node.kind == K.COMPLETION
    return NodeReport(
        node=node,
        name=f"{node.place}-{node.pk}.pdf",
        media_type="application/pdf",
        size=len(data),
        digest=hashlib.sha256(data).hexdigest(),
        content=base64.b64encode(data).decode(),
        stored_at=_at(day),
        body="authority" if is_last else "independent",
        organisation=words.BODIES[is_last],
        reported_on=day,
        has_passed=True,
        issues=words.REPORT_ISSUE if is_last else "",
        issues_closed_on=day + timedelta(days=2) if is_last else None,
        closure=words.ISSUE_CLOSED if is_last else "",
        author=people.engineer,
    )


def _payment(node: ConstructionNode, people: People, today: date) -> NodePayment:
    is_late = node.planned_on < today and node.reached_on is None
    state = PaymentState.RELEASED if node.result else PaymentState.PLANNED
    day = (node.accepted_on or today) + timedelta(days=2)
    if state is PaymentState.RELEASED and day > today:
        state = PaymentState.PLANNED
    if is_late:
        state, day = PaymentState.HELD, node.planned_on + timedelta(days=10)
    is_decided = state is not PaymentState.PLANNED and day <= today
    return NodePayment(
        node=node,
        contractor=words.CONTRACTORS[node.pk % len(words.CONTRACTORS)],
        work=f"{node.title}节点工程款",
        amount=Decimal(PAID[K(node.kind)]),
        state=state.value if is_decided else PaymentState.PLANNED.value,
        reason=words.PAYMENT_HELD if is_late and is_decided else "",
        decided_at=_at(day) if is_decided else None,
        decided_by=people.finance if is_decided else None,
    )


def _tell(
    nodes: Sequence[ConstructionNode], launches: Mapping[int, date], people: People, desk: Desk
) -> None:
    """Write the notices of nodes reached since the launch; those of key nodes were signed and sent.

    Nobody had a contract before, so there was nobody to tell.
    """
    told = _buyers()
    rows, asked = [], []
    for node in nodes:
        if node.reached_on is None or node.reached_on <= launches[node.project_id]:
            continue
        at = _at(node.reached_on + timedelta(days=1))
        count = sum(day < at for day in told.get(node.building_id or 0, ()))
        is_sent = node.is_key and bool(node.result) and count > 0
        rows.append((node, at, count if is_sent else 0, is_sent))
    photos = ProofPhoto.objects.bulk_create(
        _photo(node, people, at) for node, at, _count, is_sent in rows if is_sent
    )
    pictures = iter(photos)
    notices = ProgressNotice.objects.bulk_create(
        _notice(node, at, next(pictures) if is_sent else None, count)
        for node, at, count, is_sent in rows
    )
    sent = [notice for notice in notices if notice.state == NoticeState.SENT]
    asked = [_asked(notice, people) for notice in sent]
    for notice, approval in zip(sent, desk.write(asked), strict=True):
        notice.approval, notice.sent_at = approval, approval.used_at
    ProgressNotice.objects.bulk_update(sent, ["approval", "sent_at"])


def _buyers() -> dict[int, list[datetime]]:
    """Return when the contracts of each building were signed."""
    found: dict[int, list[datetime]] = {}
    rows = Purchase.objects.filter(state__in=["signed", "handed_over"])
    for building, at in rows.values_list("unit__building", "signed_at"):
        if building is not None and at is not None:
            found.setdefault(building, []).append(at)
    return found


def _photo(node: ConstructionNode, people: People, at: datetime) -> ProofPhoto:
    data = photo(node.pk % 9)
    return ProofPhoto(
        content=base64.b64encode(data).decode("ascii"),
        media_type="image/png",
        size=len(data),
        digest=hashlib.sha256(data).hexdigest(),
        uploaded_by=people.writer,
        uploaded_at=at,
    )


def _notice(
    node: ConstructionNode, at: datetime, picture: ProofPhoto | None, count: int
) -> ProgressNotice:
    assert node.reached_on is not None  # noqa: S101 -- chosen by it
    values = {
        "project": node.project.name,
        "place": node.place,
        "node": node.title,
        "day": f"{node.reached_on:%Y年%-m月%-d日}",
    }
    state = NoticeState.DRAFT if picture is None else NoticeState.SENT
    return ProgressNotice(
        node=node,
        title=words.PROGRESS["title"].format(**values),
        body=words.PROGRESS["body"].format(**values),
        photo=picture,
        state=state.value,
        sent_at=None if picture is None else at + timedelta(hours=2),
        told=count,
        created_at=at,
    )


def _asked(notice: ProgressNotice, people: People) -> Signed:
    node = notice.node
    assert notice.photo is not None  # noqa: S101 -- sent with its photo
    content = {
        "notice": notice.pk,
        "project": node.project.name,
        "node": str(node),
        "title": notice.title,
        "body": notice.body,
        "photo": notice.photo.digest,
        "customers": notice.told,
    }
    return Signed(
        kind=KIND,
        subject=(SUBJECT, notice.pk),
        title=notice.title,
        content=content,
        author=people.writer,
        signers=[people.signer],
        asked_at=notice.created_at,
    )
