"""Sales plans: written, shared out, asked for, approved, adjusted (MKT-53)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.approvals.models import Approval
from crm_site.approvals.registry import ApprovalKind, register_approval
from crm_site.approvals.services import Asked, request_approval
from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError
from crm_site.staff.models import User
from crm_site.staff.selectors import consultants_in
from customers.models import Project
from marketing.selling.choices import FIGURES
from marketing.selling.errors import SellingError
from marketing.selling.plan_models import SalesPlan, SalesPlanLine
from marketing.selling.querysets import KEEP, SIGN
from marketing.selling.rules.plans import NAMES, NOTHING, Figures, PlanState, gap, shared_out, total
from marketing.selling.rules.spans import Grain, span_of

APPROVAL: Final = "sales-plan"
WITHIN: Final = timedelta(days=14)
SUBJECT: Final = "sales-plan"
Lines = Mapping[int, Figures]  # key of the consultant -> figures


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDraft:
    """A plan to be written: for which project and span, with what of the whole project."""

    project: Project
    grain: Grain
    day: date
    figures: Figures


@transaction.atomic
def write_plan(*, draft: PlanDraft, actor: User, now: datetime) -> SalesPlan:
    """Write the first version of a plan as a draft, shared out evenly, and return it.

    Raise SellingError where there is a plan for these days, ValidationError for a plan of nothing.
    """
    _may_keep(actor)
    _check(draft.figures)
    starts_on = span_of(draft.grain, draft.day).start
    try:
        with transaction.atomic():
            plan = SalesPlan.objects.create(
                project=draft.project,
                grain=draft.grain.value,
                starts_on=starts_on,
                created_by=actor,
                created_at=now,
                **_columns(draft.figures),
            )
    except IntegrityError as error:
        raise SellingError(_("There is a plan for these days. Open and adjust it.")) from error
    people = list(consultants_in(draft.project.node).values_list("pk", flat=True))
    if people:
        parts = shared_out(draft.figures, len(people))
        _write_lines(plan, dict(zip(people, parts, strict=True)))
    _audit("selling.plan_written", plan, actor, now)
    return plan


@transaction.atomic
def change_plan(
    *,
    plan: SalesPlan,
    figures: Figures,
    lines: Lines,
    reason: str | None = None,
    actor: User,
    now: datetime,
) -> SalesPlan:
    """Change project and consultants of a draft, and return it; lines of nothing go.

    ``reason`` None keeps what is said; an adjustment never loses its reason. Raise SellingError
    past the draft, ValidationError for people of another project.
    """
    _may_keep(actor)
    _check(figures)
    row = locked(plan, PlanState.DRAFT)
    known = {one.pk for one in people_of(row)}
    if not set(lines) <= known:
        raise ValidationError(_("Plan for consultants of this project only."))
    for key, value in _columns(figures).items():
        setattr(row, key, value)
    if reason is not None and (reason.strip() or row.version == 1):
        row.reason = reason.strip()
    row.save()
    row.lines.all().delete()
    _write_lines(row, lines)
    _audit("selling.plan_changed", row, actor, now)
    return row


@transaction.atomic
def share_evenly(*, plan: SalesPlan, actor: User, now: datetime) -> SalesPlan:
    """Share the figures of the project out in equal parts to its consultants of today."""
    people = list(consultants_in(plan.project.node).values_list("pk", flat=True))
    if not people:
        raise SellingError(_("The project has no consultant to share the plan out to."))
    parts = dict(zip(people, shared_out(plan.figures, len(people)), strict=True))
    return change_plan(plan=plan, figures=plan.figures, lines=parts, actor=actor, now=now)


@transaction.atomic
def ask_approval(*, plan: SalesPlan, actor: User, now: datetime) -> SalesPlan:
    """Ask for the signature of a draft, and return it.

    Raise SellingError while consultants and project differ: the roll-up equals the project.
    """
    _may_keep(actor)
    row = locked(plan, PlanState.DRAFT)
    lines = [line.figures for line in row.lines.all()]
    if lacks := gap(row.figures, lines):
        words = "; ".join(f"{FIGURES[key]} {value:+f}" for key, value in lacks.items())
        raise SellingError(
            _("Consultants and project differ: %(words)s. Make them equal first.")
            % {"words": words},
            code="plan-roll-up",
        )
    asked = Asked(
        kind=APPROVAL,
        title=str(row),
        content=content_of(row),
        reason=row.reason,
        subject=(SUBJECT, row.pk),
    )
    row.approval = request_approval(asked=asked, requester=actor, now=now)
    row.state = PlanState.ASKED
    row.save(update_fields=["approval", "state", "updated_at"])
    return row


@transaction.atomic
def adjust(*, plan: SalesPlan, reason: str, actor: User, now: datetime) -> SalesPlan:
    """Begin the next version of a plan in force as a draft with its lines, and return it.

    The version in force counts until the next one is approved. Raise ValidationError without a
    reason, SellingError where a version is at work.
    """
    _may_keep(actor)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the plan is adjusted.")})
    row = locked(plan, PlanState.APPROVED)
    try:
        with transaction.atomic():
            fresh = SalesPlan.objects.create(
                project_id=row.project_id,
                grain=row.grain,
                starts_on=row.starts_on,
                version=row.version + 1,
                reason=reason.strip(),
                created_by=actor,
                created_at=now,
                **_columns(row.figures),
            )
    except IntegrityError as error:
        raise SellingError(_("The next version is being worked on already.")) from error
    _write_lines(fresh, {line.consultant_id: line.figures for line in row.lines.all()})
    _audit("selling.plan_adjusted", fresh, actor, now)
    return fresh


@transaction.atomic
def discard(*, plan: SalesPlan, actor: User, now: datetime) -> None:
    """Throw a draft away; what is in force stays."""
    _may_keep(actor)
    row = locked(plan, PlanState.DRAFT)
    _audit("selling.plan_discarded", row, actor, now)
    row.delete()


def decided(approval: Approval, now: datetime) -> None:
    """Follow a decision: signed, the version counts and replaces the one before; else a draft."""
    rows = SalesPlan.objects.select_for_update(of=("self",))
    row = rows.filter(approval=approval, state=PlanState.ASKED).first()
    if row is None:
        return
    if approval.state != Approval.State.APPROVED:
        row.state = PlanState.DRAFT
        row.save(update_fields=["state", "updated_at"])
        return
    same = SalesPlan.objects.filter(
        project=row.project_id, grain=row.grain, starts_on=row.starts_on, state=PlanState.APPROVED
    )
    same.update(state=PlanState.REPLACED, updated_at=now)
    row.state, row.approved_at = PlanState.APPROVED, now
    row.save(update_fields=["state", "approved_at", "updated_at"])
    _audit("selling.plan_approved", row, None, now)


def content_of(plan: SalesPlan) -> dict[str, Any]:
    """Return what gets signed: the project and every consultant."""
    lines = plan.lines.order_by("consultant")
    return {
        "plan": plan.pk,
        "title": str(plan),
        "reason": plan.reason,
        "figures": _text(plan.figures),
        "lines": [[line.consultant_id, _text(line.figures)] for line in lines],
    }


def described(content: Any) -> list[tuple[Any, Any]]:
    """Return what is asked, in words."""
    rows: list[tuple[Any, Any]] = [(gettext_lazy("Sales plan"), content["title"])]
    rows += [(FIGURES[key], content["figures"][key]) for key in NAMES]
    rows.append((gettext_lazy("Consultants with a part"), len(content["lines"])))
    if content["reason"]:
        rows.append((gettext_lazy("Why it is adjusted"), content["reason"]))
    return rows


def people_of(plan: SalesPlan) -> list[User]:
    """Return whom the plan can name: consultants of the project and who stands in it already."""
    now_there = consultants_in(plan.project.node).order_by()
    named = User.objects.filter(pk__in=plan.lines.values("consultant"))
    found = User.objects.filter(pk__in=now_there.values("pk")) | named
    return list(found.distinct().order_by("name", "pk"))


def register() -> None:
    """Make the approval known."""
    register_approval(
        ApprovalKind(
            key=APPROVAL,
            label=gettext_lazy("Sales plan"),
            steps=(SIGN,),
            valid_for=WITHIN,
            describe=described,
            request_permission=KEEP,
            on_decided=decided,
        )
    )


def locked(plan: SalesPlan, state: PlanState) -> SalesPlan:
    """Return the plan locked; raise SellingError unless it stands where the step needs it."""
    row: SalesPlan = SalesPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if row.state != state:
        raise SellingError(_("The plan is past this step. Look at it again."))
    return row


def _write_lines(plan: SalesPlan, lines: Lines) -> None:
    SalesPlanLine.objects.bulk_create(
        SalesPlanLine(plan=plan, consultant_id=person, **_columns(figures))
        for person, figures in sorted(lines.items())
        if figures != NOTHING
    )


def _check(figures: Figures) -> None:
    if total([figures]) == NOTHING:
        raise ValidationError({"units": _("Plan at least one figure.")})


def _columns(figures: Figures) -> dict[str, Any]:
    return {key: getattr(figures, key) for key in NAMES} | {"units": int(figures.units)}


def _text(figures: Figures) -> dict[str, str]:
    return {key: f"{getattr(figures, key).normalize():f}" for key in NAMES}


def _may_keep(actor: User) -> None:
    if not actor.has_perm(KEEP):
        raise NotAllowedError(_("Your role does not write sales plans."))


def _audit(kind: str, plan: SalesPlan, actor: User | None, now: datetime) -> None:
    facts = {"grain": plan.grain, "version": plan.version}
    record(kind=kind, actor=actor, subject=(SUBJECT, plan.pk), facts=facts, now=now)
