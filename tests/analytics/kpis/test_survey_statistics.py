"""Survey figures and tiles that do not swing on noise (BEY-10)."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from analytics.dashboards.page import read_board
from analytics.dashboards.questions import question_of
from analytics.kpis.models import KpiSnapshot
from analytics.kpis.rules import weights
from customers.models import CustomerGrade
from service.surveys.models import Survey, SurveyInvitation, SurveyResponse
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
D = Decimal
HERE = "/analytics/kpis/"
IN_MARCH = datetime.fromisoformat("2026-03-12T10:00+08:00")
IN_APRIL = datetime.fromisoformat("2026-04-12T10:00+08:00")
LATE_IN_APRIL = datetime.fromisoformat("2026-04-20T10:00+08:00")
IN_MAY = datetime.fromisoformat("2026-05-12T10:00+08:00")


@pytest.fixture
def graded(known):
    """Customers of two grades, 30 of A and 90 of E."""
    groups = {"A": known(30), "E": known(90)}
    for grade, customers in groups.items():
        CustomerGrade.objects.bulk_create(
            CustomerGrade(
                customer=each,
                grade=grade,
                score=50,
                points=[50, 0, 0, 0, 0, 0],
                policy_version=1,
                graded_at=IN_MARCH,
            )
            for each in customers
        )
    return groups


def answer(rated, customers, ratings, *, at) -> None:
    """Let customers answer with these ratings, one each."""
    rated(ratings, at=at)
    fresh = SurveyResponse.objects.filter(customer__isnull=True).order_by("pk")
    for row, customer in zip(fresh, customers, strict=True):
        SurveyResponse.objects.filter(pk=row.pk).update(customer=customer)


def invite(customers, *, answered: int, at) -> None:
    survey = Survey.objects.get()
    SurveyInvitation.objects.bulk_create(
        SurveyInvitation(
            survey=survey,
            source=f"customer:{each.pk}",
            customer=each,
            project=survey.project,
            region=survey.region,
            token_hash=f"{each.pk:064d}",
            invited_at=at,
            expires_at=at + timedelta(days=7),
            used_at=at if number < answered else None,
        )
        for number, each in enumerate(customers)
    )


@pytest.mark.spec("BEY-10")
def test_the_weighted_score_has_its_interval_its_least_number_and_its_bias(
    client_for, org, graded, rated
) -> None:
    client = client_for(make_user(org, "service_manager"))
    answer(rated, graded["A"], [9, 10, 8] * 10, at=IN_APRIL)
    answer(rated, graded["E"][:2], [4, 6], at=IN_APRIL)
    page = client.get(f"{HERE}csat_weighted/?period=2026-04")
    reading = page.context["reading"]
    # (9.0 x 30 + 5.0 x 90) / 120; most of the weight rests on two answers
    assert (reading.value, reading.n) == (D("6.0000"), 32)
    assert reading.high - reading.low > 4
    plain = client.get(f"{HERE}csat/?period=2026-04").context["reading"]
    assert plain.value == D("8.7500")
    assert plain.high - plain.low < 2
    assert page.context["interval"]
    assert reading.note == ""
    # a tenth of those asked answered
    invite([*graded["A"], *graded["E"]], answered=12, at=IN_APRIL)
    page = client.get(f"{HERE}csat_weighted/?period=2026-04")
    assert page.context["reading"].note == "biased"
    rate = client.get(f"{HERE}survey_response_rate/?period=2026-04")
    (grades,) = [cut for cut in rate.context["cuts"] if cut["key"] == "grade"]
    assert {line["label"]: (line["figure"], line["n"]) for line in grades["lines"]} == {
        "A": ("40.0 %", 30),
        "E": ("0.0 %", 90),
    }
    few = client.get(f"{HERE}csat_weighted/?period=2026-05")
    assert few.context["reading"].value is None


@pytest.mark.spec("BEY-10")
def test_a_tile_takes_no_colour_from_a_change_within_chance(org, graded, rated, client_for) -> None:
    answer(
        rated,
        graded["A"][:5],
        [9, 8, 9, 10, 7],
        at=datetime.fromisoformat("2026-04-20T10:00+08:00"),
    )
    answer(rated, graded["A"][5:10], [8, 8, 9, 7, 9], at=IN_MAY)
    user = make_user(org, "executive")
    now = datetime.fromisoformat("2026-05-20T10:00+08:00")
    page = read_board(question_of(user, "service", {"period": "month"}, now=now))
    card = next(card for card in page.cards if card.kpi.key == "csat")
    assert card.before.amount == D("0.4")
    assert (card.before.is_good, card.before.is_chance) == (None, True)
    body = client_for(user).get(
        "/analytics/boards/service/?period=own&from=2026-05-01&to=2026-05-20"
    )
    tile = body.content.decode().split('data-kpi="csat"')[1].split("</article>")[0]
    assert 'class="soft" data-move="down"' in tile
    assert "c-red" not in tile
    assert str(card.note) in tile  # five answers: the target does not hide that
    # a fall that many agree on keeps its colour
    answer(rated, graded["E"][:60], [3, 4] * 30, at=IN_MAY)
    page = read_board(question_of(user, "service", {"period": "month"}, now=now).of(again=True))
    card = next(card for card in page.cards if card.kpi.key == "csat")
    assert (card.before.is_good, card.before.is_chance) == (False, False)


@pytest.mark.spec("BEY-10")
def test_a_trend_is_told_beyond_chance_and_without_the_running_month(client_for, org) -> None:
    def freeze(month: int, value: str, *, is_final: bool = True) -> None:
        KpiSnapshot.objects.create(
            kpi="csat",
            version=1,
            place_kind="company",
            start=f"2026-{month:02d}-01",
            end=f"2026-{month + 1:02d}-01",
            value=D(value),
            n=40,
            taken_at=IN_MAY,
            is_final=is_final,
        )

    client = client_for(make_user(org, "head_office"))
    for month, value in enumerate(("8.1", "8.3", "8.2", "8.6"), 1):
        freeze(month, value)
    url = f"{HERE}csat/?period=2026-05"
    assert client.get(url).context["months"]["trend"] == 0
    freeze(5, "8.9", is_final=False)
    assert client.get(url).context["months"]["trend"] == 0
    KpiSnapshot.objects.filter(start="2026-03-01").update(value=D("8.4"))
    KpiSnapshot.objects.filter(start="2026-05-01").update(is_final=True)
    assert client.get(url).context["months"]["trend"] == 1


def test_mann_and_kendall_by_known_values() -> None:
    assert weights.trend([D(n) for n in (1, 2, 3, 4, 5)]) == 1  # p = 2/120
    assert weights.trend([D(n) for n in (5, 4, 3, 2, 1)]) == -1
    assert weights.trend([D(n) for n in (1, 2, 3, 4)]) == 0  # p = 2/24
    assert weights.trend([D(n) for n in (1, 2, 5, 3, 4)]) == 0
    assert weights.trend([D(7)] * 12) == 0
