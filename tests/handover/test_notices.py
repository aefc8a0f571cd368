"""The handover notice: ten days ahead, five attachments in force, proof from the outbox."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm_site.approvals.services import sign
from crm_site.outbox.delivery import deliver_due
from crm_site.outbox.models import Message
from customers.handover.services import batches, notices
from customers.models import DeliveryNotice, UnitDelivery
from customers.tasks import send_delivery_notices
from tests.documents.signing import paper_in_force
from tests.handover.conftest import approve, attach, fill, plan, planned_batch, walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold(project, make_units, sell, specialist, executive, now):
    """Make a walked, approved batch of two sold units that begins in so many days."""

    def made(days: int):
        batch = planned_batch(project, specialist, now, days=days)
        units = make_units(2)
        for one in units:
            sell(one)
        for delivery in fill(batch, units, specialist, now):
            walk(delivery, specialist, now)
        approve(batch, specialist, [executive], now)
        return batch

    return made


@pytest.mark.spec("SVC-81")
def test_the_job_writes_the_notices_ten_days_ahead_once_all_attachments_are_in_force(
    client_for, sold, project, specialist, now
) -> None:
    batch = sold(10)
    attach(project, now, leave_out="welcome-card")
    send_delivery_notices()
    assert not DeliveryNotice.objects.exists()
    assert not UnitDelivery.objects.invited().exists()
    told = Message.objects.get(kind="delivery.blocked", recipient=specialist)
    assert "欢迎卡" in told.params["reason"]
    page = client_for(specialist).get(f"/handover/{batch.pk}/")
    assert page.context["notice_blockers"] == ["附件未生效：欢迎卡"]
    answer = client_for(specialist).post(f"/handover/{batch.pk}/notices/", {"idempotency_key": "a"})
    assert answer.status_code == 409
    assert "欢迎卡" in answer.content.decode()

    paper_in_force("welcome-card", project, now, title="欢迎卡 第一版")
    send_delivery_notices()
    send_delivery_notices()
    assert DeliveryNotice.objects.count() == 2
    assert Message.objects.filter(kind="delivery.notice").count() == 2
    assert Message.objects.filter(kind="delivery.blocked", recipient=specialist).count() == 1
    notice = DeliveryNotice.objects.first()
    assert len(notice.attachments) == 5
    assert not notice.is_late

    morning = timezone.localtime(now).replace(hour=10, minute=30) + timedelta(days=1)
    deliver_due(now=morning)
    proof = notices.proof_of(notice)
    assert (proof.state, proof.sent_at) == ("sent", morning)
    shown = client_for(specialist).get(f"/handover/units/{notice.delivery_id}/")
    assert shown.context["proof"] == proof
    assert "已发送" in shown.content.decode()

    by_hand = f"/handover/units/{notice.delivery_id}/notice/"
    browser = client_for(specialist)
    assert browser.post(by_hand, {"idempotency_key": "h"}).status_code == 409
    data = {"note": "顺丰 SF1001 签收", "idempotency_key": "i"}
    assert browser.post(by_hand, data).status_code == 302
    assert browser.post(by_hand, data | {"idempotency_key": "j"}).status_code == 409
    notice.refresh_from_db()
    assert (notice.handed_note, notice.handed_by) == ("顺丰 SF1001 签收", specialist)


def test_eleven_days_ahead_nothing_is_due(client_for, sold, project, specialist, now) -> None:
    batch = sold(11)
    attach(project, now)
    send_delivery_notices()
    answer = client_for(specialist).post(f"/handover/{batch.pk}/notices/", {"idempotency_key": "a"})
    assert answer.status_code == 409
    assert not DeliveryNotice.objects.exists()
    assert not Message.objects.filter(kind="delivery.blocked").exists()


def test_a_moved_day_is_told_again(sold, project, specialist, executive, now, today) -> None:
    batch = sold(8)
    attach(project, now)
    assert notices.send_notices(batch=batch, actor=specialist, now=now) == 2
    later = plan(today + timedelta(days=9))
    batches.replan_batch(batch=batch, plan=later, actor=specialist, now=now, today=today)
    assert not batch.deliveries.invited().exists()
    approval = batches.ask_approval(batch=batch, reason="改期", actor=specialist, now=now)
    sign(approval_id=approval.pk, digest=approval.digest, signer=executive, now=now)
    assert notices.send_notices(batch=batch, actor=specialist, now=now) == 2
    days = DeliveryNotice.objects.values_list("planned_on", flat=True).distinct()
    assert sorted(days) == [today + timedelta(days=8), today + timedelta(days=9)]
    assert set(DeliveryNotice.objects.values_list("number", flat=True)) == {1, 2}
    assert Message.objects.filter(kind="delivery.notice").count() == 4
    assert all(DeliveryNotice.objects.values_list("is_late", flat=True))


def test_an_unsold_unit_gets_no_notice(
    project, make_units, specialist, executive, batch, now
) -> None:
    delivery = fill(batch, make_units(1), specialist, now)[0]
    walk(delivery, specialist, now)
    approve(batch, specialist, [executive], now)
    attach(project, now)
    assert notices.send_notices(batch=batch, actor=specialist, now=now) == 0
    delivery.refresh_from_db()
    assert delivery.invited_at is None
