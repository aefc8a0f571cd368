"""A late item is told to who is accountable and to who leads that person, once."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from analytics.improvement.messages import ITEM_LATE
from analytics.improvement.programme_models import PdcaItem
from analytics.improvement.tasks import tend_improvement
from crm_site.common.models import JobRun
from crm_site.outbox.delivery import deliver_due
from crm_site.outbox.kinds import render
from crm_site.outbox.models import Message, Notification

pytestmark = pytest.mark.django_db


def told():
    rows = Message.objects.filter(kind=ITEM_LATE).order_by("pk")
    return [(one.recipient_id, one.subject_id, one.params["due"]) for one in rows]


def days(count: int) -> date:
    return timezone.localdate() + timedelta(days=count)


def test_a_late_item_is_told_once_to_both(make_item, seller, supervisor, chief) -> None:
    item = make_item(accountable=seller, title="回电 13800138000 前先查排队")
    make_item(accountable=seller, title="还有时间")
    ended = make_item(accountable=seller, title="已经结束")
    PdcaItem.objects.filter(pk__in=[item.pk, ended.pk]).update(due_on=days(-1))
    PdcaItem.objects.filter(pk=ended.pk).update(stage="dropped", ended_on=days(0))
    tend_improvement()
    tend_improvement()
    due = days(-1).isoformat()
    assert told() == [(seller.pk, str(item.pk), due), (supervisor.pk, str(item.pk), due)]
    assert JobRun.objects.get(name="tend-improvement").counts == {"late": 1}
    deliver_due(now=timezone.now())
    note = Notification.objects.get(recipient=supervisor)
    with override("en"):
        words = render(note.message.kind, note.message.params)
    assert words.title == f"Improvement item late since {due}: 回电 … 前先查排队"


def test_another_day_that_passes_is_told_anew(make_item, seller, supervisor) -> None:
    item = make_item(accountable=seller)
    for late in (2, 1):
        PdcaItem.objects.filter(pk=item.pk).update(due_on=days(-late))
        tend_improvement()
    assert [due for _who, _item, due in told()] == [
        *[days(-2).isoformat()] * 2,
        *[days(-1).isoformat()] * 2,
    ]


def test_where_the_person_left_only_the_lead_hears(make_item, seller, supervisor, chief) -> None:
    item = make_item(accountable=seller)
    PdcaItem.objects.filter(pk=item.pk).update(due_on=days(-1))
    seller.is_active = False
    seller.save(update_fields=["is_active"])
    tend_improvement()
    assert [who for who, _item, _due in told()] == [supervisor.pk]


def test_who_has_nobody_above_hears_it_alone(make_item, chief) -> None:
    item = make_item(accountable=chief)
    PdcaItem.objects.filter(pk=item.pk).update(due_on=days(-1))
    tend_improvement()
    assert [who for who, _item, _due in told()] == [chief.pk]


def test_the_night_does_it() -> None:
    line = settings.CELERY_BEAT_SCHEDULE["tend-improvement"]
    assert line["task"] == tend_improvement.name
