"""The list of tasks: by day, own and team, done and put off from the list."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.models import Task
from tests.factories import CustomerFactory, TaskFactory

pytestmark = pytest.mark.django_db
LOCAL = "%Y-%m-%dT%H:%M"
URL = "/tasks/"


def task(owner, title, due_in, **more):
    customer = CustomerFactory(owner=owner)
    return TaskFactory(
        customer=customer, owner=owner, title=title, due_at=timezone.now() + due_in, **more
    )


def titles(answer):
    return [row.title for group in answer.context["rows"] for row in group["tasks"]]


def test_tasks_stand_by_day_the_overdue_first(client_for, consultant, consultant_b):
    task(consultant, "以后", timedelta(days=30))
    task(consultant, "逾期", timedelta(days=-1))
    task(consultant_b, "别人的", timedelta(days=-1))
    done = task(consultant, "已办", timedelta(days=-1))
    Task.objects.filter(pk=done.pk).update(state="done", done_at=timezone.now())
    client = client_for(consultant)
    answer = client.get(URL)
    assert titles(answer) == ["逾期", "以后"]
    assert [group["key"] for group in answer.context["rows"]] == ["overdue", "later"]
    assert titles(client.get(URL, {"state": "done"})) == ["已办"]
    assert titles(client.get(URL, {"overdue": "true"})) == ["逾期"]
    assert client.get(URL, {"kind": "dance"}).status_code == 422
    assert titles(client.get(URL, {"who": "team"})) == ["逾期", "以后"]


def test_a_supervisor_sees_the_team_and_nobody_else(
    client_for, consultant, consultant_b, consultant_c, supervisor
):
    task(consultant, "甲", timedelta(hours=30))
    task(consultant_b, "乙", timedelta(hours=31))
    task(consultant_c, "外组", timedelta(hours=32))
    client = client_for(supervisor)
    assert titles(client.get(URL)) == []
    assert titles(client.get(URL, {"who": "team"})) == ["甲", "乙"]
    one = client.get(URL, {"who": "team", "owner": consultant_b.pk})
    assert titles(one) == ["乙"]


def test_done_and_put_off_from_the_list_come_back_to_it(client_for, consultant):
    first, second = (task(consultant, name, timedelta(days=-1)) for name in ("办", "推"))
    client = client_for(consultant)
    page = client.get(URL).content.decode()
    done = reverse("customers:task-done", args=[first.pk])
    later = reverse("customers:task-postpone", args=[second.pk])
    assert f'action="{done}"' in page
    assert f'action="{later}"' in page
    assert client.post(done, {"next": URL}).url == URL
    due = (timezone.localtime() + timedelta(days=3)).strftime(LOCAL)
    assert client.post(later, {"next": URL, "due_at": due}).url == URL
    assert titles(client.get(URL)) == ["推"]
    assert Task.objects.get(pk=second.pk).occurrence == 2


def test_a_task_by_hand_for_oneself_or_the_own_team(
    client_for, consultant, consultant_b, consultant_c, supervisor
):
    due = (timezone.localtime() + timedelta(days=1)).strftime(LOCAL)
    customer, hidden = CustomerFactory(owner=consultant), CustomerFactory(owner=consultant_c)
    form = {"title": "备资料", "kind": "other", "due_at": due, "owner": consultant.pk}
    form |= {"customer": customer.pk}
    client, url = client_for(consultant), reverse("customers:task-add")
    past = (timezone.localtime() - timedelta(days=1)).strftime(LOCAL)
    for change in (
        {"title": ""},
        {"due_at": past},
        {"owner": consultant_b.pk},
        {"customer": hidden.pk},
    ):
        assert client.post(url, form | change).status_code == 422
    assert Task.objects.count() == 0
    assert client.post(url, form).status_code == 302
    made = Task.objects.get()
    assert (made.title, made.owner, made.customer, made.source, made.created_by) == (
        "备资料",
        consultant,
        customer,
        "manual",
        consultant,
    )
    boss = client_for(supervisor)
    assert boss.post(url, form | {"owner": consultant_b.pk}).status_code == 302
    assert boss.post(url, form | {"owner": consultant_c.pk}).status_code == 422
    assert Task.objects.count() == 2


def test_the_list_asks_as_often_for_one_as_for_twenty(
    client_for, consultant, django_assert_max_num_queries
):
    client = client_for(consultant)
    task(consultant, "一", timedelta(days=1))
    client.get(URL)
    with django_assert_max_num_queries(40) as few:
        client.get(URL)
    for n in range(19):
        task(consultant, str(n), timedelta(days=1))
    with django_assert_max_num_queries(40) as many:
        client.get(URL)
    assert len(few) == len(many)
