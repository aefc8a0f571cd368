"""Group purchases: rewarded once large enough in time, else refunded (MKT-44)."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from customers.models import Customer
from customers.property.models import Unit
from marketing.promotions.errors import GroupError
from marketing.promotions.models import GroupBuyer, GroupPurchase, Promotion
from marketing.promotions.rules.sheets import group_reached
from marketing.promotions.services.applying import apply_promotions, refuse_obstacle

REACHED: Final = "promotions.group_reached"
MISSED: Final = "promotions.group_missed"
TWICE: Final = ("group_buyer_once", "group_unit_once")


@transaction.atomic
def open_group(*, group: GroupPurchase, actor: User, now: datetime) -> GroupPurchase:
    """Save a new group and return it.

    Raise GroupError where its promotion is no group purchase or not approved, ValidationError for a
    deadline that cannot be.
    """
    promotion = group.promotion
    if promotion.kind != "group" or promotion.state != "approved":
        raise GroupError(_("Choose an approved promotion of the kind group purchase."))
    if not now < group.deadline <= promotion.ends_at:
        raise ValidationError(
            {"deadline": _("The deadline lies between now and the end of the promotion.")}
        )
    group.owner = actor
    group.save()
    _audit("promotion.group_opened", group, actor, now, needed=group.min_size)
    return group


@transaction.atomic
def join_group(
    *,
    group: GroupPurchase,
    customer: Customer,
    unit: Unit,
    paid: Decimal,
    actor: User,
    now: datetime,
) -> GroupBuyer:
    """Let a household join; with the one that makes it large enough all get their discount.

    One short of the size nobody gets any. Raise GroupError after the deadline, and where household
    or unit is in the group already; PromotionError where the promotion does not hold for the unit.
    """
    row = _locked(group)
    if row.state == "missed" or row.deadline <= now:
        raise GroupError(_("The group no longer gathers."))
    refuse_obstacle(row.promotion, unit, now=now, in_group=True)
    try:
        with transaction.atomic():
            member = GroupBuyer.objects.create(
                group=row, customer=customer, unit=unit, paid=paid, joined_at=now
            )
    except IntegrityError as error:
        if any(name in str(error) for name in TWICE):
            raise GroupError(_("This household or unit is in the group already.")) from error
        raise
    _audit("promotion.group_joined", row, actor, now, member=member.pk)
    size = row.members.filter(left_at__isnull=True).count()
    if row.state == "open" and group_reached(size, needed=row.min_size):
        row.state, row.closed_at = "reached", now
        row.save(update_fields=["state", "closed_at", "updated_at"])
        _audit("promotion.group_reached", row, actor, now, size=size)
        _tell(REACHED, row, now=now, size=size)
    if row.state == "reached":
        reward_members(row, actor=actor, now=now)
        member.refresh_from_db()
    return member


@transaction.atomic
def leave_group(*, member: GroupBuyer, actor: User, now: datetime) -> GroupBuyer:
    """Take a household out while the group gathers; what it paid in is due back. Return it."""
    row = _locked(member.group)
    if row.state != "open":
        raise GroupError(_("The group is closed: nobody leaves it any more."))
    changes: dict[str, Any] = {"left_at": now}
    if member.paid > 0:
        changes["refund_due_at"] = now
    if not GroupBuyer.objects.filter(pk=member.pk, left_at__isnull=True).update(**changes):
        raise GroupError(_("The household left the group before."))
    _audit("promotion.group_left", row, actor, now, member=member.pk)
    member.refresh_from_db()
    return member


def reward_members(group: GroupPurchase, *, actor: User, now: datetime) -> int:
    """Ask for the discount of every member that has none yet; return how many were asked for.

    The consultant of the customer asks where they may, else whoever acts. What cannot be asked for
    is noted with its reason and tried again by the job.
    """
    asked = 0
    waiting = group.members.filter(left_at__isnull=True, use__isnull=True)
    for member in waiting.select_related("customer__owner", "unit").order_by("pk"):
        try:
            with transaction.atomic():
                uses = apply_promotions(
                    promotions=[group.promotion],
                    customer=member.customer,
                    unit=member.unit,
                    actor=_asker(member, actor),
                    now=now,
                    in_group=True,
                )
        except RefusedError as refusal:
            GroupBuyer.objects.filter(pk=member.pk).update(obstacle=str(refusal)[:300])
            continue
        GroupBuyer.objects.filter(pk=member.pk).update(use=uses[0], obstacle="")
        asked += 1
    return asked


def close_due(*, now: datetime) -> int:
    """Close groups whose deadline passed without enough households; return how many.

    What was paid in is due back, finance is told. Safe to run twice.
    """
    due = GroupPurchase.objects.filter(state="open", deadline__lte=now)
    return sum(_miss(key, now) for key in due.order_by("pk").values_list("pk", flat=True))


def retry_rewards(*, now: datetime) -> int:
    """Ask again for discounts of reached groups that could not be asked for; return how many."""
    rows = GroupPurchase.objects.filter(
        state="reached",
        promotion__ends_at__gt=now,
        members__use__isnull=True,
        members__left_at__isnull=True,
    )
    done = 0
    for group in rows.select_related("promotion", "owner").distinct().order_by("pk"):
        with transaction.atomic():
            done += reward_members(_locked(group), actor=group.owner, now=now)
    return done


@transaction.atomic
def note_refund(*, member: GroupBuyer, note: str, actor: User, now: datetime) -> GroupBuyer:
    """Note that a household got its money back, once; return it."""
    if not note.strip():
        raise ValidationError({"note": _("Write the number or way of the payment.")})
    done = GroupBuyer.objects.filter(
        pk=member.pk, refund_due_at__isnull=False, refunded_at__isnull=True
    ).update(refunded_at=now, refunded_by=actor, refund_note=note.strip()[:200])
    if not done:
        raise GroupError(_("Nothing is due back to this household any more."))
    member.refresh_from_db()
    _audit("promotion.group_refunded", member.group, actor, now, member=member.pk)
    return member


@transaction.atomic
def _miss(key: int, now: datetime) -> int:
    rows = GroupPurchase.objects.select_for_update(of=("self",)).filter(pk=key, state="open")
    row = rows.select_related("promotion__project__node", "owner").first()
    if row is None or row.deadline > now:
        return 0
    row.state, row.closed_at = "missed", now
    row.save(update_fields=["state", "closed_at", "updated_at"])
    size = row.members.filter(left_at__isnull=True).count()
    row.members.filter(left_at__isnull=True, paid__gt=0, refund_due_at__isnull=True).update(
        refund_due_at=now
    )
    _audit("promotion.group_missed", row, None, now, size=size)
    _tell(MISSED, row, now=now, size=size)
    return 1


def _locked(group: GroupPurchase) -> GroupPurchase:
    """Lock the promotion, then the group: the order in which everything here takes its locks."""
    list(Promotion.objects.select_for_update().filter(pk=group.promotion_id).values_list("pk"))
    rows = GroupPurchase.objects.select_for_update(of=("self",)).select_related("promotion")
    return rows.get(pk=group.pk)


def _asker(member: GroupBuyer, actor: User) -> User:
    owner = member.customer.owner
    may = owner is not None and owner.is_active and owner.has_perm("customers.sell_unit")
    return owner if owner is not None and may else actor


def _tell(kind: str, row: GroupPurchase, *, now: datetime, size: int) -> None:
    people = [row.owner]
    if kind == MISSED:
        region = row.promotion.project.node.region_id
        people += User.objects.filter(is_active=True, role="finance", node=region).order_by("pk")
    params = {"name": row.name, "size": str(size), "needed": str(row.min_size)}
    key = f"group-purchase:{row.pk}:{row.state}"
    send_many(
        [
            Outgoing(kind, person, f"{key}:{person.pk}", params, ("group_purchase", row.pk))
            for person in {one.pk: one for one in people}.values()
        ],
        now=now,
    )


def _audit(
    kind: str, group: GroupPurchase, actor: User | None, now: datetime, **facts: Any
) -> None:
    record(kind=kind, actor=actor, subject=("group_purchase", group.pk), facts=facts, now=now)
