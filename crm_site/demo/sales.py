"""What the demo's customers do about units: the purchases that agree with how far their leads are.

A subscribed lead has a subscription, a signed one a contract with unit and price; who was lost
after a subscription has cancelled it; some who only visited hold a unit, or held one for a day.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from crm_site.demo import words
from crm_site.demo.hours import in_office
from crm_site.demo.prices import Offer
from crm_site.demo.stock import Stock
from crm_site.demo.stories import Story, stream
from customers.models import Customer
from customers.purchase.rules import PurchaseState, Step
from customers.rules.axes import LeadState

S = PurchaseState
HOLD = "hold"
HOLD_HOURS, PRESUBSCRIBED_DAYS = 24, 30
HOLDING_SHARE, PRESUBSCRIBED_SHARE, TRIED_SHARE = 0.07, 0.07, 0.2
PARKING_SHARE, DISCOUNT_SHARE, REFUND_SHARE, RENEWED_SHARE = 0.3, 0.3, 0.04, 0.2
SIGNED_LATE, FINISHED_SHARE = timedelta(days=150), 0.5  # so late: the second batch
DISCOUNTS = tuple(Decimal(percent) / 1000 for percent in (5, 8, 10, 15, 20, 25, 30))
DEPOSITS = (20_000, 50_000, 100_000)
INTERESTED = {LeadState.CONTACTED, LeadState.QUALIFIED, LeadState.VISITED}
Note = tuple[datetime, str, str, str, str, dict[str, Any]]  # at, step, from, to, reason, facts


@dataclass(slots=True)
class Deal:
    """One purchase before it is written, with its steps."""

    story: Story
    offer: Offer
    begun_at: datetime
    state: PurchaseState = S.HELD
    notes: list[Note] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    discount: Decimal | None = None

    def step(
        self, at: datetime, step: str, to: PurchaseState, reason: str = "", **facts: Any
    ) -> None:
        """Note a step; ``to`` is where the purchase stands after it."""
        before = self.state.value if self.notes else ""
        self.notes.append((at, step, before, to.value, reason, facts))
        self.state = to

    def end(self, at: datetime, step: Step, to: PurchaseState, reason: str) -> None:
        """Note the step that frees the unit."""
        self.step(at, step.value, to, reason)
        self.values |= {"ended_at": at, "end_reason": reason, "expires_at": None}


class Seller:
    """Finds a unit for everybody who has one; the same ``chance`` finds the same.

    Each story draws from a stream of its own, as in its telling.
    """

    def __init__(self, *, stock: Stock, chance: random.Random, now: datetime) -> None:
        self.stock = stock
        self.base = chance.getrandbits(64)
        self.chance = chance
        self.now = now
        self.looked: dict[int, int] = {}  # by project

    def deals_of(self, story: Story) -> list[Deal]:
        """Return what a customer did, and note on the customer what the contracts bring."""
        self.chance = stream(self.base, story.number)
        times = {to: at for at, _from, to in story.moves}
        if LeadState.SUBSCRIBED in times:
            deals = list(self._bought(story, times))
        elif times and story.owner is not None:
            deals = list(self._looked(story, times))
        else:
            return []
        signed = [deal for deal in deals if deal.state in (S.SIGNED, S.HANDED_OVER)]
        if signed:
            story.customer.contribution = sum(deal.values["agreed_total"] for deal in signed)
        return deals

    def _bought(self, story: Story, times: dict[LeadState, datetime]) -> Iterator[Deal]:
        at, signed_at = times[LeadState.SUBSCRIBED], times.get(LeadState.SIGNED)
        flat = self._flat(story, at, is_finished=self._takes_finished(story, signed_at))
        deal = self._subscribed(story, flat, at)
        if signed_at is None:
            if story.state is LeadState.LOST:
                deal.end(times[LeadState.LOST], Step.CANCEL, S.CANCELLED, self._why(story))
            yield deal
            return
        yield from self._signed(deal, signed_at)
        if self.chance.random() < PARKING_SHARE:
            space = self.stock.take_parking(story.project.pk)
            if space is not None:
                extra = self._subscribed(story, space, at, parking=True)
                self._sign(extra, signed_at)
                yield extra

    def _signed(self, deal: Deal, at: datetime) -> Iterator[Deal]:
        """Sign; a few take the contract back and sign another the next days."""
        story = deal.story
        self._sign(deal, at)
        back = at + timedelta(days=self.chance.randint(8, 25))
        again = self._office(back + timedelta(days=3), back)
        if (
            story.handed_over_at is None
            and back + timedelta(days=4) < self.now
            and self.chance.random() < REFUND_SHARE
        ):
            deal.end(self._office(back, at), Step.UNSIGN, S.REFUNDED, "家庭变化，改购其他户型")
            yield deal
            deal = self._subscribed(story, self._flat(story, again), again)
            self._sign(deal, min(again + timedelta(minutes=30), self.now))
        if story.handed_over_at is not None:
            deal.step(story.handed_over_at, Step.HAND_OVER.value, S.HANDED_OVER)
            deal.values["handed_over_at"] = story.handed_over_at
        yield deal

    def _subscribed(
        self, story: Story, offer: Offer, at: datetime, *, parking: bool = False
    ) -> Deal:
        deal = Deal(
            story, offer, max(at - timedelta(minutes=self.chance.randint(5, 18)), story.moves[0][0])
        )
        deal.step(deal.begun_at, HOLD, S.HELD)
        listed = offer.price_at(at).total
        if not parking and self.chance.random() < DISCOUNT_SHARE:
            deal.discount = self.chance.choice(DISCOUNTS)
        off = listed * (deal.discount or 0)
        agreed = listed - off.quantize(Decimal(100)) if off else listed
        deposit = Decimal(10_000 if parking else self.chance.choice(DEPOSITS))
        deal.step(
            at,
            Step.SUBSCRIBE.value,
            S.SUBSCRIBED,
            list_total=str(listed),
            agreed_total=str(agreed),
            deposit=str(deposit),
        )
        deal.values = {
            "subscribed_at": at,
            "list_total": listed,
            "agreed_total": agreed,
            "deposit": deposit,
        }
        return deal

    def _sign(self, deal: Deal, at: datetime) -> None:
        project = deal.story.project
        number = self.stock.contract_no(project.pk, project.code, timezone.localtime(at))
        deal.step(at, Step.SIGN.value, S.SIGNED, contract_no=number)
        deal.values |= {"signed_at": at, "contract_no": number}

    def _looked(self, story: Story, times: dict[LeadState, datetime]) -> Iterator[Deal]:
        """Yield a hold or a pre-subscription of today, or a hold of the past."""
        chance, drawn = self.chance, self.chance.random()
        open_lead = story.state in INTERESTED
        if open_lead:
            drawn = self._one_of_each(story.project.pk, drawn)
        if open_lead and drawn < HOLDING_SHARE:
            yield self._held(story)
        elif open_lead and drawn < HOLDING_SHARE + PRESUBSCRIBED_SHARE:
            yield self._presubscribed(story)
        elif LeadState.VISITED in times and chance.random() < TRIED_SHARE:
            yield self._tried(story, times[LeadState.VISITED])

    def _one_of_each(self, project: int, drawn: float) -> float:
        """Let the first of a project hold a unit and the second pre-subscribe, whatever is drawn.

        What is drawn depends on the hour, and no hour may leave a project without them.
        """
        turn = self.looked[project] = self.looked.get(project, -1) + 1
        return (0.0, HOLDING_SHARE)[turn] if turn < 2 else drawn

    def _held(self, story: Story) -> Deal:
        begun = self._office(
            self.now - timedelta(minutes=self.chance.randint(20, 20 * 60)), story.moves[0][0]
        )
        deal = Deal(story, self._flat(story, begun), begun)
        deal.step(begun, HOLD, S.HELD)
        ends = begun + timedelta(hours=HOLD_HOURS)
        if ends < self.now or self.chance.random() < RENEWED_SHARE:
            deal.step(max(self.now - timedelta(minutes=15), begun), Step.RENEW.value, S.HELD)
            ends += timedelta(hours=HOLD_HOURS)
            deal.values["renewals"] = 1
        deal.values["expires_at"] = ends
        return deal

    def _presubscribed(self, story: Story) -> Deal:
        back = timedelta(days=self.chance.randint(1, PRESUBSCRIBED_DAYS - 4))
        begun = self._office(self.now - back, story.moves[0][0])
        deal = Deal(story, self._flat(story, begun), begun)
        deal.step(begun, HOLD, S.HELD)
        at, deposit = min(begun + timedelta(minutes=40), self.now), Decimal(DEPOSITS[0])
        deal.step(at, Step.PRESUBSCRIBE.value, S.PRESUBSCRIBED, deposit=str(deposit))
        ends = at + timedelta(days=PRESUBSCRIBED_DAYS)
        deal.values |= {"expires_at": ends, "deposit": deposit}
        return deal

    def _tried(self, story: Story, at: datetime) -> Deal:
        deal = Deal(story, self._flat(story, at), at)
        deal.step(at, HOLD, S.HELD)
        ends = at + timedelta(hours=HOLD_HOURS)
        if ends < self.now and self.chance.random() < 0.6:
            deal.end(ends, Step.EXPIRE, S.EXPIRED, "")
        else:
            released = min(at + timedelta(hours=self.chance.randint(1, 4)), self.now)
            deal.end(released, Step.RELEASE, S.RELEASED, self.chance.choice(words.RELEASED))
        return deal

    def _takes_finished(self, story: Story, signed_at: datetime | None) -> bool:
        """Return whether a customer buys in the finished building; some wait for their keys yet."""
        if story.handed_over_at is not None:
            return True
        is_late = signed_at is not None and signed_at > self.now - SIGNED_LATE
        return is_late and self.chance.random() < FINISHED_SHARE

    def _flat(self, story: Story, at: datetime, *, is_finished: bool = False) -> Offer:
        found = self.stock.take(
            story.project.pk,
            budget=_budget(story.customer),
            at=at,
            is_finished=is_finished,
        )
        if found is None:
            message = f"{story.project} has too few units for its customers"
            raise RuntimeError(message)
        return found

    def _why(self, story: Story) -> str:
        return words.CANCELLED.get(story.lost_reason) or words.CANCELLED["postponed"]

    def _office(self, at: datetime, after: datetime) -> datetime:
        return in_office(at, chance=self.chance, after=after, until=self.now)


def _budget(customer: Customer) -> Decimal:
    low, high = customer.budget_min or Decimal(0), customer.budget_max or Decimal(0)
    return (low + high) / 2


def all_deals(stories: Sequence[Story], seller: Seller) -> list[Deal]:
    """Return the purchases of all stories."""
    return [deal for story in stories for deal in seller.deals_of(story)]
