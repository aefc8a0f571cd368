"""Frozen figures: idempotent, rebuildable, checked every night; targets that keep old periods."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.kpis import tasks
from analytics.kpis.kinds import COMPANY, Asking, Place, ScopeKind
from analytics.kpis.models import KpiDifference, KpiSnapshot
from analytics.kpis.registry import all_kpis, kpi_of
from analytics.kpis.rules.periods import last_months
from analytics.kpis.services import checking, freezing
from analytics.kpis.targets import TARGETS, target_of
from crm_site.audit.models import AuditEvent
from crm_site.outbox.models import Message
from crm_site.policies.services import approve, propose, submit
from customers.models import Customer, LeadEvent
from tests.analytics.kpis.conftest import APRIL, MAY
from tests.analytics.kpis.factories import PurchaseFactory
from tests.conftest import make_user
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db
D = Decimal
IN_APRIL = datetime.fromisoformat("2026-04-12T10:00+08:00")
IN_MAY = datetime.fromisoformat("2026-05-12T10:00+08:00")
NIGHT = datetime.fromisoformat("2026-06-01T02:00+08:00")
MONTHS = last_months(date(2026, 5, 20), 6)
SHOWN = ("leads", "conversion_rate", "signings", "contract_money", "churn_rate")
SHOWN += ("retention_rate", "repurchase_broad", "clv", "activity_rate", "referral_share")
FIELDS = ("kpi", "place_kind", "place_id", "start", "value", "top", "n", "light", "taken_at")


@pytest.fixture
def sold(known, org):
    """In April and May: contracts of the east and of the south."""
    east, south = UserFactory(node=org.team_a), UserFactory(node=org.team_c)
    for owner, number in ((east, 5), (south, 2)):
        for at in (IN_APRIL, IN_MAY):
            for buyer in known(number, owner=owner):
                PurchaseFactory(customer=buyer, signed_at=at)
    return east, south


@pytest.fixture
def clock(monkeypatch):
    """Set the time of the jobs."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(tasks.timezone, "now", lambda: moment)

    return set_to


def kept() -> list[tuple]:
    return list(KpiSnapshot.objects.order_by(*FIELDS[:5], "end").values_list(*FIELDS))


def test_the_night_freezes_every_kpi_of_every_place_once(sold, org, clock) -> None:
    clock(NIGHT)
    first = tasks.freeze_kpis()
    rows = kept()
    assert first["written"] == len(rows) > 1000
    assert tasks.freeze_kpis()["written"] == 0  # the same night: nothing is left to do
    assert kept() == rows
    may = KpiSnapshot.objects.over(MAY)
    found = {row.place: row.value for row in may.filter(kpi="signings")}
    assert found[COMPANY] == 7
    assert found[Place(ScopeKind.REGION, org.region_south.pk)] == 2
    assert found[Place(ScopeKind.PROJECT, org.project_two.pk)] == 0
    assert found[Place(ScopeKind.CONSULTANT, sold[0].pk)] == 5
    assert all(row.is_final for row in may)
    june = KpiSnapshot.objects.filter(start=MAY.end, end=date(2026, 7, 1))
    assert not any(row.is_final for row in june)
    assert june.filter(kpi="high_value_share", place_kind="company").exists()
    assert not may.filter(kpi="high_value_share").exists()  # stood only then


def test_what_is_final_stays_until_somebody_rebuilds_it(sold, clock) -> None:
    clock(NIGHT)
    freezing.freeze(MAY, [kpi_of("signings")], now=NIGHT)
    PurchaseFactory(customer=CustomerFactory(owner=sold[0]), signed_at=IN_MAY)
    clock(NIGHT + timedelta(days=1))
    tasks.freeze_kpis()
    row = KpiSnapshot.objects.at(COMPANY).over(MAY).get(kpi="signings")
    assert (row.value, row.taken_at) == (7, NIGHT)
    told = StringIO()
    span = ("--from", "2026-05-01", "--to", "2026-06-01", "--kpi", "signings")
    call_command("rebuild_kpis", *span, stdout=told)
    assert "5 figures would change" in told.getvalue()  # company, region, project, team, seller
    row.refresh_from_db()
    assert row.value == 7
    call_command("rebuild_kpis", *span, "--yes", stdout=told)
    row.refresh_from_db()
    assert row.value == 8
    assert AuditEvent.objects.filter(kind="kpi.rebuilt").count() == 1
    with pytest.raises(CommandError, match="no KPI"):
        call_command("rebuild_kpis", *span[:4], "--kpi", "nothing", stdout=told)
    with pytest.raises(CommandError, match="No whole month"):
        call_command("rebuild_kpis", "--from", "2026-05-02", "--to", "2026-05-20", stdout=told)


def test_a_figure_is_kept_once_for_each_kpi_place_and_period(sold) -> None:
    freezing.freeze(MAY, [kpi_of("signings")], now=NIGHT)
    row = KpiSnapshot.objects.at(COMPANY).get(kpi="signings")
    row.pk = None
    with pytest.raises(IntegrityError, match="kpi_snapshot_once"), transaction.atomic():
        row.save(force_insert=True)


def test_one_query_for_each_kind_of_place_however_many_places(org) -> None:
    freezing.freeze(MAY, [kpi_of("signings")], now=NIGHT)
    counts = []
    for more in (0, 30):
        UserFactory.create_batch(more, node=org.team_a)
        with CaptureQueriesContext(connection) as asked:
            freezing.freeze(MAY, [kpi_of("signings"), kpi_of("conversion_rate")], now=NIGHT)
        counts.append(len(asked))
    assert counts[0] == counts[1] < 20


@pytest.mark.spec("ANA-01")
def test_a_changed_target_keeps_old_periods_and_none_changes_the_past(
    sold, org, client_for
) -> None:
    boss, above = make_user(org, "executive"), make_user(org, "head_office")
    freezing.freeze(APRIL, [kpi_of("csat")], now=IN_MAY)
    assert target_of("csat", APRIL.start).goal.value == D("8.5")
    client = client_for(boss)
    page = client.get(reverse("policies:policy-propose", args=[TARGETS]))
    assert page.status_code == 200
    assert page.context["form"].fields["targets.csat.value"].initial == D("8.5")
    past = client.post(
        reverse("policies:policy-propose", args=[TARGETS]),
        {"reason": "早一点", "valid_from": "2020-01-01T00:00"},
    )
    assert past.status_code == 422  # a target is not changed in the past
    assert past.context["form"].errors["valid_from"]
    payload = {"targets": {"csat": {"comparison": "ge", "value": "9.0", "amber": "0.2"}}}
    draft = propose(
        key=TARGETS, payload=payload, valid_from=None, reason="更高", author=boss, now=IN_MAY
    )
    submit(version_id=draft.pk, author=boss, now=IN_MAY)
    approve(version_id=draft.pk, approver=above, now=IN_MAY)
    june = target_of("csat", date(2026, 6, 1))
    assert (june.goal.value, june.version) == (9, draft.version)
    for old in (APRIL.start, MAY.start):  # both began before the change
        assert target_of("csat", old).goal.value == D("8.5")
    assert target_of("churn_rate", date(2026, 6, 1)).goal.comparison == "lt"  # as registered
    freezing.freeze(APRIL, [kpi_of("csat")], now=NIGHT, again=True)
    row = KpiSnapshot.objects.at(COMPANY).get(kpi="csat")
    assert (row.target["value"], row.target_version) == ("8.5", 1)


@pytest.mark.check("B-34")
def test_every_figure_equals_its_rows_for_six_months_and_three_people(
    known, org, leads, lose, client_for, cast
) -> None:
    seller = cast["consultant"]
    others = [UserFactory(node=node) for node in (org.team_a2, org.team_b, org.team_c)]
    periods = MONTHS
    for number, period in enumerate(periods):
        at = period.begins_at + timedelta(days=9, hours=3)
        for share, owner in enumerate([seller, *others], 1):
            people = known(share + number % 3, owner=owner)
            leads(people, ["qualified", "signed"][: 1 + number % 2], at=at)
            PurchaseFactory(customer=people[0], signed_at=at)
            lose(people[-1:], at + timedelta(days=5))
    for person in (cast["head_office"], cast["executive"], seller):
        client = client_for(person)
        for period in periods:
            for key in SHOWN:
                address = f"/analytics/kpis/{key}/"
                query = f"?period={period.start:%Y-%m}"
                page = client.get(f"{address}{query}")
                reading = page.context["reading"]
                lines = [line for line, _cells in page.context["lines"]]
                while page.context["next_url"]:
                    page = client.get(f"{address}{page.context['next_url']}")
                    lines += [line for line, _cells in page.context["lines"]]
                assert len(lines) == reading.n, (key, period, person.role)
                assert sum(line.amount for line in lines) == reading.top, (key, period)
                seen = Customer.objects.visible_to(person)
                assert seen.exists()


def test_the_check_passes_and_says_what_differs(sold, org, clock) -> None:
    boss = make_user(org, "executive")
    far = UserFactory(role="executive", node=org.region_south, username="far")
    clock(NIGHT)
    tasks.freeze_kpis()
    done = tasks.check_kpis()
    assert (done["differ"], done["told"]) == (0, 0)
    assert done["same"] > 300
    assert tasks.check_kpis()["same"] == 0  # each is looked at once a night
    PurchaseFactory(customer=CustomerFactory(owner=sold[0]), signed_at=IN_MAY)
    told = StringIO()
    with pytest.raises(CommandError, match="differ"):
        call_command("check_kpis", "--all", stdout=told)
    assert "signings company 0 2026-05-01" in told.getvalue()
    clock(NIGHT + timedelta(hours=1))
    assert tasks.check_kpis()["told"] == 2
    assert tasks.check_kpis()["told"] == 0
    messages = Message.objects.filter(kind="kpi.difference", channel="in_app")
    numbers = {message.recipient_id: message.params["count"] for message in messages}
    assert numbers[boss.pk] > numbers[far.pk] > 0  # the south sees those of the company only
    freezing.freeze(MAY, all_kpis(), now=NIGHT + timedelta(hours=2), again=True)
    checking.check(checking.due(NIGHT + timedelta(hours=3)), now=NIGHT + timedelta(hours=3))
    assert not KpiDifference.objects.filter(snapshot__start=MAY.start, snapshot__end=MAY.end)


def test_a_figure_read_again_as_of_its_moment_is_the_same(known, leads) -> None:
    people = known(4)
    leads(people, ["qualified"], at=IN_APRIL)
    freezing.freeze(APRIL, [kpi_of("conversion_rate")], now=IN_MAY)
    leads_later = Customer.objects.filter(pk__in=[each.pk for each in people]).first()
    LeadEvent.objects.create(
        lead=leads_later.leads.get(), at=IN_MAY + timedelta(days=3), kind="state", to_value="signed"
    )
    row = KpiSnapshot.objects.at(COMPANY).get(kpi="conversion_rate")
    assert (row.value, freezing.recomputed(row).value) == (0, 0)
    assert freezing.is_same(row, freezing.recomputed(row))
    now = kpi_of("conversion_rate").read(Asking(APRIL, COMPANY, NIGHT))
    assert now.value == 25  # the cohort ripens
