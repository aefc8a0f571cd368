"""The risk group of a project's first handover: called three months ahead, once (SVC-79)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.policies.services import in_force
from crm_site.registers.models import RegisterEntry, RegisterEntryQuerySet
from crm_site.staff.models import User
from customers.handover.day_models import DeliveryRiskGroup
from customers.handover.errors import DeliveryRefusedError
from customers.handover.models import DeliveryBatch
from customers.handover.policies import HANDOVER, DeliveryRules
from customers.handover.registers import RISKS
from customers.handover.rules import months_before
from customers.handover.services.notices import planners_of
from customers.models.project import Project
from customers.models.task import Task
from customers.property.models import Building
from customers.rules.axes import TaskState
from customers.rules.text import clean_lines
from customers.services.tasks import TaskEntry, complete_task, create_task

SOURCE = "delivery-group"


def call_groups(*, now: datetime) -> int:
    """Call the risk group of every project whose first handover is near; return how many.

    One group stands for a project at a time, so a second run makes none. A project without
    anybody who plans its handover waits until there is somebody.
    """
    today = timezone.localdate(now)
    rules: DeliveryRules = in_force(HANDOVER, at=now).value
    made = 0
    for project_id, first in sorted(first_handovers(today).items()):
        if months_before(first, rules.group_months) <= today:
            made += _call(project_id, first, rules, now)
    return made


def first_handovers(today: date) -> dict[int, date]:
    """Return the first handover of each project that is still to come and has no open group.

    It is that of its first batch, or while there is none the first day promised for a building. A
    project whose group has done its work gets a new one for a later handover.
    """
    opened = DeliveryRiskGroup.objects.filter(closed_at=None).values("project")
    coming = DeliveryBatch.objects.filter(planned_on__gte=today).exclude(project__in=opened)
    found = dict(coming.values_list("project").annotate(first=Min("planned_on")).order_by())
    promised = Building.objects.filter(handover_on__gte=today).exclude(project__in=opened)
    unplanned = promised.exclude(project__in=DeliveryBatch.objects.values("project"))
    found |= dict(unplanned.values_list("project").annotate(first=Min("handover_on")).order_by())
    closed = DeliveryRiskGroup.objects.values_list("project").annotate(last=Max("first_on"))
    last = dict(closed.order_by())
    return {key: day for key, day in found.items() if key not in last or day > last[key]}


@transaction.atomic
def form_group(
    *,
    group: DeliveryRiskGroup,
    members: Iterable[User],
    self_check: str,
    actor: User,
    now: datetime,
) -> DeliveryRiskGroup:
    """Name the members, keep the result of the self-check, close the task; return the group."""
    people = list(members)
    if not people:
        raise DeliveryRefusedError(_("Name at least one member."))
    current = _open(group)
    current.members.set(people)
    current.self_check = clean_lines(self_check)
    current.formed_at = current.formed_at or now
    current.save(update_fields=["self_check", "formed_at", "updated_at"])
    tasks = Task.objects.filter(source=SOURCE, source_id=str(current.pk), state=TaskState.OPEN)
    for task in tasks:
        complete_task(task=task, outcome=_("The group is formed."), actor=actor, now=now)
    _audit("delivery.group_formed", current, actor, now, members=len(people))
    return current


@transaction.atomic
def close_group(*, group: DeliveryRiskGroup, actor: User, now: datetime) -> DeliveryRiskGroup:
    """End the work of a formed group; raise DeliveryRefusedError while a risk of it is open."""
    current = _open(group)
    if current.formed_at is None:
        raise DeliveryRefusedError(_("The group is not formed yet."))
    still = risks_of(current.project).filter(state="open").count()
    if still:
        words = _("%(count)s entries of the register of handover risks are open.")
        raise DeliveryRefusedError(words % {"count": still})
    current.closed_at = now
    current.save(update_fields=["closed_at", "updated_at"])
    _audit("delivery.group_closed", current, actor, now)
    return current


def risks_of(project: Project) -> RegisterEntryQuerySet:
    """Return the entries of the register of handover risks about a project."""
    return RegisterEntry.objects.of(RISKS).about("project", project.pk)


def _open(group: DeliveryRiskGroup) -> DeliveryRiskGroup:
    rows = DeliveryRiskGroup.objects.select_for_update(of=("self",)).select_related("project")
    current: DeliveryRiskGroup = rows.get(pk=group.pk)
    if current.closed_at is not None:
        raise StaleError(_("The work of the group has ended."))
    return current


def _call(project_id: int, first: date, rules: DeliveryRules, now: datetime) -> int:
    project = Project.objects.select_related("node").get(pk=project_id)
    people = planners_of(project)
    if not people:
        return 0
    try:
        with transaction.atomic():
            group = DeliveryRiskGroup.objects.create(project=project, first_on=first)
    except IntegrityError:
        return 0  # another worker was faster
    leads = [person for person in people if person.role == "service_manager"]
    words = {"project": project.name, "day": date_format(first, "SHORT_DATE_FORMAT")}
    create_task(
        entry=TaskEntry(
            title=_("Form the risk group for the handover of %(project)s on %(day)s") % words,
            due_at=now + timedelta(days=rules.group_days),
            owner=(leads or people)[0],
            source=SOURCE,
            source_id=str(group.pk),
            subject=("delivery-group", group.pk),
        ),
        actor=None,
        now=now,
    )
    return 1


def _audit(
    kind: str, group: DeliveryRiskGroup, actor: User, now: datetime, **facts: object
) -> None:
    record(kind=kind, actor=actor, subject=("delivery-group", group.pk), facts=facts, now=now)
