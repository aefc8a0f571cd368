"""What a report still lacks, its words, its publication with a PDF of frozen facts (ANA-27, 28)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.reviews.choices import BLOCKS, CYCLES
from analytics.reviews.display import shown
from analytics.reviews.errors import ReviewError
from analytics.reviews.figures import label_of
from analytics.reviews.querysets import KEEP
from analytics.reviews.report_models import (
    Measure,
    PerformanceReport,
    ReportFigure,
    ReportMeasure,
    ReportPaper,
)
from analytics.reviews.rules.report import Answer, Frozen, Gap, gaps
from crm_site.audit.services import record
from crm_site.common.files import PDF, Taken
from crm_site.common.refusals import NotAllowedError
from crm_site.staff.models import User
from service.surveys.pdf import Paper, Part, paper_pdf


class UnfinishedError(ReviewError):
    """The report lacks something; ``gaps`` names all of it."""

    code = "unfinished"

    def __init__(self, found: list[Gap]) -> None:
        said = "; ".join(gap_words(one) for one in found)
        super().__init__(_("It cannot be published yet. %(gaps)s.") % {"gaps": said})
        self.gaps = found


def gap_words(gap: Gap) -> str:
    """Return what is missing, in words."""
    blocks = dict(BLOCKS)
    if gap.kind == "block":
        return _("Block without figures: %(what)s") % {"what": blocks[gap.key]}
    if gap.kind == "analysis":
        return _("Block without words: %(what)s") % {"what": blocks[gap.key]}
    return _("Off target without a measure in time: %(what)s") % {"what": label_of(gap.key)}


def gaps_of(report: PerformanceReport, now: datetime) -> list[Gap]:
    """Return what a report lacks before it can be published."""
    figures = [
        Frozen(one.block, one.kpi, one.value, one.light) for one in report.figures.order_by("pk")
    ]
    measures = Measure.objects.filter(entries__report=report)
    answers = [
        Answer(one.kpi, bool(one.cause and one.what), one.due_on, one.done_on is not None)
        for one in measures
    ]
    return gaps(figures, report.notes, answers, today=timezone.localdate(now))


@transaction.atomic
def write_notes(
    *, report: PerformanceReport, notes: Mapping[str, str], actor: User, now: datetime
) -> PerformanceReport:
    """Keep what was found in each block; raise ReviewError once the report is published."""
    row = _locked(report, actor)
    row.notes = {key: text.strip() for key, text in notes.items() if text.strip()}
    row.save(update_fields=["notes", "updated_at"])
    record(
        kind="review.report_written",
        actor=actor,
        subject=("performance-report", row.pk),
        facts={"number": row.number},
        now=now,
    )
    return row


@transaction.atomic
def publish_report(*, report: PerformanceReport, actor: User, now: datetime) -> PerformanceReport:
    """Publish a report that lacks nothing, make its PDF, and return it.

    Raise UnfinishedError with everything that is missing; nothing is written then.
    """
    row = _locked(report, actor)
    found = gaps_of(row, now)
    if found:
        raise UnfinishedError(found)
    row.state, row.published_at, row.published_by = "published", now, actor
    row.save(update_fields=["state", "published_at", "published_by", "updated_at"])
    with translation.override(settings.LANGUAGE_CODE):
        facts = facts_of(row)
    taken = Taken(f"{row.number}.pdf", PDF, paper_pdf(paper_of(facts)))
    ReportPaper.objects.create(report=row, facts=facts, stored_at=now, **taken.values())
    record(
        kind="review.report_published",
        actor=actor,
        subject=("performance-report", row.pk),
        facts={"number": row.number},
        now=now,
    )
    return row


def paper_of(facts: Mapping[str, Any]) -> Paper:
    """Return what the PDF draws; the same facts give the same bytes."""
    return Paper(
        title=facts["title"],
        number=facts["number"],
        lead=[tuple(pair) for pair in facts["lead"]],
        parts=[Part(one["title"], one["lines"]) for one in facts["parts"]],
        foot=facts["foot"],
        made_at=datetime.fromisoformat(facts["made_at"]),
    )


def facts_of(report: PerformanceReport) -> dict[str, Any]:
    """Return everything the report says, as text, of its frozen rows alone."""
    figures = list(report.figures.order_by("pk"))
    where = report.region.name if report.region else _("The whole company")
    made_at = report.published_at or report.frozen_at
    parts = [_block(report, key, str(words), figures) for key, words in BLOCKS]
    others = [_line(one) for one in figures if not one.block]
    if others:
        parts.append({"title": _("Further KPIs with a target"), "lines": others})
    parts.append({"title": _("Measures and progress"), "lines": _measures(report)})
    return {
        "title": str(dict(CYCLES)[report.kind]),
        "number": report.number,
        "made_at": made_at.isoformat(),
        "lead": [
            [pgettext("report", "Period"), f"{report.starts_on} – {report.ends_on}"],
            [pgettext("report", "Place"), where],
            [_("Published by"), report.published_by.name if report.published_by else "--"],
        ],
        "parts": parts,
        "foot": _("Figures frozen on %(day)s; later entries do not change this report.")
        % {"day": timezone.localdate(report.frozen_at).isoformat()},
    }


def _block(
    report: PerformanceReport, key: str, title: str, figures: list[ReportFigure]
) -> dict[str, Any]:
    lines = [_line(one) for one in figures if one.block == key]
    found = report.notes.get(key, "")
    return {"title": title, "lines": [*lines, *([found] if found else [])]}


def _line(figure: ReportFigure) -> str:
    lights = {
        "green": pgettext("light", "on target"),
        "amber": pgettext("light", "close to target"),
        "red": pgettext("light", "off target"),
    }
    said = f"{label_of(figure.kpi, figure.label)}: {shown(figure.value, figure.unit)}"
    if figure.target is not None:
        goal = shown(figure.target, figure.unit)
        light = lights.get(figure.light, _("no data"))
        said += " · " + _("target %(goal)s, %(light)s") % {"goal": goal, "light": light}
    if figure.before is not None:
        said += " · " + _("before: %(value)s") % {"value": shown(figure.before, figure.unit)}
    return said


def _measures(report: PerformanceReport) -> list[str]:
    rows = ReportMeasure.objects.filter(report=report).select_related("measure__owner")
    lines = []
    for row in rows.order_by("pk"):
        one = row.measure
        state = (
            _("done on %(day)s: %(result)s") % {"day": one.done_on, "result": one.result}
            if one.done_on
            else pgettext("measure", "until %(day)s") % {"day": one.due_on}
        )
        carried = f"({_('carried over')}) " if row.is_carried else ""
        kpi = label_of(one.kpi) if one.kpi else "—"
        lines.append(f"{carried}{kpi} · {one.cause} → {one.what} · {one.owner.name} · {state}")
    return lines or [_("No figure asked for a measure.")]


def _locked(report: PerformanceReport, actor: User) -> PerformanceReport:
    if not actor.has_perm(KEEP):
        raise NotAllowedError(_("Your role does not write reports of results."))
    row = PerformanceReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if row.state != "open":
        raise ReviewError(_("The report is published and stays as it is."))
    return row
