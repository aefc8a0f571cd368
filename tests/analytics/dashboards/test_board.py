"""The dashboards as pages: cards, places, periods, rights, panels, the rows behind."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics.dashboards.boards import BOARDS, LEAST_CARDS, MOST_CARDS
from analytics.dashboards.page import read_board
from analytics.dashboards.questions import NoBoardError, NoPlaceError, kpi_url
from analytics.dashboards.selectors.way import OUTCOMES, stopped_at, way
from analytics.dashboards.words import change_words
from analytics.kpis.kinds import Period, Place, ScopeKind
from analytics.kpis.services.reading import read_rows
from tests.factories import CustomerFactory, TaskFactory

pytestmark = pytest.mark.django_db
D = Decimal


def card_of(page, key):
    return next(card for card in page.cards if card.kpi.key == key)


@pytest.mark.spec("ANA-25")
def test_each_card_is_the_count_of_the_rows_behind_it(cast, sell, ask, client_for, now) -> None:
    for upto in ("signed", "signed", "subscribed", "visited", "asked"):
        sell(cast["consultant"], upto)
    sell(cast["consultant_c"], "signed")
    for who, board in (
        ("executive", "region"),
        ("supervisor", "team"),
        ("consultant", "consultant"),
    ):
        for rule in ("week", "month", "quarter", "year"):
            asked = ask(cast[who], board, period=rule)
            page = read_board(asked)
            client = client_for(cast[who])
            assert LEAST_CARDS <= len(page.cards) <= MOST_CARDS
            for card in page.cards:
                rows = read_rows(card.kpi.key, asked.asking())
                assert card.reading.n == rows.count, card.kpi.key
                if card.reading.top is not None:
                    assert card.reading.top == rows.total, card.kpi.key
                if rule == "month":
                    listed = client.get(card.url)
                    assert listed.status_code == 200, card.url
                    assert listed.context["rows"] is None or (
                        listed.context["rows"].count == card.reading.n
                    )
    page = read_board(ask(cast["executive"], "region"))
    assert card_of(page, "signings").reading.value == 3
    assert card_of(page, "subscriptions").reading.value == 4
    html = client_for(cast["executive"]).get("/analytics/boards/region/").content.decode()
    card = html.split('data-kpi="signings"')[1].split("</article>")[0]
    assert 'data-value="3"' in card
    assert f"place=region-{cast['executive'].node_id}" in card
    assert "period=2026-05-01_2026-05-20" in card


@pytest.mark.spec("ANA-25")
def test_nobody_sees_another_place(cast, org, client_for, sell) -> None:
    sell(cast["consultant"], "signed")
    east, south = org.region_east.pk, org.region_south.pk
    client = client_for(cast["executive"])
    assert client.get(f"/analytics/boards/region/?place=region-{east}").status_code == 200
    for path in (
        f"/analytics/boards/region/?place=region-{south}",
        f"/analytics/boards/project/?place=project-{org.project_three.pk}",
        "/analytics/boards/executive/?place=company",
        f"/analytics/boards/team/?place=team-{org.team_c.pk}",
        "/analytics/boards/region/?place=region-999999",
        "/analytics/boards/nowhere/",
    ):
        assert client.get(path).status_code == 404, path
        pdf = path.replace("/?", "/pdf/?")
        assert client.get(pdf).status_code == 404
    assert client_for(cast["consultant"]).get("/analytics/boards/region/").status_code == 403
    assert client_for(cast["engineering"]).get("/analytics/").status_code == 403
    other = client_for(cast["consultant"])
    path = f"/analytics/boards/consultant/?place=consultant-{cast['consultant_b'].pk}"
    assert other.get(path).status_code == 404


@pytest.mark.parametrize(
    ("who", "board", "place"),
    [
        ("consultant", "consultant", "consultant"),
        ("supervisor", "team", "team"),
        ("executive", "executive", "region"),
        ("head_office", "executive", "company"),
        ("marketing", "project", "project"),
        ("service_manager", "service", "region"),
    ],
)
def test_everybody_begins_at_the_own_place(cast, client_for, who, board, place) -> None:
    answer = client_for(cast[who]).get("/analytics/", follow=True)
    assert answer.status_code == 200
    asked = answer.context["asked"]
    assert (asked.board.key, asked.place.kind.value) == (board, place)
    if place == "consultant":
        assert asked.place.id == cast[who].pk
    elif place != "company":
        assert asked.place.id == cast[who].node_id


def test_the_project_looked_at_is_the_place_one_begins_with(cast, org, client_for) -> None:
    client = client_for(cast["executive"])
    client.post("/project/", {"project": org.project_two.pk})
    answer = client.get("/analytics/boards/project/")
    assert answer.context["asked"].place == Place(ScopeKind.PROJECT, org.project_two.pk)


def test_scope_period_and_comparison_live_in_the_address(cast, org, client_for) -> None:
    client = client_for(cast["executive"])
    path = (
        f"/analytics/boards/project/?place=project-{org.project_two.pk}&period=quarter&compare=year"
    )
    asked = client.get(path).context["asked"]
    assert asked.url() == path
    assert asked.period.start.isoformat() == "2026-04-01"
    assert asked.base.start.isoformat() == "2025-04-01"
    own = "/analytics/boards/region/?period=own&from=2026-05-02&to=2026-05-05"
    asked = client.get(own).context["asked"]
    assert (asked.period.days, asked.base.end) == (4, asked.period.start)
    broken = client.get("/analytics/boards/region/?period=own&from=x&to=2026-13-45&compare=z")
    assert broken.context["asked"].rule.value == "month"


def test_nothing_before_is_new_and_never_a_percentage(cast, sell, ask, client_for) -> None:
    sell(cast["consultant"], "signed")
    page = read_board(ask(cast["executive"], "region"))
    card = card_of(page, "signings")
    assert change_words(card.before) == "新增"
    html = client_for(cast["executive"]).get("/analytics/boards/region/").content.decode()
    said = html.split('data-kpi="signings"')[1].split("</article>")[0]
    assert 'data-move="new"' in said
    assert "∞" not in html
    sell(cast["consultant"], "signed", days=30)  # signed 26 April, in the 20 days before
    changed = card_of(read_board(ask(cast["executive"], "region")), "signings")
    assert changed.reading.value == 1


def test_the_overview_has_what_a_manager_asks_for(cast, sell, client_for) -> None:
    sell(cast["consultant"], "signed")
    answer = client_for(cast["executive"]).get("/analytics/boards/executive/")
    page = answer.context["page"]
    keys = {card.kpi.key for card in page.cards}
    assert {"signings", "leads", "red_warnings", "complaint_timeliness", "csat"} <= keys
    html = answer.content.decode()
    for anchor in ("d-fun", "d-heat", "d-rank", "d-late", "d-parties"):
        assert f'id="{anchor}"' in html
    assert re.search(r'class="dash-note">[^<]*10:32', html)


@pytest.mark.spec("ANA-33")
def test_company_customer_and_departments_each_gain_by_two_figures(cast, sell, ask) -> None:
    sell(cast["consultant"], "signed")
    page = read_board(ask(cast["executive"], "executive"))
    assert [party.key for party in page.parties] == ["company", "customer", "departments"]
    for party in page.parties:
        assert len(party.cards) >= 2, party.key
        assert len({card.kpi.key for card in party.cards}) == len(party.cards)
    money = next(c for c in page.parties[0].cards if c.kpi.key == "contract_money")
    assert money.reading.value == D(3_000_000)


# panels -------------------------------------------------------------------------------------------
def test_the_ranking_has_everybody_beneath_and_the_best_first(cast, sell, ask) -> None:
    for _n in range(3):
        sell(cast["consultant_b"], "signed")
    sell(cast["consultant"], "signed")
    rank = read_board(ask(cast["supervisor"], "team")).rank
    assert rank is not None
    names = [line.name for line in rank.lines]
    assert names[:2] == ["consultant_b", "consultant"]
    assert set(names) == {"consultant", "consultant_b", "supervisor"}
    assert [line.share for line in rank.lines][:2] == [100, 33]


def test_the_weeks_of_projects_add_up_to_the_rows(cast, sell, ask) -> None:
    for days in (3, 10, 17, 24):
        sell(cast["consultant"], "visited", days=days)
    sell(cast["consultant_c"], "visited", days=10)
    heat = read_board(ask(cast["executive"], "region")).heat
    assert heat is not None
    assert len(heat.weeks) == 12
    totals = {name: total for name, _cells, total in heat.lines}
    assert totals == {"云栖里": 4, "江南里": 1}
    for name, cells, total in heat.lines:
        assert sum((cell.reading.value or 0 for cell in cells), D(0)) == total, name


def test_what_is_left_of_a_month(cast, ask, now) -> None:
    from analytics.churn.models import ChurnLoss
    from customers.models import Customer

    for number in range(4):
        customer = CustomerFactory(owner=cast["consultant"])
        Customer.objects.filter(pk=customer.pk).update(created_at=now - timedelta(days=60))
        if number == 0:
            ChurnLoss.objects.create(
                customer=customer,
                on=timezone.localdate(now) - timedelta(days=1),
                rule="silent",
                stage="lead",
                main_reason="unknown",
                scene="information",
                source="test",
                recorded_at=now,
            )
    cohorts = read_board(ask(cast["marketing"], "marketing")).cohorts
    assert cohorts is not None
    march = next(cohort for cohort in cohorts if cohort.month == "2026-03")
    assert march.size == 4
    assert [share for share, _shade in march.kept] == [D("100.0"), D("100.0"), D("75.0")]


def test_overdue_work_is_counted_and_leads_to_all_of_it(cast, client_for, now) -> None:
    customer = CustomerFactory(owner=cast["consultant"])
    for hours in range(8):
        TaskFactory(customer=customer, due_at=now - timedelta(hours=hours + 1))
    TaskFactory(customer=customer, due_at=now + timedelta(hours=1))
    client = client_for(cast["supervisor"])
    late = client.get("/analytics/boards/team/").context["page"].overdue
    assert (late.count, len(late.rows)) == (8, 6)
    rows = client.get(late.url)
    assert rows.context["count"] == 8
    assert len(rows.context["rows"]) == 8
    assert (
        client_for(cast["consultant_c"])
        .get("/analytics/boards/consultant/late-tasks/")
        .context["count"]
        == 0
    )


# the way ------------------------------------------------------------------------------------------
@pytest.mark.spec("ANA-52")
def test_the_way_only_narrows_and_ties_with_its_rows(cast, sell, ask, client_for) -> None:
    for upto, count in (
        ("browsed", 3),
        ("asked", 4),
        ("visited", 3),
        ("subscribed", 2),
        ("signed", 2),
    ):
        for _n in range(count):
            sell(cast["consultant"], upto)
    lost = sell(cast["consultant"], "visited")
    lost.leads.update(state="lost", lost_reason="价格")
    asked = ask(cast["executive"], "region")
    found = way(asked.asking())
    came = [stage.came for stage in found]
    assert came == [15, 12, 8, 4, 2]
    assert came == sorted(came, reverse=True)
    assert found[2].left == 1
    assert sum(stage.left + stage.waiting for stage in found) + found[-1].came == came[0]
    assert [stage.days for stage in found[1:]] == [D("1.0"), D("1.0"), D("2.0"), D("2.0")]
    for stage in found:
        counts = {
            outcome: stopped_at(asked.asking(), stage.step, outcome).count() for outcome in OUTCOMES
        }
        assert counts == {"came": stage.came, "left": stage.left, "waiting": stage.waiting}
    client = client_for(cast["executive"])
    answer = client.get("/analytics/boards/region/way/")
    html = answer.content.decode()
    for stage in found:
        row = html.split(f'data-step="{stage.step}"')[1].split("</tr>")[0]
        for url in re.findall(r'href="([^"]+)"', row):
            shown = re.search(rf'href="{re.escape(url)}">(\d+)</a>', row)
            rows = client.get(url.replace("&amp;", "&"))
            assert shown
            assert rows.context["count"] == int(shown[1])
    assert client.get("/analytics/boards/region/way/customers/?step=nowhere").status_code == 404


def test_who_skips_a_step_came_to_it_no_later_than_to_the_next(cast, ask, now) -> None:
    from tests.analytics.dashboards.conftest import signed

    customer = CustomerFactory(owner=cast["consultant"])
    type(customer).objects.filter(pk=customer.pk).update(created_at=now - timedelta(days=9))
    signed(customer, now - timedelta(days=3))
    found = way(ask(cast["executive"], "region").asking())
    assert [stage.came for stage in found] == [1, 1, 1, 1, 1]
    assert [stage.days for stage in found] == [None, D("4.0"), D("0.0"), D("0.0"), D("2.0")]


# how much it asks ---------------------------------------------------------------------------------
def _queries(client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


@pytest.mark.parametrize("board", [board.key for board in BOARDS])
def test_the_number_of_queries_does_not_grow(
    cast, org, sell, client_for: Callable, board: str
) -> None:
    from tests.factories import UserFactory

    client = client_for(cast["head_office"])
    path = f"/analytics/boards/{board}/"
    sell(cast["consultant"], "signed")
    _queries(client, path)
    few = _queries(client, path)
    for number in range(20):
        org._project(f"p{number}", f"项目{number}", org.region_east)
        seller = UserFactory(role="consultant", node=org.team_a)
        sell(seller, "signed")
        TaskFactory(customer=sell(cast["consultant"], "visited"))
    from django.core.cache import cache

    cache.clear()
    _queries(client, path)
    assert _queries(client, path) <= few + 2  # rows of overdue work appear with their relations


def test_addresses_of_rows_name_place_and_days() -> None:
    from datetime import date

    url = kpi_url("visits", Place(ScopeKind.TEAM, 7), Period(date(2026, 5, 1), date(2026, 5, 3)))
    assert url == "/analytics/kpis/visits/?place=team-7&period=2026-05-01_2026-05-02"


def test_a_question_for_nobody_is_refused(cast, ask) -> None:
    with pytest.raises(NoBoardError):
        ask(cast["consultant"], "executive")
    with pytest.raises(NoPlaceError):
        ask(cast["consultant"], "consultant", place="company")
