"""Commission in the ledger: accrued on signing, due with receipts, taken back (MKT-68).

One service brings the ledger in line with the deals: run as often as one likes, in any order, it
writes only what is missing. Steps of a purchase call it at once; a job finds what receipts,
refunds and decisions on claims changed since.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.ledger.services import Posting, post
from crm_site.staff.models import User
from customers.arbitration.models import ClaimDecision
from customers.arbitration.rules import Outcome
from customers.arbitration.selectors import case_of, latest_decision, members_of
from customers.payment.models import Receipt
from customers.payment.querysets import summed
from customers.payment.selectors import received_of
from customers.purchase.models import Purchase
from customers.purchase.rules import PurchaseState, Step
from marketing.channels.errors import ChannelError
from marketing.channels.models import (
    ChannelAppraisal,
    Commission,
    CommissionAccount,
    CommissionEntry,
    LeadIntake,
    Partner,
)
from marketing.channels.policies import CommissionRules, commission_rules
from marketing.channels.rules.commission import (
    NOTHING,
    Booked,
    Deal,
    Pot,
    Rate,
    moves_to,
    rate_of,
    target_of,
)
from marketing.channels.rules.scorecard import quarter_after, quarter_before, quarter_of

STANDING = (PurchaseState.SIGNED.value, PurchaseState.HANDED_OVER.value)
BATCH = 500


def follow_purchase(purchase: Purchase, step: Step, actor: User | None, now: dt.datetime) -> None:
    """Let commission follow a signature and its taking back, in the same transaction."""
    if step is Step.SIGN:
        accrue(purchase=purchase, now=now)
    elif step is Step.UNSIGN:
        for commission in Commission.objects.filter(purchase=purchase):
            settle(commission=commission, now=now)


@transaction.atomic
def accrue(*, purchase: Purchase, now: dt.datetime) -> Commission | None:
    """Write what the partner earns whose claim counts for the purchase, and return it.

    None where no claim of a partner counts; written before, the first one is returned.
    """
    winner = partner_of(purchase)
    if winner is None or purchase.agreed_total is None or purchase.signed_at is None:
        return None
    partner, case = winner
    if purchase.state not in STANDING:
        return None
    accounts_of(partner)
    found = Commission.objects.filter(partner=partner, purchase=purchase).first()
    if found is None:
        rate, version = _rate(partner, purchase, at=now)
        found = Commission.objects.create(
            partner=partner,
            purchase=purchase,
            project_id=purchase.project_id,
            case=case,
            signed_at=purchase.signed_at,
            base=purchase.agreed_total,
            percent=rate.percent,
            amount=rate.of(purchase.agreed_total),
            parts=[[name, str(value)] for name, value in rate.parts],
            policy_version=version,
            created_at=now,
        )
        _audit("commission.accrued", found, None, now, amount=str(found.amount))
    settle(commission=found, now=now)
    return found


@transaction.atomic
def settle(*, commission: Commission, now: dt.datetime) -> Commission:
    """Bring the ledger in line with the deal and return it; a second call writes nothing."""
    pots = accounts_of(commission.partner)
    row: Commission = (
        Commission.objects.select_related("purchase", "partner", "case")
        .select_for_update(of=("self",))
        .get(pk=commission.pk)
    )
    received, stands = received_of(row.purchase), still_earned(row)
    target = target_of(row.amount, price=row.base, received=received, stands=stands)
    moves = moves_to(
        target,
        booked_of(row),
        payable=pots[Pot.PAYABLE].balance,
        owed=pots[Pot.OWED].balance,
    )
    number = row.entries.count()
    for place, move in enumerate(moves, start=number + 1):
        posting = Posting(
            amount=move.amount,
            kind=move.kind,
            key=f"deal:{row.pk}:{place}",
            more={"commission": row},
        )
        post(account=pots[move.pot], posting=posting, actor=None, now=now)
    if (row.received, row.stands) != (received, stands):
        row.received, row.stands = received, stands
        row.save(update_fields=["received", "stands", "updated_at"])
    return row


@transaction.atomic
def pay_out(
    *, partner: Partner, amount: Decimal, reference: str, actor: User, now: dt.datetime
) -> Any:
    """Book that commission was paid to the partner, once for each reference; return the entry.

    Raise OverdrawnError for more than is due, ChannelError without a reference.
    """
    words = reference.strip()[:60]
    if not words:
        raise ChannelError(_("Enter the number of the payment."))
    if amount <= 0:
        raise ChannelError(_("The amount must be above 0."))
    pots = accounts_of(partner)
    out = Posting(amount=-amount, kind="payout", key=f"payout:{words}", note=words)
    entry = post(account=pots[Pot.PAYABLE], posting=out, actor=actor, now=now)
    into = Posting(amount=amount, kind="payout", key=f"payout:{words}", note=words)
    post(account=pots[Pot.PAID], posting=into, actor=actor, now=now)
    record(
        kind="commission.paid",
        actor=actor,
        subject=("partner", partner.pk),
        facts={"amount": str(amount), "reference": words},
        now=now,
    )
    return entry


def settle_changed(*, now: dt.datetime) -> dict[str, int]:
    """Settle every deal whose receipts, state or claim changed, and accrue what is missing."""
    settled = 0
    for pk in list(changed_commissions().values_list("pk", flat=True)[:BATCH]):
        settle(commission=Commission.objects.get(pk=pk), now=now)
        settled += 1
    accrued = sum(
        accrue(purchase=purchase, now=now) is not None for purchase in unpaid_purchases()[:BATCH]
    )
    return {"settled": settled, "accrued": accrued}


def changed_commissions() -> Any:
    """Return the deals of which the ledger does not know the latest."""
    received = summed(Receipt.objects.filter(purchase=OuterRef("purchase")), "purchase")
    latest = ClaimDecision.objects.filter(case=OuterRef("case")).order_by("-number")
    rows = Commission.objects.annotate(
        money=received,
        decided=Subquery(latest.values("outcome")[:1]),
        favours=Subquery(latest.values("party")[:1]),
    )
    holds = Q(purchase__state__in=STANDING, decided=Outcome.CLAIM.value, favours=F("partner__name"))
    return rows.filter(
        ~Q(money=F("received")) | (Q(stands=True) & ~holds) | (Q(stands=False) & holds)
    ).order_by("pk")


def unpaid_purchases() -> Any:
    """Return signed purchases of customers whom a partner won, for which nothing is accrued.

    Claims decided for nobody stay out: however many there are, they keep no other deal waiting.
    """
    latest = ClaimDecision.objects.filter(case=OuterRef("case")).order_by("-number")
    brought = LeadIntake.objects.filter(partner__isnull=False, project=OuterRef("project"))
    brought = brought.annotate(decided=Subquery(latest.values("outcome")[:1]))
    brought = brought.filter(decided=Outcome.CLAIM.value)
    own = brought.filter(customer=OuterRef("customer"))
    of_household = brought.filter(
        customer__household__isnull=False, customer__household=OuterRef("customer__household")
    )
    rows = Purchase.objects.filter(state__in=STANDING, agreed_total__isnull=False)
    rows = rows.exclude(Exists(Commission.objects.filter(purchase=OuterRef("pk"), stands=True)))
    return rows.filter(Exists(own) | Exists(of_household)).order_by("signed_at", "pk")


def still_earned(row: Commission) -> bool:
    """Return whether the deal stands and the claims still name the partner."""
    decision = latest_decision(row.case)
    return (
        row.purchase.state in STANDING
        and decision is not None
        and decision.outcome == Outcome.CLAIM
        and decision.party == row.partner.name
    )


def partner_of(purchase: Purchase) -> tuple[Partner, Any] | None:
    """Return the partner whose claim on the household counts, with its case (判客)."""
    case = case_of(purchase.project_id, members_of(purchase.customer))
    decision = latest_decision(case) if case is not None else None
    if decision is None or decision.outcome != Outcome.CLAIM:
        return None
    partner = Partner.objects.filter(name=decision.party).select_related("channel").first()
    return (partner, case) if partner is not None else None


@transaction.atomic
def accounts_of(partner: Partner) -> dict[Pot, CommissionAccount]:
    """Return the four pots of a partner, made where missing, held until the transaction ends."""
    CommissionAccount.objects.bulk_create(
        [CommissionAccount(partner=partner, pot=pot.value) for pot in Pot], ignore_conflicts=True
    )
    rows = CommissionAccount.objects.select_for_update(of=("self",)).filter(partner=partner)
    return {Pot(row.pot): row for row in rows.order_by("pk")}


def booked_of(row: Commission) -> Booked:
    """Return what the entries of a deal add up to."""
    sums = _sums(CommissionEntry.objects.filter(commission=row))
    return _booked(sums)


def _sums(rows: Any) -> dict[str, Decimal]:
    found = rows.order_by().values_list("account__pot").annotate(total=Sum("amount"))
    return dict(found)


def _booked(sums: dict[str, Decimal]) -> Booked:
    due = sums.get(Pot.PAYABLE.value, NOTHING) - sums.get(Pot.OWED.value, NOTHING)
    return Booked(accrued=sums.get(Pot.ACCRUED.value, NOTHING), due=due)


def recomputed(partner: Partner) -> Booked:
    """Return what the ledger should say, computed from purchases, receipts and rules alone.

    Rates are computed anew from the deals, not read from the rows of commission.
    """
    accrued = due = NOTHING
    rows = Commission.objects.filter(partner=partner)
    for row in rows.select_related("purchase", "partner", "case").order_by("pk"):
        rate, _version = _rate(partner, row.purchase, at=row.created_at, known=row.pk)
        target = target_of(
            rate.of(row.purchase.agreed_total or NOTHING),
            price=row.purchase.agreed_total or NOTHING,
            received=received_of(row.purchase),
            stands=still_earned(row),
        )
        accrued, due = accrued + target.accrued, due + target.due
    return Booked(accrued=accrued, due=due)


def ledger_of(partner: Partner) -> Booked:
    """Return what the entries of a partner add up to; payments do not change what was due."""
    entries = CommissionEntry.objects.filter(account__partner=partner, commission__isnull=False)
    return _booked(_sums(entries))


def _rate(
    partner: Partner, purchase: Purchase, *, at: dt.datetime, known: int | None = None
) -> tuple[Rate, int]:
    """Return the rate of a purchase by the rules in force when it was signed, and their version.

    ``at`` is when it was accrued, ``known`` the row that says so: grades of the same moment or
    later and later rows of the same quarter do not count.
    """
    assert purchase.signed_at is not None  # noqa: S101 -- asked by the callers
    found = commission_rules(purchase.signed_at)
    rules: CommissionRules = found.value
    first = quarter_of(timezone.localdate(purchase.signed_at))
    graded = ChannelAppraisal.objects.filter(partner=partner, quarter=quarter_before(first))
    former = graded.filter(at__lt=at).first()
    deal = Deal(
        price=purchase.agreed_total or NOTHING,
        number=_number(partner, first, known),
        days=_days(partner, purchase),
        grade=former.grade if former is not None else "",
    )
    return rate_of(deal, rules.terms()), found.version


def _number(partner: Partner, first: dt.date, known: int | None) -> int:
    """Return the how manieth deal of the partner in its quarter this is, as they were accrued."""
    rows = Commission.objects.filter(
        partner=partner,
        signed_at__gte=_midnight(first),
        signed_at__lt=_midnight(quarter_after(first)),
    )
    rows = rows.filter(pk__lt=known) if known is not None else rows
    return int(rows.count()) + 1


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _days(partner: Partner, purchase: Purchase) -> int | None:
    rows = LeadIntake.objects.filter(
        partner=partner,
        project=purchase.project_id,
        customer__in=members_of(purchase.customer),
        at__lte=purchase.signed_at,
    )
    first = rows.order_by("at").values_list("at", flat=True).first()
    if first is None or purchase.signed_at is None:
        return None
    return (timezone.localdate(purchase.signed_at) - timezone.localdate(first)).days


def _audit(kind: str, row: Commission, actor: User | None, now: dt.datetime, **facts: Any) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("partner", row.partner_id),
        facts={"purchase": row.purchase_id} | facts,
        now=now,
    )


def balances(partners: Iterable[Partner]) -> dict[int, dict[str, Decimal]]:
    """Return the balance of every pot of the partners, in one query."""
    found: dict[int, dict[str, Decimal]] = {}
    rows = CommissionAccount.objects.filter(partner__in=[one.pk for one in partners])
    for partner, pot, balance in rows.values_list("partner_id", "pot", "balance"):
        found.setdefault(partner, {})[pot] = balance
    return found
