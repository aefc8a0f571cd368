"""Days and numbers no calendar holds: every page of analytics answers, none with an error."""

from datetime import date

import pytest

from tests.analytics.kpis.factories import PurchaseFactory
from tests.conftest import make_user
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db
HUGE = "9" * 40
PAGES = (
    "/analytics/kpis/?period=0001",
    "/analytics/kpis/leads/?period=0001-01",
    "/analytics/kpis/leads/?period=9999-11",
    "/analytics/kpis/leads/?period=0001-01-01_0001-01-02",
    "/analytics/kpis/leads/?part=campaign:%00",
    "/analytics/kpis/leads/?part=channel:%00x",
    f"/analytics/kpis/leads/?part=project:{HUGE}",
    f"/analytics/kpis/leads/?after={HUGE}",
    "/api/v1/kpis/leads/?period=0001",
    "/analytics/efficiency/?period=0001",
    "/analytics/fairness/?period=0001",
    "/analytics/cohorts/rows/?cohort=9990-01&age=240",
    "/analytics/cohorts/rows/?cohort=0001-01&age=1",
    "/analytics/boards/executive/?period=own&from=0001-01-01&to=0001-01-05",
    "/analytics/boards/executive/pdf/?period=own&from=0001-01-01&to=0001-01-05",
    "/analytics/boards/executive/?period=own&from=2026-01-01&to=9999-12-31",
    "/analytics/prevention/?period=0001",
    "/analytics/processes/?period=0001",
    "/analytics/effects/?day=0001-01-01",
    "/analytics/cubes/?start=9995-01-01&until=9999-12-31",
    "/analytics/cubes/rows/?start=9995-01-01&until=9999-12-31",
    "/analytics/cubes/?year=9999-05-05",
    "/analytics/cubes/?month=9999-12-01",
    "/analytics/cubes/?week=0001-01-01",
    "/analytics/cubes/rows/?day=9999-12-31",
    f"/analytics/cubes/?consultant={HUGE}",
    "/churn/report/?since=0001-01-01",
    "/churn/report/?until=9999-12-31",
    "/churn/report/?since=1500-01-01",
    "/churn/losses/?since=0001-01-01&until=9999-12-31",
    "/churn/results/?since=0001-01-01&until=9999-12-31",
    "/churn/alerts/?since=0001-01-01&until=9999-12-31",
)
FORMS = (
    ("head_office", "/analytics/market/add/", {"month": f"{HUGE}-01"}),
    ("head_office", "/reviews/reports/open/", {"kind": "year", "day": "9999-12-31"}),
    ("head_office", "/reviews/reports/open/", {"kind": "year", "day": "0001-01-01"}),
    ("finance", "/bonus/add/", {"day": "9999-12-31", "total_pay": "1000"}),
)


def test_every_page_answers_days_no_calendar_holds(client_for, org) -> None:
    PurchaseFactory(customer=CustomerFactory(owner=UserFactory(node=org.team_a)))
    client = client_for(make_user(org, "head_office"))
    client.raise_request_exception = False
    answers = {address: client.get(address).status_code for address in PAGES}
    assert {key: code for key, code in answers.items() if code not in {200, 400, 404, 422}} == {}


@pytest.mark.parametrize(("role", "address", "given"), FORMS)
def test_a_form_answers_days_no_calendar_holds(client_for, org, role, address, given) -> None:
    client = client_for(make_user(org, role))
    client.raise_request_exception = False
    assert client.post(address, given).status_code in {409, 422}


def test_an_appraisal_of_days_no_calendar_holds_is_not_opened(client_for, org) -> None:
    seller = UserFactory(node=org.team_a)
    client = client_for(make_user(org, "supervisor"))
    client.raise_request_exception = False
    for day in ("9999-12-31", "0001-01-01", str(date.max)):
        answer = client.post("/appraisals/open/", {"person": seller.pk, "day": day})
        assert answer.status_code in {409, 422}, day
