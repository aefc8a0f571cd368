"""Strata: criteria, members, strategy; the SQL as the rule (CUS-15)."""

import itertools
from decimal import Decimal

import pytest

from crm_site.audit.models import AuditEvent
from customers.derived_sql import in_stratum
from customers.models import Customer, IntentRegistration, Stratum
from customers.rules.lifecycle import OWNERS
from customers.rules.strata import NEED_WORDS, StratumFacts, StratumRule, belongs
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
MILLION = Decimal(1_000_000)
TYPED = {
    "name": "200–300 万首套",
    "need": "first_home",
    "budget_min": "200",
    "budget_max": "300",
    "credit_status": "",
    "strategy": "首付分期，周末看房团",
    "is_active": "on",
}


@pytest.mark.spec("CUS-15")
def test_a_stratum_of_first_homes_shows_its_members_and_its_strategy(
    consultant, marketing, client_for, now
):
    inside = CustomerFactory(
        owner=consultant, motive="首次置业", budget_min=2 * MILLION, budget_max=3 * MILLION
    )
    registered = CustomerFactory(owner=consultant, budget_max=Decimal(2_500_000))
    for version, purpose in ((1, "investment"), (2, "own_use")):
        IntentRegistration.objects.create(
            customer=registered, version=version, purpose=purpose, at=now
        )
    CustomerFactory(owner=consultant, motive="首次置业", budget_max=5 * MILLION)
    CustomerFactory(owner=consultant, motive="投资", budget_max=3 * MILLION)
    client = client_for(marketing)
    assert client.post("/strata/add/", TYPED).status_code == 302
    stratum = Stratum.objects.get()
    assert (stratum.budget_min, stratum.budget_max) == (2 * MILLION, 3 * MILLION)
    page = client.get("/strata/")
    assert [count for *_row, count in page.context["rows"]] == [2]
    assert "首付分期，周末看房团" in page.content.decode()
    listed = client.get(f"/customers/?view=all&stratum={stratum.pk}").context["rows"]
    assert {row.pk for row in listed} == {inside.pk, registered.pk}
    api = client.get(f"/api/v1/customers/?stratum={stratum.pk}").json()["results"]
    assert {row["id"] for row in api} == {inside.pk, registered.pk}
    record = client_for(consultant).get(f"/customers/{inside.pk}/standing/").content.decode()
    assert "200–300 万首套" in record
    assert "首付分期，周末看房团" in record


def test_the_sql_agrees_with_the_rule(consultant, now):
    budgets = [(None, None), (MILLION, None), (None, 2 * MILLION), (2 * MILLION, 4 * MILLION)]
    people = itertools.product(
        ("", "own_use", "investment"),
        ("", "首次置业", " First Home ", "投资"),
        ("potential", "existing"),
        budgets,
    )
    facts = {}
    for number, (purpose, motive, owned, (low, high)) in enumerate(people):
        credit = ("", "good", "weak")[number % 3]
        customer = CustomerFactory(
            owner=consultant,
            motive=motive,
            customer_class=owned,
            budget_min=low,
            budget_max=high,
            credit_status=credit,
        )
        if purpose:
            IntentRegistration.objects.create(customer=customer, version=1, purpose=purpose, at=now)
        bought = owned in {each.value for each in OWNERS}
        facts[customer.pk] = StratumFacts(purpose, motive, bought, low, high, credit)
    rules = [
        StratumRule(need, low, high, credit)
        for need in ("", *NEED_WORDS)
        for low, high in ((None, None), (2 * MILLION, None), (MILLION, 2 * MILLION))
        for credit in ("", "good")
    ]
    for rule in rules:
        members = in_stratum(Customer.objects.all(), rule).values_list("pk", flat=True)
        assert set(members) == {pk for pk, one in facts.items() if belongs(rule, one)}, rule


def test_wrong_strata_are_refused_and_nothing_written(marketing, client_for):
    client = client_for(marketing)
    wrong = [
        TYPED | {"need": "", "budget_min": "", "budget_max": ""},
        TYPED | {"budget_max": "100"},
        TYPED | {"strategy": ""},
        TYPED | {"need": "castle"},
    ]
    assert [client.post("/strata/add/", data).status_code for data in wrong] == [422] * 4
    assert not Stratum.objects.exists()


def test_a_stratum_is_changed_and_deleted_by_those_who_may(
    marketing, consultant, client_for, django_capture_on_commit_callbacks
):
    stratum = Stratum.objects.create(name="首套", need="first_home", strategy="社群")
    url = f"/strata/{stratum.pk}/"
    assert client_for(consultant).post(url, TYPED).status_code == 403
    client = client_for(marketing)
    assert client.post(url, TYPED).status_code == 302
    stratum.refresh_from_db()
    assert stratum.name == "200–300 万首套"
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"{url}delete/").status_code == 302
    assert not Stratum.objects.exists()
    kinds = AuditEvent.objects.filter(kind__startswith="stratum.").order_by("pk")
    assert [event.kind for event in kinds] == ["stratum.saved", "stratum.deleted"]
    assert client.get(f"/customers/?stratum={stratum.pk}").status_code == 422


def test_a_stratum_by_credit_does_not_tell_it_to_those_who_may_not_see_it(
    consultant, marketing, supervisor, client_for
):
    good = CustomerFactory(owner=consultant, credit_status="good")
    stratum = Stratum.objects.create(name="优质", credit_status="good", strategy="贷款绿色通道")
    url = f"/customers/?view=all&stratum={stratum.pk}"
    assert client_for(marketing).get(url).context["rows"] == []
    assert [count for *_row, count in client_for(marketing).get("/strata/").context["rows"]] == [
        None
    ]
    assert (
        "优质" not in client_for(marketing).get(f"/customers/{good.pk}/standing/").content.decode()
    )
    assert [row.pk for row in client_for(supervisor).get(url).context["rows"]] == [good.pk]
