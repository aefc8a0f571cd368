"""The words of reports and reviews in the language of the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.reviews.rules.filing import FilingState
from analytics.reviews.rules.maturity import Stage
from analytics.reviews.rules.periods import Cycle
from analytics.reviews.rules.report import Block

CYCLES = [
    (Cycle.MONTH.value, pgettext_lazy("report cycle", "Monthly report")),
    (Cycle.QUARTER.value, pgettext_lazy("report cycle", "Quarterly report")),
    (Cycle.HALF.value, pgettext_lazy("report cycle", "Half-year report")),
    (Cycle.YEAR.value, pgettext_lazy("report cycle", "Yearly report")),
]
BLOCKS = [
    (Block.ACQUISITION.value, _("Acquisition: efficiency and cost")),
    (Block.RETENTION.value, _("Retention, repurchase and lifetime value")),
    (Block.SATISFACTION.value, _("Satisfaction and timeliness")),
    (Block.LIFECYCLE.value, _("Length and revenue of the lifecycle")),
]
REPORT_STATES = [
    ("open", pgettext_lazy("performance report", "In review")),
    ("published", pgettext_lazy("performance report", "Published")),
]
MEETINGS = [
    ("mid_year", _("Mid-year management review")),
    ("annual", _("Yearly management review")),
]
MEETING_STATES = [
    ("planned", pgettext_lazy("management review", "Planned")),
    ("closed", pgettext_lazy("management review", "Closed")),
]
FILING_STATES = [
    (FilingState.EXPECTED.value, pgettext_lazy("filing", "Expected")),
    (FilingState.MISSING.value, pgettext_lazy("filing", "Missing")),
    (FilingState.IN_TIME.value, pgettext_lazy("filing", "In time")),
    (FilingState.LATE.value, pgettext_lazy("filing", "Late")),
]
STAGES = [
    (Stage.PRODUCT.value, pgettext_lazy("maturity", "Product-led")),
    (Stage.CHANGING.value, pgettext_lazy("maturity", "In transition")),
    (Stage.CUSTOMER.value, pgettext_lazy("maturity", "Customer-led")),
]
ELEMENTS = [
    ("organisation", pgettext_lazy("element", "Organisation")),
    ("culture", pgettext_lazy("element", "Culture")),
    ("technology", pgettext_lazy("element", "Technology")),
    ("improvement", pgettext_lazy("element", "Continual improvement")),
]
GROUPS = [
    ("acquisition", pgettext_lazy("KPI group", "Acquisition")),
    ("retention", pgettext_lazy("KPI group", "Retention")),
    ("satisfaction", pgettext_lazy("KPI group", "Satisfaction")),
    ("value", pgettext_lazy("KPI group", "Lifetime value")),
]
LEVERS = {
    "channels": _("Tune the channels: move effort to those whose customers buy"),
    "portrait": _("Tune the customer portrait: address whom we really win"),
    "reach": _("Widen the reach: further places and times to meet customers"),
    "flow": _("Shorten the service flow: fewer hand-overs, one contact"),
    "points": _("Use points and member benefits to bring owners back"),
    "feedback": _("Close the loop: answer every low rating and tell what changed"),
    "speed": _("Respond faster: staff the peaks, remind before the limit"),
    "meetings": _("Meet owners regularly and bring their points into the plan"),
    "loyalty": _("Build loyalty: care plan for owners, thank those who refer"),
    "mining": _("Mine the value: offer what the household needs next"),
}
TERMS = [
    ("short", pgettext_lazy("goal", "Short term (up to a year)")),
    ("mid", pgettext_lazy("goal", "Mid term (one to three years)")),
]
