"""What needs signatures in owner care: plans, lists of gifts, proposals of funds.

Each is a draft that can be changed, then waits, then is approved as it was signed; refused,
withdrawn or expired it is a draft again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from crm_site.approvals.models import Approval
from crm_site.approvals.registry import ApprovalKind, register_approval
from crm_site.approvals.services import Asked, request_approval, use
from crm_site.audit.services import record
from crm_site.staff.models import User
from service.care.errors import CareError
from service.care.models import CareGiftList, CarePlan, FundProposal
from service.care.rules import PaperState

PLAN: Final = "care.plan"
GIFTS: Final = "care.gifts"
PROPOSAL: Final = "care.proposal"
SIGN, SIGN_FUND, ASK = "service.approve_care", "service.approve_fund", "service.plan_care"
WITHIN: Final = timedelta(days=30)
MODELS: Final[dict[str, Any]] = {PLAN: CarePlan, GIFTS: CareGiftList, PROPOSAL: FundProposal}
SUBJECTS: Final = {PLAN: "care-plan", GIFTS: "care-gifts", PROPOSAL: "fund-proposal"}


def locked_draft(kind: str, pk: int) -> Any:
    """Lock and return a draft; raise CareError once it waits or is approved."""
    row = locked(kind, pk)
    if row.state != PaperState.DRAFT:
        raise CareError(_("It waits for signatures or is approved. Withdraw the request first."))
    return row


def locked(kind: str, pk: int) -> Any:
    """Lock and return a paper as it is now."""
    return MODELS[kind].objects.select_for_update(of=("self",)).select_related("project").get(pk=pk)


@transaction.atomic
def submit(*, kind: str, paper: Any, actor: User, now: datetime) -> Any:
    """Ask for the signatures of a draft and return it; raise CareError where it is empty."""
    row = locked_draft(kind, paper.pk)
    content = content_of(kind, row)
    if not content["count"]:
        raise CareError(_("There is nothing in it yet to sign."))
    asked = Asked(kind=kind, title=str(row), content=content, subject=(SUBJECTS[kind], row.pk))
    row.approval = request_approval(asked=asked, requester=actor, now=now)
    row.state = PaperState.WAITING.value
    row.save(update_fields=["approval", "state", "updated_at"])
    return row


def decide(approval: Approval, now: datetime) -> None:
    """Follow the approval: approved as signed, else a draft again."""
    row = (
        MODELS[approval.kind]
        .objects.select_for_update(of=("self",))
        .filter(approval=approval)
        .first()
    )
    if row is None or row.state != PaperState.WAITING:
        return
    if approval.state == Approval.State.APPROVED:
        content = content_of(approval.kind, row)
        use(
            approval_id=approval.pk,
            kind=approval.kind,
            content=content,
            user=approval.requester,
            now=now,
        )
        row.state = PaperState.APPROVED.value
        record(
            kind=f"{approval.kind}_approved",
            actor=approval.requester,
            subject=("project", row.project_id),
            facts={"id": row.pk},
            now=now,
        )
    else:
        row.state, row.approval = PaperState.DRAFT.value, None
    row.save(update_fields=["approval", "state", "updated_at"])


def content_of(kind: str, row: Any) -> dict[str, Any]:
    """Return what is signed, to the letter; ``count`` is how much there is in it."""
    if kind == PLAN:
        return _plan(row)
    return _gifts(row) if kind == GIFTS else _proposal(row)


def _plan(row: CarePlan) -> dict[str, Any]:
    lines = [
        [one.title, one.planned_on.isoformat(), str(one.budget)] for one in row.activities.all()
    ]
    total = row.activities.aggregate(sum=Sum("budget"))["sum"] or 0
    return {
        "id": row.pk,
        "project": row.project.name,
        "count": len(lines),
        "lines": lines,
        "total": str(total),
    }


def _gifts(row: CareGiftList) -> dict[str, Any]:
    people = sorted(row.gifts.values_list("customer", flat=True))
    return {
        "id": row.pk,
        "project": row.project.name,
        "gift": row.gift,
        "value": str(row.value),
        "count": len(people),
        "people": people,
        "total": str(row.value * len(people)),
    }


def _proposal(row: FundProposal) -> dict[str, Any]:
    return {
        "id": row.pk,
        "project": row.project.name,
        "title": row.title,
        "before": row.before,
        "for": row.votes_for,
        "against": row.votes_against,
        "count": int(row.votes_for > row.votes_against),
        "total": str(row.amount),
    }


def described(content: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Return a paper in words for who signs it."""
    lines = [(_("Project"), content["project"])]
    if "title" in content:
        lines += [
            (_("What is renewed"), content["title"]),
            (_("How it is now"), content["before"]),
            (_("Owners in favour"), content["for"]),
            (_("Owners against"), content["against"]),
        ]
    if "gift" in content:
        lines += [(pgettext("care", "Gift"), content["gift"]), (_("Customers"), content["count"])]
    lines += [(f"{day} {title}", f"{budget}") for title, day, budget in content.get("lines", [])]
    return [*lines, (_("Total (yuan)"), content["total"])]


def register() -> None:
    """Make the three kinds of approval known."""
    for kind, label, steps in (
        (PLAN, gettext_lazy("Care plan"), (SIGN,)),
        (GIFTS, gettext_lazy("Gifts to owners"), (SIGN,)),
        (PROPOSAL, gettext_lazy("Proposal of a care fund"), (SIGN, SIGN_FUND)),
    ):
        register_approval(
            ApprovalKind(
                key=kind,
                label=label,
                steps=steps,
                valid_for=WITHIN,
                describe=described,
                request_permission=ASK,
                on_decided=decide,
            )
        )
