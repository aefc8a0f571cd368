"""The crisis room: opened with its level, run by named people, closed with a review (SVC-37)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from customers.models import Project
from customers.rules.text import clean_lines, clean_text
from service.groups.errors import GroupError
from service.groups.models import CrisisDuty, CrisisEntry, CrisisRoom, CrisisStatement
from service.groups.rules.crisis import (
    LEVELS,
    Entry,
    StatementState,
    may_approve,
    may_go_out,
    may_step,
)
from service.groups.services.showing import leaders_of
from service.tickets.drafts import TicketDraft
from service.tickets.models import Ticket
from service.tickets.rules import TicketKind, Urgency
from service.tickets.services.opening import open_ticket

ALARM, DRILL = "crisis.opened", "crisis.drill"
COMMAND, APPROVE = "service.command_crisis", "service.approve_statements"


@transaction.atomic
def open_room(  # noqa: PLR0913 -- what a crisis is opened with
    *,
    project: Project,
    subject: str,
    body: str,
    level: int,
    is_drill: bool,
    actor: User,
    now: datetime,
    about: Ticket | None = None,
) -> CrisisRoom:
    """Open a crisis of a level and return its room; its leader is ``actor`` until another is named.

    Level 1 tells everybody who commands crises or approves statements in the project, its region
    and head office; a drill tells them too and says that it is one.
    """
    if level not in LEVELS:
        raise GroupError(_("Choose the level."))
    if about is not None and about.project_id != project.pk:
        raise GroupError(_("The group complaint belongs to another project."))
    ticket = open_ticket(
        TicketDraft(
            kind=TicketKind.CRISIS.value,
            project=project,
            subject=subject,
            body=body,
            urgency=Urgency.COMPLEX.value,
            severity="grave",
            handler=actor,
        ),
        actor=actor,
        now=now,
    )
    room: CrisisRoom = CrisisRoom.objects.create(
        ticket=ticket, about=about, level=level, is_drill=is_drill
    )
    CrisisDuty.objects.create(room=room, duty="lead", user=actor, named_at=now)
    _log(room, Entry.STEP, str(_("Room opened at level %(level)s") % {"level": level}), actor, now)
    _audit("crisis.opened", room, actor, now)
    _alarm(room, actor, now)
    return room


@transaction.atomic
def change_level(room: CrisisRoom, *, level: int, actor: User, now: datetime) -> CrisisRoom:
    """Raise or lower the level and return the room; raising to 1 tells head office."""
    row = _open_room(room)
    if level not in LEVELS or level == row.level:
        raise GroupError(_("Choose another level."))
    row.level = level
    row.save(update_fields=["level", "updated_at"])
    _log(row, Entry.STEP, str(_("Level %(level)s from now on") % {"level": level}), actor, now)
    _audit("crisis.level_changed", row, actor, now)
    _alarm(row, actor, now)
    return row


@transaction.atomic
def name_duty(room: CrisisRoom, *, duty: str, user: User, actor: User, now: datetime) -> CrisisDuty:
    """Let ``user`` do a duty from now on and return it; the log keeps who did it before."""
    row = _open_room(room)
    found, _made = CrisisDuty.objects.update_or_create(
        room=row, duty=duty, defaults={"user": user, "named_at": now}
    )
    words = _("%(duty)s: %(who)s") % {"duty": found.get_duty_display(), "who": user.name}
    _log(row, Entry.STEP, str(words), actor, now)
    return found


@transaction.atomic
def add_entry(room: CrisisRoom, *, kind: str, text: str, actor: User, now: datetime) -> CrisisEntry:
    """Add a line to the log and return it; lines are never changed."""
    words = clean_lines(text)[:2000]
    if not words:
        raise GroupError(_("Write what happened."))
    return _log(_open_room(room), Entry(kind), words, actor, now)


@transaction.atomic
def write_statement(
    room: CrisisRoom, *, audience: str, text: str, actor: User, now: datetime
) -> CrisisStatement:
    """Write words for the outside and ask for their approval; return them."""
    row = _open_room(room)
    words, to = clean_lines(text)[:4000], clean_text(audience)[:80]
    if not words or not to:
        raise GroupError(_("Write the words and to whom they go."))
    statement: CrisisStatement = CrisisStatement.objects.create(
        room=row,
        audience=to,
        text=words,
        state=StatementState.ASKED.value,
        author=actor,
        written_at=now,
    )
    _log(row, Entry.STEP, str(_("Words for %(audience)s written") % {"audience": to}), actor, now)
    return statement


@transaction.atomic
def decide_statement(
    statement: CrisisStatement, *, approves: bool, note: str, actor: User, now: datetime
) -> CrisisStatement:
    """Approve words or send them back with a reason; return them.

    Raise GroupError for own words, words decided already, or sending back without a reason.
    """
    row = _locked(statement)
    if not may_approve(row.author_id, actor.pk):
        raise GroupError(_("Somebody else has to approve what you wrote."))
    reason = clean_text(note)[:300]
    if not approves and not reason:
        raise GroupError(_("Say what has to change."))
    _step(row, StatementState.APPROVED if approves else StatementState.REFUSED)
    row.approver, row.decided_at, row.note = actor, now, reason
    row.save()
    said = _("Words for %(audience)s approved") if approves else _("Words for %(audience)s back")
    _log(row.room, Entry.STEP, str(said % {"audience": row.audience}), actor, now)
    _audit("crisis.statement_decided", row.room, actor, now)
    return row


@transaction.atomic
def let_out(statement: CrisisStatement, *, actor: User, now: datetime) -> CrisisStatement:
    """Note that approved words went out; raise GroupError for others, and in a drill."""
    row = _locked(statement)
    if not may_go_out(is_drill=row.room.is_drill):
        raise GroupError(_("This is a drill: nothing goes out."))
    _step(row, StatementState.OUT)
    row.out_at = now
    row.save()
    _log(row.room, Entry.STEP, str(_("Told %(audience)s") % {"audience": row.audience}), actor, now)
    _audit("crisis.statement_out", row.room, actor, now)
    return row


@transaction.atomic
def review(room: CrisisRoom, *, lessons: str, actor: User, now: datetime) -> CrisisRoom:
    """Write the closing review and return the room; without it the crisis cannot be closed."""
    row = _open_room(room)
    words = clean_lines(lessons)[:4000]
    if not words:
        raise GroupError(_("Write what we learn from it."))
    row.lessons, row.reviewed_at, row.reviewed_by = words, now, actor
    row.save()
    _log(row, Entry.STEP, str(_("Closing review written")), actor, now)
    _audit("crisis.reviewed", row, actor, now)
    return row


def review_gate(ticket: Ticket) -> str | None:
    """Return what closing a crisis still needs; None for other tickets."""
    room = CrisisRoom.objects.filter(ticket=ticket).first()
    if room is None or room.reviewed_at is not None:
        return None
    return str(_("The closing review of the crisis is missing."))


def _open_room(room: CrisisRoom) -> CrisisRoom:
    found: CrisisRoom = (
        CrisisRoom.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=room.pk)
    )
    if not found.ticket.is_open:
        raise GroupError(_("The crisis is ended; its room can only be read."))
    return found


def _locked(statement: CrisisStatement) -> CrisisStatement:
    rows = CrisisStatement.objects.select_for_update(of=("self",))
    found: CrisisStatement = rows.select_related("room__ticket").get(pk=statement.pk)
    if not found.room.ticket.is_open:
        raise GroupError(_("The crisis is ended; its room can only be read."))
    return found


def _step(row: CrisisStatement, to: StatementState) -> None:
    if not may_step(row.state, to):
        raise GroupError(_("Somebody decided on these words already. Reload the page."))
    row.state = to.value


def _log(room: CrisisRoom, kind: Entry, text: str, actor: User, now: datetime) -> CrisisEntry:
    entry: CrisisEntry = CrisisEntry.objects.create(
        room=room, kind=kind.value, text=text, at=now, by=actor
    )
    return entry


def _audit(kind: str, room: CrisisRoom, actor: User, now: datetime) -> None:
    facts = {"level": room.level, "drill": room.is_drill}
    record(kind=kind, actor=actor, subject=("ticket", room.ticket_id), facts=facts, now=now)


def _alarm(room: CrisisRoom, actor: User, now: datetime) -> None:
    """Tell the list of a level-1 crisis, each person once."""
    if room.level != 1:
        return
    project = Project.objects.select_related("node").get(pk=room.ticket.project_id)
    people = {person.pk: person for person in leaders_of(project, COMMAND)}
    people |= {person.pk: person for person in leaders_of(project, APPROVE)}
    kind = DRILL if room.is_drill else ALARM
    send_many(
        [
            Outgoing(
                kind,
                person,
                f"crisis:{room.pk}:1:{pk}",
                {"project": project.name, "subject": room.ticket.subject},
                ("ticket", room.ticket_id),
            )
            for pk, person in sorted(people.items())
        ],
        now=now,
    )
