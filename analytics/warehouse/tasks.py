"""Jobs of warehouse; each may run twice or late without harm (PLT-42)."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job

SECONDS = 200.0  # no further fact is begun after; Celery ends tasks after 290 s


@shared_task(ignore_result=True)
@job("refresh-cubes")
def refresh_cubes() -> dict[str, Any]:
    """Bring the days of the summary tables up to date that changed; return what was written."""
    from analytics.warehouse.services.refreshing import refresh_cubes as refresh

    return _counts(refresh(now=timezone.now(), seconds=SECONDS))


@shared_task(ignore_result=True)
@job("rebuild-cubes")
def rebuild_cubes() -> dict[str, Any]:
    """Write the summary tables anew for the night; return what was written.

    What one run has no time for, the next does: facts of this night are written once.
    """
    from analytics.warehouse.services.refreshing import rebuild_cubes as rebuild

    now = timezone.now()
    slot = f"nightly:{timezone.localdate(now).isoformat()}"
    return _counts(rebuild(slot=slot, now=now, seconds=SECONDS))


def _counts(done: Any) -> dict[str, Any]:
    return {"days": done.days, "facts": done.rebuilt, "cells": done.cells}
