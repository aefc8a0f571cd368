"""Before its launch a project's units are pre-subscribed, not held and not subscribed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from customers.models import ProjectLaunch, Purchase
from customers.purchase.errors import NotLaunchedError
from customers.purchase.services.advancing import Terms, subscribe
from customers.purchase.services.holding import hold_unit, presubscribe_unit
from tests.documents.signing import paper_in_force
from tests.factories import CustomerFactory
from tests.tools import ENGLISH, text_of

pytestmark = pytest.mark.django_db
TERMS = Terms(list_total=Decimal(900_000), agreed_total=Decimal(900_000), deposit=Decimal(20_000))


@pytest.mark.spec("MKT-61")
def test_units_of_a_project_before_its_launch_are_not_held(
    waiting, unit, buyer, seller, pages
) -> None:
    with pytest.raises(NotLaunchedError, match="开盘"):
        hold_unit(unit=unit, customer=buyer, actor=seller, now=timezone.now())
    answer = pages(seller).post(
        "/api/v1/reservations/",
        {"unit": unit.pk, "customer": buyer.pk},
        content_type="application/json",
        headers=ENGLISH,
    )
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:anju:problem:not-launched"
    assert "is not launched yet" in answer.json()["detail"]
    page = text_of(pages(seller), f"/units/{unit.pk}/hold/")
    assert "is not launched yet" in page
    assert "Pre-subscribe" in page
    assert not Purchase.objects.exists()


def test_pre_subscription_before_the_launch_needs_wording_and_becomes_a_subscription_after_it(
    waiting, unit, buyer, seller, colleague, pages, executive
) -> None:
    now, url = timezone.now(), f"/units/{unit.pk}/hold/"
    form = {"customer": buyer.pk, "deposit": "20000"}
    refused = pages(seller).post(url, form, headers=ENGLISH)
    assert refused.status_code == 409
    assert "no uniform wording reviewed" in refused.content.decode()
    assert not Purchase.objects.exists()
    paper_in_force("uniform-wording", waiting, now)
    assert pages(seller).post(url, form | {"deposit": ""}).status_code == 422
    assert pages(seller).post(url, form).status_code == 302
    purchase = Purchase.objects.get()
    assert (purchase.state, purchase.deposit) == ("presubscribed", Decimal(20_000))
    assert abs(purchase.expires_at - now - timedelta(days=30)) < timedelta(minutes=1)
    other = CustomerFactory(owner=colleague)
    taken = pages(colleague).post(url, {"customer": other.pk, "deposit": "1"}, headers=ENGLISH)
    assert taken.status_code == 409
    with pytest.raises(NotLaunchedError):
        subscribe(purchase=purchase, terms=TERMS, actor=seller, now=now)
    purchase.refresh_from_db()
    assert (purchase.state, purchase.subscribed_at) == ("presubscribed", None)
    ProjectLaunch.objects.create(project=waiting, launched_at=now, launched_by=executive)
    done = subscribe(purchase=purchase, terms=TERMS, actor=seller, now=now)
    assert done.state == "subscribed"


def test_two_pre_subscriptions_of_one_unit_are_one(waiting, unit, buyer, seller, colleague):
    now = timezone.now()
    paper_in_force("uniform-wording", waiting, now)
    paid = Decimal(1)
    presubscribe_unit(unit=unit, customer=buyer, deposit=paid, actor=seller, now=now)
    from customers.purchase.errors import UnitTakenError

    other = CustomerFactory(owner=colleague)
    with pytest.raises(UnitTakenError):
        presubscribe_unit(unit=unit, customer=other, deposit=paid, actor=colleague, now=now)
    assert Purchase.objects.count() == 1


def test_head_office_notes_that_a_project_was_on_sale_before(
    waiting, unit, buyer, seller, pages, head_office, executive, today
) -> None:
    url = f"/projects/{waiting.pk}/launch/on-sale/"
    form = {"on": f"{today - timedelta(days=400):%Y-%m-%d}", "reason": "2025 年已取得预售证并开盘"}
    assert pages(executive).post(url, form).status_code == 403
    assert pages(head_office).post(url, form | {"on": f"{today:%Y-%m-%d}"}).status_code == 422
    assert pages(head_office).post(url, form | {"reason": " "}).status_code == 422
    assert not ProjectLaunch.objects.filter(project=waiting).exists()
    assert pages(head_office).post(url, form).status_code == 302
    launch = ProjectLaunch.objects.get(project=waiting)
    assert (launch.launched_by, launch.facts["noted_by"]) == (None, head_office.pk)
    page = text_of(pages(executive), f"/projects/{waiting.pk}/launch/")
    assert "before the project was kept here" in page
    assert hold_unit(unit=unit, customer=buyer, actor=seller, now=timezone.now()).state == "held"
