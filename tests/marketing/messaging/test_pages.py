"""The pages of texts, batches, flows and experiments, as people walk them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from crm_site.outbox.delivery import deliver_due
from customers.models import Customer
from marketing.messaging.models import Assignment, Batch, Experiment, Flow, MessageTemplate, Reply
from marketing.messaging.services.batches import work_batches
from marketing.messaging.services.drawing import assign
from tests.factories import CustomerFactory, TaskFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
DAY = timedelta(days=1)


@pytest.fixture
def now():
    """The moment of pages."""
    return timezone.now()


@pytest.fixture
def client(client_for, marketing):
    return client_for(marketing)


def url(name, *args):
    return reverse(f"marketing:{name}", args=args)


def read(client, address):
    answer = client.get(address, headers=ENGLISH)
    assert answer.status_code == 200
    return answer.content.decode()


def batch_data(text, **values):
    start = timezone.localtime()
    return {
        "name": "开放日",
        "template": text.pk,
        "values": "event = 周六开放日",
        "channel": "sms",
        "recipients": "filter",
        "starts_at": f"{start - DAY:%Y-%m-%dT%H:%M}",
        "ends_at": f"{start + 5 * DAY:%Y-%m-%dT%H:%M}",
        "hour_from": 0,
        "hour_until": 24,
    } | values


@pytest.mark.spec("MKT-37")
def test_from_a_text_to_the_answers(client, org, people, consultant):
    outside = CustomerFactory(owner=consultant, name="没同意的人")
    data = {
        "name": "开放日",
        "purpose": "marketing",
        "title": "样板间开放",
        "body": "{name}，{event}",
        "is_active": "on",
        "project": org.project_one.pk,
    }
    wrong = client.post(url("message-text-add"), data | {"body": "{Event}"}, headers=ENGLISH)
    assert wrong.status_code == 422
    assert "is no place" in wrong.content.decode()
    assert client.post(url("message-text-add"), data).status_code == 302
    text = MessageTemplate.objects.get()
    assert "样板间开放" in read(client, url("message-texts"))
    missing = client.post(url("batch-add"), batch_data(text, values=""))
    assert missing.status_code == 302
    batch = Batch.objects.get()
    refused = client.post(url("batch-launch", batch.pk), headers=ENGLISH)
    assert refused.status_code == 409
    assert "{event}" in refused.content.decode()
    edit = client.get(url("batch-edit", batch.pk), headers=ENGLISH)
    base = edit.context["form"].edit_base
    data = batch_data(text, project=org.project_one.pk) | {"edit_base": base}
    assert client.post(url("batch-edit", batch.pk), data).status_code == 302
    page = read(client, url("batch", batch.pk))
    assert "6 customers are asked for; 1 of them" in page
    assert client.post(url("batch-launch", batch.pk)).status_code == 302
    moment = timezone.now()
    work_batches(now=moment)
    noon = timezone.localtime(moment + DAY).replace(hour=12)
    deliver_due(now=noon)
    row = batch.messages.order_by("pk").first()
    row.replied_at = row.sent_at + timedelta(hours=1)
    row.save()
    page = read(client, url("batch", batch.pk))
    assert ">100.0 %" in page
    assert ">20.0 %" in page
    listed = read(client, url("batch-recipients", batch.pk) + "?answered=yes")
    assert row.customer.name in listed
    assert outside.name not in read(client, url("batch-recipients", batch.pk))
    assert "20.0 %" in read(client, url("batches"))
    assert client.post(url("batch-stop", batch.pk)).status_code == 302
    assert client.post(url("batch-stop", batch.pk)).status_code == 409


def test_a_batch_of_another_project_is_out_of_sight(
    client, make_batch, org, client_for, executive, people
):
    batch = make_batch(project=org.project_two)
    assert client.get(url("batch", batch.pk)).status_code == 404
    assert client.post(url("batch-launch", batch.pk)).status_code == 404
    assert client_for(executive).get(url("batch", batch.pk)).status_code == 200


def test_days_and_lines_in_the_wrong_order_are_marked(client, make_text, people):
    data = batch_data(make_text(), ends_at="2020-01-01T10:00", hour_from=20, hour_until=9)
    answer = client.post(url("batch-add"), data | {"values": "ohne Zeichen"}, headers=ENGLISH)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"values", "ends_at", "hour_until"}
    text = answer.content.decode()
    assert "The end must come after the start." in text
    assert "name = words" in text


@pytest.mark.spec("MKT-38")
def test_a_flow_is_written_looked_at_and_switched_on(client, make_text, people, now):
    Customer.objects.filter(pk=people[0].pk).update(
        birthday=timezone.localdate().replace(year=1990)
    )
    text = make_text(body="{name}，生日快乐")
    refused = client.post(url("flow-add"), {"name": "x", "trigger": "dwell"}, headers=ENGLISH)
    assert refused.status_code == 422
    assert client.post(url("flow-add"), {"name": "生日", "trigger": "birthday"}).status_code == 302
    flow = Flow.objects.get()
    for step in (
        {"kind": "message", "template": text.pk, "channel": "sms"},
        {"kind": "wait", "hours": 24},
        {"kind": "task", "words": "电话祝贺"},
        {"kind": "wait", "hours": 3},
    ):
        assert client.post(url("flow-step-add", flow.pk), step).status_code == 302
    assert client.post(url("flow-step-add", flow.pk), {"kind": "wait"}).status_code == 422
    assert client.post(url("flow-on", flow.pk)).status_code == 409
    assert client.post(url("flow-step-drop", flow.pk)).status_code == 302
    page = read(client, url("flow", flow.pk))
    assert people[0].name in page
    assert people[1].name not in page
    assert client.post(url("flow-on", flow.pk)).status_code == 302
    assert client.post(url("flow-step-drop", flow.pk)).status_code == 409
    from marketing.messaging.tasks import walk_flows

    walk_flows()
    walk_flows()
    assert flow.runs.count() == 1
    assert people[0].name in read(client, url("flow-runs", flow.pk))
    assert "生日" in read(client, url("flows"))
    assert client.post(url("flow-off", flow.pk)).status_code == 302


@pytest.mark.spec("MKT-41")
def test_an_experiment_from_the_question_to_the_library(
    client, client_for, executive, make_text, people, consultant, now
):
    texts = [make_text(body="甲"), make_text(body="乙")]
    data = {
        "title": "哪种写法好",
        "kind": "content",
        "metric": "reply",
        "window_days": 7,
        "base_rate": "10",
        "goal_rate": "60",
        "a_name": "现在的",
        "a_text": texts[0].pk,
        "b_name": "新的",
        "b_text": texts[1].pk,
    }
    same = client.post(url("experiment-add"), data | {"goal_rate": "10"}, headers=ENGLISH)
    assert same.status_code == 422
    assert client.post(url("experiment-add"), data).status_code == 302
    row = Experiment.objects.get()
    assert client.post(url("experiment-start", row.pk)).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.least) == ("running", 13)
    assert "Each arm needs 13" in read(client, url("experiment", row.pk))
    crowd = [CustomerFactory(owner=consultant) for _ in range(80)]
    assign(row, crowd, now=now - 8 * DAY)
    winners = Assignment.objects.filter(experiment=row, variant__key="B").values_list(
        "customer_id", flat=True
    )
    Reply.objects.bulk_create(
        Reply(customer_id=pk, source="lead", source_key=f"l{pk}", at=now - 7 * DAY, noted_at=now)
        for pk in list(winners)[:25]
    )
    page = read(client, url("experiment", row.pk))
    assert "The figures say: Adopt the variant" in page
    assert client.get(url("experiment-decide", row.pk)).status_code == 403
    boss = client_for(executive)
    decision = {
        "decision": "adopt",
        "winner": row.variants.get(key="B").pk,
        "reason": "好得多",
        "budget": "80000",
    }
    assert boss.post(url("experiment-decide", row.pk), decision).status_code == 302
    row.refresh_from_db()
    assert (row.decision, row.budget) == ("adopt", Decimal(80000))
    library = read(client, url("experiments") + "?q=写法")
    assert "B: " in library
    assert "哪种写法好" not in read(client, url("experiments") + "?q=nothing")
    results = read(boss, reverse("analytics:experiment-results"))
    assert "哪种写法好" in results


@pytest.mark.spec("BEY-09")
def test_the_record_says_whose_turn_it_is(client_for, consultant, people, now):
    one = people[0]
    TaskFactory(
        customer=one,
        owner=consultant,
        kind="call",
        source="winback",
        title="挽留回访",
        due_at=now + timedelta(hours=3),
    )
    TaskFactory(
        customer=one, owner=consultant, kind="call", title="下月联系", due_at=now + 30 * DAY
    )
    page = read(client_for(consultant), reverse("customers:consents", args=[one.pk]))
    turn = page[page.index('id="c-turn"') : page.index('id="c-channels"')]
    assert turn.index("Win-back") < turn.index("挽留回访") < turn.index("下月联系")


@pytest.mark.parametrize("name", ["batches", "flows", "experiments", "message-texts"])
def test_lists_cost_the_same_for_one_row_and_twenty(
    name, client, make_text, make_batch, people, marketing, org, now
):
    text = make_text()

    def fill(number):
        for n in range(number):
            make_batch(template=text)
            MessageTemplate.objects.create(name=f"x{n}", body="x", project=org.project_one)
            Flow.objects.create(name="x", trigger="birthday", project=org.project_one)
            Experiment.objects.create(
                title="x",
                kind="offer",
                metric="reply",
                base_rate="0.1",
                goal_rate="0.2",
                project=org.project_one,
            )

    def count():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            read(client, url(name))
        return len(seen)

    fill(1)
    read(client, url(name))
    few = count()
    fill(19)
    assert count() == few
