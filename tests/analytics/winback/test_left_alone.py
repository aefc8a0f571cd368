"""The control group is left alone: who would act on a score does not see it (BEY-04)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.churn.models import ChurnScore, ChurnScoreChange
from analytics.winback.models import ChurnAlert, WinbackCase
from analytics.winback.rules.holdout import arm_of, number_of, quarter_of
from customers.models import Task
from tests.analytics.winback.conftest import score
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def seed_for(customer, now, arm):
    """Return a seed that draws a customer into an arm."""
    key = {"quarter": quarter_of(timezone.localdate(now)), "customer_id": customer.pk}
    return next(
        str(n)
        for n in range(200)
        if arm_of(number_of(seed=str(n), **key), share=Decimal("0.5")) == arm
    )


def redden(customer, before, now):
    """Turn a customer red, with the line of the history that the nightly job writes."""
    score(customer, before, "red", now)
    ChurnScoreChange.objects.create(
        customer=customer,
        at=now,
        stage="visit",
        before=before,
        after="red",
        points=80,
        engine="card",
    )


@pytest.fixture
def two(consultant, set_rules, now):
    """Two red customers of the consultant: one is left alone, one is worked on."""
    alone = CustomerFactory(name="韦清和", owner=consultant)
    worked = CustomerFactory(name="蓝若溪", owner=consultant)
    for customer, arm in ((alone, "control"), (worked, "treated")):
        set_rules(holdout_percent=50, seed=seed_for(customer, now, arm))
        redden(customer, "none", now)
    assert ChurnAlert.objects.get(customer=alone).is_control
    assert WinbackCase.objects.get().customer == worked
    return alone, worked


def read(client, name, *args, query=""):
    answer = client.get(reverse(f"analytics:{name}", args=args) + query, headers=ENGLISH)
    assert answer.status_code == 200
    return answer


@pytest.mark.spec("BEY-04")
def test_the_consultant_sees_no_score_of_who_is_left_alone(two, consultant, client_for) -> None:
    alone, worked = two
    client = client_for(consultant)
    for query in ("", "?level=red", "?sort=points", "?mine=true"):
        page = read(client, "churn-list", query=query).content.decode()
        assert worked.name in page
        assert alone.name not in page
    assert read(client, "churn-list").context["counts"]["red"] == 1, "the counts give nothing away"
    for name in ("churn-customer", "churn-why"):
        hidden = read(client, name, alone.pk).content.decode()
        shown = read(client, name, worked.pk).content.decode()
        for told in ("Red · urgent", "80 points", "Points over the last year"):
            assert told not in hidden
        assert "Red · urgent" in shown
    rows = client.get("/api/v1/churn-scores/").json()["results"]
    assert [row["customer"] for row in rows] == [worked.pk]
    assert client.get(f"/api/v1/churn-scores/{alone.pk}/").status_code == 404
    warnings = client.get("/api/v1/churn-alerts/").json()["results"]
    assert [row["customer"] for row in warnings] == [worked.pk]


@pytest.mark.spec("BEY-04")
def test_a_hidden_score_looks_as_that_of_a_new_customer(two, consultant, client_for) -> None:
    alone, _worked = two
    new = CustomerFactory(name="韦清和", owner=consultant)
    client = client_for(consultant)
    for name in ("churn-customer", "churn-why"):
        pages = [
            read(client, name, customer.pk)
            .content.decode()
            .split("<main", 1)[1]
            .replace(f"/{customer.pk}/", "/0/")
            for customer in (alone, new)
        ]
        words = [
            page[page.index("no score to") - 200 : page.index("no score to") + 300]
            for page in pages
        ]
        assert words[0] == words[1]


@pytest.mark.spec("BEY-04")
def test_managers_see_score_and_mark(two, supervisor, client_for) -> None:
    alone, _worked = two
    client = client_for(supervisor)
    response = read(client, "churn-list")
    marks = {line.customer.pk: line.left_alone for line in response.context["rows"]}
    assert marks == {alone.pk: True, _worked.pk: False}
    table = response.content.decode().split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    assert table.count("Control") == 1
    page = read(client, "churn-why", alone.pk).content.decode()
    assert "Left alone on purpose" in page
    assert "Points over the last year" in page


@pytest.mark.spec("BEY-04")
def test_nothing_of_an_earlier_case_tells_who_was_drawn(
    customer, consultant, supervisor, client_for, set_rules, now
) -> None:
    """A yellow case that turns red into the control is gone, and its task does not say why."""
    set_rules(holdout_percent=50, seed=seed_for(customer, now, "control"))
    score(customer, "none", "yellow", now)
    redden(customer, "yellow", now + timedelta(hours=1))
    assert ChurnAlert.objects.get().is_control
    case = WinbackCase.objects.get()
    page = client_for(consultant).get(case.get_absolute_url())
    assert page.status_code == 404
    assert client_for(supervisor).get(case.get_absolute_url()).status_code == 200
    assert customer.name not in read(client_for(consultant), "winback-cases").content.decode()
    task = Task.objects.get(customer=customer)
    told = " ".join(str(value) for value in vars(task).values()).lower()
    assert "alone" not in told
    assert "effect" not in told


def test_the_score_is_shown_again_once_it_is_over_and_judged(two, consultant, now) -> None:
    alone, worked = two
    seen = ChurnScore.objects.visible_to(consultant)
    assert set(seen.values_list("pk", flat=True)) == {worked.pk}
    mine = ChurnAlert.objects.filter(customer=alone)
    mine.update(closed_at=now, ending="calmed")
    assert not seen.filter(pk=alone.pk).exists(), "over, but acting now would still count"
    mine.update(verdict="not_recovered", verdict_at=now)
    assert seen.filter(pk=alone.pk).exists()
    assert ChurnScoreChange.objects.visible_to(consultant).filter(customer=alone).exists()
