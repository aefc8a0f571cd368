"""What the pages of one batch, flow and experiment cost with one row and with twenty."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from marketing.messaging.models import Experiment, Flow, FlowRun, FlowStep
from marketing.messaging.services.batches import work_batches
from marketing.messaging.services.drawing import assign
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    """The moment of pages."""
    return timezone.now()


@pytest.fixture
def crowd(consultant, agree):
    rows = [CustomerFactory(owner=consultant, name=f"客户{n}") for n in range(20)]
    agree(*rows)
    return rows


@pytest.fixture
def cost(client_for, marketing):
    client = client_for(marketing)

    def measured(name, *args, query=""):
        address = reverse(f"marketing:{name}", args=args) + query
        assert client.get(address).status_code == 200  # what is read once and kept
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(address)
        assert answer.status_code == 200
        return len(seen)

    return measured


@pytest.mark.parametrize("name", ["batch", "batch-recipients"])
@pytest.mark.parametrize("channel", ["sms", "best"])
def test_a_batch_costs_the_same_for_one_recipient_and_twenty(
    name, channel, cost, crowd, make_batch, launch, make_text, now
):
    batches = []
    for people in (crowd[:1], crowd):
        asked = {"ids": [one.pk for one in people]}
        batches.append(launch(make_batch(audience="list", asked=asked, channel=channel)))
    work_batches(now=now)
    few, many = batches
    assert (few.messages.count(), many.messages.count()) == (1, 20)
    assert cost(name, few.pk) == cost(name, many.pk) <= 25


def test_a_draft_and_its_form_cost_the_same_with_twenty_customers_and_texts(
    cost, crowd, make_batch, make_text
):
    batch = make_batch(audience="list", asked={"ids": [crowd[0].pk]})
    pages = (("batch", batch.pk), ("batch-add",), ("batch-edit", batch.pk))
    few = [cost(*page) for page in pages]
    batch.asked = {"ids": [one.pk for one in crowd]}
    batch.save()
    for number in range(19):
        make_text(name=f"文案{number}")
    assert [cost(*page) for page in pages] == few
    assert max(few) <= 30


def test_a_flow_costs_the_same_for_one_customer_and_twenty(cost, crowd, make_text, org, now):
    text = make_text(body="{name}，生日快乐")
    today = timezone.localdate().replace(year=1988)
    Customer.objects.filter(pk=crowd[0].pk).update(birthday=today)

    def write(people, steps):
        flow = Flow.objects.create(
            name="生日",
            trigger="birthday",
            project=org.project_one,
            state="on",
            switched_at=now - timedelta(days=2),
        )
        FlowStep.objects.bulk_create(
            FlowStep(flow=flow, position=n + 1, kind="message", template=text, channel="sms")
            for n in range(steps)
        )
        FlowRun.objects.bulk_create(
            FlowRun(flow=flow, customer=one, occasion="x", started_at=now, next_at=now)
            for one in people
        )
        return flow

    one, twenty = write(crowd[:1], 1), write(crowd, 20)
    few = [cost(name, one.pk) for name in ("flow", "flow-runs")]
    Customer.objects.filter(pk__in=[each.pk for each in crowd]).update(birthday=today)
    assert [cost(name, twenty.pk) for name in ("flow", "flow-runs")] == few
    assert max(few) <= 25


def test_an_experiment_costs_the_same_for_one_customer_and_twenty(cost, crowd, org, now):
    def write(people):
        row = Experiment.objects.create(
            title="x",
            kind="offer",
            metric="visit",
            base_rate="0.1",
            goal_rate="0.2",
            seed="x",
            state="running",
            started_at=now,
            project=org.project_one,
        )
        row.variants.create(key="A", name="现在", is_control=True)
        row.variants.create(key="B", name="新的")
        assign(row, people, now=now - timedelta(days=30))
        return row

    one, twenty = write(crowd[:1]), write(crowd)
    assert cost("experiment", one.pk) == cost("experiment", twenty.pk) <= 25
