"""The file of a customer: papers, transfer signed by both sides, who looked (CUS-71)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from crm_site.audit.models import AuditEvent
from crm_site.outbox.models import Message
from customers.models import FileTransfer, PaperFile, PurchasePaper
from customers.paperwork.services.papers import take_in
from customers.paperwork.services.transferring import Sending, send_file
from tests.conftest import make_user
from tests.factories import CustomerFactory, UserFactory
from tests.payment.conftest import subscribed_by

pytestmark = pytest.mark.django_db
FILE = ("认购书", "购房合同", "身份证", "付款凭证", "不利因素告知书")


def take(purchase, seller, *names: str) -> None:
    for name in names:
        take_in(purchase=purchase, name=name, copy=None, actor=seller, now=timezone.now())


@pytest.mark.spec("CUS-71")
def test_a_transfer_with_a_missing_paper_is_flagged_and_the_receiver_must_accept(
    client_for, signed, seller, keeper
):
    take(signed, seller, *FILE[:4])
    url, browser, desk = f"/purchases/{signed.pk}/file/", client_for(seller), client_for(keeper)
    data = {"side": "service", "receiver": keeper.pk, "idempotency_key": "a"}
    silent = browser.post(f"{url}send/", data)
    assert silent.status_code == 422
    assert "不利因素告知书" in silent.content.decode()
    assert not FileTransfer.objects.exists()
    sent = browser.post(f"{url}send/", data | {"note": "周五补", "idempotency_key": "b"})
    assert sent.status_code == 302
    row = FileTransfer.objects.get()
    assert (row.state, row.missing, row.papers) == ("sent", ["不利因素告知书"], list(FILE[:4]))
    assert Message.objects.filter(kind="file.sent", recipient=keeper).count() == 1
    listed = desk.get("/file-transfers/?receiver=me&incomplete=yes").content.decode()
    assert "不利因素告知书" in listed
    accept = f"/file-transfers/{row.pk}/accept/"
    assert browser.post(accept, {"idempotency_key": "c"}).status_code == 403  # the sender
    assert FileTransfer.objects.get().state == "sent"
    assert desk.post(accept, {"idempotency_key": "d"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.sender, row.receiver) == ("accepted", seller, keeper)
    assert row.decided_at > row.sent_at
    assert desk.post(accept, {"idempotency_key": "e"}).status_code == 409
    page = desk.get(url).content.decode()
    assert "已接收" in page
    assert "缺件" in page
    kinds = set(AuditEvent.objects.filter(subject_id=str(signed.pk)).values_list("kind", flat=True))
    assert {"file.sent", "file.accepted", "file.opened", "paper.received"} <= kinds


def test_another_colleague_with_the_right_cannot_sign_for_it(
    client_for, signed, seller, keeper, org
):
    take(signed, seller, *FILE)
    sending = Sending(side="property", receiver=keeper)
    row = send_file(purchase=signed, sending=sending, actor=seller, now=timezone.now())
    assert row.missing == []
    other = client_for(make_user(org, "service_manager"))
    for act in ("accept", "refuse"):
        answer = other.post(
            f"/file-transfers/{row.pk}/{act}/", {"reason": "x", "idempotency_key": act}
        )
        assert answer.status_code == 403
    assert FileTransfer.objects.get().state == "sent"
    back = client_for(keeper).post(
        f"/file-transfers/{row.pk}/refuse/", {"reason": "合同缺页", "idempotency_key": "c"}
    )
    assert back.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.decision_note) == ("refused", "合同缺页")
    assert Message.objects.filter(kind="file.decided", recipient=seller).count() == 1
    again = send_file(purchase=signed, sending=sending, actor=seller, now=timezone.now())
    withdraw = f"/file-transfers/{again.pk}/withdraw/"
    assert client_for(keeper).post(withdraw, {"idempotency_key": "d"}).status_code == 403
    assert client_for(seller).post(withdraw, {"idempotency_key": "e"}).status_code == 302


def test_a_file_goes_to_those_only_who_may_and_can_receive_it(
    client_for, signed, subscribed, seller, boss, keeper, org
):
    take(signed, seller, *FILE)
    url, browser = f"/purchases/{signed.pk}/file/send/", client_for(seller)
    far = UserFactory(role="specialist", node=org.team_b)
    for receiver in (seller.pk, boss.pk, far.pk, 999_999):
        data = {"side": "service", "receiver": receiver, "idempotency_key": f"k{receiver}"}
        assert browser.post(url, data).status_code == 422
    assert not FileTransfer.objects.exists()
    data = {"side": "service", "receiver": keeper.pk, "idempotency_key": "ok"}
    assert browser.post(url, data).status_code == 302
    second = browser.post(url, data | {"idempotency_key": "again"})
    assert (second.status_code, FileTransfer.objects.count()) == (422, 1)


def test_before_the_signature_no_file_goes(client_for, subscribed, seller, keeper):
    data = {"side": "service", "receiver": keeper.pk, "note": "x", "idempotency_key": "a"}
    answer = client_for(seller).post(f"/purchases/{subscribed.pk}/file/send/", data)
    assert answer.status_code == 422
    assert not FileTransfer.objects.exists()


def test_a_copy_is_kept_encrypted_and_every_look_is_written_down(
    client_for, signed, seller, keeper, org
):
    url, browser = f"/purchases/{signed.pk}/file/", client_for(seller)
    upload = SimpleUploadedFile("身份证.pdf", b"%PDF-1.4 secret")
    data = {"name": "身份证", "copy": upload, "idempotency_key": "a"}
    assert browser.post(f"{url}take/", data).status_code == 302
    paper = PurchasePaper.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM customers_paperfile")
        assert b"secret" not in bytes(cursor.fetchone()[0])
    answer = client_for(keeper).get(f"{url}{paper.pk}/copy/")
    assert answer.content == b"%PDF-1.4 secret"
    assert answer["Content-Disposition"].startswith("attachment")
    event = AuditEvent.objects.get(kind="paper.opened")
    assert (event.actor_id, event.facts) == (keeper.pk, {"paper": paper.pk})
    marketing = client_for(UserFactory(role="marketing", node=org.project_one.node))
    assert marketing.get(f"{url}{paper.pk}/copy/").status_code == 403
    stranger = client_for(UserFactory(node=org.team_b))
    assert stranger.get(url).status_code == 404
    assert stranger.get(f"{url}{paper.pk}/copy/").status_code == 404


@pytest.mark.parametrize(
    ("name", "upload"),
    [
        ("护身符", None),
        ("身份证", SimpleUploadedFile("x.pdf", b"MZ\x90 not a paper")),
        ("身份证", SimpleUploadedFile("x.pdf", b"")),
    ],
)
def test_what_is_no_paper_is_refused(client_for, signed, seller, name, upload):
    data = {"name": name, "idempotency_key": "a"} | ({"copy": upload} if upload else {})
    answer = client_for(seller).post(f"/purchases/{signed.pk}/file/take/", data)
    assert answer.status_code == 422
    assert not PurchasePaper.objects.exists()
    assert not PaperFile.objects.exists()


def test_a_paper_is_there_once_and_taken_out_with_a_reason(client_for, signed, seller):
    take(signed, seller, "身份证")
    url, browser = f"/purchases/{signed.pk}/file/", client_for(seller)
    twice = browser.post(f"{url}take/", {"name": "身份证", "idempotency_key": "a"})
    assert twice.status_code == 422
    paper = PurchasePaper.objects.get()
    silent = browser.post(f"{url}{paper.pk}/withdraw/", {"idempotency_key": "b"})
    assert silent.status_code == 422
    done = browser.post(f"{url}{paper.pk}/withdraw/", {"reason": "过期", "idempotency_key": "c"})
    assert done.status_code == 302
    paper.refresh_from_db()
    assert (paper.withdrawn_reason, paper.withdrawn_by) == ("过期", seller)
    assert (
        browser.post(f"{url}take/", {"name": "身份证", "idempotency_key": "d"}).status_code == 302
    )
    assert PurchasePaper.objects.filter(withdrawn_at=None).count() == 1


@pytest.mark.parametrize("number", [1, 20])
def test_the_list_of_transfers_asks_as_often_for_one_as_for_many(
    client_for, make_units, seller, keeper, number, django_assert_max_num_queries
):
    for unit in make_units(number):
        purchase = subscribed_by(seller, unit, CustomerFactory(owner=seller))
        FileTransfer.objects.create(
            purchase=purchase,
            side="service",
            sender=seller,
            receiver=keeper,
            sent_at=timezone.now(),
        )
    browser = client_for(keeper)
    browser.get("/file-transfers/")
    with django_assert_max_num_queries(14):
        page = browser.get("/file-transfers/?receiver=me")
    assert len(page.context["rows"]) == number
