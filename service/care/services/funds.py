"""Care funds: money in, proposals of owners, money out by approved ones only (SVC-90)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.ledger.services import Posting, post, reverse
from crm_site.staff.models import User
from customers.models import Project
from customers.rules.text import clean_lines, clean_text
from service.care.errors import CareError
from service.care.models import CareFund, CareFundEntry, FundProposal
from service.care.rules import PaperState
from service.care.services.papers import PROPOSAL, locked, locked_draft

OLD_YEARS: Final = 4
DEPOSIT, SPENDING = "deposit", "spending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What somebody proposes: what, for how much, how it is now, how the owners voted."""

    title: str
    amount: Decimal
    before: str
    votes_for: int
    votes_against: int


def fund_of(project: Project) -> CareFund:
    """Return the fund of a project, opening it with nothing in it where there is none."""
    fund, _is_new = CareFund.objects.get_or_create(project=project)
    return fund


def old_projects(projects: Any, *, today: date) -> list[tuple[Project, date]]:
    """Return the projects whose first home was handed over four years ago or earlier, with the day.

    ``projects`` is a queryset; the oldest comes first.
    """
    rows = projects.annotate(
        first=Min("purchases__handed_over_at", filter=Q(purchases__state="handed_over"))
    ).filter(first__isnull=False)
    found = [(row, timezone.localdate(row.first)) for row in rows]
    return sorted(
        (pair for pair in found if is_old(pair[1], today=today)), key=lambda pair: pair[1]
    )


def is_old(first: date, *, today: date) -> bool:
    """Return whether four years have passed since ``first``."""
    before_the_day = (today.month, today.day) < (first.month, first.day)
    return today.year - first.year - before_the_day >= OLD_YEARS


@transaction.atomic
def deposit(
    *, fund: CareFund, amount: Decimal, note: str, key: str, actor: User, now: datetime
) -> CareFundEntry:
    """Pay into a fund and return the entry; the same ``key`` pays once.

    Raise CareError for an amount that is not above zero or without saying where it comes from.
    """
    words = clean_text(note)
    if amount <= 0 or not words:
        raise CareError(_("Enter an amount above 0 and where it comes from."))
    posting = Posting(amount=amount, kind=DEPOSIT, key=f"deposit:{key}"[:80], note=words[:300])
    entry: CareFundEntry = post(account=fund, posting=posting, actor=actor, now=now)
    _audit("care.fund_moved", fund, actor, now, entry=entry.pk, amount=str(amount))
    return entry


@transaction.atomic
def propose(
    *, fund: CareFund, given: Proposed, actor: User, now: datetime, today: date
) -> FundProposal:
    """Write a proposal and return it; raise CareError for a project younger than four years."""
    if not old_projects(Project.objects.filter(pk=fund.project_id), today=today):
        raise CareError(
            _("The fund renews projects whose first home was handed over four years ago.")
        )
    row = FundProposal(fund=fund, project_id=fund.project_id, proposed_by=actor)
    return _take(row, given)


@transaction.atomic
def change_proposal(*, proposal: FundProposal, given: Proposed) -> FundProposal:
    """Change a draft and return it; raise CareError once it waits for signatures."""
    return _take(locked_draft(PROPOSAL, proposal.pk), given)


@transaction.atomic
def spend(*, proposal: FundProposal, actor: User, now: datetime) -> CareFundEntry:
    """Pay an approved proposal from its fund, once, and return the entry.

    Raise CareError unless it is approved, OverdrawnError where the balance does not cover it.
    """
    row: FundProposal = locked(PROPOSAL, proposal.pk)
    if row.state != PaperState.APPROVED:
        raise CareError(_("Only an approved proposal that is not paid yet can be paid."))
    posting = Posting(
        amount=-row.amount,
        kind=SPENDING,
        key=f"proposal:{row.pk}:{row.entries.count()}",
        note=row.title,
        more={"proposal": row},
    )
    entry: CareFundEntry = post(account=row.fund, posting=posting, actor=actor, now=now)
    row.state = PaperState.SPENT.value
    row.save(update_fields=["state", "updated_at"])
    _audit("care.fund_moved", row.fund, actor, now, entry=entry.pk, amount=str(-row.amount))
    return entry


@transaction.atomic
def finish(*, proposal: FundProposal, after: str) -> FundProposal:
    """Note how it is after the renewal, return the proposal; raise CareError before payment."""
    row: FundProposal = locked(PROPOSAL, proposal.pk)
    words = clean_lines(after)
    if row.state != PaperState.SPENT or not words:
        raise CareError(_("Pay the proposal first, then say how it is afterwards."))
    row.state, row.after = PaperState.FINISHED.value, words
    row.save(update_fields=["state", "after", "updated_at"])
    return row


@transaction.atomic
def take_back(*, entry: CareFundEntry, reason: str, actor: User, now: datetime) -> CareFundEntry:
    """Reverse an entry and return the opposite one; a proposal it paid is approved again.

    Raise LedgerError without a reason or for what was reversed, OverdrawnError for a deposit that
    is spent.
    """
    made: CareFundEntry = reverse(entry=entry, reason=clean_text(reason), actor=actor, now=now)
    if entry.proposal_id is not None:
        rows = FundProposal.objects.filter(pk=entry.proposal_id)
        rows.update(state=PaperState.APPROVED.value, after="", updated_at=now)
    _audit("care.fund_moved", entry.account, actor, now, entry=made.pk, amount=str(made.amount))
    return made


def _take(row: FundProposal, given: Proposed) -> FundProposal:
    row.title, row.before = clean_text(given.title), clean_lines(given.before)
    row.amount, row.votes_for, row.votes_against = (
        given.amount,
        given.votes_for,
        given.votes_against,
    )
    if not row.title or not row.before or row.amount <= 0:
        raise CareError(_("Say what is renewed, how it is now, and for how much."))
    row.save()
    return row


def _audit(kind: str, fund: CareFund, actor: User, now: datetime, **facts: object) -> None:
    record(kind=kind, actor=actor, subject=("project", fund.project_id), facts=facts, now=now)
