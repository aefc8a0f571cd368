"""Decisions on claims: by the rules as often as asked, by a person where the rules cannot tell."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError, StaleError
from crm_site.staff.models import User
from customers.arbitration.errors import ClaimError
from customers.arbitration.models import ClaimCase, ClaimDecision
from customers.arbitration.rules import Outcome
from customers.arbitration.selectors import (
    Hearing,
    events_of,
    fired_json,
    hear,
    latest_decision,
)
from customers.rules.text import clean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a person decides: to whom the household counts, and why."""

    outcome: Outcome
    reason: str
    party: str = ""


@transaction.atomic
def judge(*, case: ClaimCase, now: datetime) -> ClaimDecision:
    """Return the decision of the rules over the events so far.

    The same events under the same rules give the decision that stands; a person's decision stands
    until it is appealed.
    """
    current = _locked(case)
    heard, latest = hear(current), latest_decision(current)
    if latest is not None and (latest.digest == heard.digest or latest.decided_by_id is not None):
        return latest
    found = heard.decision
    return _write(
        current,
        heard,
        ClaimDecision(outcome=found.outcome.value, party=found.party, at=now),
        former=latest,
        actor=None,
    )


@transaction.atomic
def settle(*, case: ClaimCase, verdict: Verdict, actor: User, now: datetime) -> ClaimDecision:
    """Decide a case that the rules leave to a person, and return the decision.

    Raise ClaimError without a reason, for a party that claimed nothing, or for a case that the
    rules have decided: that takes an appeal.
    """
    current = _locked(case)
    latest = latest_decision(current)
    if latest is None or latest.outcome != Outcome.UNDECIDED:
        raise ClaimError(_("This case is decided. An appeal can change it."))
    return _by_person(current, latest, verdict, actor=actor, now=now, appealed=None)


@transaction.atomic
def appeal(
    *, decision: ClaimDecision, verdict: Verdict, actor: User, now: datetime
) -> ClaimDecision:
    """Decide anew over a decision that somebody appeals against; the former one stays as it is.

    Raise StaleError where a later decision exists, NotAllowedError for who made the former one,
    ClaimError as ``settle`` does.
    """
    current = _locked(decision.case)
    latest = latest_decision(current)
    if latest is None or latest.pk != decision.pk:
        raise StaleError(_("There is a later decision. Reload."))
    if latest.outcome == Outcome.UNDECIDED:
        raise ClaimError(_("This case is not decided yet."))
    if latest.decided_by_id == actor.pk:
        raise NotAllowedError(_("Somebody else decides on an appeal against your decision."))
    return _by_person(current, latest, verdict, actor=actor, now=now, appealed=latest)


def _by_person(
    case: ClaimCase,
    former: ClaimDecision,
    verdict: Verdict,
    *,
    actor: User,
    now: datetime,
    appealed: ClaimDecision | None,
) -> ClaimDecision:
    reason, party = clean_text(verdict.reason)[:500], clean_text(verdict.party)
    if not reason:
        raise ClaimError(_("Say why; the other side reads it."))
    if verdict.outcome is Outcome.UNDECIDED:
        raise ClaimError(_("Decide for a claim or for a walk-in."))
    parties = set(events_of(case).exclude(party="").values_list("party", flat=True))
    if (verdict.outcome is Outcome.CLAIM) != bool(party) or (party and party not in parties):
        raise ClaimError(_("Choose one of those who claim the customer."))
    row = ClaimDecision(
        outcome=verdict.outcome.value,
        party=party,
        reason=reason,
        decided_by=actor,
        appealed=appealed,
        at=now,
    )
    return _write(case, hear(case), row, former=former, actor=actor)


def _write(
    case: ClaimCase,
    heard: Hearing,
    row: ClaimDecision,
    *,
    former: ClaimDecision | None,
    actor: User | None,
) -> ClaimDecision:
    row.case, row.number = case, (former.number if former else 0) + 1
    row.fired, row.losing = fired_json(heard.decision.fired), fired_json(heard.decision.losing)
    row.versions, row.digest = heard.versions, heard.digest
    row.save(force_insert=True)
    record(
        kind="claim.appealed" if row.appealed_id else "claim.decided",
        actor=actor,
        subject=("claim_case", case.pk),
        reason=row.reason,
        facts={"number": row.number, "outcome": row.outcome, "party": row.party},
        now=row.at,
    )
    return row


def _locked(case: ClaimCase) -> ClaimCase:
    rows = ClaimCase.objects.select_related("project", "customer")
    found: ClaimCase = rows.select_for_update(of=("self",)).get(pk=case.pk)
    return found
