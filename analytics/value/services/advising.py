"""Advice to managers: each card freezes its evidence; its figure is taken again later (ANA-54)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.value import choices
from analytics.value.errors import DecidedError
from analytics.value.models import AdviceCard
from analytics.value.rules.advice import Step, Way, shift, weakest
from crm_site.audit.services import record
from crm_site.common.whole_tables import alone
from crm_site.staff.models import User
from customers.models import Project
from customers.refusal_sql import REFUSED

LOCK_KEY: Final = 4_201_095
WINDOW: Final = timedelta(days=90)
RIPE: Final = timedelta(days=30)  # what a lead gets before it is judged, and a measure works
MEASURE_AFTER: Final = 2 * RIPE
EXPIRES_AFTER: Final = timedelta(days=28)
CALLED: Final = 20
SILENT: Final = timedelta(days=21)
# Leads of a project received in a window, by source: how far each came.
WAYS: Final = """
SELECT source, count(*), count(*) FILTER (WHERE state IN ('visited', 'subscribed', 'signed')
    OR EXISTS (SELECT 1 FROM customers_leadevent e WHERE e.lead_id = l.id AND e.kind = 'state'
        AND e.to_value IN ('visited', 'subscribed', 'signed')))
FROM customers_lead l
WHERE project_id = %(project)s AND received_at >= %(since)s AND received_at < %(until)s
GROUP BY source ORDER BY source
"""
STEPS: Final = ("contacted", "qualified", "visited", "subscribed", "signed")
# Of the leads received in a window, how many reached each step or a later one.
# Of the leads received in a window, how many reached each step within a month of their own.
_FAR = ", ".join(f"count(*) FILTER (WHERE far >= {n + 1})" for n in range(len(STEPS)))
REACHED: Final = f"""
SELECT count(*), {_FAR} FROM (
    SELECT l.id, coalesce(max(array_position(%(steps)s::text[], e.to_value::text)), 0) AS far
    FROM customers_lead l
    LEFT JOIN customers_leadevent e ON e.lead_id = l.id AND e.kind = 'state'
        AND e.at <= l.received_at + %(ripe)s
    WHERE l.project_id = %(project)s AND l.received_at >= %(since)s AND l.received_at < %(until)s
    GROUP BY l.id
) reached
"""  # noqa: S608 -- numbers of the code
# Customers of the highest expected value whom nobody spoke to for three weeks.
TO_CALL: Final = f"""
SELECT v.customer_id, v.net, c.last_contact_at FROM analytics_customervalue v
JOIN customers_customer c ON c.id = v.customer_id
WHERE c.project_id = %(project)s AND c.owner_id IS NOT NULL AND c.phase <> 'churned'
    AND NOT c.is_unreachable AND v.expected_first > 0 AND c.merged_into_id IS NULL
    AND coalesce(c.last_contact_at, c.created_at) < %(silent)s
    AND c.id NOT IN ({REFUSED})
ORDER BY v.net DESC, v.customer_id LIMIT %(most)s
"""  # noqa: S608 -- a constant of the rule
CALLED_SINCE: Final = """
SELECT count(DISTINCT customer_id) FROM customers_interaction
WHERE customer_id = ANY(%(ids)s) AND at >= %(since)s AND at < %(until)s AND NOT is_automatic
    AND result IN ('reached', 'visit_booked', 'visited')
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A card to be written: its figures and the one that is taken again later."""

    evidence: dict[str, Any]
    baseline: float


def advise(*, now: datetime) -> dict[str, int]:
    """Write this week's cards, take the figures of decided ones again, end those nobody decided."""
    with alone(LOCK_KEY) as is_free:
        if not is_free:
            return {"written": 0, "measured": 0, "expired": 0}
        written = 0
        for project in Project.objects.order_by("pk"):
            for kind, draw in DRAWN.items():
                written += _write(kind, project, draw(project, now), now)
        ended = AdviceCard.objects.filter(
            state=choices.OPEN, made_at__lt=now - EXPIRES_AFTER
        ).update(state=choices.EXPIRED, updated_at=now)
        return {"written": written, "measured": _measure(now), "expired": ended}


@transaction.atomic
def decide_card(*, card_id: int, state: str, reason: str, actor: User, now: datetime) -> AdviceCard:
    """Accept or reject a card; raise DecidedError where it is not open or a reason is missing."""
    card: AdviceCard = AdviceCard.objects.select_for_update(of=("self",)).get(pk=card_id)
    if card.state != choices.OPEN:
        raise DecidedError(_("The advice is no longer open."))
    if state == choices.REJECTED and not reason.strip():
        raise DecidedError(_("Say why the advice is rejected."))
    card.state, card.reason, card.decided_by, card.decided_at = state, reason.strip(), actor, now
    card.save(update_fields=["state", "reason", "decided_by", "decided_at", "updated_at"])
    record(
        kind="value.advice_decided",
        actor=actor,
        reason=card.reason,
        facts={"card": card.pk, "state": state},
        now=now,
    )
    return card


@transaction.atomic
def note_outcome(*, card_id: int, outcome: str, actor: User, now: datetime) -> AdviceCard:
    """Write what came of an accepted card; raise DecidedError for any other."""
    card: AdviceCard = AdviceCard.objects.select_for_update(of=("self",)).get(pk=card_id)
    if card.state != choices.ACCEPTED:
        raise DecidedError(_("Accept the advice first; then write what came of it."))
    card.outcome, card.outcome_at = outcome.strip(), now
    card.save(update_fields=["outcome", "outcome_at", "updated_at"])
    record(kind="value.advice_outcome", actor=actor, facts={"card": card.pk}, now=now)
    return card


def slot_of(now: datetime) -> str:
    """Return the week of a card."""
    year, week, _day = timezone.localdate(now).isocalendar()
    return f"{year}-W{week:02d}"


def draw_shift(project: Project, now: datetime) -> Draft | None:
    """Return from which source of leads to which one effort should move; None without a case."""
    found = shift(ways_between(project, now - WINDOW, now))
    if found is None:
        return None
    worse, better = found
    evidence = {
        "from": worse.name,
        "from_n": worse.leads,
        "from_visits": worse.visits,
        "to": better.name,
        "to_n": better.leads,
        "to_visits": better.visits,
        "p": round(better.against(worse), 4),
        "days": WINDOW.days,
    }
    return Draft(evidence, worse.leads / (worse.leads + better.leads))


def draw_calls(project: Project, now: datetime) -> Draft | None:
    """Return whom of high expected value to call after weeks of silence; None where nobody."""
    params = {"project": project.pk, "silent": now - SILENT, "most": CALLED}
    with connection.cursor() as cursor:
        cursor.execute(TO_CALL, params)
        rows = cursor.fetchall()
    if not rows:
        return None
    value = sum((net for _pk, net, _at in rows), Decimal(0))
    evidence = {
        "customers": [pk for pk, _net, _at in rows],
        "value": str(value),
        "silent_days": SILENT.days,
    }
    return Draft(evidence, 0.0)


def draw_node(project: Project, now: datetime) -> Draft | None:
    """Return the step of the way to a signature that lost most against the window before."""
    ripe = now - RIPE
    before = steps_between(project, ripe - 2 * WINDOW, ripe - WINDOW)
    found = weakest(before, steps_between(project, ripe - WINDOW, ripe))
    if found is None:
        return None
    old, new = found
    evidence = {
        "step": new.name,
        "n": new.came,
        "went_on": new.went_on,
        "n_before": old.came,
        "went_on_before": old.went_on,
        "days": WINDOW.days,
    }
    return Draft(evidence, new.rate or 0.0)


DRAWN: Final[Mapping[str, Callable[[Project, datetime], Draft | None]]] = {
    choices.SHIFT: draw_shift,
    choices.CALLS: draw_calls,
    choices.NODE: draw_node,
}


def ways_between(project: Project, since: datetime, until: datetime) -> list[Way]:
    """Return the sources of leads received in a window: leads and those that came to visit."""
    with connection.cursor() as cursor:
        cursor.execute(WAYS, {"project": project.pk, "since": since, "until": until})
        return [Way(*row) for row in cursor.fetchall()]


def steps_between(project: Project, since: datetime, until: datetime) -> list[Step]:
    """Return the steps of the leads received in a window: how many came to each and went on."""
    params = {"project": project.pk, "since": since, "until": until, "steps": list(STEPS)}
    params["ripe"] = RIPE
    with connection.cursor() as cursor:
        cursor.execute(REACHED, params)
        counts = cursor.fetchone()
    return [Step(name, counts[n], counts[n + 1]) for n, name in enumerate(STEPS)]


def _write(kind: str, project: Project, draft: Draft | None, now: datetime) -> int:
    if draft is None:
        return 0
    try:
        with transaction.atomic():
            AdviceCard.objects.create(
                kind=kind,
                project=project,
                slot=slot_of(now),
                evidence=draft.evidence,
                baseline=round(Decimal(str(draft.baseline)), 4),
                made_at=now,
            )
    except IntegrityError:  # this week's card is there
        return 0
    return 1


def _measure(now: datetime) -> int:
    rows = AdviceCard.objects.filter(
        state=choices.ACCEPTED, measured_at__isnull=True, decided_at__lt=now - MEASURE_AFTER
    )
    done = 0
    for card in rows.select_related("project").order_by("pk")[:500]:
        figure = measured_now(card)
        done += AdviceCard.objects.filter(pk=card.pk, measured_at__isnull=True).update(
            measured=None if figure is None else round(Decimal(str(figure)), 4),
            measured_at=now,
            updated_at=now,
        )
    return done


def measured_now(card: AdviceCard) -> float | None:
    """Return a card's figure over the weeks since it was accepted; None without data."""
    since = card.decided_at
    assert since is not None  # noqa: S101 -- an accepted card has it
    until, evidence = since + RIPE, card.evidence
    if card.kind == choices.SHIFT:
        ways = {way.name: way.leads for way in ways_between(card.project, since, until)}
        both = ways.get(evidence["from"], 0) + ways.get(evidence["to"], 0)
        return ways.get(evidence["from"], 0) / both if both else None
    if card.kind == choices.CALLS:
        with connection.cursor() as cursor:
            params = {"ids": evidence["customers"], "since": since, "until": until}
            cursor.execute(CALLED_SINCE, params)
            return float(cursor.fetchone()[0]) / len(evidence["customers"])
    if card.kind == choices.NODE:
        steps = {step.name: step for step in steps_between(card.project, since, until)}
        return steps[evidence["step"]].rate
    return None
