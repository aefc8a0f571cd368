"""Coupons and gift vouchers: issued to people or a segment, each redeemed once (CUS-92)."""

import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record, record_bulk
from crm_site.common.refusals import NotAllowedError
from crm_site.staff.models import User
from customers.pricing.selectors import price_at
from customers.property.models import Unit
from customers.purchase.models import ACTIVE_STATES, Purchase
from marketing.promotions.errors import CouponError
from marketing.promotions.models import Coupon, CouponIssue
from marketing.promotions.policies import rules_at
from marketing.promotions.querysets import APPLY, KEEP
from marketing.promotions.services.applying import BAD, ask_price, has_exclusive

LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without what reads alike
CODE_LENGTH: Final = 10
BATCH: Final = 1000


def new_code() -> str:
    """Return a code nobody can guess."""
    return "".join(secrets.choice(LETTERS) for _place in range(CODE_LENGTH))


@transaction.atomic
def hand_out(*, issue: CouponIssue, customers: Any, actor: User, now: datetime) -> int:
    """Give one coupon to each of ``customers`` (a queryset) that has none; return how many new.

    Giving again to the same people gives nothing new. Raise NotAllowedError without the right,
    CouponError once the issue has run out or for more people than the policy allows at once.
    """
    if not actor.has_perm(KEEP):
        raise NotAllowedError(_("Your role does not hand out coupons."))
    row = CouponIssue.objects.select_for_update(of=("self",)).get(pk=issue.pk)
    if row.valid_until <= now:
        raise CouponError(_("These coupons have run out. Make a new issue."))
    have = row.coupons.values("customer")
    wanted = list(customers.exclude(pk__in=have).order_by("pk").values_list("pk", flat=True))
    largest = rules_at(now).largest_issue
    if len(wanted) > largest:
        raise CouponError(
            _("These are %(count)s people; at most %(largest)s coupons go out at once.")
            % {"count": len(wanted), "largest": largest}
        )
    Coupon.objects.bulk_create(
        (Coupon(issue=row, code=new_code(), customer_id=key, created_at=now) for key in wanted),
        batch_size=BATCH,
    )
    if wanted:
        record_bulk(
            kind="promotion.coupons_issued",
            actor=actor,
            subject_kind="customer",
            ids=wanted,
            facts={"issue": row.pk},
            now=now,
        )
    return len(wanted)


@transaction.atomic
def redeem(*, coupon: Coupon, purchase: Purchase, actor: User, now: datetime) -> Coupon:
    """Use a coupon for a deal and return it; of two at once one succeeds.

    A coupon asks for a discount on the unit, signed by its own chain; a gift voucher is given.
    Raise CouponError for one that was used or is not valid now, and for a deal of somebody else or
    below its conditions.
    """
    if not actor.has_perm(APPLY):
        raise NotAllowedError(_("Your role does not redeem coupons."))
    issue = coupon.issue
    _refuse_time(issue, now)
    unit = _unit_of(coupon, purchase)
    _refuse_conditions(issue, purchase, unit, now)
    done = Coupon.objects.filter(pk=coupon.pk, state="issued").update(
        state="used", used_at=now, used_by=actor, unit=unit, purchase=purchase, updated_at=now
    )
    if not done:
        raise CouponError(_("This coupon was used before."), code="coupon-used")
    if issue.kind == "coupon":
        # its own value is counted among what was granted: it is marked as used above
        found = ask_price(
            unit=unit,
            customer=coupon.customer,
            more=Decimal(0),
            reason=_("Coupon %(code)s: %(name)s") % {"code": coupon.code, "name": issue.name},
            asker=actor,
            now=now,
        )
        Coupon.objects.filter(pk=coupon.pk).update(discount=found)
    record(
        kind="promotion.coupon_used",
        actor=actor,
        subject=("customer", coupon.customer_id),
        facts={"coupon": coupon.pk, "issue": issue.pk, "purchase": purchase.pk},
        now=now,
    )
    coupon.refresh_from_db()
    return coupon


def give_back_failed(*, now: datetime) -> int:
    """Let coupons be used again whose discount was not approved or ran out; return how many."""
    rows = Coupon.objects.filter(state="used", discount__state__in=BAD)
    return rows.update(
        state="issued",
        used_at=None,
        used_by=None,
        unit=None,
        purchase=None,
        discount=None,
        updated_at=now,
    )


@transaction.atomic
def void_coupon(*, coupon: Coupon, actor: User, now: datetime) -> None:
    """Take an unused coupon back; raise CouponError once it was used or taken back."""
    if not actor.has_perm(KEEP):
        raise NotAllowedError(_("Your role does not hand out coupons."))
    if not Coupon.objects.filter(pk=coupon.pk, state="issued").update(state="void", updated_at=now):
        raise CouponError(_("This coupon was used or taken back before."), code="coupon-used")
    record(
        kind="promotion.coupon_void",
        actor=actor,
        subject=("customer", coupon.customer_id),
        facts={"coupon": coupon.pk},
        now=now,
    )


def save_issue(*, issue: CouponIssue, actor: User, now: datetime) -> CouponIssue:
    """Save a new issue and return it; raise ValidationError where its time is over already."""
    if issue.valid_until <= now:
        raise ValidationError({"valid_until": _("Choose a later end.")})
    issue.owner = actor
    issue.save()
    record(
        kind="promotion.issue_written",
        actor=actor,
        subject=("coupon_issue", issue.pk),
        facts={"kind": issue.kind, "value": str(issue.value)},
        now=now,
    )
    return issue


def _refuse_time(issue: CouponIssue, now: datetime) -> None:
    if now < issue.valid_from:
        raise CouponError(_("This coupon is not valid yet."))
    if now >= issue.valid_until:
        raise CouponError(_("This coupon has expired."), code="coupon-expired")


def _unit_of(coupon: Coupon, purchase: Purchase) -> Unit:
    if purchase.customer_id != coupon.customer_id:
        raise CouponError(_("This coupon belongs to another customer."))
    if purchase.project_id != coupon.issue.project_id:
        raise CouponError(_("This coupon is for another project."))
    if purchase.unit is None or purchase.state not in ACTIVE_STATES:
        raise CouponError(_("Choose a deal of the customer that holds a unit."))
    return purchase.unit


def _refuse_conditions(issue: CouponIssue, purchase: Purchase, unit: Unit, now: datetime) -> None:
    if issue.kind == "coupon" and purchase.subscribed_at is not None:
        raise CouponError(_("The price of this deal is agreed: a coupon comes before that."))
    if issue.kind == "coupon" and has_exclusive(purchase.customer_id, unit):
        raise CouponError(_("The customer has an exclusive promotion for this unit."))
    price = price_at(unit, at=now)
    total = purchase.list_total or (price.public_total if price else Decimal(0))
    if total < issue.min_total:
        raise CouponError(
            _("This coupon counts from a list price of %(total)s yuan.")
            % {"total": f"{issue.min_total:,.0f}"}
        )
