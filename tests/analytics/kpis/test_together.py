"""Figures of many places asked at once are those that each place gives, and so are their lists."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from statistics import stdev

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.kpis.kinds import Asking
from analytics.kpis.models import KpiDifference, KpiSnapshot, MarketFigure
from analytics.kpis.places import all_places
from analytics.kpis.registry import all_kpis, kpi_of
from analytics.kpis.rules.tallies import Tally
from analytics.kpis.services.checking import check
from analytics.kpis.services.freezing import equal, freeze, is_same, readings
from customers.models import Project
from tests.analytics.kpis.conftest import MAY
from tests.analytics.kpis.factories import PurchaseFactory
from tests.factories import CustomerFactory, UserFactory

D = Decimal
IN_MAY = datetime.fromisoformat("2026-05-12T10:00+08:00")
NIGHT = datetime.fromisoformat("2026-06-01T02:00+08:00")


def test_groups_add_up_to_the_spread_of_all_their_rows() -> None:
    groups = ([4.0, 7.5], [], [9.0], [1.0, 1.0, 2.5, 8.0])
    tally = Tally()
    for rows in groups:
        tally.add(len(rows), D(str(sum(rows))), stdev(rows) if len(rows) > 1 else None)
    every = [row for rows in groups for row in rows]
    assert (tally.n, tally.top) == (7, D("33.0"))
    assert tally.spread == pytest.approx(stdev(every))
    assert Tally(1, D(3)).spread is None


@pytest.fixture
def company(db, org, known, leads, lose, rated):
    """Sellers of every team with leads, contracts, answers and losses of their own."""
    teams = (org.team_a, org.team_a2, org.team_b, org.team_c)
    Project.objects.update(city="杭州")
    MarketFigure.objects.create(city="杭州", month=MAY.start, homes=80, source="住建局")
    for number, team in enumerate(teams, 1):
        people = known(number + 2, owner=UserFactory(node=team))
        leads(people, ["qualified", "signed"][: 1 + number % 2], at=IN_MAY)
        PurchaseFactory(customer=people[0], signed_at=IN_MAY)
        lose(people[-1:], IN_MAY + timedelta(days=5))
    rated([9, 7, 4, 10], at=IN_MAY)


def test_all_places_at_once_read_what_each_place_reads(company) -> None:
    places, several = all_places(), 0
    for kpi in all_kpis():
        for place, reading in readings(kpi, MAY, places, NIGHT):
            alone = kpi.read(Asking(MAY, place, NIGHT))
            named = (kpi.key, place, reading, alone)
            assert reading.n == alone.n, named
            assert reading.note == alone.note, named
            for field in ("value", "top", "bottom", "low", "high") if alone.n else ("value",):
                assert equal(getattr(reading, field), getattr(alone, field)), (field, named)
            several += reading.n > 1
    assert several > 100


def test_all_lists_at_once_hold_what_each_list_holds(company) -> None:
    held = 0
    for kpi in all_kpis():
        for kind, places in groupby(all_places(), lambda place: place.kind):
            if kpi.listed_sums is None or kind not in kpi.places:
                continue
            together = kpi.listed_sums(MAY, kind, NIGHT)
            assert together is not None, kpi.key
            for place in list(places)[:3]:
                rows = kpi.rows(Asking(MAY, place, NIGHT, limit=0))
                n, total = together.get(place.key, (0, D(0)))
                assert n == rows.count, (kpi.key, place)
                assert equal(total, rows.total), (kpi.key, place)
                held += rows.count > 0
    assert held > 60


def test_the_check_asks_once_for_a_kind_of_places_and_finds_the_one_that_differs(company) -> None:
    UserFactory.create_batch(30, node=Project.objects.first().node.children.first())
    freeze(MAY, [kpi_of("signings"), kpi_of("leads")], now=NIGHT)
    keys = list(KpiSnapshot.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as asked:
        assert check(keys, now=NIGHT) == {"same": len(keys)}
    assert len(keys) > 70
    assert len(asked) < 75  # two KPIs, five kinds of places
    wrong = KpiSnapshot.objects.filter(kpi="signings", n__gt=0).last()
    KpiSnapshot.objects.filter(pk=wrong.pk).update(n=wrong.n + 1)
    assert check(keys, now=NIGHT) == {"same": len(keys) - 1, "differ": 1}
    row = KpiDifference.objects.get()
    assert (row.snapshot, row.counted["n"]) == (wrong, wrong.n)
    KpiDifference.objects.update(told_at=NIGHT)
    later = NIGHT + timedelta(days=1)
    check(keys, now=later)
    row.refresh_from_db()
    assert (row.found_at, row.told_at) == (NIGHT, NIGHT)  # still the same difference
    KpiSnapshot.objects.filter(pk=wrong.pk).update(n=wrong.n)
    assert check(keys, now=later) == {"same": len(keys)}
    assert not KpiDifference.objects.exists()


def test_a_contract_that_comes_later_is_found_in_every_place_it_belongs_to(company) -> None:
    freeze(MAY, [kpi_of("signings")], now=NIGHT)
    seller = UserFactory(node=Project.objects.first().node.children.first())
    PurchaseFactory(customer=CustomerFactory(owner=seller), signed_at=IN_MAY)
    found = check(KpiSnapshot.objects.values_list("pk", flat=True), now=NIGHT)
    assert found["differ"] == 4  # company, region, project, team; the seller had no figure yet
    assert (
        is_same(
            KpiSnapshot.objects.get(place_kind="company"),
            kpi_of("signings").read(Asking(MAY, all_places()[0], NIGHT)),
        )
        is False
    )
