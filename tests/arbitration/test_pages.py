"""The pages of claims: reported at the desk, seen by who may, decided by a person."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.arbitration.models import ClaimCase, ClaimDecision, ClaimEvent
from customers.arbitration.selectors import latest_decision
from tests.arbitration.conftest import PHONE
from tests.factories import CustomerFactory, LeadFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
ANN, BEN = "链家滨江店", "中原城西店"


def test_from_the_report_to_the_decision(client, buyer, project, desk) -> None:
    sign_in(client, desk)
    assert client.get("/claims/").status_code == 200
    form = {"project": project.pk, "party": ANN, "phone": PHONE, "name": "高"}
    answer = client.post("/claims/add/", form)
    case = ClaimCase.objects.get()
    assert answer.headers["Location"] == f"/claims/{case.pk}/"
    assert (case.customer, case.events.get().actor) == (buyer, desk)
    for kind in ("verified", "visited"):
        answer = client.post(f"/claims/{case.pk}/event/", {"kind": kind, "party": ANN})
        assert answer.status_code == 302
    page = client.get(f"/claims/{case.pk}/").content.decode()
    assert ANN in page
    assert PHONE not in page
    listed = client.get("/claims/").content.decode()
    assert buyer.name in listed
    before = ClaimDecision.objects.count()
    assert client.post(f"/claims/{case.pk}/judge/").status_code == 302
    assert ClaimDecision.objects.count() == before
    assert client.get(f"/claims/{case.pk}/decide/").status_code == 403


def test_the_supervisor_decides_on_an_appeal(client, buyer, boss, reported) -> None:
    case = reported(at=timezone.now())
    reported(at=timezone.now() + timedelta(seconds=1), party=BEN)
    sign_in(client, boss)
    empty = client.post(f"/claims/{case.pk}/decide/", {"outcome": ""})
    assert empty.status_code == 422
    wrong = client.post(
        f"/claims/{case.pk}/decide/", {"outcome": "walk_in", "party": BEN, "reason": "x"}
    )
    assert wrong.status_code == 422
    assert latest_decision(case).decided_by is None
    form = {"outcome": "claim", "party": BEN, "reason": "门岗登记"}
    assert client.post(f"/claims/{case.pk}/decide/", form).status_code == 302
    assert (latest_decision(case).party, latest_decision(case).decided_by) == (BEN, boss)
    page = client.get(f"/claims/{case.pk}/").content.decode()
    assert "门岗登记" in page
    assert ClaimDecision.objects.filter(case=case, party=ANN).exists()


def test_a_wrong_number_is_said_and_nothing_is_written(client, buyer, project, desk) -> None:
    sign_in(client, desk)
    form = {"project": project.pk, "party": ANN, "phone": "15400000000", "name": "高"}
    assert client.post("/claims/add/", form).status_code == 422
    assert client.post("/claims/add/", {**form, "metres": "-5"}).status_code == 422
    assert not ClaimEvent.objects.exists()


def test_the_list_asks_as_often_for_one_as_for_twenty(
    client, project, seller, desk, reported
) -> None:
    sign_in(client, desk)

    def add(number: int) -> None:
        customer = CustomerFactory(owner=seller, phone=f"+86154000000{number:02d}")
        LeadFactory(customer=customer, project=project, source="agent")
        reported(f"154000000{number:02d}")

    add(0)
    client.get("/claims/")
    with CaptureQueriesContext(connection) as one:
        client.get("/claims/")
    for number in range(1, 20):
        add(number)
    with CaptureQueriesContext(connection) as many:
        page = client.get("/claims/")
    assert page.status_code == 200
    assert client.get("/claims/?outcome=claim").status_code == 200
    assert len(many) == len(one)


def test_programs_read_the_cases_of_the_list(
    client, project, seller, desk, reported, django_assert_max_num_queries
) -> None:
    sign_in(client, desk)

    def add(number: int) -> None:
        customer = CustomerFactory(owner=seller, phone=f"+86154000000{number:02d}")
        LeadFactory(customer=customer, project=project, source="agent")
        reported(f"154000000{number:02d}")

    add(0)
    found = client.get("/api/v1/claim-cases/").json()["results"]
    assert [(row["project"], row["outcome"]) for row in found] == [(project.pk, "claim")]
    with django_assert_max_num_queries(4):
        client.get("/api/v1/claim-cases/")
    for number in range(1, 20):
        add(number)
    with django_assert_max_num_queries(4):
        assert client.get("/api/v1/claim-cases/?outcome=claim").json()["count"] == 20
    assert client.get("/api/v1/claim-cases/?outcome=nobody").status_code == 400


def test_others_see_no_claims(client, buyer, seller, reported) -> None:
    case = reported()
    sign_in(client, seller)
    assert client.get("/claims/").status_code == 403
    assert client.get(f"/claims/{case.pk}/").status_code == 403
