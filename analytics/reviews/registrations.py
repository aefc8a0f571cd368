"""What reviews tells the other parts."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis.registry import name_kpis
from analytics.registering import declare_events, mark_states, offer_pages, offer_subjects
from analytics.reviews import choices, maturity, messages, policies, registers
from analytics.reviews.hooks import register_week_source
from analytics.reviews.meeting_models import Filing, ManagementReview, WeeklyReport
from analytics.reviews.querysets import OWN, VIEW
from analytics.reviews.report_models import Measure, PerformanceReport
from analytics.reviews.rules.report import BLOCKS
from analytics.reviews.services.weekly import MEASURES, measures_of_week
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject

EVENTS = {
    "review.report_opened": _("Performance report opened"),
    "review.report_written": _("Performance report written"),
    "review.report_published": _("Performance report published"),
    "review.measure_added": _("Measure added"),
    "review.measure_changed": _("Measure changed"),
    "review.measure_done": _("Measure done"),
    "review.meeting_planned": _("Management review planned"),
    "review.meeting_written": _("Management review written"),
    "review.meeting_closed": _("Management review closed"),
    "review.filed": _("Summary handed in"),
    "review.filing_commented": _("Summary commented"),
    "review.weekly_made": _("Weekly report made"),
}
TONES = {
    "performance-report": ({"open": ("amber", "half"), "published": ("green", "tick")}),
    "management-review": ({"planned": ("amber", "half"), "closed": ("green", "tick")}),
    "filing": (
        {
            "expected": ("", "ring"),
            "missing": ("red", "tri"),
            "in_time": ("green", "tick"),
            "late": ("amber", "dia"),
        }
    ),
    "maturity": (
        {"product": ("red", "tri"), "changing": ("amber", "dia"), "customer": ("green", "dot")}
    ),
}
WORDS = {
    "performance-report": choices.REPORT_STATES,
    "management-review": choices.MEETING_STATES,
    "filing": choices.FILING_STATES,
    "maturity": choices.STAGES,
}
SUBJECTS: tuple[tuple[str, Any, str, Any], ...] = (
    ("performance-report", PerformanceReport, "performance-report", _("Performance reports")),
    ("measure", Measure, "measure", pgettext_lazy("improvement", "Measures")),
    ("management-review", ManagementReview, "management-review", _("Management reviews")),
    ("filing", Filing, "filing", _("Summaries of regions")),
)
TARGET = {
    "target-light": {
        "green": Mark("green", "dot", pgettext_lazy("light", "on target")),
        "amber": Mark("amber", "dia", pgettext_lazy("light", "close to target")),
        "red": Mark("red", "tri", pgettext_lazy("light", "off target")),
        "none": Mark("", "ring", pgettext_lazy("light", "no target or no data")),
    },
    "element": {
        "green": Mark("green", "dot", _("Evidence this quarter")),
        "amber": Mark("amber", "dia", _("No evidence this quarter")),
    },
    "week-line": {
        "late": Mark("red", "tri", pgettext_lazy("week", "Late")),
        "next": Mark("blue", "ring", pgettext_lazy("week", "Due next")),
        "done": Mark("green", "tick", pgettext_lazy("week", "Done")),
    },
}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    messages.register()
    registers.register()
    maturity.register()
    for block, keys in BLOCKS.items():
        name_kpis(f"report {block}", keys)
    declare_events(EVENTS)
    mark_states(TONES, WORDS)
    for kind, marks in TARGET.items():
        register_marks(kind, marks)
    offer_subjects(SUBJECTS)
    register_subject(
        Subject(
            kind="weekly-report",
            model="analytics.WeeklyReport",
            visible_to=_weeks_for,
            title=str,
            url_name="analytics:weekly-report",
        )
    )
    register_week_source("measures", MEASURES, measures_of_week)
    _offer_pages()


def _weeks_for(user: Any) -> Any:
    rows = WeeklyReport.objects.all()
    return rows if user.has_perm(VIEW) else rows.none()


def _offer_pages() -> None:
    place = ("analytics:performance-reports", _("Reports and reviews"), "file", 540, VIEW)
    register_entry("reviews", *place)
    pages = (
        ("management-reviews", _("Management reviews"), 541, VIEW),
        ("filings", _("Summaries of regions"), 542, VIEW),
        ("weekly-reports", _("Weekly reports"), 543, VIEW),
        ("programme-goals", _("Goals"), 544, VIEW),
        ("long-term-elements", _("Four elements"), 545, VIEW),
        ("maturity", _("Maturity"), 546, VIEW),
    )
    offer_pages("reviews", "file", pages)
    words = pgettext_lazy("improvement", "Measures")
    offer_pages("reviews", "check", (("measures", words, 547, OWN),))
