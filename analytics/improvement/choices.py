"""The words of improvement in the language of the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.improvement.rules.appraisal import Advice, Dimension
from analytics.improvement.rules.pdca import Decision, Stage
from analytics.improvement.rules.programme import Phase
from service.experience.choices import DEPARTMENTS as EXPERIENCE_DEPARTMENTS
from service.tickets.choices import DEPARTMENTS as TICKET_DEPARTMENTS

_KNOWN = {key for key, _label in TICKET_DEPARTMENTS} | {"sales"}
DEPARTMENTS = [
    *TICKET_DEPARTMENTS,
    *((key, label) for key, label in EXPERIENCE_DEPARTMENTS if key not in _KNOWN),
]
PHASES = [
    (Phase.DIAGNOSIS.value, pgettext_lazy("programme phase", "Diagnosis")),
    (Phase.IMPLEMENTATION.value, pgettext_lazy("programme phase", "Implementation")),
    (Phase.EVALUATION.value, pgettext_lazy("programme phase", "Evaluation")),
    (Phase.CLOSED.value, pgettext_lazy("programme phase", "Closed")),
]
STAGES = [
    (Stage.PLAN.value, pgettext_lazy("PDCA", "Plan")),
    (Stage.DO.value, pgettext_lazy("PDCA", "Do")),
    (Stage.CHECK.value, pgettext_lazy("PDCA", "Check")),
    (Stage.ACT.value, pgettext_lazy("PDCA", "Act")),
    (Stage.CLOSED.value, pgettext_lazy("PDCA", "Closed")),
    (Stage.DROPPED.value, pgettext_lazy("PDCA", "Dropped")),
]
DECISIONS = [
    (Decision.STANDARD.value, _("It works: make it the standard")),
    (Decision.AGAIN.value, _("Not yet: another cycle")),
]
TRACKS = [
    ("short", pgettext_lazy("track", "Short-term recovery")),
    ("long", pgettext_lazy("track", "Long-term mechanism")),
]
THEMES = [
    ("price", pgettext_lazy("theme", "Price")),
    ("delivery", pgettext_lazy("theme", "Delivery")),
    ("service", pgettext_lazy("theme", "Service")),
    ("other", pgettext_lazy("theme", "Other")),
]
RESOURCES = [
    ("staff", pgettext_lazy("resource", "Staff (days)")),
    ("money", pgettext_lazy("resource", "Money (yuan)")),
    ("technology", pgettext_lazy("resource", "Technology (yuan)")),
]
GATES = {
    "workshop": _("a workshop that was held"),
    "findings": _("findings of the workshop"),
    "findings_open": _("an item for each finding"),
    "tracks": _("items on both tracks, recovery and mechanism"),
    "items": _("an item"),
    "planning": _("a start of each item"),
    "unchecked": _("a measured result of each item"),
    "unfinished": _("an end of each item"),
    "evaluation": _("an evaluation in three dimensions"),
}
DIMENSIONS = [
    (Dimension.ACQUISITION.value, pgettext_lazy("dimension", "Acquisition")),
    (Dimension.RETENTION.value, pgettext_lazy("dimension", "Retention")),
    (Dimension.SATISFACTION.value, pgettext_lazy("dimension", "Satisfaction")),
    (Dimension.VALUE.value, pgettext_lazy("dimension", "Lifetime value")),
]
APPRAISAL_STATES = [
    ("draft", pgettext_lazy("appraisal", "Draft")),
    ("published", pgettext_lazy("appraisal", "Published")),
    ("appealed", pgettext_lazy("appraisal", "Appealed")),
    ("final", pgettext_lazy("appraisal", "Final")),
]
BONUS_STATES = [
    ("draft", pgettext_lazy("bonus", "Draft")),
    ("asked", pgettext_lazy("bonus", "Waiting for approval")),
    ("approved", pgettext_lazy("bonus", "Approved")),
    ("refused", pgettext_lazy("bonus", "Refused")),
    ("paid", pgettext_lazy("bonus", "Paid")),
]
INCENTIVES = [
    ("bonus", pgettext_lazy("incentive", "Bonus")),
    ("commission", pgettext_lazy("incentive", "Commission")),
    ("reward", pgettext_lazy("incentive", "Reward")),
    ("reversal", pgettext_lazy("incentive", "Reversal")),
]
HONOURS = [
    ("promotion", pgettext_lazy("honour", "Chance of promotion")),
    ("title", pgettext_lazy("honour", "Honorary title")),
    ("praise", pgettext_lazy("honour", "Commendation")),
]
ADVICE = [
    (Advice.PROMOTE.value, pgettext_lazy("advice", "Candidate for promotion")),
    (Advice.MOVE.value, pgettext_lazy("advice", "Talk about another post")),
    (Advice.NONE.value, pgettext_lazy("advice", "None")),
]
TRIALS = [
    ("ab", pgettext_lazy("experiment", "A/B test")),
    ("lab", pgettext_lazy("experiment", "Laboratory trial")),
]
