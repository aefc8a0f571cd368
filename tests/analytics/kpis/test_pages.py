"""The pages of KPIs: figure and rows agree, places are kept apart, definitions are whole."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from analytics.kpis.registry import all_kpis, kpi_of
from analytics.kpis.services.freezing import freeze
from tests.analytics.kpis.conftest import APRIL
from tests.analytics.kpis.factories import PurchaseFactory
from tests.conftest import make_user
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db
IN_APRIL = datetime.fromisoformat("2026-04-12T10:00+08:00")
HERE = "/analytics/kpis/"


@pytest.fixture
def sold(known, org):
    """Seven contracts in April: four of team A, two of the next project, one of the south."""
    owners = [UserFactory(node=node) for node in (org.team_a, org.team_b, org.team_c)]
    for owner, number in zip(owners, (4, 2, 1), strict=True):
        for buyer in known(number, owner=owner):
            PurchaseFactory(customer=buyer, signed_at=IN_APRIL)
    return owners


def counted(page) -> int:
    """Return how many rows the pages of a list hold together, walked by its links."""
    return len(page.context["lines"])


@pytest.mark.spec("ANA-01")
def test_the_dictionary_has_its_groups_and_every_kpi_says_what_it_is(client_for, org, sold) -> None:
    user = make_user(org, "executive")
    client = client_for(user)
    page = client.get(HERE)
    assert page.status_code == 200
    groups = [key for key, _words, lines in page.context["groups"] if lines]
    assert groups[:4] == ["acquisition", "retention", "satisfaction", "value"]
    for kpi in all_kpis():
        assert str(kpi.label)
        assert str(kpi.formula)
        assert str(kpi.exclusions)
        if not user.has_perm(kpi.right):
            continue
        detail = client.get(f"{HERE}{kpi.key}/?period=2026-04")
        assert detail.status_code == 200, kpi.key
        body = detail.content.decode()
        assert str(kpi.formula) in body or "&" in body


@pytest.mark.spec("BEY-03")
def test_a_figure_opens_its_rows_its_formula_and_how_it_was_frozen(client_for, org, sold) -> None:
    taken = datetime.fromisoformat("2026-05-01T02:00+08:00")
    freeze(APRIL, [kpi_of("signings"), kpi_of("contract_money")], now=taken)
    client = client_for(make_user(org, "head_office"))
    page = client.get(f"{HERE}signings/?period=2026-04")
    assert page.context["reading"].value == 7
    assert (page.context["rows"].count, counted(page)) == (7, 7)
    frozen = page.context["frozen"]
    assert (frozen["row"].version, frozen["row"].taken_at, frozen["is_same"]) == (1, taken, True)
    # a contract entered late, for a day in April: the frozen figure stays, the difference shows
    late = CustomerFactory(owner=sold[0])
    PurchaseFactory(customer=late, signed_at=IN_APRIL)
    page = client.get(f"{HERE}signings/?period=2026-04")
    assert (page.context["reading"].value, page.context["frozen"]["row"].value) == (8, 7)
    assert page.context["frozen"]["is_same"] is False


def test_places_are_kept_apart(client_for, org, sold) -> None:
    boss = client_for(make_user(org, "executive"))  # of the east
    page = boss.get(f"{HERE}signings/?period=2026-04")
    assert (page.context["reading"].value, counted(page)) == (6, 6)
    south = f"region-{org.region_south.pk}"
    for place in ("company", south, f"project-{org.project_three.pk}", f"team-{org.team_c.pk}"):
        assert boss.get(f"{HERE}signings/?place={place}").status_code == 404, place
        assert boss.get(f"{HERE}?place={place}").status_code == 404, place
    assert boss.get(f"{HERE}signings/?place=consultant-{sold[2].pk}").status_code == 404
    for place, number in ((f"project-{org.project_one.pk}", 4), (f"team-{org.team_b.pk}", 2)):
        page = boss.get(f"{HERE}signings/?period=2026-04&place={place}")
        assert (page.context["reading"].value, page.context["rows"].count) == (number, number)
    seller = client_for(sold[0])
    page = seller.get(f"{HERE}signings/?period=2026-04")
    assert (page.context["reading"].value, counted(page)) == (4, 4)
    assert seller.get(f"{HERE}signings/?place=team-{org.team_a.pk}").status_code == 404
    assert seller.get(f"{HERE}signings/?place=consultant-{sold[1].pk}").status_code == 404
    for bad in ("nowhere", "region-x", "company-3", "consultant-99999999999999999999"):
        assert boss.get(f"{HERE}?place={bad}").status_code == 404


def test_rows_come_in_pages_that_lose_none(client_for, org, known) -> None:
    for buyer in known(120):
        PurchaseFactory(customer=buyer, signed_at=IN_APRIL)
    client = client_for(make_user(org, "executive"))
    page = client.get(f"{HERE}signings/?period=2026-04")
    keys = [line.key for line, _cells in page.context["lines"]]
    while page.context["next_url"]:
        page = client.get(f"{HERE}signings/{page.context['next_url']}")
        keys += [line.key for line, _cells in page.context["lines"]]
    assert len(keys) == len(set(keys)) == 120 == page.context["reading"].value


def test_parts_open_their_rows_and_make_the_whole(client_for, org, known, leads, now) -> None:
    people = known(9)
    leads(people[:4], ["qualified", "signed"], at=IN_APRIL, source="walk_in")
    leads(people[4:], ["qualified"], at=IN_APRIL, source="web", campaign="spring")
    client = client_for(make_user(org, "executive"))
    page = client.get(f"{HERE}conversion_rate/?period=2026-04")
    tables = {cut["key"]: cut["lines"] for cut in page.context["cuts"]}
    assert set(tables) == {"channel", "campaign", "project"}
    for lines in tables.values():
        assert sum(line["n"] for line in lines) == page.context["reading"].n == 9
        for line in lines:
            part = client.get(f"{HERE}conversion_rate/{line['url'].split('#')[0]}")
            assert part.context["rows"].count == counted(part) == line["n"]
    assert client.get(f"{HERE}conversion_rate/?part=nothing:x").context["rows"].count == 0


def test_comparison_says_new_and_never_infinite(client_for, org, sold) -> None:
    client = client_for(make_user(org, "executive"))
    page = client.get(f"{HERE}signings/?period=2026-04")
    before, year_ago = page.context["compared"], None
    first = next(iter(page.context["compared"]), None)
    assert first is None or before is not None
    with translation.override("en"):
        body = client.get(f"{HERE}signings/?period=2026-04").content.decode()
    assert "∞" not in body
    assert year_ago is None


def test_days_that_cannot_be_read_are_said_so(client_for, org) -> None:
    client = client_for(make_user(org, "executive"))
    for bad in ("2026-13", "May", "2026-Q5", "2026-05-20_2026-05-01", "1990-01-01_2026-01-01", "0"):
        page = client.get(f"{HERE}?period={bad}")
        assert page.status_code == 422, bad
    for good in ("2026", "2026-Q2", "2026-05-03_2026-05-09"):
        assert client.get(f"{HERE}signings/?period={good}").status_code == 200, good
    assert client.get(f"{HERE}no_such_thing/").status_code == 404


@pytest.mark.parametrize("address", [HERE, f"{HERE}signings/?period=2026-04"])
def test_pages_ask_little_however_many_rows(client_for, org, known, address) -> None:
    client = client_for(make_user(org, "executive"))
    client.get(address)
    counts = []
    for number in (1, 19):
        for buyer in known(number):
            PurchaseFactory(customer=buyer, signed_at=IN_APRIL)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] < 30
