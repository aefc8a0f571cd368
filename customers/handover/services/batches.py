"""Batches: graded by their risks, filled with units, checked, approved (SVC-95)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm_site.approvals.models import Approval
from crm_site.approvals.services import Asked, request_approval, use
from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.handover import choices
from customers.handover.errors import DeliveryRefusedError
from customers.handover.models import DeliveryBatch, DeliveryCheck, UnitDelivery
from customers.handover.policies import HANDOVER, DeliveryRules
from customers.handover.rules import APPROVERS, Risk, RiskArea, checks_for, grade_of
from customers.models.project import Project
from customers.property.models import Unit
from customers.rules.text import clean_text

KIND: Final = "delivery.batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPlan:
    """What somebody says about a batch: its name, first day, the risk of each area and why."""

    name: str
    planned_on: date
    risks: Mapping[RiskArea, Risk]
    risk_note: str = ""


def plan_batch(
    *, project: Project, plan: BatchPlan, actor: User, now: datetime, today: date
) -> DeliveryBatch:
    """Write a new batch with the grade that its risks yield, and return it.

    Raise DeliveryRefusedError for a day that is past and for a name the project has already.
    """
    if plan.planned_on < today:
        raise DeliveryRefusedError(_("The first day of the handover is past."))
    batch = DeliveryBatch(project=project)
    _take(batch, plan, now)
    try:
        with transaction.atomic():
            batch.save(force_insert=True)
            _audit("delivery.planned", batch, actor, now)
    except IntegrityError as error:
        raise _name_taken(error) from error
    return batch


@transaction.atomic
def replan_batch(
    *, batch: DeliveryBatch, plan: BatchPlan, actor: User, now: datetime, today: date
) -> DeliveryBatch:
    """Change a batch, grade it anew and return it; an approval given before is void.

    Where the day moves, buyers who have not taken over are notified again.
    """
    current = lock_batch(batch)
    _refuse_waiting(current)
    moved = plan.planned_on != current.planned_on
    if moved and plan.planned_on < today:
        raise DeliveryRefusedError(_("The first day of the handover is past."))
    _take(current, plan, now)
    _void(current)
    try:
        with transaction.atomic():
            current.save()
    except IntegrityError as error:
        raise _name_taken(error) from error
    if moved:
        _call_back(current, now)
    _audit("delivery.planned", current, actor, now)
    return current


@transaction.atomic
def add_units(*, batch: DeliveryBatch, units: Iterable[Unit], actor: User, now: datetime) -> int:
    """Put units of the project into a batch, leaving out those in one; return how many came."""
    current = lock_batch(batch)
    _refuse_waiting(current)
    wanted = [unit.pk for unit in units if unit.project_id == current.project_id]
    known = set(UnitDelivery.objects.filter(unit__in=wanted).values_list("unit", flat=True))
    rows = [UnitDelivery(batch=current, unit_id=pk) for pk in wanted if pk not in known]
    if not rows:
        raise DeliveryRefusedError(_("These units are in a batch already, or there are none."))
    UnitDelivery.objects.bulk_create(rows)
    _void(current)
    current.save(update_fields=["approval", "approved_at", "updated_at"])
    _audit("delivery.units_added", current, actor, now, units=len(rows))
    return len(rows)


@transaction.atomic
def tick_check(
    *, batch: DeliveryBatch, key: str, note: str, actor: User, now: datetime
) -> DeliveryCheck:
    """Note a line of the checklist as done, with what shows it.

    Raise DeliveryRefusedError for a line the grade does not ask for, and without evidence;
    StaleError where somebody ticked it.
    """
    words = clean_text(note)
    if key not in checks_for(Risk(batch.grade)):
        raise DeliveryRefusedError(_("The grade of the batch does not ask for this check."))
    if not words:
        raise DeliveryRefusedError(_("Say what shows that it is done."))
    row, is_new = DeliveryCheck.objects.get_or_create(
        batch=batch, key=key, defaults={"note": words, "done_by": actor, "done_at": now}
    )
    if not is_new:
        raise StaleError(_("Somebody ticked this item already."))
    _audit("delivery.checked", batch, actor, now, check=key)
    return row


def open_checks(batch: DeliveryBatch) -> list[str]:
    """Return the keys of the checklist that are not done."""
    done = set(batch.checks.values_list("key", flat=True))
    return [key for key in checks_for(Risk(batch.grade)) if key not in done]


@transaction.atomic
def ask_approval(*, batch: DeliveryBatch, reason: str, actor: User, now: datetime) -> Approval:
    """Ask for the signatures the grade wants, and return the approval.

    Raise DeliveryRefusedError while the checklist is open or the batch is empty.
    """
    current = lock_batch(batch)
    if current.approved_at is not None:
        raise StaleError(_("The batch is approved already."))
    _refuse_waiting(current)
    if not current.deliveries.exists():
        raise DeliveryRefusedError(_("The batch holds no unit yet."))
    missing = open_checks(current)
    if missing:
        names = "; ".join(str(choices.CHECKS[key]) for key in missing)
        raise DeliveryRefusedError(_("Still open: %(reasons)s") % {"reasons": names})
    current.approval = request_approval(
        asked=Asked(
            kind=KIND,
            title=_("Handover of %(batch)s") % {"batch": current},
            content=content_of(current),
            reason=clean_text(reason),
            subject=("delivery-batch", current.pk),
        ),
        requester=actor,
        now=now,
    )
    current.save(update_fields=["approval", "updated_at"])
    return current.approval


def decide_batch(approval: Approval, now: datetime) -> None:
    """Follow the approval: a batch signed as it stands is approved."""
    rows = DeliveryBatch.objects.select_for_update(of=("self",)).select_related("project")
    batch = rows.filter(approval=approval).first()
    if batch is None or approval.state != Approval.State.APPROVED:
        return
    content = content_of(batch)
    use(
        approval_id=approval.pk,
        kind=KIND,
        content=content,
        user=approval.requester,
        now=now,
    )
    batch.approved_at = now
    batch.save(update_fields=["approved_at", "updated_at"])
    _audit("delivery.approved", batch, approval.requester, now)


def content_of(batch: DeliveryBatch) -> dict[str, Any]:
    """Return what is signed: the batch, its day, risks, grade, checks and number of units."""
    return {
        "batch": batch.pk,
        "name": str(batch),
        "planned_on": batch.planned_on.isoformat(),
        "risks": {area.value: risk.value for area, risk in batch.risks.items()},
        "grade": batch.grade,
        "checks": sorted(batch.checks.values_list("key", flat=True)),
        "units": batch.deliveries.count(),
    }


def approvers_of(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the rights that sign a batch of this grade."""
    return APPROVERS[Risk(content["grade"])]


def lock_batch(batch: DeliveryBatch) -> DeliveryBatch:
    """Lock and return the batch as it is now."""
    rows = DeliveryBatch.objects.select_related("project", "approval")
    current: DeliveryBatch = rows.select_for_update(of=("self",)).get(pk=batch.pk)
    return current


def _take(batch: DeliveryBatch, plan: BatchPlan, now: datetime) -> None:
    name = clean_text(plan.name)
    if not name:
        raise DeliveryRefusedError(_("Name the batch."))
    found = in_force(HANDOVER, at=now)
    rules: DeliveryRules = found.value
    batch.name, batch.planned_on = name, plan.planned_on
    batch.risk_note = clean_text(plan.risk_note)
    for area, risk in plan.risks.items():
        setattr(batch, area.value, risk.value)
    batch.grade_version = found.version
    batch.grade = grade_of(
        batch.risks, medium_points=rules.medium_points, high_points=rules.high_points
    ).value


def _refuse_waiting(batch: DeliveryBatch) -> None:
    if batch.approval is not None and batch.approval.state == Approval.State.WAITING:
        raise DeliveryRefusedError(
            _("The batch waits for signatures. Withdraw the request before you change it.")
        )


def _void(batch: DeliveryBatch) -> None:
    batch.approval, batch.approved_at = None, None


def _call_back(batch: DeliveryBatch, now: datetime) -> None:
    """Let the notices of a moved day be written again; the times of the old day go."""
    if batch.deliveries.filter(visits__isnull=False).exists():
        raise DeliveryRefusedError(
            _("Buyers of this batch have come already. Plan a batch of its own for the new day.")
        )
    batch.deliveries.update(invited_at=None, due_on=None, slot=None, updated_at=now)
    batch.slots.all().delete()


def _name_taken(error: IntegrityError) -> Exception:
    if "delivery_batch_name_once" not in str(error):
        return error
    return DeliveryRefusedError(_("The project has a batch of this name already."))


def _audit(kind: str, batch: DeliveryBatch, actor: User, now: datetime, **facts: object) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("delivery-batch", batch.pk),
        facts={"grade": batch.grade, **facts},
        now=now,
    )
