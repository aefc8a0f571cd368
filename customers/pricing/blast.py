"""What a price list will do before it counts, and what followed (MKT-47, MKT-48, BEY-05).

Five statements, whatever the size of the project. Stored figures name customers by key only.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from crm_site.policies.services import in_force
from customers.models import Lead, LeadEvent
from customers.pricing.models import DiscountRequest, LetterBreach, PriceLetter, PriceList
from customers.pricing.policies import CHANGES, ChangeRules
from customers.pricing.rules import (
    Moved,
    Movement,
    expected_churn,
    expected_compensation,
    months_before,
    movement_of,
    quarter_of,
)
from customers.pricing.selectors import price_column
from customers.purchase.models import Purchase, PurchaseEvent
from customers.purchase.querysets import STANDING
from customers.purchase.rules import PurchaseState
from customers.rules.axes import LeadState

ZERO = Decimal(0)
CALLS = 200
INTERESTED = "interested"
BOUND = (PurchaseState.SUBSCRIBED, PurchaseState.SIGNED, PurchaseState.HANDED_OVER)
GROUPS = {
    PurchaseState.HELD.value: "held",
    PurchaseState.PRESUBSCRIBED.value: "held",
    PurchaseState.SUBSCRIBED.value: "subscribed",
    PurchaseState.SIGNED.value: "signed",
    PurchaseState.HANDED_OVER.value: "signed",
}
OVER = {LeadState.SUBSCRIBED.value, LeadState.SIGNED.value, LeadState.LOST.value}


class Hit(NamedTuple):
    """A purchase that the change touches, and by how many yuan."""

    purchase: int
    customer: int
    group: str
    exposure: Decimal


def earlier_changes(price_list: PriceList, *, now: datetime) -> int:
    """Return the approved changes of the project in the quarter of this one (MKT-47).

    The first list of a project is no change. The quarter is that of the calendar, local time.
    """
    day = timezone.localtime(price_list.wanted_from or now).date()
    first, after = quarter_of(day)
    approved = PriceList.objects.filter(project=price_list.project_id, state="approved")
    opening = approved.order_by("effective_at", "pk").values("pk")[:1]
    counted = approved.exclude(pk__in=list(opening.values_list("pk", flat=True)))
    return counted.filter(effective_at__date__gte=first, effective_at__date__lt=after).count()


def is_change(price_list: PriceList) -> bool:
    """Return whether the project has prices that this list would change."""
    found: bool = (
        PriceList.objects.filter(project=price_list.project_id, state="approved")
        .exclude(pk=price_list.pk)
        .exists()
    )
    return found


def moved_rows(price_list: PriceList, *, at: datetime) -> list[Moved]:
    """Return every unit of the list with its total before and after, in one statement."""
    rows = price_list.prices.annotate(old=price_column("public_total", of="unit_id", at=at))
    return [
        Moved(*row) for row in rows.values_list("unit_id", "unit__layout_id", "old", "public_total")
    ]


def blast_radius(price_list: PriceList, *, now: datetime) -> dict[str, Any]:
    """Return, ready to be stored as JSON, whom and what a list that does not count yet will hit."""
    rules: ChangeRules = in_force(CHANGES, at=now).value
    rows = moved_rows(price_list, at=now)
    movement = movement_of(rows)
    hits = purchase_hits(price_list.project_id, movement, rules=rules, now=now)
    broken = broken_letters(
        price_list.project_id, movement, at=max(price_list.wanted_from or now, now)
    )
    bound = [hit for hit in hits if hit.group in ("subscribed", "signed") and hit.exposure > 0]
    promised = {customer for _letter, customer, _difference in broken}
    letters = sum((difference for *_keys, difference in broken), ZERO)
    others = sum((hit.exposure for hit in bound if hit.customer not in promised), ZERO)
    changes = earlier_changes(price_list, now=now) + 1 if is_change(price_list) else 0
    interested = _interested(price_list.project_id)
    churn = expected_churn(
        interested,
        changes=changes,
        restraint=rules.restraint,
        percent=rules.loss_percent,
        usual=rules.usual_loss_percent,
    )
    return {
        "at": now.isoformat(),
        **_units(rows),
        "changes": changes,
        "restraint": rules.restraint,
        "months": rules.buyer_months,
        "groups": _groups(hits, interested),
        "discounts": _open_discounts(rows, at=now),
        "letters": [
            {"letter": key, "customer": who, "difference": str(sum_)} for key, who, sum_ in broken
        ],
        "letters_sum": str(letters),
        "compensation": str(
            expected_compensation(
                buyers=others, letters=letters, share_percent=rules.compensation_percent
            )
        ),
        "churn": churn if changes else 0,
        "complaints": _share(len({hit.customer for hit in bound}), rules.complaint_percent),
        "calls": _calls(hits),
    }


def purchase_hits(
    project_id: int, movement: Movement, *, rules: ChangeRules, now: datetime
) -> list[Hit]:
    """Return the purchases that stand, or were signed in the last months, with their exposure.

    Who subscribed or signed loses what was paid above the new price. Who only holds a unit has no
    price yet: any change, up or down, is the exposure.
    """
    since = months_before(timezone.localtime(now).date(), rules.buyer_months)
    recent = Q(state__in=["signed", "handed_over"], signed_at__date__gte=since)
    standing = STANDING & Q(state__in=["held", "presubscribed", "subscribed"])
    rows = Purchase.objects.filter(standing | recent, project=project_id, unit__isnull=False)
    rows = rows.annotate(current=price_column("public_total", of="unit_id", at=now))
    found = rows.values_list(
        *("pk", "customer_id", "state", "unit_id", "unit__layout_id"),
        *("agreed_total", "list_total", "current"),
    )
    return [_hit(row, movement) for row in found]


def _hit(row: tuple[Any, ...], movement: Movement) -> Hit:
    pk, customer, state, unit, layout, agreed, listed, current = row
    before = current or listed or agreed
    if before is None:
        return Hit(pk, customer, GROUPS[state], ZERO)
    after = movement.reference(unit=unit, layout=layout, before=before)
    if state in BOUND:
        return Hit(pk, customer, GROUPS[state], max(ZERO, (agreed or before) - after))
    return Hit(pk, customer, GROUPS[state], abs(after - before))


def broken_letters(
    project_id: int, movement: Movement, *, at: datetime, before: datetime | None = None
) -> list[tuple[int, int, Decimal]]:
    """Return letter, customer and difference of each promise that the change undercuts at ``at``.

    A letter is broken by a lower price of its unit, or of the units of its layout. ``before`` is
    the moment whose prices stood before the change, ``at`` where it is not in force yet.
    """
    rows = PriceLetter.objects.binding_at(at).filter(project=project_id)
    rows = rows.annotate(current=price_column("public_total", of="unit_id", at=before or at))
    broken = []
    for pk, customer, unit, layout, total, current in rows.order_by("pk").values_list(
        "pk", "customer_id", "unit_id", "unit__layout_id", "total", "current"
    ):
        after = movement.reference(unit=unit, layout=layout, before=current or total, strict=True)
        if after < total and (unit in movement.totals or movement.by_layout.get(layout, 1) < 1):
            broken.append((pk, customer, total - after))
    return broken


def _interested(project_id: int) -> int:
    standing = Purchase.objects.filter(STANDING, project=project_id, customer=OuterRef("customer"))
    rows = Lead.objects.filter(project=project_id, customer__merged_into__isnull=True)
    rows = rows.exclude(state__in=OVER).filter(~Exists(standing))
    found: int = rows.aggregate(number=Count("customer", distinct=True))["number"]
    return found


def _units(rows: list[Moved]) -> dict[str, Any]:
    known = [row for row in rows if row.old is not None]
    return {
        "units": len(rows),
        "raised": sum(row.new > (row.old or 0) for row in known),
        "lowered": sum(row.new < (row.old or 0) for row in known),
        "first": len(rows) - len(known),
        "old_sum": str(sum((row.old or ZERO for row in known), ZERO)),
        "new_sum": str(sum((row.new for row in known), ZERO)),
        "first_sum": str(sum((row.new for row in rows if row.old is None), ZERO)),
    }


def _groups(hits: list[Hit], interested: int) -> list[dict[str, Any]]:
    groups = [{"group": INTERESTED, "customers": interested, "hit": interested, "exposure": "0"}]
    for name in ("held", "subscribed", "signed"):
        members = [hit for hit in hits if hit.group == name]
        groups.append(
            {
                "group": name,
                "customers": len({hit.customer for hit in members}),
                "hit": len({hit.customer for hit in members if hit.exposure}),
                "exposure": str(sum((hit.exposure for hit in members), ZERO)),
            }
        )
    return groups


def _open_discounts(rows: list[Moved], *, at: datetime) -> list[int]:
    changed = [row.unit for row in rows if row.old is not None and row.old != row.new]
    found = DiscountRequest.objects.open_at(at).filter(unit__in=changed).order_by("pk")
    return list(found.values_list("pk", flat=True))


def _calls(hits: list[Hit]) -> list[dict[str, Any]]:
    """Return whom to call, the greatest exposure first."""
    hurt = sorted(
        (hit for hit in hits if hit.exposure), key=lambda hit: (-hit.exposure, hit.purchase)
    )
    return [
        {
            "purchase": hit.purchase,
            "customer": hit.customer,
            "group": hit.group,
            "exposure": str(hit.exposure),
        }
        for hit in hurt[:CALLS]
    ]


def _share(number: int, percent: Decimal) -> int:
    return int((number * percent / 100).to_integral_value())


def what_followed(price_list: PriceList, *, now: datetime) -> dict[str, Any] | None:
    """Return what happened in the days after a list came into force; ``None`` before."""
    start = price_list.effective_at
    if start is None or start > now:
        return None
    rules: ChangeRules = in_force(CHANGES, at=start).value
    end = min(now, start + timedelta(days=rules.compare_days))
    steps = PurchaseEvent.objects.filter(
        purchase__project=price_list.project_id, at__gte=start, at__lt=end
    )
    counted = steps.aggregate(
        subscribed=Count("purchase", filter=Q(step="subscribe"), distinct=True),
        cancelled=Count("purchase", filter=Q(step__in=["cancel", "unsign"]), distinct=True),
    )
    lost = LeadEvent.objects.filter(
        lead__project=price_list.project_id, kind="state", to_value="lost"
    ).filter(at__gte=start, at__lt=end)
    broken = LetterBreach.objects.filter(price_list=price_list)
    tasks = broken.aggregate(
        letters=Count("pk"), remedied=Count("pk", filter=Q(task__state="done"))
    )
    return {
        **counted,
        **tasks,
        "lost": lost.aggregate(number=Count("lead__customer", distinct=True))["number"],
        "letters_sum": sum(broken.values_list("difference", flat=True), ZERO),
        "until": end,
        "is_over": end < now,
    }
