"""Depth interviews: a sample, talks with findings, findings that become improvements (CUS-58)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError
from crm_site.common.subjects import UnknownSubjectError, resolve, subject
from crm_site.staff.models import User
from customers.models import Customer, Project
from customers.rules.consent import Purpose
from customers.services.consents import without_withdrawal
from marketing.selling.customer_models import (
    DepthInterview,
    InterviewFinding,
    InterviewProgramme,
)
from marketing.selling.errors import SellingError
from marketing.selling.querysets import INTERVIEW

ITEM: Final = "pdca-item"  # the improvement item, registered by the app above
MOST_ITEMS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeDraft:
    """What interviews are for, with whom, how many, from when to when."""

    project: Project
    title: str
    aim: str
    sample_size: int
    stage: str
    starts_on: date
    ends_on: date
    owner: User


@dataclass(frozen=True, slots=True)
class FindingDraft:
    """One finding: what kind of insight, in a sentence."""

    tag: str
    text: str


@transaction.atomic
def keep_programme(
    *, programme: InterviewProgramme | None, draft: ProgrammeDraft, actor: User, now: datetime
) -> InterviewProgramme:
    """Write a programme, a new one for None, and return it."""
    _may(actor)
    if draft.ends_on < draft.starts_on:
        raise ValidationError({"ends_on": _("The end lies before the beginning.")})
    row = programme or InterviewProgramme(created_at=now)
    for name in ProgrammeDraft.__slots__:
        setattr(row, name, getattr(draft, name))
    row.save()
    _audit("selling.interviews_planned", row, actor, now)
    return row


@transaction.atomic
def draw_sample(*, programme: InterviewProgramme, actor: User, now: datetime) -> int:
    """Draw customers until the sample is full; return how many were added.

    They are drawn by a hash of programme and customer, among those the actor sees in the project
    who did not withdraw the consent to be contacted. Drawing again adds only what is missing.
    """
    _may(actor)
    row = InterviewProgramme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    held = DepthInterview.objects.filter(programme=row)
    missing = row.sample_size - held.exclude(state="dropped").count()
    if missing <= 0:
        return 0
    customers = Customer.objects.visible_to(actor).filter(
        project=row.project_id, merged_into__isnull=True
    )
    if row.stage:
        customers = customers.filter(buying_stage=row.stage)
    customers = customers.exclude(pk__in=held.values("customer"))
    keys = without_withdrawal(customers, Purpose.CONTACT).values_list("pk", flat=True)
    lot = sorted(keys, key=lambda key: hashlib.sha256(f"{row.pk}:{key}".encode()).hexdigest())
    DepthInterview.objects.bulk_create(
        [
            DepthInterview(
                programme=row, customer_id=key, interviewer_id=row.owner_id, created_at=now
            )
            for key in lot[:missing]
        ],
        ignore_conflicts=True,
    )
    _audit("selling.interviews_drawn", row, actor, now)
    return len(lot[:missing])


@transaction.atomic
def hold_interview(
    *,
    interview: DepthInterview,
    summary: str,
    findings: Iterable[FindingDraft],
    actor: User,
    now: datetime,
) -> DepthInterview:
    """Write down an interview with what it brought to light, and return it.

    Raise ValidationError without a finding: an interview yields at least one.
    """
    _may(actor)
    found = [one for one in findings if one.text.strip()]
    if not summary.strip():
        raise ValidationError({"summary": _("Write down what was said.")})
    if not found:
        raise ValidationError({"text_1": _("Write down at least one finding.")})
    row = _planned(interview)
    row.state, row.held_on, row.summary = "held", timezone.localdate(now), summary.strip()
    row.interviewer = actor
    row.save()
    InterviewFinding.objects.bulk_create(
        [InterviewFinding(interview=row, tag=one.tag, text=one.text.strip()) for one in found]
    )
    _audit("selling.interview_held", row.programme, actor, now)
    return row


@transaction.atomic
def drop_interview(
    *, interview: DepthInterview, reason: str, actor: User, now: datetime
) -> DepthInterview:
    """Note that an interview is not held, with the reason; the sample can be filled up again."""
    _may(actor)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is not held.")})
    row = _planned(interview)
    row.state, row.reason = "dropped", reason.strip()
    row.save()
    _audit("selling.interview_dropped", row.programme, actor, now)
    return row


@transaction.atomic
def link_finding(
    *, finding: InterviewFinding, item_id: int, actor: User, now: datetime
) -> InterviewFinding:
    """Let a finding lead to an improvement item the actor sees, and return it."""
    _may(actor)
    if item_of(item_id, actor) is None:
        raise ValidationError({"item": _("There is no such improvement item for you.")})
    row: InterviewFinding = InterviewFinding.objects.select_for_update(of=("self",)).get(
        pk=finding.pk
    )
    row.item_id, row.linked_by, row.linked_at = item_id, actor, now
    row.save()
    _audit("selling.finding_linked", row.interview.programme, actor, now)
    return row


def item_of(item_id: int, user: User) -> Any:
    """Return the improvement item, None where it is missing or not for the user's eyes."""
    try:
        return resolve(ITEM, item_id, user)
    except UnknownSubjectError:
        return None


def items_for(user: User) -> list[tuple[str, str]]:
    """Return the improvement items a user may link to, the latest first."""
    try:
        rows = subject(ITEM).visible_to(user).order_by("-pk")[:MOST_ITEMS]
    except UnknownSubjectError:
        return []
    return [(str(row.pk), str(row)) for row in rows]


def _planned(interview: DepthInterview) -> DepthInterview:
    rows = DepthInterview.objects.select_for_update(of=("self",)).select_related("programme")
    row: DepthInterview = rows.get(pk=interview.pk)
    if row.state != "planned":
        raise SellingError(_("This interview has ended already."))
    return row


def _may(actor: User) -> None:
    if not actor.has_perm(INTERVIEW):
        raise NotAllowedError(_("Your role does not hold depth interviews."))


def _audit(kind: str, programme: InterviewProgramme, actor: User, now: datetime) -> None:
    subject_ = ("interview-programme", programme.pk)
    record(kind=kind, actor=actor, subject=subject_, facts={}, now=now)
