"""What follows a chunk of scores takes as many statements for one customer as for twenty."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.churn.hooks import ScoreChange, follow_changes
from analytics.churn.models import ChurnScore
from analytics.winback.models import ChurnAlert, WinbackCase
from crm_site.outbox.models import Message
from customers.models import Task, TaskEvent
from tests.analytics.winback.conftest import BLOCKS
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def told(customers, before, after, now):
    """Let the levels of all of them change at once; return the statements it took."""
    changes = [
        ScoreChange(each.pk, before, after, 0.8, blocks=BLOCKS, points=80, stage="visit")
        for each in customers
    ]
    with CaptureQueriesContext(connection) as statements:
        follow_changes(changes, now)
    return len(statements)


@pytest.mark.spec("CUS-99", "CUS-100")
def test_statements_do_not_grow_with_the_customers(consultant, no_holdout, now) -> None:
    """Opened, raised, closed: warnings, cases, tasks and notices, half of them nobody's."""
    told([CustomerFactory(owner=consultant)], "none", "red", now)  # policies are read once
    one = [CustomerFactory(owner=consultant), CustomerFactory(owner=None, team=consultant.node)]
    many = [
        CustomerFactory(owner=consultant if number % 2 else None, team=consultant.node)
        for number in range(20)
    ]
    hour = timedelta(hours=1)
    for number, (before, after) in enumerate(
        (("none", "yellow"), ("yellow", "red"), ("red", "green"))
    ):
        at = now + number * hour
        assert told(one, before, after, at) == told(many, before, after, at), after
        alerts = ChurnAlert.objects.filter(customer__in=many)
        if after != "green":
            assert set(alerts.open().values_list("level", flat=True)) == {after}
    assert not alerts.open().exists()
    assert alerts.count() == 20
    cases = WinbackCase.objects.filter(customer__in=many)
    assert set(cases.values_list("state", flat=True)) == {"dropped"}
    tasks = Task.objects.filter(source="winback", customer__in=many)
    assert set(tasks.values_list("state", flat=True)) == {"cancelled"}
    assert tasks.count() >= 10
    events = TaskEvent.objects.filter(task__in=tasks, kind="cancelled")
    assert sorted(events.values_list("task", flat=True)) == sorted(
        tasks.values_list("pk", flat=True)
    )
    waiting = Message.objects.filter(
        kind="winback.callback",
        subject_id__in=[str(pk) for pk in cases.values_list("pk", flat=True)],
        state="waiting",
    )
    assert not waiting.exists()


def test_who_is_calm_is_not_looked_up(consultant, now) -> None:
    calm = [CustomerFactory(owner=consultant) for _ in range(3)]
    told(calm, "none", "green", now)
    assert told(calm, "none", "green", now) <= 4
    assert not ChurnAlert.objects.filter(customer__in=calm).exists()
    assert not ChurnScore.objects.exists()
