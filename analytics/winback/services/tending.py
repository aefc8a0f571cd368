"""What the job of win-back does: everything that is due, again and again without harm (PLT-42).

Scores tell changes of level in their own transaction; this job finds what nobody told: a policy
that warns from another level, a customer merged, handed over or refusing contact meanwhile, a task
cancelled because the customer changed hands.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from analytics.churn.hooks import ScoreChange
from analytics.churn.models import ChurnRun, ChurnScore
from analytics.churn.rules.words import Level
from analytics.winback.models import ChurnAlert, WinbackCase
from analytics.winback.policies import WinbackRules, rules_at
from analytics.winback.rules.words import RANK
from analytics.winback.services.calling import SOURCE, escalate_late, plan_callbacks
from analytics.winback.services.drawing import draw_red
from analytics.winback.services.following import apply_levels
from analytics.winback.services.judging import judge_all
from analytics.winback.services.offering import note_granted
from analytics.winback.services.starting import start_work
from analytics.winback.services.stopping import stopped
from analytics.winback.services.upgrading import end_due
from customers.models import Task

BATCH = 500
RUN = timedelta(hours=6)  # a run of scores that has not ended by then is given up


def tend(*, now: datetime) -> dict[str, int]:
    """Do everything that is due; return how much of each."""
    rules = rules_at(now)
    counts = {
        "closed": close_stopped(now=now),
        "moved": catch_up(rules=rules, now=now),
        "started": start_missing(rules=rules, now=now),
        "tasks": plan_missing(rules=rules, now=now),
        "prices": note_granted(now=now),
        "upgrades": end_due(now=now),
    }
    counts |= judge_all(rules=rules, now=now)
    with transaction.atomic():
        counts["escalated"] = escalate_late(rules=rules, now=now)
    return counts


def close_stopped(*, now: datetime) -> int:
    """Close the warnings of customers that are to be left in peace; return how many."""
    done, last = 0, 0
    while True:
        rows = ChurnAlert.objects.open().filter(pk__gt=last).order_by("pk")
        batch = list(rows.values("pk", "customer_id", "level")[:BATCH])
        if not batch:
            return done
        last = batch[-1]["pk"]
        levels = {row["customer_id"]: row["level"] for row in batch}
        stops = stopped(levels)
        done += apply_levels(
            [
                ScoreChange(pk, before=levels[pk], after=Level.NONE.value, probability=0.0)
                for pk in sorted(stops)
            ],
            now=now,
        )


def catch_up(*, rules: WinbackRules, now: datetime) -> int:
    """Bring warnings to the level of scores where they differ; return how many moved.

    A customer whose warning ended within the days of judging is not warned of anew by this.
    """
    since = now - timedelta(days=rules.judge_days)
    warning = [level.value for level in Level if RANK[level] >= RANK[rules.opens_from]]
    mine = ChurnAlert.objects.filter(customer=OuterRef("customer"))
    recent = Exists(mine.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=since)))
    silent = ChurnScore.objects.filter(level__in=warning, customer__merged_into__isnull=True)
    done = _apply_scores(silent.exclude(recent), now=now)
    moved = mine.open().exclude(level=OuterRef("level"))
    done += _apply_scores(ChurnScore.objects.filter(Exists(moved)), now=now)
    gone = ChurnAlert.objects.open().filter(customer__churn_score__isnull=True)
    lost = list(gone.order_by("customer_id").values_list("customer_id", "level")[:BATCH])
    return done + apply_levels(
        [
            ScoreChange(pk, before=level, after=Level.NONE.value, probability=0.0)
            for pk, level in lost
        ],
        now=now,
    )


def _apply_scores(scores: QuerySet[ChurnScore], *, now: datetime) -> int:
    done, last = 0, 0
    while True:
        rows = scores.filter(customer__gt=last).order_by("customer")
        batch = list(rows[:BATCH])
        if not batch:
            return done
        last = batch[-1].customer_id
        done += apply_levels(
            [
                ScoreChange(
                    score.customer_id,
                    before="",
                    after=score.level,
                    probability=score.probability,
                    blocks=score.blocks,
                    points=score.points,
                    stage=score.stage,
                )
                for score in batch
            ],
            now=now,
        )


@transaction.atomic
def start_missing(*, rules: WinbackRules, now: datetime) -> int:
    """Draw and start the open warnings that have neither case nor arm yet; return how many cases.

    That is those who stayed yellow because the week had no room for more red ones, and red ones
    from before the experiment was switched on.
    """
    rows = ChurnAlert.objects.open().filter(case__isnull=True, verdict="").exclude(arm="control")
    under_way = ChurnRun.objects.filter(finished_at__isnull=True, started_at__gt=now - RUN)
    if under_way.exists():
        red = Q(customer__churn_score__wanted=Level.RED.value) & ~Q(level=Level.RED.value)
        rows = rows.exclude(red)
    found = list(
        rows.select_related("customer").order_by("pk").select_for_update(of=("self",))[:BATCH]
    )
    draw_red(found, rules=rules, now=now)
    return start_work(found, rules=rules, now=now)


@transaction.atomic
def plan_missing(*, rules: WinbackRules, now: datetime) -> int:
    """Make the task of open cases whose task was cancelled or never made; return how many."""
    key = Concat(Cast("pk", CharField()), Value(":"), Cast("turn", CharField()))
    task = Task.objects.open().filter(source=SOURCE, source_id=OuterRef("key"))
    rows = WinbackCase.objects.open().exclude(said="recovered").alias(key=key)
    idle = rows.filter(~Exists(task)).select_related(
        "customer__owner__node", "customer__backup", "alert"
    )
    found = list(idle.order_by("pk").select_for_update(of=("self",), skip_locked=True)[:BATCH])
    planned = plan_callbacks(found, rules=rules, now=now)
    _follow_owner(now)
    return planned


def _follow_owner(now: datetime) -> None:
    """Let cases follow their task, which goes with the customer to another consultant."""
    key = Concat(Cast("pk", CharField()), Value(":"), Cast("turn", CharField()))
    task = Task.objects.open().filter(source=SOURCE, source_id=OuterRef("key"))
    moved = (
        WinbackCase.objects.open()
        .alias(key=key)
        .filter(Exists(task.exclude(owner=OuterRef("owner"))))
        .values_list("pk", "turn")
    )
    for pk, turn in moved[:BATCH]:
        owner = Task.objects.filter(source=SOURCE, source_id=f"{pk}:{turn}").values("owner")[:1]
        WinbackCase.objects.filter(pk=pk).update(owner=owner, updated_at=now)
