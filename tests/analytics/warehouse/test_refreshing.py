"""Changed days are written anew, whatever changed them, and nothing else is needed (ANA-53)."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from analytics.warehouse import tasks
from analytics.warehouse.models import CubeCell, CubeMark, CubeState
from analytics.warehouse.rules.measures import COLUMNS, MEASURES
from analytics.warehouse.rules.spans import spans_of
from analytics.warehouse.selectors import as_of, base_cube, cube
from analytics.warehouse.services import refreshing
from analytics.warehouse.services.refreshing import refresh_cubes
from analytics.warehouse.services.writing import LOCK_KEY
from crm_site.common.jobs import last_success
from customers.models import GradeEvent, Lead, LeadEvent, OwnershipEvent, Purchase, StageEvent
from customers.models.duplicate import Merge
from customers.purchase.models import PurchaseEvent
from service.tickets.models import Ticket, TicketEvent
from tests.analytics.warehouse.world import Chance
from tests.factories import NOW, InteractionFactory, LeadFactory

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=5)
OLD = NOW - dt.timedelta(days=200)


def assert_agrees() -> None:
    for measure in MEASURES:
        summed, base = cube(measure, ("day", *COLUMNS)), base_cube(measure, ("day", *COLUMNS))
        assert summed.cells == base.cells, measure


def test_a_late_entered_talk_and_a_new_lead_find_their_old_days(cubed: Chance) -> None:
    before = cube("talks").total
    InteractionFactory(customer=cubed.made[0], at=OLD, author=cubed.people[0])
    LeadFactory(customer=cubed.made[1], received_at=OLD)
    assert cube("talks").total == before, "written only by the job"
    refresh_cubes(now=LATER)
    assert cube("talks").total == before + 1
    assert as_of() == LATER
    assert_agrees()


def test_a_lost_lead_a_signed_purchase_and_a_reclassed_ticket_are_seen(cubed: Chance) -> None:
    lead = Lead.objects.exclude(state="lost").first()
    Lead.objects.filter(pk=lead.pk).update(state="lost", lost_reason="价格", owner=cubed.people[1])
    LeadEvent.objects.create(lead=lead, at=OLD, kind="state", from_value="new", to_value="lost")
    purchase = Purchase.objects.filter(signed_at=None, state="subscribed").first()
    Purchase.objects.filter(pk=purchase.pk).update(state="signed", signed_at=OLD)
    PurchaseEvent.objects.create(purchase=purchase, at=NOW, step="sign", to_state="signed")
    ticket = Ticket.objects.filter(state="received").first()
    Ticket.objects.filter(pk=ticket.pk).update(category=cubed.categories[1], kind="repair")
    TicketEvent.objects.create(ticket=ticket, at=NOW, kind="edited")
    refresh_cubes(now=LATER)
    assert_agrees()


def test_moves_of_grade_stage_owner_and_merges_re_date_what_they_touch(cubed: Chance) -> None:
    fresh = [c for c in cubed.made if not cubed.history[c.pk]["grade"]]
    assert fresh, "somebody is graded for the first time"
    GradeEvent.objects.create(
        customer=fresh[0], at=NOW, to_grade="B", score=1, points=[], policy_version=1
    )
    moved, gone, handed = cubed.made[2], cubed.made[3], cubed.made[4]
    StageEvent.objects.create(customer=moved, at=OLD, from_stage="watching", to_stage="signing")
    type(gone).objects.filter(pk=gone.pk).update(merged_into=moved)
    gone.interactions.update(customer=moved)
    Merge.objects.create(kept=moved, gone=gone, journal="{}", at=NOW)
    type(handed).objects.filter(pk=handed.pk).update(project=cubed.org.project_three)
    OwnershipEvent.objects.create(customer=handed, at=NOW, to_owner=cubed.people[5])
    refresh_cubes(now=LATER)
    assert_agrees()


def test_running_it_again_writes_the_same(cubed: Chance) -> None:
    InteractionFactory(customer=cubed.made[0], at=OLD)
    refresh_cubes(now=LATER)
    first = list(CubeCell.objects.order_by("pk").values_list())
    refresh_cubes(now=LATER)
    assert list(CubeCell.objects.order_by("pk").values_list()) == first


def test_very_many_changed_days_are_written_as_a_whole(cubed: Chance, monkeypatch) -> None:
    monkeypatch.setattr(refreshing, "MOST_DAYS", 3)
    for days in range(5):
        InteractionFactory(customer=cubed.made[0], at=OLD - dt.timedelta(days=days))
    done = refresh_cubes(now=LATER)
    assert done.rebuilt >= 1
    assert_agrees()


def test_what_could_not_be_done_in_time_is_done_by_the_next_run(cubed: Chance) -> None:
    InteractionFactory(customer=cubed.made[0], at=OLD, author=cubed.people[0])
    marks = dict(CubeMark.objects.values_list("source", "pending"))
    assert not refresh_cubes(now=LATER, seconds=0).is_finished
    assert dict(CubeMark.objects.values_list("source", "pending")) == marks
    assert refresh_cubes(now=LATER).is_finished
    assert_agrees()


@pytest.mark.django_db(transaction=True)
def test_rows_before_an_open_transaction_are_looked_at_again(cubed: Chance) -> None:
    """A mark moves past rows only when nobody can still add lower ones."""
    refresh_cubes(now=LATER)
    pending = CubeMark.objects.get(source="talk")
    assert pending.settled < pending.pending
    refresh_cubes(now=LATER)
    assert CubeMark.objects.get(source="talk").settled == pending.pending


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_do_it_once(cubed: Chance) -> None:
    import psycopg2
    from django.db import connection

    other = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
            assert not refresh_cubes(now=LATER).ran
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])
    finally:
        other.close()
    assert refresh_cubes(now=LATER).ran


def test_the_jobs_run_and_say_what_they_did(world: Chance) -> None:
    tasks.refresh_cubes()
    assert CubeState.objects.count() == 9
    tasks.rebuild_cubes()
    assert CubeState.objects.exclude(slot="first").count() == 9
    assert last_success("refresh-cubes")
    assert last_success("rebuild-cubes")


def test_the_command_rebuilds_and_finds_what_differs(cubed: Chance, capsys) -> None:
    call_command("rebuild_cubes", check=True)
    CubeCell.objects.filter(fact="ticket").update(n=F("n") + 1)
    with pytest.raises(CommandError, match="differ"):
        call_command("rebuild_cubes", check=True)
    call_command("rebuild_cubes")
    call_command("rebuild_cubes", check=True)
    assert "every sum equals its events" in capsys.readouterr().out


def test_days_are_put_together_into_spans() -> None:
    day = dt.date(2026, 2, 27)
    found = spans_of([day, day + dt.timedelta(days=2), day + dt.timedelta(days=1), day, OLD.date()])
    assert found == [
        (OLD.date(), OLD.date() + dt.timedelta(days=1)),
        (day, dt.date(2026, 3, 2)),
    ]
