"""The weekly execution report: made each Monday, with what is late (ANA-65); and reminders."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics.reviews.hooks import WeekLine, week_sources
from analytics.reviews.meeting_models import WeeklyReport
from analytics.reviews.messages import MEASURE_DUE, MEASURE_LATE, WEEKLY, keepers, titled
from analytics.reviews.policies import rules_at
from analytics.reviews.report_models import Measure
from analytics.reviews.rules.periods import DAY, Span, week_before
from analytics.reviews.services.freezing import region_ids
from crm_site.audit.services import record
from crm_site.outbox.services import Outgoing, send_many

NEXT = timedelta(days=7)


@transaction.atomic
def make_weekly(*, now: datetime) -> WeeklyReport | None:
    """Freeze the report of the week that is over; None where it was made before."""
    span = week_before(timezone.localdate(now))
    if WeeklyReport.objects.filter(week_on=span.starts_on).exists():
        return None
    lines = [
        _frozen(source, line, span)
        for source, (_label, read) in week_sources().items()
        for line in read(span, now)
    ]
    row, is_new = WeeklyReport.objects.get_or_create(
        week_on=span.starts_on, defaults={"made_at": now, "lines": lines}
    )
    if not is_new:
        return None
    record(
        kind="review.weekly_made",
        actor=None,
        subject=("weekly-report", row.pk),
        facts={"week": span.starts_on.isoformat(), "lines": len(lines)},
        now=now,
    )
    send_many(_notices(row), now=now)
    return row


def is_for(line: dict[str, Any], region_id: int | None) -> bool:
    """Return whether a region sees a line; the company (None) sees all."""
    return region_id is None or line["region"] in (None, region_id)


def remind_measures(*, now: datetime) -> int:
    """Remind who answers for measures, before the day and after it, each once; return how many."""
    today = timezone.localdate(now)
    soon = today + timedelta(days=rules_at(now).remind_days)
    rows = Measure.objects.open().filter(due_on__lte=soon).select_related("owner")
    notices = []
    for row in rows.order_by("pk"):
        kind = MEASURE_LATE if row.due_on < today else MEASURE_DUE
        day = row.due_on.isoformat()
        params = {"due": day, "title": titled(row.what)}
        key = f"{kind}:{row.pk}:{day}"
        notices.append(Outgoing(kind, row.owner, key, params, ("measure", row.pk)))
    send_many(notices, now=now)
    return len(notices)


def measures_of_week(span: Span, _now: datetime) -> Iterable[WeekLine]:
    """Return the measures of reports and reviews for the weekly report."""
    done = Q(done_on__range=(span.starts_on, span.ends_on))
    due = Q(done_on__isnull=True, due_on__lte=span.ends_on + NEXT)
    rows = Measure.objects.filter(done | due).select_related("owner").order_by("due_on", "pk")
    for one in rows:
        yield WeekLine(
            title=one.what,
            owner=one.owner.name,
            due_on=one.due_on,
            done_on=one.done_on,
            region_id=one.region_id,
            url=reverse("analytics:measure", args=[one.pk]),
        )


MEASURES = _("Measures of reports and reviews")


def state_of(due_on: date | None, done_on: date | None, span: Span) -> str:
    """Return done, late or next for a line at the end of a week."""
    if done_on is not None and done_on <= span.ends_on:
        return "done"
    return "late" if due_on is not None and due_on < span.ends_on + DAY else "next"


def _frozen(source: str, line: WeekLine, span: Span) -> dict[str, Any]:
    return {
        "source": source,
        "title": line.title,
        "owner": line.owner,
        "due": line.due_on.isoformat() if line.due_on else "",
        "done": line.done_on.isoformat() if line.done_on else "",
        "region": line.region_id,
        "url": line.url,
        "state": state_of(line.due_on, line.done_on, span),
    }


def _notices(row: WeeklyReport) -> Iterable[Outgoing]:
    for region_id in [None, *region_ids()]:
        late = sum(one["state"] == "late" and is_for(one, region_id) for one in row.lines)
        params = {"week": row.week_on.isoformat(), "late": late}
        for user in keepers(region_id):
            key = f"weekly:{row.pk}:{user.pk}"
            yield Outgoing(WEEKLY, user, key, params, ("weekly-report", row.pk))
