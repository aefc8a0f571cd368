"""Fair treatment: the floor for low grades, alike offers for alike homes, demanding customers."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from analytics.kpis.rules import fairness
from analytics.kpis.rules.fairness import Finding, Offer
from customers.models import CustomerGrade, Layout, LeadClock
from service.clocks.models import TicketClock
from tests.analytics.kpis.factories import PurchaseFactory, UnitFactory
from tests.conftest import make_user
from tests.factories import UserFactory
from tests.service.factories import TicketFactory

pytestmark = pytest.mark.django_db
D = Decimal
HOUR = timedelta(hours=1)
IN_APRIL = datetime.fromisoformat("2026-04-12T10:00+08:00")
LATE_IN_APRIL = datetime.fromisoformat("2026-04-30T23:00+08:00")
HERE = "/analytics/fairness/?period=2026-04"
RUNNING = {"basis": "natural", "limit_minutes": 1440, "policy_version": 1, "calendar_key": "desk"}


def graded(customers, grade: str) -> None:
    CustomerGrade.objects.bulk_create(
        CustomerGrade(
            customer=each,
            grade=grade,
            score=50,
            points=[50, 0, 0, 0, 0, 0],
            policy_version=1,
            graded_at=IN_APRIL,
        )
        for each in customers
    )


def touched(rows, *, late: int) -> None:
    """Let the first ``late`` enquiries be answered after 30 hours, the others within one."""
    LeadClock.objects.bulk_create(
        LeadClock(
            lead=row,
            kind="first_touch",
            started_at=IN_APRIL,
            due_at=IN_APRIL + 24 * HOUR,
            state="met",
            met_at=IN_APRIL + (30 * HOUR if number < late else HOUR),
            **RUNNING,
        )
        for number, row in enumerate(rows)
    )


def closed(project, customers, *, late: int, demanding: bool) -> None:
    for number, customer in enumerate(customers):
        ticket = TicketFactory(
            customer=customer, project=project, opened_at=IN_APRIL, is_demanding=demanding
        )
        TicketClock.objects.create(
            ticket=ticket,
            kind="closure",
            started_at=IN_APRIL,
            due_at=IN_APRIL + 24 * HOUR,
            state="met",
            met_at=IN_APRIL + (30 * HOUR if number < late else HOUR),
            **RUNNING,
        )


def proof_of(page, key: str):
    return next(proof for proof in page.context["proofs"] if proof["key"] == key)


def listed(client, url: str) -> int:
    return client.get(url.partition("#")[0]).context["rows"].count


@pytest.mark.spec("BEY-13")
def test_a_manager_sees_who_is_treated_worse_and_the_rows_behind(
    client_for, org, known, leads
) -> None:
    low, others = known(40), known(40)
    graded(low, "E")
    graded(others, "B")
    touched(leads(low, ["new"], at=IN_APRIL), late=20)
    touched(leads(others, ["new"], at=IN_APRIL), late=2)
    closed(org.project_one, low, late=3, demanding=True)
    closed(org.project_one, others, late=3, demanding=False)
    layout = Layout.objects.create(project=org.project_one, name="A2")
    for number, buyer in enumerate([*low, *others]):
        unit = UnitFactory(project=org.project_one, layout=layout)
        agreed = 990_000 if buyer in low else 970_000 + number
        PurchaseFactory(
            customer=buyer,
            unit=unit,
            list_total=1_000_000,
            agreed_total=agreed,
            signed_at=IN_APRIL,
        )
    client = client_for(make_user(org, "service_manager"))
    page = client.get(HERE)
    assert page.status_code == 200

    floor = proof_of(page, "floor")
    assert (floor["finding"], floor["difference"]["points"]) == ("worse", "-45.0")
    figures = {line["label"]: (line["figure"], line["n"]) for line in floor["lines"]}
    assert figures == {"B": ("95.0 %", 40), "E": ("50.0 %", 40)}
    assert all(listed(client, line["url"]) == line["n"] for line in floor["lines"])
    assert floor["lines"][1]["interval"] == "35.2 % – 64.8 %"

    demanding = proof_of(page, "demanding-closure")
    assert (demanding["finding"], demanding["difference"]["points"]) == ("alike", "+0.0")
    assert [line["n"] for line in demanding["lines"]] == [40, 40]
    assert all(listed(client, line["url"]) == 40 for line in demanding["lines"])

    offers = proof_of(page, "offers")
    assert offers["finding"] == "worse"  # 1 % off where the others got 3 % on the same layout
    (alike,) = page.context["alike"]
    assert (alike["spread"].least, alike["spread"].most) == (D("1.0000"), D("2.9960"))
    assert listed(client, alike["url"]) == alike["spread"].n == 80
    body = page.content.decode()
    assert 'data-finding="worse"' in body


@pytest.mark.spec("BEY-13")
def test_too_few_say_nothing_and_only_managers_are_told(client_for, org, known, leads) -> None:
    low, others = known(10), known(40)
    graded(low, "E")
    graded(others, "B")
    touched(leads(low, ["new"], at=IN_APRIL), late=10)
    touched(leads(others, ["new"], at=IN_APRIL), late=0)
    page = client_for(make_user(org, "executive")).get(HERE)
    floor = proof_of(page, "floor")
    assert (floor["finding"], floor["difference"]) == ("few", {})
    assert floor["lines"][1]["note"]
    south = UserFactory(username="south", role="executive", node=org.region_south)
    other = client_for(south).get(HERE)
    assert proof_of(other, "floor")["lines"] == []
    assert client_for(make_user(org, "consultant")).get(HERE).status_code == 403


def test_an_enquiry_nobody_answered_counts_once_the_floor_has_run_out(
    client_for, org, known, leads
) -> None:
    rows = leads(known(2), ["new"], at=IN_APRIL)
    LeadClock.objects.bulk_create(
        LeadClock(
            lead=row, kind="first_touch", started_at=start, due_at=start + 24 * HOUR, **RUNNING
        )
        for row, start in zip(
            rows, (IN_APRIL, datetime.fromisoformat("2026-04-30T23:00+08:00")), strict=True
        )
    )
    page = client_for(make_user(org, "executive")).get(
        "/analytics/kpis/service_floor/?period=2026-04"
    )
    assert page.context["reading"].n == 2
    assert page.context["reading"].value == 0


def test_differences_are_told_beyond_chance_only() -> None:
    assert fairness.of_shares((20, 40), (35, 40)).finding is Finding.WORSE
    assert fairness.of_shares((35, 40), (20, 40)).finding is Finding.BETTER
    assert fairness.of_shares((33, 40), (35, 40)).finding is Finding.ALIKE
    assert fairness.of_shares((0, 29), (400, 400)).finding is Finding.FEW
    # Newcombe (1998), table II (a): 56/70 - 48/80 = .20, .0524 to .3339
    known = fairness.of_shares((56, 70), (48, 80))
    assert (round(known.low, 2), round(known.high, 2)) == (5.24, 33.39)
    # Welch's test by hand: 1.0 +- 2.0017 x sqrt(.2586/30 + 1.0345/30), 42.6 degrees of freedom
    welch = fairness.of_means([3.5, 4.5] * 15, [2.0, 4.0] * 15)
    assert (welch.finding, round(welch.low, 2), round(welch.high, 2)) == (
        Finding.BETTER,
        0.58,
        1.42,
    )
    same = fairness.of_means([1.0] * 30, [1.0] * 30)
    assert (same.finding, same.points) == (Finding.ALIKE, 0)
    # what a cheap layout was sold for is no kindness to whoever bought it
    cheap = [Offer(1, "E", D(5)), Offer(1, "B", D(5))] * 30
    dear = [Offer(2, "B", D(1))] * 30
    assert fairness.beside_alike([*cheap, *dear], ("E",)).finding is Finding.ALIKE
