"""Whether the customers of warnings came back, both arms alike; nobody's word counts (CUS-107)."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from analytics.churn.models import ChurnLoss
from analytics.winback.models import ChurnAlert, WinbackCase
from analytics.winback.policies import WinbackRules
from analytics.winback.rules.verdicts import Came, first_move, verdict
from analytics.winback.rules.words import Behaviour, CaseState, Ending, Verdict
from analytics.winback.services.behaving import moves_since
from analytics.winback.services.calling import cancel_callbacks
from analytics.winback.services.rewarding import reward_staff, take_rewards_back

BATCH = 500
DONE = "the customer came back"
OVER = "the time to come back is over"


def judge_all(*, rules: WinbackRules, now: datetime) -> dict[str, int]:
    """Judge every warning whose customer came back or whose time is over; return the counts.

    In batches of their own transactions, in order of key; a second run finds nothing.
    """
    counts = {Verdict.RECOVERED.value: 0, Verdict.NOT_RECOVERED.value: 0}
    last = 0
    while True:
        with transaction.atomic():
            open_ones = ChurnAlert.objects.unjudged() | ChurnAlert.objects.filter(
                verdict=Verdict.RECOVERED.value, judge_at__gt=now
            )
            rows = open_ones.filter(pk__gt=last).order_by("pk").select_for_update(of=("self",))
            batch = list(rows[:BATCH])
            if not batch:
                return counts
            last = batch[-1].pk
            for name, number in _judge(batch, rules=rules, now=now).items():
                counts[name] = counts.get(name, 0) + number


def _judge(batch: list[ChurnAlert], *, rules: WinbackRules, now: datetime) -> dict[str, int]:
    wanted = {Behaviour(one) for one in rules.behaviours}
    moves = moves_since({row.customer_id: row.counted_from for row in batch})
    losses = _losses(batch)
    changed: list[ChurnAlert] = []
    for row in batch:
        found = first_move(
            moves[row.customer_id], wanted=wanted, since=row.counted_from, until=row.judge_at
        )
        came = Came(found.behaviour, timezone.localtime(found.at)) if found else None
        said = verdict(
            came=came,
            lost_on=losses.get(row.customer_id),
            ending=row.ending,
            until=row.judge_at,
            now=now,
        )
        if (said.value if said else "") != row.verdict:
            row.verdict, row.verdict_at = (said.value, now) if said else ("", None)
            row.behaviour = came.behaviour.value if came else ""
            row.behaviour_at = came.at if came else None
            row.updated_at = now
            changed.append(row)
    _write(changed, rules=rules, now=now)
    counts: dict[str, int] = {}
    for row in changed:
        counts[row.verdict] = counts.get(row.verdict, 0) + 1
    return counts


def _losses(batch: Iterable[ChurnAlert]) -> dict[int, date]:
    """Return the day of each customer's standing loss since the warning counts."""
    since = {row.customer_id: timezone.localdate(row.counted_from) for row in batch}
    rows = ChurnLoss.objects.standing().filter(customer__in=since)
    found = rows.values_list("customer_id", "on")
    return {pk: on for pk, on in found if on >= since[pk]}


def _write(changed: list[ChurnAlert], *, rules: WinbackRules, now: datetime) -> None:
    if not changed:
        return
    won = [row for row in changed if row.verdict == Verdict.RECOVERED]
    for row in won:
        if row.closed_at is None:
            row.closed_at, row.ending = now, Ending.RECOVERED.value
    columns = ["verdict", "verdict_at", "behaviour", "behaviour_at", "closed_at", "ending"]
    ChurnAlert.objects.bulk_update(changed, [*columns, "updated_at"], batch_size=BATCH)
    _end_cases(won, why=DONE, now=now)
    lost = [row for row in changed if row.verdict == Verdict.NOT_RECOVERED]
    _end_cases(lost, why=OVER, now=now)
    reward_staff(won, rules=rules, now=now)
    take_rewards_back(lost, now=now)


def _end_cases(alerts: list[ChurnAlert], *, why: str, now: datetime) -> None:
    rows = WinbackCase.objects.open().filter(alert__in=alerts)
    ids = list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    cancel_callbacks(ids, reason=why, now=now)
    WinbackCase.objects.filter(pk__in=ids).update(
        state=CaseState.DONE.value, closed_at=now, due_at=None, updated_at=now
    )
