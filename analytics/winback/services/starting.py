"""From a warning to a case with a task, and from its end to the end of the task (CUS-100)."""

from collections.abc import Iterable
from datetime import datetime

from analytics.winback.models import ChurnAlert, ToolUse, WinbackCase
from analytics.winback.policies import WinbackRules
from analytics.winback.rules.words import CaseState, Ending, Tool
from analytics.winback.services.calling import (
    CALL,
    SUBJECT,
    cancel_callbacks,
    hasten,
    plan_callbacks,
)
from crm_site.outbox.services import call_off_all

# The reason of a cancelled task is read by the consultant, so it does not tell the groups apart.
WHY = "the callback is no longer due"


def start_work(alerts: Iterable[ChurnAlert], *, rules: WinbackRules, now: datetime) -> int:
    """Open a case with its first callback for each warning that is worked on; return how many.

    A warning that is left alone gets none; a case it had from a lower level is dropped. A case
    that exists is hastened where its level has become more urgent.
    """
    rows = [row for row in alerts if row.closed_at is None]
    known = {
        case.alert_id: case
        for case in WinbackCase.objects.filter(alert__in=rows).select_related("customer", "alert")
    }
    control = [known[row.pk] for row in rows if row.is_control and row.pk in known]
    _drop(control, now=now)
    standing = [known[row.pk] for row in rows if not row.is_control and row.pk in known]
    hasten([case for case in standing if case.is_open], rules=rules, now=now)
    fresh = [row for row in rows if not row.is_control and row.pk not in known]
    WinbackCase.objects.bulk_create([_draft(row, now) for row in fresh], ignore_conflicts=True)
    cases = list(
        WinbackCase.objects.filter(alert__in=fresh).select_related(
            "customer__owner__node", "customer__backup", "alert"
        )
    )
    ToolUse.objects.bulk_create(
        [ToolUse(case=case, tool=Tool.WARNING.value, key="1", at=now) for case in cases],
        ignore_conflicts=True,
    )
    plan_callbacks(cases, rules=rules, now=now)
    return len(cases)


def _draft(alert: ChurnAlert, now: datetime) -> WinbackCase:
    return WinbackCase(
        alert=alert,
        customer_id=alert.customer_id,
        project_id=alert.project_id,
        owner_id=alert.owner_id,
        cause=alert.cause,
        opened_at=now,
    )


def end_work(alerts: Iterable[ChurnAlert], *, now: datetime) -> int:
    """End the cases of warnings that are over; return how many.

    Whoever agreed with the customer on a next contact keeps that case while only the risk fell.
    """
    rows = list(alerts)
    cases = WinbackCase.objects.open().filter(alert__in=rows).select_related("alert")
    ended = [case for case in cases if case.alert.ending != Ending.CALMED or case.worked_at is None]
    _drop(ended, now=now)
    return len(ended)


def _drop(cases: Iterable[WinbackCase], *, now: datetime) -> None:
    found = [case for case in cases if case.is_open]
    if not found:
        return
    ids = [case.pk for case in found]
    cancel_callbacks(ids, reason=WHY, now=now)
    call_off_all(kind=CALL, subject_kind=SUBJECT, ids=ids)
    rows = WinbackCase.objects.filter(pk__in=ids, state=CaseState.OPEN.value)
    dropped = rows.filter(worked_at__isnull=True)
    values = {"closed_at": now, "due_at": None, "updated_at": now}
    dropped.update(state=CaseState.DROPPED.value, **values)
    rows.update(state=CaseState.DONE.value, **values)
