"""The built-in practice provider: it walks the whole way and says what it is not (CUS-65)."""

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Purchase, PurchasePaper, SigningRequest
from customers.signing.services.requesting import send_online
from customers.signing.services.tending import tend_signings

pytestmark = pytest.mark.django_db
HONEST = "不具有法律效力"


@pytest.fixture
def link(subscribed, seller) -> str:
    send_online(
        purchase=subscribed, contract_no="HT-7", contract=None, actor=seller, now=timezone.now()
    )
    tend_signings(now=timezone.now())
    return SigningRequest.objects.get().sign_url


def test_the_customer_confirms_without_a_login_and_the_copy_says_what_it_is(
    client_for, subscribed, seller, link
):
    inside = client_for(seller).get(f"/purchases/{subscribed.pk}/signing/").content.decode()
    assert HONEST in inside
    assert link in inside
    visitor = Client()
    page = visitor.get(link)
    text = page.content.decode()
    assert page.status_code == 200
    assert HONEST in text
    assert "HT-7" in text
    assert subscribed.customer.name not in text
    assert "no-store" in page["Cache-Control"]
    assert visitor.post(link, {"answer": "sign"}).status_code == 302
    purchase = Purchase.objects.get(pk=subscribed.pk)
    assert (purchase.state, purchase.contract_no) == ("signed", "HT-7")
    assert "已确认" in visitor.get(link).content.decode()
    assert visitor.post(link, {"answer": "decline"}).status_code == 302
    assert SigningRequest.objects.get().state == "signed"
    tend_signings(now=timezone.now())
    copy = PurchasePaper.objects.get(name="购房合同").copy
    assert copy.data().startswith(b"%PDF-")


def test_declining_leaves_the_purchase(subscribed, link):
    visitor = Client()
    assert visitor.post(link, {"answer": "perhaps"}).status_code == 302
    assert SigningRequest.objects.get().state == "sent"
    assert visitor.post(link, {"answer": "decline"}).status_code == 302
    assert SigningRequest.objects.get().state == "declined"
    assert Purchase.objects.get(pk=subscribed.pk).state == "subscribed"


def test_an_address_nobody_was_given_does_not_exist(link):
    assert Client().get("/sign/not-a-token/").status_code == 404
    assert Client().get(f"{link[:-3]}xx/").status_code == 404
    forger = Client(enforce_csrf_checks=True)
    assert forger.post(link, {"answer": "sign"}).status_code == 403
    assert SigningRequest.objects.get().state == "sent"


def test_its_reports_cannot_be_forged(link):
    from tests.signing.conftest import report

    row = SigningRequest.objects.get()
    for secret in ("", "none", "practice"):
        assert report(row, "signed", secret=secret).status_code == 403
    assert SigningRequest.objects.get().state == "sent"
