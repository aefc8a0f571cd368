"""One record of each kind of groups, for the tests of access."""

from typing import Any

from django.utils import timezone

from customers.models import Customer
from service.groups.models import GroupSuggestion
from service.groups.services import answering, crisis, deciding
from service.tickets.drafts import TicketDraft
from service.tickets.services.opening import open_ticket


def groups_of(customer: Customer, people: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds those of the parts before."""
    now, manager = timezone.now(), people["service_manager"]
    project = customer.project
    member = open_ticket(
        TicketDraft(kind="complaint", project=project, customer=customer, subject="搅拌站噪音"),
        actor=people["agent"],
        now=now,
    )
    group = deciding.form_group([member], subject="搅拌站", actor=manager, now=now, fewest=1)
    step = answering.add_step(group, title="联合检查", due_on=None, actor=manager, now=now)
    suggestion = GroupSuggestion.objects.create(
        project=project, state="open", size=5, burst=5, words=["搅拌站"], last_at=now
    )
    room = crisis.open_room(
        project=project,
        subject="外墙脱落",
        body="3栋外墙砖脱落。",
        level=2,
        is_drill=False,
        actor=manager,
        now=now,
    )
    statement = crisis.write_statement(
        room, audience="媒体", text="正在核实。", actor=manager, now=now
    )
    return {
        "group_suggestion_id": suggestion.pk,
        "joint_id": group.pk,
        "member_id": member.pk,
        "group_step_id": step.pk,
        "room_id": room.pk,
        "statement_id": statement.pk,
    }
