"""Mortgages: steps, missing papers, who is told, the money that comes of them (CUS-69)."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm_site.audit.models import AuditEvent
from crm_site.outbox.delivery import deliver_due
from crm_site.outbox.models import Message, Notification
from customers.models import Mortgage, MortgageEvent, Receipt
from customers.paperwork.services.papers import take_in
from customers.payment.services.mortgages import Application, apply_for, remind_mortgages
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from tests.factories import UserFactory
from tests.payment.conftest import day

pytestmark = pytest.mark.django_db


@pytest.fixture
def mortgage(signed, seller) -> Mortgage:
    wanted = Application(kind="commercial", bank="建设银行", amount=Decimal(700_000))
    return apply_for(purchase=signed, application=wanted, actor=seller, now=timezone.now())


def noon() -> datetime:
    """Return a moment outside the quiet hours."""
    return timezone.localtime().replace(hour=12, minute=0) + timedelta(days=1)


def answer(signed, seller, *, given: bool) -> None:
    record_consent(
        customer=signed.customer,
        purpose=Purpose.CONTACT,
        is_given=given,
        channel=Channel.VISIT,
        actor=seller,
        now=timezone.now(),
    )


@pytest.mark.spec("CUS-69")
def test_a_missing_paper_shows_and_a_change_of_state_tells_consultant_and_customer(
    client_for, signed, seller, boss
):
    answer(signed, seller, given=True)
    browser, url = client_for(boss), f"/purchases/{signed.pk}/mortgages/"
    data = {"kind": "commercial", "bank": "建设银行", "amount": "700000", "idempotency_key": "a"}
    assert browser.post(f"{url}add/", data).status_code == 302
    row = Mortgage.objects.get()
    take_in(purchase=signed, name="身份证", copy=None, actor=seller, now=timezone.now())
    page = browser.get(url)
    assert "收入证明" in page.context["papers"].missing
    assert "身份证" not in page.context["papers"].missing
    assert page.content.decode().count("缺件") == len(page.context["papers"].missing)
    step = f"/mortgages/{row.pk}/step/supplement/"
    words = {"note": "补收入证明", "idempotency_key": "b"}
    assert browser.post(step, words).status_code == 302
    row.refresh_from_db()
    assert row.state == "supplement"
    assert "待补件" in browser.get(url).content.decode()
    deliver_due(now=noon())
    told = Notification.objects.filter(recipient=seller, message__kind="mortgage.moved")
    assert told.count() == 2
    outside = Message.objects.filter(addressee_id=str(signed.customer_id), kind__contains="mort")
    assert [(one.state, one.channel) for one in outside.order_by("pk")] == [("sent", "sms")] * 2
    assert outside.order_by("pk").last().params["state"] == "supplement"


def test_without_consent_the_customer_is_not_written_to(client_for, mortgage, signed, seller):
    answer(signed, seller, given=False)
    deliver_due(now=noon())
    outside = Message.objects.get(kind="customer.mortgage_moved")
    assert (outside.state, outside.reason) == ("suppressed", "do_not_contact")
    assert Notification.objects.filter(recipient=seller).count() == 1


def test_the_released_amount_becomes_a_receipt(client_for, mortgage, signed, seller, cashier):
    browser, money = client_for(seller), client_for(cashier)
    url = f"/mortgages/{mortgage.pk}/step/"
    assert browser.post(f"{url}released/", {"idempotency_key": "a"}).status_code == 403
    early = money.post(
        f"{url}released/",
        {"receipt_no": "FK-1", "received_on": day(0).isoformat(), "idempotency_key": "b"},
    )
    assert early.status_code == 422
    assert not Receipt.objects.exists()
    assert browser.post(f"{url}approved/", {"idempotency_key": "c"}).status_code == 302
    done = money.post(
        f"{url}released/",
        {"receipt_no": "FK-1", "received_on": day(0).isoformat(), "idempotency_key": "d"},
    )
    assert done.status_code == 302
    row, mortgage = Receipt.objects.get(), Mortgage.objects.get()
    assert (row.amount, row.way, row.kind) == (Decimal(700_000), "loan", "payment")
    assert (mortgage.state, mortgage.receipt) == ("released", row)
    states = list(MortgageEvent.objects.order_by("pk").values_list("to_state", flat=True))
    assert states == ["applied", "approved", "released"]
    assert AuditEvent.objects.filter(kind="mortgage.moved").count() == 3


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"amount": "1000000.01"}, "成交价"),
        ({"bank": " "}, ""),
        ({"amount": "0"}, ""),
        ({"kind": "private"}, ""),
    ],
)
def test_an_application_that_cannot_be_is_refused(client_for, signed, seller, values, words):
    data = {"kind": "commercial", "bank": "建设银行", "amount": "700000", "idempotency_key": "a"}
    url = f"/purchases/{signed.pk}/mortgages/add/"
    answer = client_for(seller).post(url, data | values)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Mortgage.objects.exists()


def test_one_application_of_a_kind_is_open(client_for, mortgage, signed, seller):
    browser, url = client_for(seller), f"/purchases/{signed.pk}/mortgages/add/"
    data = {"kind": "commercial", "bank": "农业银行", "amount": "1", "idempotency_key": "a"}
    assert browser.post(url, data).status_code == 422
    silent = browser.post(f"/mortgages/{mortgage.pk}/step/refused/", {"idempotency_key": "b"})
    assert silent.status_code == 422
    refused = browser.post(
        f"/mortgages/{mortgage.pk}/step/refused/", {"note": "流水不足", "idempotency_key": "c"}
    )
    assert refused.status_code == 302
    back = browser.post(
        f"/mortgages/{mortgage.pk}/step/approved/", {"note": "", "idempotency_key": "d"}
    )
    assert back.status_code == 422
    assert browser.post(url, data | {"idempotency_key": "e"}).status_code == 302
    assert Mortgage.objects.order_by("pk").values_list("state", flat=True)[0] == "refused"


def test_a_mortgage_that_stands_still_is_called_up_every_few_days(mortgage, seller):
    later = timezone.now() + timedelta(days=5)
    assert remind_mortgages(now=timezone.now() + timedelta(days=4)) == 0
    assert [remind_mortgages(now=later) for _again in range(2)] == [1, 0]
    assert remind_mortgages(now=later + timedelta(days=2)) == 0
    assert remind_mortgages(now=later + timedelta(days=6)) == 1
    rows = Message.objects.filter(kind="mortgage.waits", recipient=seller).order_by("pk")
    assert [row.params["days"] for row in rows] == [5, 11]
    assert "收入证明" in rows[0].params["missing"]


@pytest.mark.parametrize("number", [1, 20])
def test_the_list_of_a_site_asks_as_often_for_one_as_for_many(
    client_for, make_units, seller, number, django_assert_max_num_queries
):
    from tests.factories import CustomerFactory
    from tests.payment.conftest import subscribed_by

    for unit in make_units(number):
        purchase = subscribed_by(seller, unit, CustomerFactory(owner=seller))
        wanted = Application(kind="fund", bank="公积金中心", amount=Decimal(1000))
        apply_for(purchase=purchase, application=wanted, actor=seller, now=timezone.now())
    browser = client_for(seller)
    browser.get("/mortgages/")
    with django_assert_max_num_queries(14):
        page = browser.get("/mortgages/?state=applied")
    assert len(page.context["rows"]) == number


def test_mortgages_of_others_are_not_there(client_for, mortgage, signed, org):
    stranger = client_for(UserFactory(node=org.team_b))
    assert stranger.get("/mortgages/").context["rows"] == []
    assert stranger.get(f"/purchases/{signed.pk}/mortgages/").status_code == 404
    assert stranger.post(f"/mortgages/{mortgage.pk}/step/approved/").status_code == 404
    assert Mortgage.objects.get().state == "applied"
