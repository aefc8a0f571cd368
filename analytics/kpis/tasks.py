"""Jobs of kpis; safe to run twice or late, each turn ends in time (PLT-42)."""

from datetime import timedelta
from time import monotonic
from typing import Final

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job

TURN: Final = timedelta(seconds=150)


@shared_task(ignore_result=True)
@job("freeze-kpis")
def freeze_kpis() -> dict[str, int]:
    """Freeze what is due of the running periods; what is left is done in the next turn."""
    from analytics.kpis.services.freezing import close_standing, due, freeze

    now, until = timezone.now(), monotonic() + TURN.total_seconds()
    written = 0
    closed = close_standing(now=now)
    for period, kpi in due(now):
        written += freeze(period, [kpi], now=now)
        if monotonic() > until:
            break
    return {"written": written, "closed": closed}


@shared_task(ignore_result=True)
@job("check-kpis")
def check_kpis() -> dict[str, int]:
    """Hold each frozen figure against its rows and tell the owners of those that differ."""
    from analytics.kpis.services.checking import CHUNK, check, due, tell_owners

    now, until = timezone.now(), monotonic() + TURN.total_seconds()
    found = {"same": 0, "differ": 0, "left": 0}
    keys = due(now)
    for start in range(0, len(keys), CHUNK):
        for verdict, number in check(keys[start : start + CHUNK], now=now).items():
            found[verdict] += number
        if monotonic() > until:
            break
    return found | {"told": tell_owners(now=now)}
