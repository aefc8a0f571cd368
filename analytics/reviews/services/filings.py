"""Summaries that regions owe head office: expected, handed in, commented, missed (ANA-31)."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.reviews.errors import ReviewError
from analytics.reviews.meeting_models import Filing
from analytics.reviews.messages import FILING_DUE, FILING_LATE, directors, keepers
from analytics.reviews.policies import rules_at
from analytics.reviews.querysets import DIRECT, KEEP, place_of
from analytics.reviews.report_models import PerformanceReport
from analytics.reviews.rules.periods import Span, quarter_name
from analytics.reviews.services.freezing import region_ids
from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User


def expect_filings(*, span: Span, now: datetime) -> int:
    """Expect the summary of each region for a quarter; return how many regions there are."""
    due_on = span.ends_on + timedelta(days=rules_at(now).filing_days)
    rows = [
        Filing(region_id=pk, starts_on=span.starts_on, ends_on=span.ends_on, due_on=due_on)
        for pk in region_ids()
    ]
    Filing.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def report_for(filing: Filing) -> PerformanceReport | None:
    """Return the published report of the region for the quarter, None while there is none."""
    rows = PerformanceReport.objects.filter(
        region=filing.region_id,
        kind="quarter",
        starts_on=filing.starts_on,
        state="published",
    )
    found: PerformanceReport | None = rows.first()
    return found


@transaction.atomic
def hand_in(*, filing: Filing, summary: str, actor: User, now: datetime) -> Filing:
    """Hand in the summary of a region with its published report, and return it.

    Raise ReviewError while the report is not published or once it is handed in, ValidationError
    without words, NotAllowedError for another region.
    """
    if not actor.has_perm(KEEP) or place_of(actor) != filing.region_id:
        raise NotAllowedError(_("A summary is handed in by its own region."))
    row = Filing.objects.select_for_update(of=("self",)).get(pk=filing.pk)
    if row.handed_at is not None:
        raise ReviewError(_("This summary was handed in already."))
    report = report_for(row)
    if report is None:
        raise ReviewError(_("Publish the performance report of the quarter first."))
    if not summary.strip():
        raise ValidationError({"summary": _("Sum up the quarter: what went well, what not.")})
    row.report, row.summary = report, summary.strip()
    row.handed_at, row.handed_by = now, actor
    row.save(update_fields=["report", "summary", "handed_at", "handed_by", "updated_at"])
    _note("review.filed", row, actor, now)
    return row


@transaction.atomic
def comment_filing(*, filing: Filing, comment: str, actor: User, now: datetime) -> Filing:
    """Keep what head office says about a summary that is there; raise ReviewError without one."""
    if not actor.has_perm(DIRECT) or place_of(actor) is not None:
        raise NotAllowedError(_("Head office comments what regions file."))
    row = Filing.objects.select_for_update(of=("self",)).get(pk=filing.pk)
    if row.handed_at is None:
        raise ReviewError(_("There is no summary yet."))
    row.comment, row.commented_by = comment.strip(), actor
    row.save(update_fields=["comment", "commented_by", "updated_at"])
    _note("review.filing_commented", row, actor, now)
    return row


def remind_filings(*, now: datetime) -> int:
    """Remind regions before their day, tell head office after it; each once. Return how many."""
    today = timezone.localdate(now)
    soon = today + timedelta(days=rules_at(now).remind_days)
    rows = Filing.objects.filter(handed_at__isnull=True, due_on__lte=soon).select_related("region")
    notices: list[Outgoing] = []
    for row in rows.order_by("pk"):
        late = row.due_on < today
        people = [*keepers(row.region_id), *(directors() if late else [])]
        kind = FILING_LATE if late else FILING_DUE
        params = {
            "quarter": quarter_name(Span(row.starts_on, row.ends_on)),
            "region": row.region.name,
            "due": row.due_on.isoformat(),
        }
        if not late:
            params.pop("region")
        notices += [
            Outgoing(kind, user, f"{kind}:{row.pk}:{user.pk}", params, ("filing", row.pk))
            for user in people
        ]
    send_many(notices, now=now)
    return len(notices)


def _note(kind: str, row: Filing, actor: User, now: datetime) -> None:
    facts = {"region": row.region_id, "from": row.starts_on.isoformat()}
    record(kind=kind, actor=actor, subject=("filing", row.pk), facts=facts, now=now)
