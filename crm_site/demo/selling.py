"""Purchases, their steps and their discounts into the tables."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from crm_site.approvals.models import Approval, ApprovalSignature
from crm_site.approvals.services import content_digest
from crm_site.demo import words
from crm_site.demo.sales import Deal
from crm_site.staff.models import User
from crm_site.staff.selectors import lineage
from customers.importers.copying import copy_rows, take_keys
from customers.models import (
    DiscountRequest,
    Lead,
    Purchase,
    PurchaseEvent,
    PurchaseParty,
    Unit,
    UnitPrice,
)
from customers.pricing.policies import DiscountRules
from customers.pricing.rules import CHAIN, DiscountState, discount_percent, discount_steps
from customers.pricing.services.discounts import KIND, content_of
from customers.purchase.rules import Step

VALID = timedelta(days=7)
RULES = DiscountRules()
Sold = Sequence[tuple[Deal, Purchase]]


def write_deals(deals: Sequence[Deal], leads: Mapping[int, Lead]) -> None:
    """Write the purchases of customers whose leads (by number of the story) stand already."""
    made = Purchase.objects.bulk_create(
        [_purchase(deal, leads[deal.story.number]) for deal in deals], batch_size=500
    )
    sold = list(zip(deals, made, strict=True))
    copy_rows(
        PurchaseEvent,
        ("purchase_id", "at", "step", "from_state", "to_state", "reason", "facts", "actor_id"),
        (row for deal, purchase in sold for row in _events(deal, purchase)),
        {},
    )
    copy_rows(
        PurchaseParty,
        ("purchase_id", "customer_id"),
        ((each.pk, each.customer_id) for each in made if each.subscribed_at is not None),
        {"role": "buyer"},
    )
    write_discounts([(deal, purchase) for deal, purchase in sold if deal.discount is not None])


def _purchase(deal: Deal, lead: Lead) -> Purchase:
    story = deal.story
    return Purchase(
        project=story.project,
        unit_id=deal.offer.unit,
        customer=story.customer,
        lead=lead,
        consultant=story.owner,
        state=deal.state.value,
        state_since=deal.notes[-1][0],
        begun_at=deal.begun_at,
        created_at=deal.begun_at,
        **deal.values,
    )


def _events(deal: Deal, purchase: Purchase) -> Iterator[tuple[Any, ...]]:
    for at, step, before, after, reason, facts in deal.notes:
        actor = None if step == Step.EXPIRE else purchase.consultant_id
        yield purchase.pk, at, step, before, after, reason, facts, actor


def write_discounts(sold: Sold) -> None:
    """Write the signed requests behind the subscriptions that cost less than the list."""
    if not sold:
        return
    signers = _signers()
    places: dict[int, list[int]] = {}
    keys = take_keys(DiscountRequest, len(sold))
    wanted = [deal.offer.unit for deal, _purchase in sold]
    units = Unit.objects.select_related("building").in_bulk(wanted)
    approvals, requests, steps_of = [], [], []
    for key, (deal, purchase) in zip(keys, sold, strict=True):
        asker = purchase.consultant
        here = places.setdefault(asker.pk, lineage(asker.node))
        request, steps = _request(key, deal, purchase, units[deal.offer.unit])
        approvals.append(_approval(request, steps, asker, here))
        requests.append(request)
        steps_of.append(steps)
    signed = Approval.objects.bulk_create(approvals)
    for request, approval in zip(requests, signed, strict=True):
        request.approval = approval
    DiscountRequest.objects.bulk_create(requests)
    ApprovalSignature.objects.bulk_create(
        ApprovalSignature(
            approval=approval,
            step=place,
            signer=signers(request.asked_by, step),
            requester=request.asked_by,
            digest=approval.digest,
            at=approval.created_at + timedelta(minutes=place + 1),
        )
        for request, approval, steps in zip(requests, signed, steps_of, strict=True)
        for place, step in enumerate(steps)
    )


def _request(
    key: int, deal: Deal, purchase: Purchase, unit: Unit
) -> tuple[DiscountRequest, tuple[str, ...]]:
    at, price = deal.values["subscribed_at"], deal.offer.price_at(deal.values["subscribed_at"])
    steps = discount_steps(
        list_total=price.total,
        asked_total=deal.values["agreed_total"],
        below_floor=deal.values["agreed_total"] < price.floor,
        supervisor_percent=RULES.supervisor_percent,
        executive_percent=RULES.executive_percent,
    )
    asked_at = at - timedelta(minutes=10)
    request = DiscountRequest(
        id=key,
        customer_id=purchase.customer_id,
        unit=unit,
        price=UnitPrice(pk=price.key, unit=unit, public_total=price.total, floor_total=price.floor),
        asked_total=deal.values["agreed_total"],
        is_below_floor=deal.values["agreed_total"] < price.floor,
        reason=words.DISCOUNT_REASONS[key % len(words.DISCOUNT_REASONS)],
        asked_by=purchase.consultant,
        state=DiscountState.USED.value,
        valid_until=asked_at + VALID,
        used_at=at,
        purchase=purchase,
        created_at=asked_at,
    )
    return request, steps


def _approval(
    request: DiscountRequest, steps: tuple[str, ...], asker: User, places: list[int]
) -> Approval:
    content = content_of(request, steps)
    listed, asked = content["list_total"], content["asked_total"]
    percent = discount_percent(
        list_total=request.price.public_total, asked_total=request.asked_total
    )
    assert request.valid_until is not None and request.used_at is not None  # noqa: S101, PT018
    return Approval(
        kind=KIND,
        subject_kind="discount",
        subject_id=str(request.pk),
        title=f"{content['unit_name']} 优惠 {percent} %（{listed} → {asked}）",
        reason=request.reason,
        content=content,
        digest=content_digest(content),
        steps=list(steps),
        requester=asker,
        places=places,
        state=Approval.State.USED,
        created_at=request.created_at,
        expires_at=request.valid_until,
        decided_at=request.used_at,
        used_at=request.used_at,
    )


def _signers() -> Any:
    """Return who signs which step for whom: the own supervisor, the executive, head office."""
    own = {user.node_id: user for user in User.objects.filter(role="supervisor")}
    upper = [User.objects.get(username=name) for name in ("executive", "head_office")]

    def signer(asker: User, step: str) -> User:
        place = CHAIN.index(step)
        if place == 0:
            return own[asker.node_id]
        return upper[place - 1]

    return signer
