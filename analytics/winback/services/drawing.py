"""The draw of red warnings, written before anything is done about them (BEY-04)."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from analytics.churn.rules.words import Level
from analytics.winback.models import ChurnAlert, HoldoutDraw, WinbackCase
from analytics.winback.policies import WinbackRules
from analytics.winback.rules.holdout import arm_of, number_of, quarter_of
from analytics.winback.rules.words import Arm

SEED = 40  # characters of a seed that count, as many as the draw keeps


def draw_red(alerts: Iterable[ChurnAlert], *, rules: WinbackRules, now: datetime) -> int:
    """Draw the red ones of these open warnings that have no arm yet; return how many are control.

    The rows of the draw are written in the transaction that makes the warning red, before its case.
    Whoever was called already, at a lower level, is not drawn: something was done before.
    """
    red = [row for row in alerts if row.level == Level.RED and not row.arm]
    called = set(WinbackCase.objects.worked().filter(alert__in=red).values_list("alert", flat=True))
    red = [row for row in red if row.pk not in called]
    if not red or not rules.holdout_percent:
        return 0
    quarter, seed = quarter_of(timezone.localdate(now)), rules.seed[:SEED]
    draws = []
    for row in red:
        number = number_of(seed=seed, quarter=quarter, customer_id=row.customer_id)
        row.arm = arm_of(number, share=rules.share).value
        draws.append(
            HoldoutDraw(
                alert=row,
                seed=seed,
                quarter=quarter,
                drawn_for=row.customer_id,
                number=number,
                share=rules.share,
                arm=row.arm,
                drawn_at=now,
            )
        )
    HoldoutDraw.objects.bulk_create(draws)
    for arm in Arm:
        drawn = [row.pk for row in red if row.arm == arm]
        ChurnAlert.objects.filter(pk__in=drawn).update(arm=arm.value)
    return sum(row.is_control for row in red)
