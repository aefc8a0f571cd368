"""Who receives complaints and repairs in each project; projects without fail the check (SVC-30)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.staff.models import User
from crm_site.staff.rules.roles import ROLES
from customers.models import Project
from service.tickets.errors import TicketError
from service.tickets.models import TicketOfficer

WORK = "service.work_tickets"


@dataclass(frozen=True, slots=True)
class OfficerLine:
    """A project and a duty with its officer; ``officer`` is ``None`` where the check fails."""

    project: Project
    duty: str
    label: str
    officer: User | None


def officer_lines(user: User) -> list[OfficerLine]:
    """Return each project ``user`` sees with both duties; an officer who left counts as none."""
    projects = list(Project.objects.visible_to(user).order_by("code"))
    rows = TicketOfficer.objects.filter(project__in=projects, user__is_active=True)
    named = {(row.project_id, row.duty): row.user for row in rows.select_related("user")}
    return [
        OfficerLine(project, duty, str(label), named.get((project.pk, duty)))
        for project in projects
        for duty, label in TicketOfficer.DUTIES
    ]


def handling_staff(user: User) -> list[User]:
    """Return the active staff near ``user`` whose role handles tickets."""
    roles = [key for key, role in ROLES.items() if WORK in role.may]
    people = User.objects.filter(is_active=True, role__in=roles)
    if user.node is not None and user.node.region_id is not None:
        people = people.filter(node__region=user.node.region_id)
    return list(people.order_by("name", "pk"))


@transaction.atomic
def name_officer(
    *, project: Project, duty: str, officer: User, actor: User, now: datetime
) -> TicketOfficer:
    """Name who receives the tickets of a duty in a project and return the row.

    Raise TicketError for somebody who may not handle tickets.
    """
    if not (officer.is_active and officer.has_perm(WORK)):
        raise TicketError(_("This person does not handle tickets. Choose somebody else."))
    row: TicketOfficer
    row, _is_new = TicketOfficer.objects.select_for_update().update_or_create(
        project=project, duty=duty, defaults={"user": officer, "since": now}
    )
    record(
        kind="ticket.officer_named",
        actor=actor,
        subject=("project", project.pk),
        facts={"duty": duty, "user": officer.pk},
        now=now,
    )
    return row
