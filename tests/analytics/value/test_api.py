"""Values, incomes, costs, advice and forecasts over the API."""

import re
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.value.models import AdviceCard, CustomerIncome, Forecast, LikelyValue
from analytics.value.services.fitting import fit_value_model
from analytics.value.services.valuing import value_customers
from tests.analytics.value.conftest import refuse
from tests.api.conftest import Program
from tests.conftest import make_user
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(client_for):
    return lambda user: Program(client_for(user))


@pytest.fixture
def away(org):
    return UserFactory(role="executive", node=org.region_south)


def results(answer):
    assert answer.status_code == 200
    return answer.json()["results"]


def test_values_are_for_the_area_and_not_of_who_refuses(api, owner, executive, away, org, now):
    fit_value_model(now=now)
    value_customers(now=now, seconds=60)
    LikelyValue.objects.create(
        customer=owner, chance=Decimal("0.7"), drivers=[["visits", 1.2]], found_at=now
    )
    row = results(api(executive).get("customer-values/"))[0]
    owner.value.refresh_from_db()
    assert (row["customer"], Decimal(row["net"])) == (owner.pk, owner.value.net)
    assert results(api(executive).get("customer-values/", {"by_value": "high"})) == [
        one for one in [row] if one["by_value"] == "high"
    ]
    assert results(api(executive).get("likely-values/"))[0]["chance"] == "0.7000"
    assert results(api(away).get("customer-values/")) == []
    assert api(away).get(f"customer-values/{owner.pk}/").status_code == 404
    assert api(make_user(org, "consultant")).get("customer-values/").status_code == 403
    refuse(owner, now)
    for path in ("customer-values/", "likely-values/"):
        assert results(api(executive).get(path)) == []
        assert api(executive).get(f"{path}{owner.pk}/").status_code == 404


def test_an_income_is_booked_once_and_reversed_once(api, owner, finance, executive, now) -> None:
    teller, url = api(finance), "customer-incomes/"
    given = {
        "customer": owner.pk,
        "kind": "fee",
        "amount": "3090.00",
        "received_on": timezone.localdate(now).isoformat(),
        "reference": "WYF-1",
    }
    assert teller.post(url, given | {"amount": "x"}).status_code == 400
    made = teller.post(url, given, key="i1")
    assert made.status_code == 201
    assert teller.post(url, given, key="i1").json() == made.json()  # a repeat
    assert teller.post(url, given).status_code == 409  # the reference is booked
    assert api(executive).post(url, given).status_code == 403
    key = made.json()["id"]
    back = teller.post(f"{url}{key}/reverse/").json()
    assert (back["amount"], back["reverses"]) == ("-3090.00", key)
    assert teller.post(f"{url}{key}/reverse/").status_code == 409
    assert CustomerIncome.objects.count() == 2
    assert len(results(teller.get(url, {"customer": owner.pk, "kind": "fee"}))) == 2


def test_no_income_is_booked_for_who_is_out_of_reach(api, org, now) -> None:
    teller = UserFactory(role="finance", node=org.region_south)
    customer = CustomerFactory()
    given = {
        "customer": customer.pk,
        "kind": "fee",
        "amount": "1",
        "received_on": "2026-01-05",
        "reference": "X",
    }
    assert api(teller).post("customer-incomes/", given).status_code == 400
    assert not CustomerIncome.objects.exists()


def test_a_cost_is_booked_shared_and_reversed(api, owner, finance, now) -> None:
    teller, url = api(finance), "customer-costs/"
    given = {
        "project": owner.project_id,
        "kind": "care",
        "month_on": timezone.localdate(now).isoformat(),
        "amount": "500",
        "reference": "CB-1",
    }
    made = teller.post(url, given).json()
    assert (made["amount"], made["unshared"]) == ("500.00", "0.00")
    assert teller.post(url, given).status_code == 409
    assert teller.post(f"{url}{made['id']}/reverse/").json()["amount"] == "-500.00"
    assert {row["reference"] for row in results(teller.get(url))} >= {"CB-1"}


def test_advice_names_only_who_the_asker_may_see_and_is_decided(
    api, owner, executive, marketing, away, org, now
) -> None:
    hidden = CustomerFactory(project=org.project_two, owner=make_user(org, "consultant_c"))
    card = AdviceCard.objects.create(
        kind="calls",
        project=owner.project,
        slot="2026-W21",
        evidence={"customers": [owner.pk, hidden.pk], "value": "1", "silent_days": 21},
        baseline=0,
        made_at=now,
    )
    url = f"value-advice/{card.pk}/"
    row = api(marketing).get(url).json()
    assert row["customers"] == [owner.pk]
    assert results(api(marketing).get("value-advice/"))[0] == row
    assert api(away).get(url).status_code == 404
    assert api(marketing).post(f"{url}outcome/", {"outcome": "早了"}).status_code == 409
    assert api(marketing).post(f"{url}decide/", {"state": "rejected"}).status_code == 409  # why
    assert api(marketing).post(f"{url}decide/", {"state": "open"}).status_code == 400
    done = api(marketing).post(f"{url}decide/", {"state": "accepted"}).json()
    assert (done["state"], done["decided_by"]) == ("accepted", marketing.pk)
    said = api(marketing).post(f"{url}outcome/", {"outcome": "接通一位"}).json()
    assert said["outcome"] == "接通一位"
    assert api(make_user(org, "supervisor")).post(f"{url}decide/", {}).status_code == 403


def test_forecasts_of_the_company_are_for_who_sees_all_of_it(api, owner, executive, org, now):
    of_project = Forecast.objects.create(
        series="leads", project=owner.project, state="empty", made_at=now
    )
    whole = Forecast.objects.create(series="leads", state="empty", made_at=now)
    seen = {row["id"] for row in results(api(executive).get("forecasts/"))}
    assert seen == {of_project.pk}
    head = make_user(org, "head_office")
    assert {row["id"] for row in results(api(head).get("forecasts/"))} == {of_project.pk, whole.pk}
    assert results(api(head).get("forecasts/", {"series": "sales"})) == []


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("finance", "/value/incomes/add/"),
        ("finance", "/value/costs/add/"),
        ("executive", "/value/budgets/add/"),
    ],
)
def test_the_button_of_a_form_has_words(client_for, org, who, path) -> None:
    page = client_for(make_user(org, who)).get(path).content.decode()
    assert re.findall(r'class="btn btn-p" type="submit">([^<]*)</button>', page) == ["保存"]
