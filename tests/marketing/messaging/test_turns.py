"""One next contact over sales, care, surveys, win-back and advertising (BEY-09)."""

from datetime import timedelta

import pytest

from crm_site.outbox.delivery import deliver_due
from crm_site.outbox.models import Message
from crm_site.policies.errors import FieldError
from customers.contact_policies import TurnRules
from customers.rules.turns import ORDER, Area, Wish, is_outranked, next_turn
from customers.services.taking_turns import area_of_message, turn_of
from marketing.messaging.services.batches import work_batches
from tests.factories import NOW, TaskFactory

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def wish(area, hours, key="k"):
    return Wish(area, NOW + hours * HOUR, area.value, f"{key}:{area.value}")


@pytest.mark.parametrize(
    ("planned", "first", "hours"),
    [
        ([], None, 0),
        ([(Area.MARKETING, 1), (Area.WINBACK, 5)], Area.WINBACK, 5),
        ([(Area.MARKETING, 1), (Area.WINBACK, 50)], Area.MARKETING, 1),
        ([(Area.SURVEY, -3), (Area.CARE, 23), (Area.SALES, 20)], Area.SALES, 20),
        ([(Area.SURVEY, 60), (Area.CARE, 80)], Area.SURVEY, 60),
        ([(Area.SALES, -48)], Area.SALES, 0),
    ],
)
def test_the_turn_goes_to_what_is_due_soon_by_the_order(planned, first, hours):
    found = next_turn([wish(*one) for one in planned], order=ORDER, now=NOW, ahead=DAY)
    if first is None:
        assert found is None
        return
    assert (found.first.area, found.at) == (first, NOW + hours * HOUR)
    assert len(found.waiting) == len(planned) - 1


def test_who_outranks_whom_follows_the_order():
    care = [wish(Area.CARE, 1)]
    assert is_outranked(Area.MARKETING, care, order=ORDER)
    assert not is_outranked(Area.SALES, care, order=ORDER)
    assert is_outranked(Area.SALES, care, order=["care", "sales"])


def test_an_order_names_each_department_once():
    with pytest.raises(FieldError):
        TurnRules(order=("sales", "sales"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "area"),
    [
        ("marketing.message", Area.MARKETING),
        ("customer.news", Area.MARKETING),
        ("care.greeting", Area.CARE),
        ("survey.link", Area.SURVEY),
        ("viewing.confirmed", Area.SALES),
    ],
)
def test_messages_belong_to_areas(kind, area):
    assert area_of_message(kind) is area


@pytest.mark.spec("BEY-09")
@pytest.mark.django_db
def test_advertising_waits_for_the_call_that_comes_first(
    people, make_batch, launch, consultant, now
):
    one, other = people[:2]
    TaskFactory(
        customer=one, owner=consultant, kind="call", source="winback", due_at=now + 3 * HOUR
    )
    TaskFactory(customer=one, owner=consultant, kind="call", due_at=now + 30 * DAY)
    launch(make_batch(audience="list", asked={"ids": [one.pk, other.pk]}))
    work_batches(now=now)
    turn = turn_of(one, now=now)
    assert (turn.first.area, turn.at) == (Area.WINBACK, now + 3 * HOUR)
    assert [each.area for each in turn.waiting] == [Area.MARKETING, Area.SALES]
    assert turn_of(other, now=now).first.area is Area.MARKETING
    done = deliver_due(now=now)
    assert (done.sent, done.postponed) == (1, 1)
    assert Message.objects.get(state="waiting").addressee_id == str(one.pk)
    morning = (now + DAY).replace(hour=0, minute=0)  # 8 o'clock in Shanghai
    assert Message.objects.get(state="waiting").next_attempt_at == morning
    assert turn_of(people[2], now=now) is None
    one.tasks.filter(source="winback").update(state="done", done_at=now + HOUR)
    assert deliver_due(now=now + DAY).sent == 1


@pytest.mark.django_db
def test_advertising_waits_no_longer_than_the_policy_says(
    people, make_batch, launch, consultant, now
):
    one = people[0]
    launch(make_batch(audience="list", asked={"ids": [one.pk]}, ends_at=now + 10 * DAY))
    work_batches(now=now)
    for day in range(3):
        TaskFactory(customer=one, owner=consultant, kind="call", due_at=now + day * DAY + HOUR)
        assert deliver_due(now=now + day * DAY).sent == 0
    TaskFactory(customer=one, owner=consultant, kind="call", due_at=now + 3 * DAY + HOUR)
    assert deliver_due(now=now + 3 * DAY).sent == 1
