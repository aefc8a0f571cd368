"""The marketing plan of a project for a phase: each step by who may take it (MKT-06)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.approvals.models import Approval
from crm_site.approvals.registry import ApprovalKind, register_approval
from crm_site.approvals.services import Asked, request_approval
from crm_site.audit.services import record
from crm_site.outbox.services import send
from crm_site.staff.models import User
from crm_site.staff.selectors import staff_under
from customers.models import Project
from marketing.campaigns import choices
from marketing.campaigns.errors import CampaignError
from marketing.campaigns.models import PlanningCase, PlanningEvent
from marketing.campaigns.querysets import APPROVE, KEEP, VIEW
from marketing.campaigns.rules.procedure import NEEDED, PlanningState, next_by_hand
from marketing.campaigns.services.planning import require

APPROVAL: Final = "marketing-plan"
WITHIN: Final = timedelta(days=30)
HANDED: Final = "marketing-plan.handed_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """How a plan begins: for which project and phase, whose, what is asked for."""

    project: Project
    phase: str
    owner: User
    brief: str


@transaction.atomic
def open_case(*, brief: Brief, actor: User, now: datetime) -> PlanningCase:
    """Begin the plan of a phase with its brief; raise CampaignError where one is at work."""
    require(actor, KEEP)
    row = PlanningCase(
        project=brief.project,
        region_id=brief.project.node.region_id,
        phase=brief.phase,
        owner=brief.owner,
        brief=brief.brief.strip(),
        created_by=actor,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise CampaignError(_("A plan for this phase is at work already.")) from error
    _note(row, "", "", actor, now)
    return row


@transaction.atomic
def advance(*, case: PlanningCase, words: str, actor: User, now: datetime) -> PlanningCase:
    """Take a plan to its next step with what that step asks for, and return it.

    Raise CampaignError where only a signature goes on, ValidationError without the words.
    """
    require(actor, KEEP)
    row = PlanningCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    source = PlanningState(row.state)
    target = next_by_hand(source)
    if target is None:
        raise CampaignError(_("The next step is not taken by hand."))
    needed = NEEDED.get(target)
    if needed:
        if not words.strip():
            raise ValidationError({"words": _("Write down what this step asks for.")})
        limit = row._meta.get_field(needed).max_length or 300  # type: ignore[union-attr]
        setattr(row, needed, words.strip()[:limit])
    if target is PlanningState.ASKED:
        row.approval_id = _ask(row, actor, now).pk
    row.state = target.value
    row.save()
    _note(row, source.value, words[:300], actor, now)
    if target is PlanningState.HANDED_OUT:
        _tell_project(row, now)
    return row


def _ask(row: PlanningCase, actor: User, now: datetime) -> Approval:
    content = {
        "case": row.pk,
        "project": str(row.project),
        "phase": row.phase,
        "proposal": row.proposal,
        "verdict": row.verdict,
    }
    asked = Asked(kind=APPROVAL, title=str(row), content=content, subject=("planning-case", row.pk))
    return request_approval(asked=asked, requester=actor, now=now)


def decided(approval: Approval, now: datetime) -> None:
    """Follow a decision: signed approves the plan, anything else takes it back to the proposal."""
    row = (
        PlanningCase.objects.select_for_update(of=("self",)).filter(approval_id=approval.pk).first()
    )
    if row is None or row.state != PlanningState.ASKED:
        return
    signed = approval.state == Approval.State.APPROVED
    row.state = (PlanningState.APPROVED if signed else PlanningState.PROPOSAL).value
    row.save(update_fields=["state", "updated_at"])
    signature = approval.signatures.standing().order_by("-pk").first()
    actor = signature.signer if signature else None
    _note(row, PlanningState.ASKED.value, approval.get_state_display(), actor, now)


def _tell_project(row: PlanningCase, now: datetime) -> None:
    """Tell everybody of the project who works with campaigns that the plan is there."""
    for person in staff_under(row.project.node).order_by("pk"):
        if person.has_perm(VIEW):
            send(
                kind=HANDED,
                recipient=person,
                subject=("planning-case", row.pk),
                params={"plan": str(row)},
                key=f"{HANDED}:{row.pk}:{person.pk}",
                now=now,
            )


def _note(row: PlanningCase, source: str, note: str, actor: User | None, now: datetime) -> None:
    PlanningEvent.objects.create(
        case=row, at=now, from_state=source, to_state=row.state, note=str(note), actor=actor
    )
    facts = {"to_state": row.state}
    subject = ("planning-case", row.pk)
    record(kind="marketing_plan.moved", actor=actor, subject=subject, facts=facts, now=now)


def described(content: Any) -> list[tuple[Any, Any]]:
    """Return what is asked, in words."""
    return [
        (gettext_lazy("Project"), content["project"]),
        (gettext_lazy("Sales phase"), dict(choices.PHASES)[content["phase"]]),
        (gettext_lazy("Proposal"), content["proposal"]),
        (gettext_lazy("Result of the review"), content["verdict"]),
    ]


def register() -> None:
    """Make the approval known."""
    register_approval(
        ApprovalKind(
            key=APPROVAL,
            label=gettext_lazy("Marketing plan of a project"),
            steps=(APPROVE,),
            valid_for=WITHIN,
            describe=described,
            request_permission=KEEP,
            on_decided=decided,
        )
    )
