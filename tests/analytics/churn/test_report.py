"""Why customers leave: the report reproduces a planted pattern, every figure opens its rows."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from analytics.churn.models import ChurnLoss
from analytics.churn.rules.words import LossState
from analytics.churn.selectors.report import read_report
from analytics.churn.services.losses import Told, end_loss, record_loss
from customers.models import PriceList
from tests.analytics.churn.conftest import known
from tests.conftest import make_user
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def planted(consultant, executive, org, now):
    """Twelve losses: most for a price cut, and those after the price list of the first project."""
    colleague = UserFactory(name="陈思远", node=org.team_b)
    today = timezone.localdate(now)
    changed = now - timedelta(days=40)
    for number, days in ((1, 300), (2, 40)):
        PriceList.objects.create(
            project=org.project_one,
            number=number,
            state="approved",
            reason="调价",
            author=executive,
            effective_at=now - timedelta(days=days),
        )
    plan = [
        *(((consultant, 30, "price_cut", ("delay",), "")),) * 6,
        *((consultant, 55, "opaque_price", (), ""),) * 1,
        *((colleague, 20, "slow_after_sales", (), ""),) * 3,
        *((colleague, 90, "unskilled", ("slow_after_sales",), "bargaining"),) * 2,
    ]
    made = []
    for owner, days, main, others, scene in plan:
        customer = known(owner, now, days=120, budget_max=Decimal(1_000_000))
        told = Told(main, others, scene)
        made.append(
            record_loss(
                customer=customer,
                rule="gave_up",
                on=today - timedelta(days=days),
                told=told,
                actor=owner,
                now=now,
            )
        )
    end_loss(loss=made[0], as_=LossState.RECOVERED, why="回来了", actor=consultant, now=now)
    untrue = known(consultant, now)
    loss = record_loss(
        customer=untrue,
        rule="gave_up",
        on=today,
        told=Told("loan"),
        actor=consultant,
        now=now,
    )
    end_loss(loss=loss, as_=LossState.REVERSED, why="弄错了", actor=consultant, now=now)
    return changed


def lines(rows):
    return {str(line.label): line.losses for line in rows}


@pytest.mark.spec("ANA-49", "CUS-108", "CUS-109")
def test_the_report_reproduces_the_planted_pattern(planted, executive, now) -> None:
    today = timezone.localdate(now)
    with translation.override("en"):
        report = read_report(executive, today - timedelta(days=120), today + timedelta(days=1))
        assert (report.total, report.recovered, report.unknown) == (12, 1, 0)
        assert report.money == 12_000_000
        assert lines(report.drivers) == {"Price movement": 7, "Service and information": 5}
        by_reason = {str(line.label): (line.losses, line.any) for line in report.reasons}
        assert by_reason == {
            "Sudden price cut": (6, 6),
            "Slow after-sales service": (3, 5),
            "Consultant lacks skill": (2, 2),
            "Opaque price": (1, 1),
            "Delivery is late": (0, 6),
        }
        assert list(lines(report.projects).values()) == [7, 5]
        assert lines(report.consultants)["陈思远"] == 5
        assert lines(report.stages) == {"Prospect": 12}
        crossed = {str(label): [n for n, _url in cells] for label, cells, _total in report.crossed}
        assert crossed["Sudden price cut"] == [6, 0, 0]
        assert crossed["Slow after-sales service"] == [0, 3, 0]
        assert crossed["Consultant lacks skill"] == [2, 0, 0], "the scene somebody named"
        assert sum(map(sum, crossed.values())) == 12
    [move] = report.moves
    assert (move.number, move.before, move.after, move.more) == (2, 1, 6, 5)
    timeline = report.timeline
    assert sum(timeline.series[0].values) == 12
    assert sum(timeline.series[1].values) == 1


@pytest.mark.spec("ANA-49")
def test_every_figure_opens_as_many_rows(planted, client_for, executive) -> None:
    client = client_for(executive)
    url = reverse("analytics:churn-report")
    answer = client.get(url, {"since": timezone.localdate() - timedelta(days=120)}, headers=ENGLISH)
    text = answer.content.decode()
    found = set(re.findall(r'<a href="(/churn/losses/[^"]+)">(\d+)</a>', text))
    assert len(found) > 10
    for link, shown in found:
        rows = client.get(link.replace("&amp;", "&"), headers=ENGLISH).content.decode()
        assert rows.count('<tr><th scope="row">') == int(shown), link


def test_the_report_keeps_to_ones_rows_and_period(
    planted, client_for, org, supervisor, now
) -> None:
    today = timezone.localdate(now)
    report = read_report(supervisor, today - timedelta(days=120), today + timedelta(days=1))
    assert report.total == 7, "the team's alone"
    short = read_report(supervisor, today - timedelta(days=40), today)
    assert short.total == 6
    assert ChurnLoss.objects.count() == 13
    client = client_for(supervisor)
    bad = client.get(reverse("analytics:churn-report"), {"since": "gestern"}, headers=ENGLISH)
    assert bad.status_code == 422
    other = client_for(make_user(org, "engineering"))
    assert other.get(reverse("analytics:churn-report")).status_code == 403
