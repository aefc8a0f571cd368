"""Setting a grade by hand: with a reason, until a day, audited (CUS-13, A-41)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError
from crm_site.staff.models import User
from customers.models import Customer, CustomerGrade, GradeEvent
from customers.rules.axes import Grade

LONGEST_LOCK = timedelta(days=366)


class GradeLockError(RefusedError):
    """The grade cannot be locked or unlocked as asked; nothing changed."""

    code = "grade-lock"
    title = _("The grade cannot be locked this way")


def lock_grade(
    *,
    customer: Customer,
    grade: Grade,
    reason: str,
    until: datetime,
    actor: User,
    now: datetime,
) -> CustomerGrade:
    """Hold the customer at ``grade`` until ``until``; a changed grade makes an event.

    Raise GradeLockError without a reason, for a moment not within the next 366 days, and for a
    customer that has not been graded yet.
    """
    reason = reason.strip()
    if not reason:
        raise GradeLockError(_("Say why the grade is locked."))
    if not now < until <= now + LONGEST_LOCK:
        raise GradeLockError(_("The lock has to end within the next 366 days."))
    with transaction.atomic():
        held = _locked_row(customer)
        before, held.grade = held.grade, grade.value
        held.locked_until, held.lock_reason = until, reason
        held.save(update_fields=["grade", "locked_until", "lock_reason"])
        if before != held.grade:
            _write_event(held, before, actor=actor, reason=reason, now=now)
        facts = {"from": before, "to": held.grade, "until": until.isoformat()}
        _audit("grade.locked", customer, actor, now, reason=reason, facts=facts)
    return held


def unlock_grade(*, customer: Customer, actor: User, now: datetime) -> CustomerGrade:
    """End the lock now; the next grading decides again. Raise GradeLockError where none holds."""
    with transaction.atomic():
        held = _locked_row(customer)
        if held.locked_until is None or held.locked_until <= now:
            raise GradeLockError(_("The grade is not locked."))
        held.locked_until, held.lock_reason = None, ""
        held.save(update_fields=["locked_until", "lock_reason"])
        _audit("grade.unlocked", customer, actor, now, facts={"grade": held.grade})
    return held


def _locked_row(customer: Customer) -> CustomerGrade:
    held = CustomerGrade.objects.select_for_update().filter(customer=customer).first()
    if held is None:
        raise GradeLockError(_("The customer has no grade yet."))
    return held


def _write_event(
    held: CustomerGrade, before: str, *, actor: User, reason: str, now: datetime
) -> None:
    GradeEvent.objects.create(
        customer_id=held.customer_id,
        at=now,
        actor=actor,
        reason=reason,
        from_grade=before,
        to_grade=held.grade,
        score=held.score,
        points=held.points,
        policy_version=held.policy_version,
    )


def _audit(
    kind: str,
    customer: Customer,
    actor: User,
    now: datetime,
    *,
    facts: dict[str, str],
    reason: str = "",
) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("customer", customer.pk),
        reason=reason,
        facts=facts,
        now=now,
    )
