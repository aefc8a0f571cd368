"""Receipts, refunds and reversals: rows that only come (CUS-70)."""

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from crm_site.audit.models import AuditEvent
from customers.models import BehaviourEvent, Receipt
from customers.payment.errors import ReceiptError
from customers.payment.selectors import received_of
from customers.payment.services.receiving import Money, receive
from customers.purchase.services.advancing import cancel
from tests.payment.conftest import day

pytestmark = pytest.mark.django_db


def form(number: str, amount: str, **more):
    values = {"receipt_no": number, "amount": amount, "received_on": day(0).isoformat()}
    return values | {"way": "transfer", "idempotency_key": number} | more


def test_finance_books_a_payment_once(client_for, subscribed, cashier):
    url, browser = f"/purchases/{subscribed.pk}/payments/receive/", client_for(cashier)
    for _again in range(2):  # the second click of an impatient hand
        answer = browser.post(url, form("SJ-1", "300000"))
        assert answer.status_code == 302
    row = Receipt.objects.get()
    assert (row.kind, row.amount, row.recorded_by) == ("payment", Decimal(300_000), cashier)
    assert "SJ-1" in browser.get(f"/purchases/{subscribed.pk}/payments/").content.decode()
    assert AuditEvent.objects.get(kind="payment.received").facts["amount"] == "300000.00"
    behaviour = BehaviourEvent.objects.get()
    assert (behaviour.action, behaviour.customer) == ("payment", subscribed.customer)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (form("SJ-2", "1000000.01"), "¥1,000,000"),
        (form("SJ-2", "0"), "0.01"),
        (form("SJ-2", "5", received_on=day(1).isoformat()), "今天"),
        (form(" ", "5", idempotency_key="k"), ""),
    ],
)
def test_a_payment_that_cannot_be_is_refused(client_for, subscribed, cashier, data, words):
    answer = client_for(cashier).post(f"/purchases/{subscribed.pk}/payments/receive/", data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Receipt.objects.exists()


def test_a_number_is_used_once_and_only_finance_books(client_for, subscribed, cashier, seller, pay):
    pay(subscribed, 1000, "SJ-1")
    url = f"/purchases/{subscribed.pk}/payments/receive/"
    again = client_for(cashier).post(url, form("SJ-1", "5", idempotency_key="z"))
    assert again.status_code == 422
    assert "收据编号" in again.content.decode()
    assert client_for(seller).post(url, form("SJ-2", "5")).status_code == 403
    assert Receipt.objects.count() == 1


def test_a_cancelled_purchase_shows_what_goes_back_until_a_refund_row(
    client_for, subscribed, seller, cashier, pay
):
    pay(subscribed, 20_000, "SJ-1")
    cancel(purchase=subscribed, reason="贷款未批", actor=seller, now=timezone.now())
    url, browser = f"/purchases/{subscribed.pk}/payments/", client_for(cashier)
    page = browser.get(url)
    assert page.context["to_pay_back"] == Decimal(20_000)
    assert "待退款 ¥20,000" in page.content.decode()
    assert browser.post(f"{url}receive/", form("SJ-9", "5")).status_code == 422
    much = browser.post(f"{url}refund/", form("TK-1", "20000.01", note="退定金"))
    assert (much.status_code, Receipt.objects.count()) == (422, 1)
    silent = browser.post(f"{url}refund/", form("TK-1", "20000", idempotency_key="s"))
    assert (silent.status_code, Receipt.objects.count()) == (422, 1)
    done = browser.post(f"{url}refund/", form("TK-1", "20000", note="退定金", idempotency_key="d"))
    assert done.status_code == 302
    assert [row.amount for row in Receipt.objects.order_by("pk")] == [20_000, -20_000]
    assert browser.get(url).context["to_pay_back"] == 0


def test_a_wrong_entry_is_undone_by_its_opposite_once(client_for, subscribed, cashier, pay):
    row = pay(subscribed, 50_000, "SJ-1")
    url, browser = f"/purchases/{subscribed.pk}/payments/{row.pk}/reverse/", client_for(cashier)
    data = {"receipt_no": "CZ-1", "note": "金额录错", "idempotency_key": "a"}
    assert browser.post(url, data).status_code == 302
    again = browser.post(url, data | {"receipt_no": "CZ-2", "idempotency_key": "b"})
    assert again.status_code == 422
    kinds = list(Receipt.objects.order_by("pk").values_list("kind", "amount"))
    assert kinds == [("payment", 50_000), ("reversal", -50_000)]
    undo = Receipt.objects.get(kind="reversal")
    back = browser.post(
        f"/purchases/{subscribed.pk}/payments/{undo.pk}/reverse/",
        data | {"receipt_no": "CZ-3", "idempotency_key": "c"},
    )
    assert (back.status_code, received_of(subscribed)) == (422, 0)


def test_the_database_refuses_to_change_or_delete_a_receipt(subscribed, pay):
    row = pay(subscribed, 50_000, "SJ-1")
    for act in (
        lambda: Receipt.objects.filter(pk=row.pk).update(amount=1),
        lambda: Receipt.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
            act()
    assert Receipt.objects.get().amount == Decimal(50_000)


def test_programs_need_a_key_and_get_the_first_answer_again(client_for, subscribed, cashier):
    browser = client_for(cashier)
    body = {
        "purchase": subscribed.pk,
        "amount": "300000",
        "receipt_no": "SJ-1",
        "received_on": day(0).isoformat(),
    }

    def post(key: str | None, **more):
        headers = {"Idempotency-Key": key} if key else {}
        return browser.post("/api/v1/payments/", body | more, "application/json", headers=headers)

    assert post(None).status_code == 400
    assert not Receipt.objects.exists()
    first, again = post("k-1"), post("k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert post("k-1", amount="5").status_code == 409
    taken = post("k-2")
    assert (taken.status_code, taken.json()["type"]) == (409, "urn:anju:problem:receipt")
    refund = post("k-3", kind="refund", amount="1000", receipt_no="TK-1", note="多收")
    assert (refund.status_code, refund.json()["amount"]) == (201, "-1000.00")
    listed = browser.get(f"/api/v1/payments/?purchase={subscribed.pk}").json()
    assert [row["receipt_no"] for row in listed["results"]] == ["TK-1", "SJ-1"]
    assert Receipt.objects.count() == 2


def test_programs_of_others_neither_read_nor_write(client_for, subscribed, seller, org, pay):
    from tests.factories import UserFactory

    pay(subscribed, 5, "SJ-1")
    assert client_for(seller).get("/api/v1/payments/").json()["count"] == 1
    stranger = client_for(UserFactory(node=org.team_b))
    assert stranger.get("/api/v1/payments/").json()["count"] == 0
    marketing = client_for(UserFactory(role="marketing", node=org.project_one.node))
    assert marketing.get("/api/v1/payments/").status_code == 403
    body = {"purchase": subscribed.pk, "amount": "5", "receipt_no": "S"}
    answer = client_for(seller).post(
        "/api/v1/payments/", body, "application/json", headers={"Idempotency-Key": "x"}
    )
    assert answer.status_code == 403
    assert Receipt.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_cannot_pay_more_than_the_price(subscribed, cashier):
    barrier, outcomes = threading.Barrier(2), []

    def book(number: str) -> None:
        entry = Money(
            amount=Decimal(600_000), receipt_no=number, received_on=day(0), way="transfer"
        )
        try:
            barrier.wait(10)
            receive(purchase=subscribed, money_in=entry, actor=cashier, now=timezone.now())
            outcomes.append("done")
        except ReceiptError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=book, args=(f"SJ-{n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["done", "refused"]
    assert received_of(subscribed) == Decimal(600_000)
