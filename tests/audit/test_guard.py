"""The trail can be added to and nothing else; an alteration past the guard is named."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection, connections, transaction

from crm_site.audit import sealing
from crm_site.audit.models import AuditEvent, AuditSeal
from crm_site.audit.services import record

KIND = "staff.role_changed"
pytestmark = pytest.mark.django_db(transaction=True)


def write(count, now):
    return [record(kind=KIND, actor=None, facts={"number": n}, now=now) for n in range(count)]


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def unguarded(statement):
    """Run ``statement`` as somebody who can switch triggers off."""
    with transaction.atomic():
        run("SET LOCAL session_replication_role = replica")
        run(statement)


def check_chain():
    out = StringIO()
    call_command("verify_audit", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("table", ["audit_auditevent", "audit_auditseal"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_database_refuses_to_change_the_trail(table, statement, now):
    write(2, now)
    sealing.seal(now=now)

    with pytest.raises(ProgrammingError, match="append-only"):
        run(statement.format(table))

    assert (AuditEvent.objects.count(), AuditSeal.objects.count()) == (2, 1)


@pytest.mark.check("A-34")
def test_application_role_cannot_switch_the_guard_off(now):
    write(1, now)
    run("CREATE ROLE anju_app_test NOINHERIT")
    run("GRANT USAGE ON SCHEMA public TO anju_app_test")
    run("GRANT SELECT, INSERT ON audit_auditevent, audit_auditseal TO anju_app_test")
    try:
        for statement in (
            "UPDATE audit_auditevent SET reason = 'x'",
            "DELETE FROM audit_auditevent",
            "TRUNCATE audit_auditevent",
            "ALTER TABLE audit_auditevent DISABLE TRIGGER audit_event_kept",
            "DROP TRIGGER audit_event_kept ON audit_auditevent",
            "SET session_replication_role = replica",
        ):
            with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):  # noqa: PT012, SIM117
                with transaction.atomic():
                    run("SET LOCAL ROLE anju_app_test")
                    run(statement)
    finally:
        run("DROP OWNED BY anju_app_test")
        run("DROP ROLE anju_app_test")
    assert AuditEvent.objects.get().reason == ""


def test_number_of_the_transaction_cannot_be_chosen(now):
    write(1, now)
    sealing.seal(now=now)
    late = AuditEvent.objects.create(kind=KIND, at=now, transaction=1)
    late.refresh_from_db()
    assert late.transaction >= AuditSeal.objects.get().before


@pytest.mark.spec("PLT-03")
@pytest.mark.check("A-34")
@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (
            "UPDATE audit_auditevent SET reason = 'x' WHERE id = {second}",
            "event {second} was altered",
        ),
        (
            "UPDATE audit_auditevent SET actor_id = 7 WHERE id = {second}",
            "event {second} was altered",
        ),
        (
            "DELETE FROM audit_auditevent WHERE id = {second}",
            "event after event {first} is missing",
        ),
        (
            "DELETE FROM audit_auditevent WHERE id = {third}",
            "event after event {second} is missing",
        ),
        ("UPDATE audit_auditseal SET events = 9 WHERE id = {seal}", "seal {seal} was altered"),
        ("UPDATE audit_auditseal SET hash = repeat('a', 64) WHERE id = {seal}", "seal {seal} was"),
        ("DELETE FROM audit_auditseal WHERE id = {seal}", "does not continue"),
    ],
)
def test_tampered_row_breaks_the_chain_and_is_named(tamper, named, now):
    first, second, third = write(3, now)
    seal = sealing.seal(now=now)
    write(2, now)
    sealing.seal(now=now)
    assert check_chain().startswith("2 seals over 5 events hold, 0 events wait")
    keys = {"first": first.pk, "second": second.pk, "third": third.pk, "seal": seal.pk}

    unguarded(tamper.format(**keys))

    with pytest.raises(CommandError, match=named.format(**keys)) as failure:
        check_chain()
    assert failure.value.returncode == 1


@pytest.mark.check("A-34")
def test_without_the_trigger_an_event_is_changed_and_the_chain_says_so(now):
    """Negative control: the owner of the table takes the guard off, and puts it back."""
    first, _second = write(2, now)
    sealing.seal(now=now)
    statement = "UPDATE audit_auditevent SET reason = 'x' WHERE facts = '{\"number\": 0}'"
    with pytest.raises(ProgrammingError, match="append-only"):
        run(statement)
    run("ALTER TABLE audit_auditevent DISABLE TRIGGER audit_event_kept")
    try:
        run(statement)
    finally:
        run("ALTER TABLE audit_auditevent ENABLE TRIGGER audit_event_kept")
    assert AuditEvent.objects.get(pk=first.pk).reason == "x"
    with pytest.raises(CommandError, match=f"event {first.pk} was altered"):
        check_chain()


def test_chain_made_anew_lacks_the_noted_hash(now):
    write(2, now)
    noted = sealing.seal(now=now).hash
    assert sealing.verify(anchor=noted).is_sound
    unguarded("UPDATE audit_auditevent SET reason = 'x'")
    unguarded("DELETE FROM audit_auditseal")
    sealing.seal(now=now)

    assert sealing.verify().is_sound
    assert not sealing.verify(anchor=noted).is_sound


def test_nothing_to_seal_makes_no_seal(now):
    assert sealing.seal(now=now) is None
    write(1, now)
    assert sealing.seal(now=now).events == 1
    assert sealing.seal(now=now) is None
    assert AuditSeal.objects.count() == 1


def test_event_of_an_open_transaction_never_slips_under_a_seal(now):
    other = connections["default"].copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_auditevent (at, kind, role, subject_kind, subject_id, reason,"
                " facts) VALUES (now(), %s, '', '', '', 'slow', '{}') RETURNING transaction",
                [KIND],
            )
            slow = cursor.fetchone()[0]
        fast = write(1, now)[0]
        fast.refresh_from_db()
        assert fast.transaction > slow

        assert sealing.seal(now=now) is None  # both wait: the slow one may still commit
        other.commit()
        assert sealing.seal(now=now).events == 2
        assert sealing.verify().is_sound
    finally:
        other.close()


def test_two_sealers_make_one_seal(now):
    write(3, now)
    other = connections["default"].copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [sealing.ONE_SEALER])
            assert cursor.fetchone()[0] is True
        assert sealing.seal(now=now) is None
        other.rollback()
        assert sealing.seal(now=now).events == 3
    finally:
        other.close()
    assert AuditSeal.objects.count() == 1
