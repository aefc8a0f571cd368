"""The decision who brought a household to a project. Pure: the same events, the same decision.

Each event is judged by the rules in force on its day, by the time of the server alone. The
decision names every rule that fired, and why each losing claim lost. What the events cannot
settle is left to a person, never to chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class EventKind(StrEnum):
    """What can happen on the way of a claim."""

    REPORTED = "reported"
    VERIFIED = "verified"
    VISITED = "visited"
    RE_REPORTED = "re_reported"
    DEPOSIT = "deposit"
    SIGNED = "signed"


class Basis(StrEnum):
    """What a claim needs to count, and from when it is protected."""

    REPORT_DEAL = "report_deal"
    REPORT_VISIT_DEAL = "report_visit_deal"
    VISIT_DEAL = "visit_deal"


class Outcome(StrEnum):
    """To whom the household counts."""

    CLAIM = "claim"
    WALK_IN = "walk_in"
    UNDECIDED = "undecided"


class Rule(StrEnum):
    """What decided about a claim."""

    FIRST = "first"  # the first claim that counts
    EXTENDED = "extended"  # reported again while nobody else followed
    FOLLOWED = "followed"  # reported again, but somebody else followed meanwhile: no extension
    NO_SURNAME = "no_surname"
    NEAR_SITE = "near_site"
    OVER_QUOTA = "over_quota"
    KNOWN = "known"  # the company knew the household already
    OTHER_NUMBER = "other_number"  # the same household again under another number
    PROTECTED = "protected"  # somebody else's claim stood
    LATE = "late"  # reported too shortly before the first visit
    NOT_VERIFIED = "not_verified"
    NOT_VISITED = "not_visited"  # the basis asks for a visit
    LAPSED = "lapsed"  # the protection was over
    SEVERAL = "several"  # the masked number fits more than one person
    SAME_HOUSEHOLD = "same_household"  # two people of one household, brought by two
    SAME_MOMENT = "same_moment"


UNCERTAIN: Final = frozenset({Rule.SEVERAL, Rule.SAME_HOUSEHOLD, Rule.SAME_MOMENT})
DEALS: Final = frozenset({EventKind.DEPOSIT, EventKind.SIGNED})
REPORTS: Final = frozenset({EventKind.REPORTED, EventKind.RE_REPORTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The rules of one version: times in minutes and days, distance in metres."""

    version: int = 1
    basis: Basis = Basis.REPORT_VISIT_DEAL
    lead_minutes: int = 30
    protection_days: int = 30
    visit_days: int = 30
    daily_quota: int = 20
    site_metres: int = 1000
    known_days: int = 30
    needs_surname: bool = True
    needs_verification: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One claim event with the rules of its day and what the server knew at that moment.

    ``customer`` is the person of the household who was named; ``today`` counts the reports of the
    party on that local day, this one included; ``known_at`` is when the company last had to do
    with the household by itself.
    """

    key: int
    kind: EventKind
    at: datetime
    customer: int
    terms: Terms
    party: str = ""
    has_surname: bool = True
    metres: int | None = None
    today: int = 1
    matches: int = 1
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fired for a party at an event."""

    rule: Rule
    party: str
    event: int


@dataclass(frozen=True, slots=True)
class Decision:
    """To whom a household counts, every rule that fired, and the claims that lost.

    ``party`` is empty unless a claim won. ``losing`` has one row for each party that lost, with
    the rule that counted.
    """

    outcome: Outcome
    party: str = ""
    fired: tuple[Fired, ...] = ()
    losing: tuple[Fired, ...] = ()


@dataclass(slots=True)
class Claim:
    """A claim while the events are gone through."""

    party: str
    customer: int
    event: int
    start: datetime
    until: datetime
    terms: Terms
    verified: bool = False
    visited: bool = False
    lost: Fired | None = None
    doubts: list[Rule] = field(default_factory=list)


def decide(events: Sequence[Event]) -> Decision:
    """Return the decision on the claims of one household for one project.

    It counts at the first deposit or signature; without one at the latest event.
    """
    ordered = sorted(events, key=lambda event: (event.at, event.key))
    hearing = _Hearing()
    for event in ordered:
        hearing.take(event)
    return hearing.close(ordered[-1].at if ordered else None)


class _Hearing:
    """Goes through the events in order and keeps what stands."""

    def __init__(self) -> None:
        self.claims: list[Claim] = []
        self.fired: list[Fired] = []
        self.visited_at: datetime | None = None
        self.walked_in_at: datetime | None = None  # the latest visit that nobody had reported
        self.deal_at: datetime | None = None

    def take(self, event: Event) -> None:
        """Let one event count; after the deal nothing counts any more."""
        if self.deal_at is not None:
            return
        if event.kind in REPORTS:
            self._report(event)
        elif event.kind is EventKind.VERIFIED:
            for claim in self._standing(event.at):
                if claim.party == event.party:
                    claim.verified = True
        elif event.kind is EventKind.VISITED:
            self._visit(event)
        elif event.kind in DEALS:
            self.deal_at = event.at

    def _standing(self, at: datetime) -> list[Claim]:
        return [claim for claim in self.claims if claim.lost is None and at <= claim.until]

    def _report(self, event: Event) -> None:
        claim = Claim(
            party=event.party,
            customer=event.customer,
            event=event.key,
            start=event.at,
            until=event.at + timedelta(days=event.terms.protection_days),
            terms=event.terms,
        )
        fault = _fault_of(event, self.walked_in_at)
        if fault is not None:
            self._lose(claim, fault, event.key)
            return
        standing = self._standing(event.at)
        own = next((each for each in standing if each.party == event.party), None)
        other = next((each for each in standing if each.party != event.party), None)
        if own is not None:
            self._again(own, event)
        elif other is not None:
            self._contest(other, claim, event)
        elif self._is_other_number(event):
            self._lose(claim, Rule.OTHER_NUMBER, event.key)
        else:
            if event.matches > 1:
                claim.doubts.append(Rule.SEVERAL)
            self.claims.append(claim)

    def _is_other_number(self, event: Event) -> bool:
        """Whether the party named somebody else of the household before, to begin anew."""
        return any(
            claim.party == event.party and claim.customer != event.customer for claim in self.claims
        )

    def _again(self, own: Claim, event: Event) -> None:
        """Extend a standing claim, unless another number is used or somebody else followed."""
        if event.customer != own.customer:
            self._note(Rule.OTHER_NUMBER, event.party, event.key)
            return
        followed = any(
            claim.lost.rule is Rule.PROTECTED and claim.lost.event > own.event
            for claim in self.claims
            if claim.lost is not None and claim.party != own.party
        )
        if followed:
            self._note(Rule.FOLLOWED, event.party, event.key)
            return
        own.until = event.at + timedelta(days=event.terms.protection_days)
        self._note(Rule.EXTENDED, event.party, event.key)

    def _contest(self, holder: Claim, claim: Claim, event: Event) -> None:
        """Somebody else's claim stands: this one loses, or nobody can tell."""
        doubt = None
        if holder.start == claim.start:
            doubt = Rule.SAME_MOMENT
        elif holder.customer != claim.customer:
            doubt = Rule.SAME_HOUSEHOLD
        elif event.matches > 1:
            doubt = Rule.SEVERAL
        if doubt is not None:
            holder.doubts.append(doubt)
            self._note(doubt, event.party, event.key)
        self._lose(claim, doubt or Rule.PROTECTED, event.key)

    def _visit(self, event: Event) -> None:
        """Let the first visit test the standing claims, and every visit prolong one."""
        is_first = self.visited_at is None
        self.visited_at = self.visited_at or event.at
        for claim in self._standing(event.at):
            lead = timedelta(minutes=claim.terms.lead_minutes)
            if (
                is_first
                and claim.terms.basis is not Basis.VISIT_DEAL
                and event.at - claim.start < lead
            ):
                self._lose(claim, Rule.LATE, event.key)
            elif is_first and claim.terms.needs_verification and not claim.verified:
                self._lose(claim, Rule.NOT_VERIFIED, event.key)
            elif not claim.visited and claim.terms.basis is not Basis.REPORT_DEAL:
                claim.visited = True
                claim.until = event.at + timedelta(days=claim.terms.visit_days)
        if not self._standing(event.at):
            self.walked_in_at = event.at

    def _lose(self, claim: Claim, rule: Rule, event: int) -> None:
        claim.lost = Fired(rule, claim.party, event)
        self.fired.append(claim.lost)
        if claim not in self.claims:
            self.claims.append(claim)

    def _note(self, rule: Rule, party: str, event: int) -> None:
        self.fired.append(Fired(rule, party, event))

    def close(self, last: datetime | None) -> Decision:
        """Return the decision at the deal, or at the latest event."""
        at = self.deal_at or last
        winner = None
        for claim in self.claims:
            if claim.lost is not None or at is None:
                continue
            if at > claim.until:
                self._lose(claim, Rule.LAPSED, claim.event)
            elif self._lacks_visit(claim):
                self._lose(claim, Rule.NOT_VISITED, claim.event)
            elif self.visited_at is None and self.deal_at and _is_unverified(claim):
                self._lose(claim, Rule.NOT_VERIFIED, claim.event)
            else:
                winner = claim
        return self._decided(winner, at)

    def _lacks_visit(self, claim: Claim) -> bool:
        asks = claim.terms.basis is not Basis.REPORT_DEAL
        return self.deal_at is not None and asks and not claim.visited

    def _decided(self, winner: Claim | None, at: datetime | None) -> Decision:
        losing = _one_each(self.claims, winner.party if winner else "")
        if winner is None:
            open_doubt = any(
                claim.lost is not None
                and claim.lost.rule in UNCERTAIN
                and (at is None or at <= claim.until)
                for claim in self.claims
            )
            outcome = Outcome.UNDECIDED if open_doubt else Outcome.WALK_IN
            return Decision(outcome, "", tuple(self.fired), losing)
        if winner.doubts:
            for rule in winner.doubts:
                self._note(rule, winner.party, winner.event)
            return Decision(Outcome.UNDECIDED, "", tuple(self.fired), losing)
        self._note(Rule.FIRST, winner.party, winner.event)
        return Decision(Outcome.CLAIM, winner.party, tuple(self.fired), losing)


def _fault_of(event: Event, walked_in_at: datetime | None) -> Rule | None:
    """Return what makes a report void by itself, or None."""
    terms = event.terms
    contacts = [at for at in (event.known_at, walked_in_at) if at is not None]
    known = any(event.at - at <= timedelta(days=terms.known_days) for at in contacts)
    faults = (
        (Rule.NO_SURNAME, terms.needs_surname and not event.has_surname),
        (Rule.NEAR_SITE, event.metres is not None and event.metres < terms.site_metres),
        (Rule.OVER_QUOTA, event.today > terms.daily_quota),
        (Rule.KNOWN, known),
    )
    return next((rule for rule, is_so in faults if is_so), None)


def _is_unverified(claim: Claim) -> bool:
    return claim.terms.needs_verification and not claim.verified


def _one_each(claims: Sequence[Claim], winner: str) -> tuple[Fired, ...]:
    """Return the last loss of each party that did not win."""
    last: dict[str, Fired] = {}
    for claim in claims:
        if claim.lost is not None and claim.party != winner:
            last[claim.party] = claim.lost
    return tuple(last.values())
