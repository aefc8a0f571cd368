"""The score never reaches a price or a discount (PIPL, article 24)."""

import ast
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from analytics.churn.models import ChurnScore
from analytics.value.models import PurchaseIntent
from customers.models import DiscountRequest, UnitPrice
from tests.analytics.churn.conftest import home, known
from tests.architecture.sql_calls import modules

pytestmark = pytest.mark.django_db
SELLING = ("customers.pricing", "customers.purchase", "customers.payment", "crm_site.approvals")

WORDS = ("churnscore", "churn_score", "ownerhealth", "purchaseintent", "analytics")


def test_no_module_of_prices_names_a_score() -> None:
    """Neither by import (a contract holds that) nor by the name of a table in SQL."""
    named = []
    for name, tree in modules():
        if name.startswith(SELLING):
            text = ast.unparse(tree).lower()
            named += [name for word in WORDS if word in text]
    assert named == []


@pytest.mark.spec("CUS-98")
def test_a_discount_page_is_the_same_whatever_the_score(client_for, consultant, now) -> None:
    """The metamorphic test: the score of a customer changes, nothing about the price does."""
    customer = known(consultant, now)
    unit = home(customer.project)
    client = client_for(consultant)
    url = reverse("customers:unit-detail", args=[unit.pk])

    def page():
        text = client.get(url).content.decode()
        return re.sub(r'(csrfmiddlewaretoken|idempotency_key|edit_base)" value="[^"]+"', "", text)

    def score(level, points):
        ChurnScore.objects.update_or_create(
            customer=customer,
            defaults={
                "stage": "lead",
                "probability": points / 100,
                "points": points,
                "wanted": level,
                "level": level,
                "engine": "card",
                "scored_at": now - timedelta(hours=1),
            },
        )
        PurchaseIntent.objects.update_or_create(
            customer=customer,
            defaults={
                "stage": "lead",
                "probability": points / 100,
                "engine": "logistic",
                "model_version": 1,
                "scored_at": now,
            },
        )
        found = page()
        prices = list(UnitPrice.objects.values("unit_price", "public_total", "floor_total"))
        return prices, list(DiscountRequest.objects.values("asked_total", "state")), len(found)

    assert score("green", 5) == score("red", 95)
