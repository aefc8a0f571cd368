"""Deciding on suggested groups, and forming a group complaint by hand (SVC-36)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.rules.text import clean_text
from service.groups.errors import GroupError
from service.groups.models import GroupRepresentative, GroupSuggestion
from service.groups.rules.linking import SuggestionState
from service.tickets.drafts import TicketDraft
from service.tickets.models import Ticket
from service.tickets.rules import TicketKind, Urgency
from service.tickets.services.events import lock_tickets, write_event
from service.tickets.services.opening import open_ticket

GROUP = TicketKind.GROUP_COMPLAINT.value
SOURCE = "groups"


@transaction.atomic
def accept(suggestion: GroupSuggestion, *, subject: str, actor: User, now: datetime) -> Ticket:
    """Make a suggestion a group complaint of its open members and return it.

    Members keep their own tickets, numbers and clocks. Raise GroupError where it is decided already
    or has fewer than two members that are open and in no other group.
    """
    row = _undecided(suggestion)
    found = Ticket.objects.open().filter(text__suggestion=row, group=None)
    group = form_group(
        list(found.order_by("pk")), subject=subject, actor=actor, now=now, source_id=str(row.pk)
    )
    _decide(row, SuggestionState.ACCEPTED, actor, now)
    row.group = group
    row.save()
    record(
        kind="group.accepted",
        actor=actor,
        subject=("ticket", group.pk),
        facts={"suggestion": row.pk, "members": row.decided},
        now=now,
    )
    return group


@transaction.atomic
def reject(
    suggestion: GroupSuggestion, *, reason: str, actor: User, now: datetime
) -> GroupSuggestion:
    """Note that the complaints are no group; they are suggested again only at twice the size.

    Raise GroupError where it is decided already or no reason is given.
    """
    row = _undecided(suggestion)
    words = clean_text(reason)[:300]
    if not words:
        raise GroupError(_("Say why these complaints are no group."))
    _decide(row, SuggestionState.REJECTED, actor, now)
    row.reason = words
    row.save()
    record(kind="group.rejected", actor=actor, facts={"suggestion": row.pk}, now=now)
    return row


@transaction.atomic
def form_group(
    members: Sequence[Ticket],
    *,
    subject: str,
    actor: User,
    now: datetime,
    source_id: str = "",
    fewest: int = 2,
) -> Ticket:
    """Open a group complaint over ``members`` of one project and return it.

    Raise GroupError for fewer members than ``fewest``, several projects, or a member that is
    itself a group or in one already.
    """
    if len(members) < fewest:
        raise GroupError(_("A group needs two open complaints that are in no other group."))
    if len({member.project_id for member in members}) > 1:
        raise GroupError(_("The members of a group belong to one project."))
    group = open_ticket(
        TicketDraft(
            kind=GROUP,
            project=members[0].project,
            subject=subject,
            urgency=Urgency.COMPLEX.value,
            handler=actor,
            channel=members[0].channel,
            source=SOURCE if source_id else "",
            source_id=source_id,
        ),
        actor=actor,
        now=now,
    )
    add_members(group, members, actor=actor, now=now)
    return group


@transaction.atomic
def add_members(group: Ticket, members: Sequence[Ticket], *, actor: User, now: datetime) -> int:
    """Put tickets into a group complaint and return how many; those in it stay.

    Raise GroupError for an ended group, and for a ticket that cannot be a member.
    """
    lock_tickets(group, *members)
    if not group.is_open:
        raise GroupError(_("The group complaint is ended; open a new one."))
    count = 0
    for member in members:
        if member.group_id == group.pk:
            continue
        if member.group_id is not None or member.kind in (GROUP, TicketKind.CRISIS.value):
            raise GroupError(_("%(number)s is in another group.") % {"number": member.number})
        if member.project_id != group.project_id or not member.is_open:
            raise GroupError(
                _("%(number)s is ended or of another project.") % {"number": member.number}
            )
        member.group = group
        member.save(update_fields=["group"])
        write_event(member, "grouped", actor=actor, now=now, data={"group": group.number})
        count += 1
    return count


@transaction.atomic
def take_newcomers(group: Ticket, *, actor: User, now: datetime) -> int:
    """Take into a group the open complaints that were found alike since; return how many."""
    return add_members(group, list(newcomers(group)), actor=actor, now=now)


def newcomers(group: Ticket) -> QuerySet[Ticket]:
    """Return the open tickets that seem to belong to a group and are not in one."""
    rows: QuerySet[Ticket] = Ticket.objects.open()
    rows = rows.filter(text__suggestion__group=group, group=None)
    return rows.order_by("-opened_at", "-pk")


@transaction.atomic
def release_member(member: Ticket, *, actor: User, now: datetime) -> None:
    """Take a ticket out of its group; raise GroupError where it is in none."""
    lock_tickets(member)
    if member.group is None:
        raise GroupError(_("The ticket is in no group any more."))
    number = member.group.number
    GroupRepresentative.objects.filter(member=member).delete()
    member.group = None
    member.save(update_fields=["group"])
    write_event(member, "grouped", actor=actor, now=now, data={"left": number})


def _undecided(suggestion: GroupSuggestion) -> GroupSuggestion:
    row: GroupSuggestion = GroupSuggestion.objects.select_for_update().get(pk=suggestion.pk)
    if row.state in (SuggestionState.ACCEPTED.value, SuggestionState.REJECTED.value):
        raise GroupError(_("Somebody decided on this suggestion already. Reload the page."))
    return row


def _decide(row: GroupSuggestion, state: SuggestionState, actor: User, now: datetime) -> None:
    row.state, row.decided = state.value, row.size
    row.decided_by, row.decided_at, row.updated_at = actor, now, now
