"""The life of a promotion: written, signed by value, stopped, reviewed (MKT-42, 43)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from crm_site.approvals.models import Approval
from crm_site.approvals.services import Asked, request_approval, use
from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.models import Project
from customers.property.models import Building
from customers.purchase.models import Purchase
from marketing.promotions.errors import PromotionError
from marketing.promotions.models import Promotion, PromotionEvent, PromotionReview
from marketing.promotions.policies import rules_at
from marketing.promotions.querysets import DIRECT, SIGN
from marketing.promotions.rules.offers import Offer, exclusive_overlaps
from marketing.promotions.rules.sheets import (
    Window,
    baseline_of,
    missing_inputs,
    signers,
)

KIND: Final = "marketing.promotion"
SIGNED_WITHIN: Final = timedelta(days=14)
STANDING: Final = ("waiting", "approved")
ENDS: Final = {
    Approval.State.REFUSED: "refused",
    Approval.State.WITHDRAWN: "draft",
    Approval.State.EXPIRED: "draft",
}


def offer_of(promotion: Promotion) -> Offer:
    """Return a promotion as the rules see it."""
    return Offer(
        key=promotion.pk,
        project=promotion.project_id,
        starts_at=promotion.starts_at,
        ends_at=promotion.ends_at,
        stacking=promotion.stacking,
        state=promotion.state,
        left=promotion.left,
        buildings=frozenset(building.pk for building in promotion.buildings.all()),
    )


@transaction.atomic
def write_promotion(
    *,
    promotion: Promotion,
    buildings: list[Building],
    actor: User,
    now: datetime,
) -> Promotion:
    """Save a new promotion or the changed draft of one and return it.

    Raise PromotionError once it was sent for approval, ValidationError for a building of another
    project.
    """
    if any(one.project_id != promotion.project_id for one in buildings):
        raise ValidationError({"buildings": _("Choose buildings of this project.")})
    is_new = promotion.pk is None
    if not is_new:
        current = Promotion.objects.select_for_update(of=("self",)).get(pk=promotion.pk)
        if current.state not in ("draft", "refused"):
            raise PromotionError(_("Only a draft can be changed. Withdraw the approval first."))
    promotion.state = "draft"
    promotion.save()
    promotion.buildings.set(buildings)
    note(promotion, "written" if is_new else "changed", actor=actor, now=now)
    return promotion


@transaction.atomic
def submit_promotion(*, promotion: Promotion, actor: User, now: datetime) -> Promotion:
    """Ask for the signatures that the expected cost wants and return the promotion.

    Raise PromotionError where an input of the design sheet is missing, its time is over, or an
    exclusive promotion overlaps with another one of the project.
    """
    list(Project.objects.select_for_update().filter(pk=promotion.project_id).values_list("pk"))
    row = Promotion.objects.select_for_update(of=("self",)).get(pk=promotion.pk)
    if row.state not in ("draft", "refused"):
        raise PromotionError(_("It was sent for approval already."))
    sheet = {"market": row.market, "need": row.need, "goal": row.goal}
    fields: Any = Promotion._meta
    missing = [str(fields.get_field(key).verbose_name) for key in missing_inputs(sheet)]
    if missing:
        words = _("The design sheet lacks: %(inputs)s. Write them first.")
        raise PromotionError(words % {"inputs": _(", ").join(missing)})
    if row.ends_at <= now:
        raise PromotionError(_("Its time is over. Choose a later end first."))
    _refuse_overlaps(row)
    row.state, row.submitted_at = "waiting", now
    row.approval = request_approval(
        asked=Asked(
            kind=KIND,
            title=f"{row.code} {row.name}"[:200],
            content=content_of(row, now=now),
            reason=row.goal[:300],
            subject=("promotion", row.pk),
        ),
        requester=actor,
        now=now,
    )
    row.save(update_fields=["state", "submitted_at", "approval", "updated_at"])
    note(row, "submitted", actor=actor, now=now)
    return row


def _refuse_overlaps(row: Promotion) -> None:
    others = Promotion.objects.filter(project=row.project_id, state__in=STANDING)
    others = others.prefetch_related("buildings")
    found = {one.pk: one for one in others}
    clashing = exclusive_overlaps(offer_of(row), [offer_of(one) for one in found.values()])
    if clashing:
        names = _(", ").join(f"{found[key].code} {found[key].name}" for key in clashing)
        raise PromotionError(
            _("It is exclusive and overlaps with: %(names)s. Change time, buildings or stacking.")
            % {"names": names}
        )


def content_of(row: Promotion, *, now: datetime) -> dict[str, Any]:
    """Return what is signed, to the letter."""
    limit = rules_at(now).director_limit
    return {
        "code": row.code,
        "name": row.name,
        "kind": row.kind,
        "project": row.project_id,
        "project_name": str(row.project),
        "buildings": sorted(building.name for building in row.buildings.all()),
        "from": row.starts_at.isoformat(),
        "until": row.ends_at.isoformat(),
        "benefit": row.benefit,
        "value": str(row.value),
        "gift": row.gift,
        "rules": row.rules,
        "stock": row.stock,
        "stacking": row.stacking,
        "cost": str(row.expected_cost),
        "market": row.market,
        "need": row.need,
        "goal": row.goal,
        "steps": list(signers(row.expected_cost, limit=limit, first=SIGN, last=DIRECT)),
    }


def decide_promotion(approval: Approval, now: datetime) -> None:
    """Follow the signatures: the promotion holds from its first day, or is closed or a draft."""
    rows = Promotion.objects.select_for_update(of=("self",)).filter(
        approval=approval, state="waiting"
    )
    row = rows.first()
    if row is None:
        return
    if approval.state == Approval.State.APPROVED:
        content: Mapping[str, Any] = approval.content
        use(
            approval_id=approval.pk,
            kind=KIND,
            content=content,
            user=approval.requester,
            now=now,
        )
        row.state = "approved"
    elif approval.state in ENDS:
        row.state = ENDS[Approval.State(approval.state)]
    row.decided_at = now
    row.save(update_fields=["state", "decided_at", "updated_at"])
    note(row, "decided", actor=None, now=now, words=str(Approval.State(approval.state).label))


@transaction.atomic
def stop_promotion(*, promotion: Promotion, reason: str, actor: User, now: datetime) -> Promotion:
    """End an approved promotion at once; what was granted stays. Return it."""
    row = Promotion.objects.select_for_update(of=("self",)).get(pk=promotion.pk)
    if row.state != "approved":
        raise PromotionError(_("Only an approved promotion can be stopped."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is stopped.")})
    row.state, row.stopped_at = "stopped", now
    row.save(update_fields=["state", "stopped_at", "updated_at"])
    note(row, "stopped", actor=actor, now=now, words=reason.strip())
    return row


@transaction.atomic
def review_promotion(
    *, promotion: Promotion, findings: str, actor: User, now: datetime
) -> PromotionReview:
    """Count the deals of its time and of the same length before, and keep them with the findings.

    Raise PromotionError before its time is over, or where it was reviewed already.
    """
    row = Promotion.objects.select_for_update(of=("self",)).get(pk=promotion.pk)
    over_at = min(row.ends_at, row.stopped_at or row.ends_at)
    if row.state not in ("approved", "stopped") or over_at > now:
        raise PromotionError(_("It is reviewed once its time is over."))
    if over_at <= row.starts_at:
        raise PromotionError(_("It was stopped before it began: there is nothing to review."))
    if not findings.strip():
        raise ValidationError({"findings": _("Fill this in.")})
    during = Window(row.starts_at, over_at)
    before = baseline_of(during)
    base, gained = deals_in(row, before), deals_in(row, during)
    cost = row.uses.filter(state="granted").aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    review = PromotionReview.objects.create(
        promotion=row,
        baseline_from=before.start,
        baseline_until=before.end,
        baseline_deals=base[0],
        baseline_amount=base[1],
        deals=gained[0],
        amount=gained[1],
        cost=cost,
        findings=findings.strip(),
        reviewed_by=actor,
        reviewed_at=now,
    )
    row.state = "reviewed"
    row.save(update_fields=["state", "updated_at"])
    note(row, "reviewed", actor=actor, now=now)
    return review


def deals_in(row: Promotion, window: Window) -> tuple[int, Decimal]:
    """Return how many subscriptions of the promotion's units fell into a time, and their yuan."""
    rows = Purchase.objects.filter(
        project=row.project_id,
        subscribed_at__gte=window.start,
        subscribed_at__lt=window.end,
    )
    buildings = [building.pk for building in row.buildings.all()]
    if buildings:
        rows = rows.filter(unit__building__in=buildings)
    found = rows.aggregate(deals=Count("pk"), amount=Sum("agreed_total"))
    return found["deals"], found["amount"] or Decimal(0)


def note(row: Promotion, kind: str, *, actor: User | None, now: datetime, words: str = "") -> None:
    """Write what happened, in the history and in the audit trail."""
    PromotionEvent.objects.create(promotion=row, kind=kind, note=words[:300], actor=actor, at=now)
    record(
        kind=f"promotion.{kind}",
        actor=actor,
        subject=("promotion", row.pk),
        reason=words[:300],
        facts={"state": row.state},
        now=now,
    )
