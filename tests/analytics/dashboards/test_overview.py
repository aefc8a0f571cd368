"""The manager's overview with a hundred thousand customers (ANA-26)."""

import datetime as dt
import re
import time
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.core.cache import cache
from django.db import connection

from analytics.kpis.kinds import SHANGHAI
from analytics.kpis.targets import TARGETS
from benchmarks.planting import PLAN, Planting
from crm_site.policies.services import approve, propose, submit
from crm_site.questionnaires.services import ensure_default
from service.surveys.defaults import SERVICE
from service.surveys.models import Survey
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
D = Decimal
CUSTOMERS = 100_000
LONGEST = 2.0  # seconds
PLANNED = 120  # contracts a month
NUMBERS = range(1, CUSTOMERS + 1)


@pytest.fixture
def company(cast, org, now: dt.datetime) -> None:
    """Plant a hundred thousand customers, and a sales plan for May made in April."""
    survey = a_survey(now)
    owners = [UserFactory(node=node).pk for node in (org.team_a, org.team_b, org.team_c)]
    midnight = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        planting = Planting(cursor, midnight=midnight)
        planting.customers(CUSTOMERS, owners)
        planting.enquiries()
        planting.talks()
        planting.purchases()
        planting.service(survey)
        cursor.execute("ANALYZE")
    plan(cast, now - dt.timedelta(days=30))


def a_survey(now: dt.datetime) -> Survey:
    version = ensure_default(SERVICE).latest()
    return Survey.objects.create(
        title="满意度",
        questionnaire=version.questionnaire,
        version=version,
        trigger="manual",
        state="open",
        opened_at=now,
    )


def plan(cast, at: dt.datetime) -> None:
    author = cast["executive"]
    line = {"comparison": "ge", "value": str(PLANNED), "amber": "0"}
    draft = propose(
        key=TARGETS,
        payload={"targets": {"signings": line}},
        valid_from=None,
        reason="五月计划",
        author=author,
        now=at,
    )
    submit(version_id=draft.pk, author=author, now=at)
    approve(version_id=draft.pk, approver=cast["head_office"], now=at)


def in_may(which: Callable[[int], bool]) -> list[int]:
    """Return the planted numbers whose day is one of the 20 of May."""
    return [n for n in NUMBERS if which(n) and PLAN.days_ago(n) <= 19]


def percent(part: int, whole: int) -> Decimal:
    return (D(part) * 100 / whole).quantize(D("0.0001"), ROUND_HALF_UP)


def planted() -> dict[str, Decimal]:
    """Return what must stand on the page, from the numbers alone."""
    signed = in_may(lambda n: n % PLAN.purchases == 0)
    answered = in_may(lambda n: n % PLAN.promises == 0 and n % 20 != 0)
    missed = [n for n in NUMBERS if n % 20 == 0]  # still open, whenever they began
    complaints = in_may(lambda n: n % PLAN.complaints == 0)
    rated = [7 + n // PLAN.ratings % 4 for n in in_may(lambda n: n % PLAN.ratings == 0)]
    homes = [n for n in NUMBERS if n % (2 * PLAN.purchases) == 0 and 1 <= PLAN.days_ago(n) <= 20]
    return {
        "signings": D(len(signed)),
        "contract_money": D(sum(PLAN.price + n for n in signed)),
        "leads": D(len(in_may(lambda n: True))),
        "sla_first_touch": percent(len(answered), len(answered) + len(missed)),
        "red_warnings": D(CUSTOMERS // PLAN.warnings),
        "complaint_timeliness": percent(
            sum(n % (8 * PLAN.complaints) != 0 for n in complaints), len(complaints)
        ),
        "complaints_opened": D(len(complaints)),
        "csat": (D(sum(rated)) / len(rated)).quantize(D("0.0001"), ROUND_HALF_UP),
        "handover_rate": percent(sum(n % (6 * PLAN.purchases) != 0 for n in homes), len(homes)),
    }


@pytest.mark.spec("ANA-26")
def test_the_overview_of_a_hundred_thousand_customers_is_whole_and_there_in_two_seconds(
    company, cast, client_for
) -> None:
    """Everything a manager asks for stands on one page, with the figures of what was planted.

    The row itself names two seconds, so this one bound is a clock: the best of three pages with
    nothing kept, which on two quiet cores takes about a third of it.
    """
    client = client_for(cast["head_office"])
    client.get("/analytics/sent/")  # the templates of every page are there
    taken = []
    for _turn in range(3):
        cache.clear()
        started = time.perf_counter()
        answer = client.get("/analytics/boards/executive/")
        taken.append(time.perf_counter() - started)
        assert answer.status_code == 200
    html = answer.content.decode()
    shown = dict(re.findall(r'data-figure="(\w+)"[^>]*data-value="([^"]*)"', html))
    expected = planted()
    assert expected.keys() <= shown.keys()
    found = {key: D(shown[key]).quantize(D("0.0001")) for key in expected}
    assert found == {key: value.quantize(D("0.0001")) for key, value in expected.items()}
    sales = html.split('data-kpi="signings"')[1].split("</article>")[0]
    reached = int(expected["signings"] * 100 / PLANNED)
    assert f"≥ {PLANNED}" in sales
    assert f'<rect width="{min(100, reached)}%"' in sales
    assert min(taken) < LONGEST, taken
