"""The demo of planning and promotions; running it again adds nothing."""

import pytest

from crm_site.demo.marketing.planning import make_planning
from crm_site.documents.models import DocumentVersion
from crm_site.registers.models import RegisterEntry
from marketing.promotions.models import Coupon, GroupPurchase, Promotion
from tests.conftest import make_user
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def test_the_demo_fills_every_page_once(client, org, chief, on_day, now) -> None:
    make_user(org, "head_office")
    people = [CustomerFactory() for _number in range(3)]
    for _again in range(2):
        make_planning([org.project_one], customers=people, now=now)
    assert sorted(Promotion.objects.values_list("state", flat=True)) == [
        *["approved"] * 3,
        "waiting",
    ]
    assert (Coupon.objects.count(), GroupPurchase.objects.count()) == (3, 1)
    assert set(DocumentVersion.objects.values_list("state", flat=True)) == {"approved"}
    assert RegisterEntry.objects.filter(register="brand-measures").count() == 12
    on_day(now)
    for path in (
        *("/planning/", "/planning/goals/", "/planning/market/", "/planning/brand/"),
        *("/promotions/", "/group-purchases/", "/coupons/", "/planning/sheets/"),
    ):
        assert client.get(path).status_code == 200
