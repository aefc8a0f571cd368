"""Segments where other parts use them: batches and coupons (MKT-37, MKT-77)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm_site.outbox.delivery import deliver_due
from customers.models import Customer
from customers.rules.consent import Purpose
from marketing.messaging.models import Batch, BatchMessage
from marketing.messaging.services.batches import (
    BatchDraft,
    launch_batch,
    work_batches,
    write_batch,
)
from marketing.messaging.services.templates import TemplateDraft, save_template
from marketing.promotions.hooks import members_of as members_for_coupons
from marketing.promotions.hooks import segments_for as segments_for_coupons
from marketing.segments.errors import SegmentError
from marketing.segments.models import Segment, SegmentSnapshot, SnapshotMember
from marketing.segments.services.keeping import SegmentDraft, put_away, write_segment
from tests.factories import NOW, CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
DAY = timedelta(days=1)
STRONG = {
    "way": "all",
    "parts": [{"field": "intent", "op": "at_least", "value": "2"}],
}
PROTECTED = {"way": "all", "parts": [{"field": "phone", "op": "in", "value": ["1"]}]}
BOTH = (Purpose.CONTACT, Purpose.MARKETING)


@pytest.fixture
def segment(marketer):
    draft = SegmentDraft(name="强意向客户", rules=STRONG)
    return write_segment(draft=draft, actor=marketer, now=NOW)


@pytest.fixture
def crowd(seller, agree):
    """Four who want it, one who hardly does; all agreed to be written to."""
    rows = [CustomerFactory(owner=seller, intent=3, name=f"甲{n}") for n in range(4)]
    rows.append(CustomerFactory(owner=seller, intent=1, name="丙"))
    for row in rows:
        agree(row, *BOTH)
    return rows


@pytest.fixture
def text(marketer, org):
    draft = TemplateDraft(
        name="开放日",
        purpose="marketing",
        title="样板间开放",
        body="{name}，周六开放日等您来。",
        project=org.project_one,
    )
    return save_template(draft=draft, actor=marketer, now=NOW)


@pytest.fixture
def make_batch(marketer, text, org):
    def make(asked, **more):
        draft = BatchDraft(
            **{
                "name": "客群批次",
                "template": text,
                "audience": "segment",
                "asked": asked,
                "starts_at": NOW,
                "ends_at": NOW + 3 * DAY,
                "channel": "sms",
                "project": org.project_one,
            }
            | more
        )
        return write_batch(draft=draft, actor=marketer, now=NOW)

    return make


def these_days():
    """Return days of a batch that pages launch, which have no other clock."""
    return {"starts_at": timezone.now() - DAY, "ends_at": timezone.now() + DAY}


def names(batch):
    rows = BatchMessage.objects.filter(batch=batch)
    return set(rows.values_list("customer__name", flat=True))


@pytest.mark.spec("MKT-37", "MKT-77")
def test_a_batch_goes_to_what_the_segment_held_at_its_launch(
    client, segment, crowd, make_batch, marketer, seller, agree
) -> None:
    batch = make_batch({"item": str(segment.pk)})
    page = client.get(reverse("marketing:batch", args=[batch.pk]), headers=ENGLISH)
    assert page.context["preview"] == {"asked": 4, "refused": 0, "recipients": 4}
    assert "Segment: 强意向客户" in page.content.decode()
    launch_batch(batch=batch, actor=marketer, now=NOW)
    snapshot = SegmentSnapshot.objects.get()
    assert (snapshot.use, snapshot.count) == (f"batch:{batch.pk}", 4)
    Customer.objects.filter(pk=crowd[0].pk).update(intent=1)  # left the segment afterwards
    late = CustomerFactory(owner=seller, intent=3, name="后来的")
    agree(late, *BOTH)
    agree(crowd[1], *BOTH, is_given=False)  # before it is written down
    assert work_batches(now=NOW)["rows"] == 3
    assert names(batch) == {"甲0", "甲2", "甲3"}
    agree(crowd[2], *BOTH, is_given=False)  # before it leaves
    done = deliver_due(now=NOW + timedelta(seconds=1))
    assert (done.sent, done.suppressed) == (2, 1)
    put_away(segment=segment, actor=marketer, now=NOW)
    assert work_batches(now=NOW)["ended"] == 1  # what was frozen stays what it was
    assert SnapshotMember.objects.filter(snapshot=snapshot).count() == 4


def test_a_segment_is_chosen_in_the_form_of_a_batch(client, segment, crowd, text, org) -> None:
    start = timezone.localtime()
    data = {
        "name": "客群批次",
        "template": text.pk,
        "channel": "sms",
        "recipients": f"segment:{segment.pk}",
        "starts_at": f"{start - DAY:%Y-%m-%dT%H:%M}",
        "ends_at": f"{start + DAY:%Y-%m-%dT%H:%M}",
        "hour_from": 0,
        "hour_until": 24,
        "project": org.project_one.pk,
    }
    add = reverse("marketing:batch-add")
    mixed = client.post(add, data | {"classes": ["existing"]}, headers=ENGLISH)
    assert mixed.status_code == 422
    assert set(mixed.context["form"].errors) == {"classes"}
    for unknown in ("", "segment:999999", "nobody"):
        answer = client.post(add, data | {"recipients": unknown}, headers=ENGLISH)
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {"recipients"}
    assert client.post(add, data).status_code == 302
    batch = Batch.objects.get()
    assert (batch.audience, batch.asked["item"]) == ("segment", str(segment.pk))
    assert client.post(reverse("marketing:batch-launch", args=[batch.pk])).status_code == 302
    batch.refresh_from_db()
    assert batch.asked["snapshot"] == SegmentSnapshot.objects.get().pk


def test_a_segment_that_is_gone_or_asks_for_protected_things_says_so(
    client, segment, crowd, make_batch, marketer
) -> None:
    batch = make_batch({"item": str(segment.pk)}, **these_days())
    Segment.objects.filter(pk=segment.pk).update(rules=PROTECTED)  # protected since it was written
    page = reverse("marketing:batch", args=[batch.pk])
    start = reverse("marketing:batch-launch", args=[batch.pk])
    shown = client.get(page, headers=ENGLISH)
    assert shown.status_code == 200
    assert "is protected" in shown.content.decode()
    for path in (start, reverse("marketing:segment-freeze", args=[segment.pk])):
        refused = client.post(path, {"campaign": ""}, headers=ENGLISH)
        assert refused.status_code == 409
        assert "is protected" in refused.content.decode()
    members = client.get(reverse("marketing:segment-members", args=[segment.pk]), headers=ENGLISH)
    assert members.status_code == 409
    Segment.objects.filter(pk=segment.pk).update(rules=STRONG)
    put_away(segment=segment, actor=marketer, now=NOW)
    refused = client.post(start, headers=ENGLISH)
    assert refused.status_code == 409
    assert "was put away" in refused.content.decode()
    lost = make_batch({"item": "999999"})
    shown = client.get(reverse("marketing:batch", args=[lost.pk]), headers=ENGLISH)
    assert "is not there for you" in shown.content.decode()
    batch.refresh_from_db()
    assert (batch.state, SegmentSnapshot.objects.count()) == ("draft", 0)


def test_nobody_launches_a_segment_they_do_not_see(org, segment, crowd, make_batch, chief) -> None:
    batch = make_batch({"item": str(segment.pk)}, project=None)
    far = UserFactory(username="far", role="marketing", node=org.project_two.node)
    with pytest.raises(SegmentError):
        launch_batch(batch=batch, actor=far, now=NOW)
    assert not SegmentSnapshot.objects.exists()
    assert not BatchMessage.objects.exists()


def test_a_batch_whose_recipients_nobody_knows_waits_and_holds_up_no_other(
    client, segment, crowd, make_batch, marketer
) -> None:
    unknown = make_batch({}, audience="friends", **these_days())
    shown = client.get(reverse("marketing:batch", args=[unknown.pk]), headers=ENGLISH)
    assert "Nobody knows these recipients any longer" in shown.content.decode()
    start = reverse("marketing:batch-launch", args=[unknown.pk])
    refused = client.post(start, headers=ENGLISH)
    assert refused.status_code == 409
    assert "Nobody knows these recipients any longer" in refused.content.decode()
    lost, fine = make_batch({}), make_batch({"item": str(segment.pk)})
    launch_batch(batch=fine, actor=marketer, now=NOW)
    words = {"state": "preparing", "launched_at": NOW, "body": "x", "starts_at": NOW}
    Batch.objects.filter(pk__in=[lost.pk, unknown.pk]).update(**words)
    assert work_batches(now=NOW)["rows"] == 4
    assert names(fine) == {"甲0", "甲1", "甲2", "甲3"}
    assert set(Batch.objects.filter(state="preparing")) == {lost, unknown}


def test_coupons_go_to_those_of_a_segment_one_sees(segment, crowd, marketer, seller) -> None:
    assert segments_for_coupons(marketer) == [(segment.pk, "强意向客户")]
    assert members_for_coupons(marketer, segment.pk).count() == 4
    assert segments_for_coupons(seller) == []
    assert members_for_coupons(seller, segment.pk) is None
