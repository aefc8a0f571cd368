"""The score never reaches a price or a discount (PIPL, article 24)."""

import ast
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse

from analytics.churn.models import ChurnScore
from analytics.value.models import PurchaseIntent
from crm_site.approvals.services import sign
from customers.models import DiscountRequest
from customers.pricing.errors import DiscountError
from customers.pricing.services.discounts import Wish, request_discount
from customers.purchase.services.advancing import Terms, subscribe
from customers.purchase.services.holding import hold_unit
from tests.analytics.churn.conftest import home, known
from tests.architecture.sql_calls import modules
from tests.factories import CustomerFactory
from tests.pricing.test_discounts import CHAIN, LIST

pytestmark = pytest.mark.django_db
SELLING = ("customers.pricing", "customers.purchase", "customers.payment", "crm_site.approvals")

POINTS = {"green": 5, "yellow": 55, "red": 95}
OWN = {"customer", "unit", "unit_name"}  # what names the customer's own case
TOKENS = re.compile(
    r'(csrfmiddlewaretoken|idempotency_key|edit_base)" value="[^"]+"|csrftoken"?: ?"[^"]+"', re.I
)
WORDS = ("churnscore", "churn_score", "ownerhealth", "purchaseintent", "analytics")


def test_no_module_of_prices_names_a_score() -> None:
    """Neither by import (a contract holds that) nor by the name of a table in SQL."""
    named = []
    for name, tree in modules():
        if name.startswith(SELLING):
            text = ast.unparse(tree).lower()
            named += [name for word in WORDS if word in text]
    assert named == []


def scored(customer, level, now):
    """Give a customer the score of a level, or none."""
    for model in (ChurnScore, PurchaseIntent):
        model.objects.filter(customer=customer).delete()
    if level is None:
        return
    points = POINTS[level]
    PurchaseIntent.objects.create(
        customer=customer,
        stage="lead",
        probability=points / 100,
        engine="logistic",
        model_version=1,
        scored_at=now - timedelta(hours=1),
    )
    ChurnScore.objects.create(
        customer=customer,
        stage="visit",
        probability=points / 100,
        points=points,
        at_stake=points * 20_000,
        wanted=level,
        level=level,
        blocks={"price": points / 50, "service": 0.1},
        reasons=[["budget_gap", 0.4, 0.9]],
        engine="card",
        scored_at=now - timedelta(hours=1),
    )


def signed_discount(customer, unit, total, *, asker, signers, now):
    """Ask for a discount, have it signed, hold and subscribe; return all that was decided."""
    wish = Wish(asked_total=total, reason="老业主推荐", gift="车位券")
    found = request_discount(unit=unit, customer=customer, wish=wish, asker=asker, now=now)
    approval = found.approval
    content = approval.content
    decided = {
        "steps": list(approval.steps),
        "content": {key: content[key] for key in sorted(content.keys() - OWN)},
        "signed until": approval.expires_at - now,
        "below the floor": found.is_below_floor,
    }
    for step in approval.steps:
        sign(approval_id=approval.pk, digest=approval.digest, signer=signers[step], now=now)
    found.refresh_from_db()
    decided |= {"state": found.state, "usable for": found.valid_until - now}
    purchase = hold_unit(unit=unit, customer=customer, actor=asker, now=now)
    for agreed in (total - 1, total):
        terms = Terms(list_total=LIST, agreed_total=agreed, deposit=Decimal(50_000))
        try:
            with transaction.atomic():
                subscribe(purchase=purchase, terms=terms, actor=asker, now=now)
        except DiscountError as refusal:
            decided[f"at {agreed}"] = str(refusal)
    purchase.refresh_from_db()
    return decided | {"sold": (purchase.state, purchase.list_total, purchase.agreed_total)}


@pytest.mark.spec("CUS-98")
@pytest.mark.parametrize("total", [1_944_360, 1_944_359, 1_905_079, 1_865_799])
def test_a_discount_is_decided_alike_whatever_the_score(
    make_units, publish, seller, boss, director, president, now, total
) -> None:
    """The metamorphic test: customers that differ in their score alone are asked, signed, limited
    and sold to alike, at each threshold and below the floor."""
    signers = dict(zip(CHAIN, (boss, director, president), strict=True))
    units = make_units(12)[::3]  # of one size, so of one price
    publish(at=now - timedelta(days=1))
    found = []
    for unit, level in zip(units, (None, "green", "yellow", "red"), strict=True):
        customer = CustomerFactory(owner=seller)
        scored(customer, level, now)
        found.append(
            signed_discount(customer, unit, Decimal(total), asker=seller, signers=signers, now=now)
        )
        assert ChurnScore.objects.filter(customer=customer).exists() == (level is not None)
    assert found[0]["state"] == "approved"
    assert found[0]["sold"] == ("subscribed", LIST, Decimal(total))
    assert f"at {total - 1}" in found[0], "nobody gets one yuan more than was signed"
    assert all(each == found[0] for each in found)


@pytest.mark.spec("CUS-98")
def test_what_is_no_discount_is_refused_alike(unit, publish, seller, now) -> None:
    publish(at=now - timedelta(days=1))
    said = {}
    for level in (None, "green", "red"):
        customer = CustomerFactory(owner=seller)
        scored(customer, level, now)
        for total in (0, LIST, LIST + 1):
            wish = Wish(asked_total=Decimal(total), reason="老业主推荐")
            with pytest.raises(DiscountError) as refusal:
                request_discount(unit=unit, customer=customer, wish=wish, asker=seller, now=now)
            said.setdefault(total, set()).add(str(refusal.value))
    assert {len(words) for words in said.values()} == {1}
    assert not DiscountRequest.objects.exists()


@pytest.mark.spec("CUS-98")
def test_a_page_of_prices_is_the_same_whatever_the_score(client_for, consultant, now) -> None:
    customer = known(consultant, now)
    unit = home(customer.project)
    client = client_for(consultant)
    url = reverse("customers:unit-detail", args=[unit.pk])

    def page(level):
        scored(customer, level, now)
        text = client.get(url).content.decode()
        assert unit.number in text
        return TOKENS.sub("", text)

    assert page("green") == page("red") == page(None)
