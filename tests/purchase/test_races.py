"""Two acts on one purchase at the same moment: one wins, the row tells one story (A-46, A-50)."""

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from crm_site.common.refusals import RefusedError
from customers.models import Purchase
from customers.purchase.services import advancing, holding
from customers.purchase.services.advancing import Terms
from tests.factories import CustomerFactory
from tests.journey.confirming import confirm_everything

pytestmark = pytest.mark.django_db(transaction=True)
TERMS = Terms(list_total=Decimal(100), agreed_total=Decimal(99), deposit=Decimal(5))
ROUNDS = 6
# What an active purchase may have lived through, in the order of its events.
STORIES = {
    ("hold", "renew"),
    ("hold", "expire"),
    ("hold", "override"),
    ("hold", "subscribe"),
    ("hold", "renew", "override"),
    ("hold", "subscribe", "cancel"),
}


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Do everything at the same moment; return what became of each."""
    barrier = threading.Barrier(len(acts))
    outcomes = [""] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            act()
            outcomes[place] = "done"
        except RefusedError:
            outcomes[place] = "refused"
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def story(purchase: Purchase) -> tuple[str, ...]:
    """Return the steps of a purchase, and check that each begins where the one before ended."""
    events = list(purchase.events.order_by("pk"))
    for before, after in pairwise(events):
        assert after.from_state == before.to_state
    purchase.refresh_from_db()
    assert events[-1].to_state == purchase.state
    return tuple(event.step for event in events)


@pytest.fixture
def held(make_units, seller, now) -> list[Purchase]:
    buyers = CustomerFactory.create_batch(ROUNDS, owner=seller)
    return [
        holding.hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
        for unit, buyer in zip(make_units(ROUNDS)[:5], buyers, strict=False)
    ]


@pytest.mark.check("A-46")
def test_running_out_against_renewing(held, seller, now) -> None:
    for place, purchase in enumerate(held):
        # Some are over by the clock of the database, some are not; nobody asks another clock.
        over = place % 2 == 0
        moment = timezone.now() + timedelta(seconds=-1 if over else 60)
        Purchase.objects.filter(pk=purchase.pk).update(expires_at=moment)
        renewed, swept = at_once(
            lambda one=purchase: holding.renew_hold(purchase=one, actor=seller, now=now),
            lambda: holding.expire_holds(now=now),
        )
        assert swept == "done"
        assert renewed == ("refused" if over else "done")
        assert story(purchase) == (("hold", "expire") if over else ("hold", "renew"))


@pytest.mark.check("A-46")
def test_subscribing_against_taking_the_hold_away(held, seller, boss, now) -> None:
    for purchase in held:
        outcomes = at_once(
            lambda one=purchase: advancing.subscribe(
                purchase=one, terms=TERMS, actor=seller, now=now
            ),
            lambda one=purchase: holding.override_hold(
                purchase=one, reason="已有定金客户", actor=boss, now=now
            ),
        )
        assert sorted(outcomes) == ["done", "refused"]
        won = "subscribe" if outcomes[0] == "done" else "override"
        assert story(purchase) == ("hold", won)


@pytest.mark.check("A-46")
def test_signing_against_cancelling(held, seller, now) -> None:
    for place, purchase in enumerate(held):
        advancing.subscribe(purchase=purchase, terms=TERMS, actor=seller, now=now)
        confirm_everything(purchase, seller, now)
        outcomes = at_once(
            lambda one=purchase, number=place: advancing.sign(
                purchase=one, contract_no=f"HT-{number}", actor=seller, now=now
            ),
            lambda one=purchase: advancing.cancel(
                purchase=one, reason="不买了", actor=seller, now=now
            ),
        )
        assert sorted(outcomes) == ["done", "refused"]
        purchase.refresh_from_db()
        assert purchase.state == ("signed" if outcomes[0] == "done" else "cancelled")
        assert (purchase.ended_at is None) == (purchase.state == "signed")


@pytest.mark.check("A-46")
def test_taking_away_against_renewing_and_running_out(held, seller, boss, now) -> None:
    for purchase in held:
        Purchase.objects.filter(pk=purchase.pk).update(
            expires_at=timezone.now() + timedelta(milliseconds=30)
        )
        at_once(
            lambda one=purchase: holding.renew_hold(purchase=one, actor=seller, now=now),
            lambda one=purchase: holding.override_hold(
                purchase=one, reason="已有定金客户", actor=boss, now=now
            ),
            lambda: holding.expire_holds(now=now),
        )
        if story(purchase) == ("hold",):  # swept before its end, asked after it: the next sweep
            assert holding.expire_holds(now=now) == 1
        assert story(purchase) in STORIES
        assert Purchase.objects.filter(unit=purchase.unit_id).count() == 1
