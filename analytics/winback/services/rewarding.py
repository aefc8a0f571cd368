"""Rewards of the staff for recovered customers, and gifts to them, on ledgers (CUS-103)."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from analytics.winback.errors import WinbackError
from analytics.winback.models import ChurnAlert, WinbackAccount, WinbackCase, WinbackEntry
from analytics.winback.policies import WinbackRules, plans_at
from analytics.winback.rules.words import PlanState
from crm_site.audit.services import record
from crm_site.ledger.services import Posting, post, reverse
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from customers.rules.text import clean_text

REWARD: Final = "reward"
GIFT: Final = "gift"
REWARDED: Final = "winback.rewarded"
RETURNED: Final = "the customer was lost after all"


def reward_staff(alerts: Iterable[ChurnAlert], *, rules: WinbackRules, now: datetime) -> int:
    """Credit the owners of worked cases whose customers came back, once a case; return how many.

    Nobody is rewarded for a customer of the control group or one who was never called.
    """
    cases = WinbackCase.objects.worked().filter(alert__in=list(alerts), owner__isnull=False)
    notices = []
    for case in cases.select_related("owner", "alert").order_by("pk"):
        amount = rules.rewards[case.alert.level]
        if not amount or case.owner is None:
            continue
        account, _is_new = WinbackAccount.objects.get_or_create(user=case.owner)
        turn = case.entries.filter(kind=REWARD).count()
        if case.entries.filter(kind=REWARD, reversal__isnull=True).exists():
            continue
        posting = Posting(
            amount=amount, kind=REWARD, key=f"case:{case.pk}:{turn}", more={"case": case}
        )
        post(account=account, posting=posting, actor=None, now=now)
        notices.append(
            Outgoing(
                kind=REWARDED,
                recipient=case.owner,
                key=f"winback-reward:{case.pk}:{turn}",
                params={"amount": str(amount)},
                subject=("churn-case", case.pk),
            )
        )
    send_many(notices, now=now)
    return len(notices)


def take_rewards_back(alerts: Iterable[ChurnAlert], *, now: datetime) -> int:
    """Reverse the rewards of customers who were lost within the days after all; return how many."""
    rows = WinbackEntry.objects.filter(
        case__alert__in=list(alerts), kind=REWARD, reversal__isnull=True
    )
    found = list(rows.select_related("account", "case").order_by("pk"))
    for entry in found:
        reverse(entry=entry, reason=RETURNED, actor=None, now=now)
    return len(found)


@transaction.atomic
def take_back(*, entry: WinbackEntry, reason: str, actor: User, now: datetime) -> WinbackEntry:
    """Reverse one entry by hand, with a reason; raise LedgerError for one reversed before."""
    made: WinbackEntry = reverse(entry=entry, reason=clean_text(reason), actor=actor, now=now)
    record(
        kind="winback.taken_back",
        actor=actor,
        subject=("customer", entry.case.customer_id) if entry.case else None,
        facts={"case": entry.case_id, "amount": str(made.amount)},
        reason=clean_text(reason),
        now=now,
    )
    return made


@transaction.atomic
def give(
    *, case: WinbackCase, amount: Decimal, what: str, key: str, actor: User, now: datetime
) -> WinbackEntry:
    """Write down a gift to the customer of a case; the same ``key`` gives once.

    Raise WinbackError beyond what a gift or the plan of the case may cost, or without saying what.
    """
    words = clean_text(what)[:300]
    if amount <= 0 or not words:
        raise WinbackError(_("Say what was given and what it is worth."))
    limit = plans_at(now).gift_limit
    if amount > limit:
        raise WinbackError(_("A gift is worth at most %(limit)s yuan.") % {"limit": limit})
    posting = Posting(
        amount=amount, kind=GIFT, key=f"gift:{key}"[:80], note=words, more={"case": case}
    )
    entry = spend(case=case, posting=posting, actor=actor, now=now)
    record(
        kind="winback.gift",
        actor=actor,
        subject=("customer", case.customer_id),
        facts={"case": case.pk, "amount": str(amount)},
        now=now,
    )
    return entry


@transaction.atomic
def spend(*, case: WinbackCase, posting: Posting, actor: User, now: datetime) -> WinbackEntry:
    """Charge a case with a cost that its plan covers, and return the entry.

    Raise WinbackError without a plan that counts, or beyond what it may cost: nothing is spent that
    nobody allowed.
    """
    row = WinbackCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if row.plan_state not in (PlanState.READY, PlanState.APPROVED) or row.ceiling is None:
        raise WinbackError(_("The case needs a plan first; a costly one its signatures as well."))
    account, _is_new = WinbackAccount.objects.get_or_create(case=row)
    known = account.entries.filter(key=posting.key).exists()
    if not known and account.balance + posting.amount > row.ceiling:
        left = row.ceiling - account.balance
        raise WinbackError(
            _("The plan allows %(left)s yuan more. Change the plan first.") % {"left": left}
        )
    entry: WinbackEntry = post(account=account, posting=posting, actor=actor, now=now)
    return entry
