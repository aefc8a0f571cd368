"""Online signature: sent, reported, applied once, its copy kept (CUS-65)."""

import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from crm_site.audit.models import AuditEvent
from crm_site.outbox.models import Message
from customers.models import Purchase, PurchasePaper, SigningCallback, SigningRequest
from customers.purchase.services.advancing import cancel, sign
from customers.signing.rules import SigningState, state_after
from customers.signing.services.requesting import send_online, withdraw_request
from customers.signing.services.tending import tend_signings
from customers.signing.tasks import tend_signings as job
from tests.factories import UserFactory
from tests.signing.conftest import PDF, report

pytestmark = pytest.mark.django_db


def state_of(purchase: Purchase) -> str:
    return Purchase.objects.get(pk=purchase.pk).state


@pytest.mark.spec("CUS-65")
def test_a_report_signs_the_purchase_once_and_a_replay_is_ignored(
    client_for, subscribed, seller, esign
):
    browser, url = client_for(seller), f"/purchases/{subscribed.pk}/signing/"
    data = {"contract_no": "HT-7", "idempotency_key": "a"}
    assert browser.post(f"{url}send/", data).status_code == 302
    assert job() == {"asked": 1, "expired": 0}
    row = SigningRequest.objects.get()
    assert (row.state, row.external_id) == ("sent", "ext-HT-7")
    assert "https://esign.example/1" in browser.get(url).content.decode()
    assert state_of(subscribed) == "subscribed"
    event = "e-1"
    first = report(row, "signed", event=event, digest=row.document.digest)
    assert (first.status_code, first.json()) == (200, {"result": "applied"})
    again = report(row, "signed", event=event, digest=row.document.digest)
    assert (again.status_code, again.json()) == (200, {"result": "replayed"})
    other = report(row, "signed")
    assert other.json() == {"result": "ignored"}
    purchase = Purchase.objects.get(pk=subscribed.pk)
    assert (purchase.state, purchase.contract_no) == ("signed", "HT-7")
    assert list(purchase.events.filter(step="sign").values_list("to_state")) == [("signed",)]
    assert SigningCallback.objects.filter(is_applied=True).count() == 1
    assert AuditEvent.objects.filter(kind="signing.signed").count() == 1
    assert Message.objects.filter(kind="signing.ended", recipient=seller).count() == 1
    assert job()["asked"] == 1  # the copy
    paper = PurchasePaper.objects.get(name="购房合同")
    assert paper.copy is not None
    assert paper.copy.data() == PDF
    copy = browser.get(f"/purchases/{subscribed.pk}/file/{paper.pk}/copy/")
    assert (copy.content, copy["Content-Type"]) == (PDF, "application/pdf")
    assert job()["asked"] == 0
    page = browser.get(f"/purchases/{subscribed.pk}/").content.decode()
    assert "HT-7" in page


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"secret": "guessed"}, 403),
        ({"age": 301}, 403),
        ({"age": -301}, 403),
        ({"request": "00000000-0000-4000-8000-000000000000"}, 403),
        ({"digest": "0" * 64}, 400),
        ({"event": ""}, 400),
        ({"request": "no-key"}, 400),
    ],
)
def test_a_report_that_is_not_believed_changes_nothing(sent, subscribed, how, status):
    assert report(sent, "signed", **how).status_code == status
    assert report(sent, "invented").status_code == 400
    assert state_of(subscribed) == "subscribed"
    assert not SigningCallback.objects.exists()
    assert SigningRequest.objects.get().state == "sent"


def test_what_is_no_report_is_refused(sent):
    for body in (b"", b"[]", b'"x"', b"{", b'{"event": 1}', b"x" * 70_000):
        answer = Client().post("/api/v1/signing/callbacks/", body, "application/json")
        assert answer.status_code == 400
    assert Client().get("/api/v1/signing/callbacks/").status_code == 405


def test_without_a_shared_secret_nobody_is_believed(sent, subscribed, settings):
    settings.ESIGN_SECRET = ""
    for secret in ("", "none"):
        assert report(sent, "signed", secret=secret).status_code == 403
    assert state_of(subscribed) == "subscribed"


@pytest.mark.parametrize(
    ("order", "end", "purchase"),
    [
        (("viewed", "signed", "viewed", "declined"), "signed", "signed"),
        (("declined", "signed"), "declined", "subscribed"),
        (("expired", "declined", "signed"), "expired", "subscribed"),
        (("signed", "expired"), "signed", "signed"),
    ],
)
def test_reports_out_of_order_leave_the_end_as_it_is(sent, subscribed, order, end, purchase):
    for status in order:
        assert report(sent, status).status_code == 200
    row = SigningRequest.objects.get()
    assert (row.state, state_of(subscribed)) == (end, purchase)
    assert SigningCallback.objects.count() == len(order)
    assert SigningCallback.objects.filter(is_applied=True).count() == 1


def test_a_report_may_overtake_the_answer_of_the_provider(subscribed, seller, esign):
    row = send_online(
        purchase=subscribed, contract_no="HT-7", contract=None, actor=seller, now=timezone.now()
    )
    assert report(row, "signed").json() == {"result": "applied"}
    assert state_of(subscribed) == "signed"
    assert state_after("waiting", "viewed") is None
    assert state_after("withdrawn", "signed") is None
    assert state_after("waiting", "signed") is SigningState.SIGNED


@pytest.mark.parametrize("status", [500, 503, 429, 408])
def test_a_provider_in_trouble_is_asked_again(subscribed, seller, esign, status):
    now = timezone.now()
    esign.status["POST"] = status
    send_online(purchase=subscribed, contract_no="HT-7", contract=None, actor=seller, now=now)
    assert tend_signings(now=now)["asked"] == 1
    row = SigningRequest.objects.get()
    assert (row.state, row.attempts, row.last_error) == ("waiting", 1, f"HTTP {status}")
    assert tend_signings(now=now + timedelta(seconds=20))["asked"] == 0
    esign.status["POST"] = 200
    assert tend_signings(now=now + timedelta(seconds=31))["asked"] == 1
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error) == ("sent", 0, "")
    keys = {headers["Idempotency-Key"] for _verb, _path, headers, _body in esign.asked}
    assert keys == {str(row.key)}


def test_a_provider_that_is_away_is_given_up_after_a_while(subscribed, seller, settings):
    settings.ESIGN_URL, settings.ESIGN_SECRET = "http://127.0.0.1:9/esign", "x"
    at = timezone.now()
    send_online(purchase=subscribed, contract_no="HT-7", contract=None, actor=seller, now=at)
    for _try in range(8):
        assert tend_signings(now=at)["asked"] == 1
        at += timedelta(hours=2)
    row = SigningRequest.objects.get()
    assert (row.state, row.last_error) == ("failed", "URLError")
    assert Message.objects.get(kind="signing.ended").params["state"] == "failed"
    assert state_of(subscribed) == "subscribed"


@pytest.mark.parametrize(("status", "answer"), [(422, b""), (200, b"<html>"), (200, b'{"id": 1}')])
def test_a_no_is_final_and_what_cannot_be_read_is_not(subscribed, seller, esign, status, answer):
    esign.status["POST"], esign.answer = status, answer
    now = timezone.now()
    send_online(purchase=subscribed, contract_no="HT-7", contract=None, actor=seller, now=now)
    tend_signings(now=now)
    assert SigningRequest.objects.get().state == ("failed" if status == 422 else "waiting")


def test_the_copy_is_asked_for_until_it_is_there(sent, esign, subscribed):
    report(sent, "signed")
    esign.status["GET"] = 503
    at = timezone.now()
    for _try in range(10):
        assert tend_signings(now=at)["asked"] == 1
        at += timedelta(hours=2)
    assert not PurchasePaper.objects.exists()
    assert SigningRequest.objects.get().state == "signed"
    esign.status["GET"] = 200
    assert tend_signings(now=at)["asked"] == 1
    assert PurchasePaper.objects.get().copy.data() == PDF


def test_what_nobody_signs_runs_out(sent, seller):
    assert tend_signings(now=timezone.now() + timedelta(days=6))["expired"] == 0
    assert tend_signings(now=timezone.now() + timedelta(days=8))["expired"] == 1
    assert report(sent, "signed").json() == {"result": "ignored"}
    assert SigningRequest.objects.get().state == "expired"


def test_a_purchase_that_is_over_calls_the_contract_back(sent, subscribed, seller):
    cancel(purchase=subscribed, reason="不买了", actor=seller, now=timezone.now())
    assert SigningRequest.objects.get().state == "withdrawn"
    assert report(sent, "signed").json() == {"result": "ignored"}
    assert state_of(subscribed) == "cancelled"


def test_a_signature_on_paper_meanwhile_calls_the_contract_back(sent, subscribed, seller):
    sign(purchase=subscribed, contract_no="HT-8", actor=seller, now=timezone.now())
    assert SigningRequest.objects.get().state == "withdrawn"
    assert report(sent, "signed").json() == {"result": "ignored"}
    assert Purchase.objects.get(pk=subscribed.pk).contract_no == "HT-8"


def test_what_keeps_the_purchase_then_is_told_and_the_signature_stands(
    sent, subscribed, seller, monkeypatch
):
    from customers.purchase import hooks
    from customers.purchase.rules import Step

    monkeypatch.setitem(
        hooks._gates, (Step.SIGN, "test"), lambda _purchase, _now: ["互动档案未完成"]
    )
    assert report(sent, "signed").json() == {"result": "applied"}
    row = SigningRequest.objects.get()
    assert (row.state, state_of(subscribed)) == ("signed", "subscribed")
    assert "互动档案未完成" in row.problem
    assert "互动档案未完成" in Message.objects.get(kind="signing.ended").params["problem"]


@pytest.mark.parametrize(("number", "status"), [(" ", 422), ("HT-7", 302)])
def test_one_contract_waits_at_a_time(client_for, subscribed, seller, esign, number, status):
    browser, url = client_for(seller), f"/purchases/{subscribed.pk}/signing/"
    first = browser.post(f"{url}send/", {"contract_no": number, "idempotency_key": "a"})
    assert first.status_code == status
    second = browser.post(f"{url}send/", {"contract_no": "HT-8", "idempotency_key": "b"})
    assert second.status_code == (422 if status == 302 else 302)
    assert SigningRequest.objects.count() == 1


def test_a_contract_of_ones_own_is_sent_as_it_is(client_for, subscribed, seller, esign):
    browser, url = client_for(seller), f"/purchases/{subscribed.pk}/signing/send/"
    wrong = SimpleUploadedFile("合同.pdf", b"MZ not a pdf")
    data = {"contract_no": "HT-7", "contract": wrong, "idempotency_key": "a"}
    assert browser.post(url, data).status_code == 422
    assert not SigningRequest.objects.exists()
    right = SimpleUploadedFile("合同.pdf", b"%PDF-1.4 ours")
    data |= {"contract": right, "idempotency_key": "b"}
    assert browser.post(url, data).status_code == 302
    assert SigningRequest.objects.get().document.data() == b"%PDF-1.4 ours"


def test_a_contract_is_called_back_by_who_may_sign_only(client_for, sent, subscribed, seller, org):
    url = f"/purchases/{subscribed.pk}/signing/{sent.pk}/withdraw/"
    agent = client_for(UserFactory(role="agent", node=org.region_east))
    assert agent.post(url, {"idempotency_key": "a"}).status_code == 403
    assert client_for(UserFactory(node=org.team_b)).post(url, {}).status_code == 404
    assert client_for(seller).post(url, {"idempotency_key": "b"}).status_code == 302
    assert SigningRequest.objects.get().state == "withdrawn"
    assert client_for(seller).post(url, {"idempotency_key": "c"}).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_the_same_report_ten_times_at_once_signs_once(sent, subscribed):
    barrier, answers = threading.Barrier(6), []

    def post() -> None:
        try:
            barrier.wait(10)
            answers.append(report(sent, "signed", event="e-1").json()["result"])
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _each in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == ["applied", *["replayed"] * 5]
    assert Purchase.objects.get(pk=subscribed.pk).events.filter(step="sign").count() == 1


def test_withdrawing_twice_is_stale(sent, seller):
    from crm_site.common.refusals import StaleError

    withdraw_request(request=sent, actor=seller, now=timezone.now())
    with pytest.raises(StaleError):
        withdraw_request(request=sent, actor=seller, now=timezone.now())
