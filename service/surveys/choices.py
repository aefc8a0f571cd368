"""The words of surveys in the language of the reader."""

from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.questionnaires.choices import words_of
from crm_site.questionnaires.rules import Question, Scale
from service.surveys.rules.kano import Kind
from service.surveys.rules.models import Quadrant
from service.surveys.rules.scales import Box, Camp


class SurveyState(StrEnum):
    """Where a survey stands."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Trigger(StrEnum):
    """When somebody is asked: once as one of an audience, or after something happened."""

    AUDIENCE = "audience"
    VISIT = "visit"
    SIGNING = "signing"
    HANDOVER = "handover"
    TICKET = "ticket"
    EVENT = "event"
    LOSS = "loss"
    STAFF = "staff"


class Stage(StrEnum):
    """The three stages of the service, as tickets name them."""

    PRE_SALE = "pre_sale"
    IN_SALE = "in_sale"
    AFTER_SALE = "after_sale"


class Method(StrEnum):
    """How the answers are read beyond plain figures."""

    PLAIN = "plain"
    KANO = "kano"
    ACSI = "acsi"


class ReportKind(StrEnum):
    """What a report is for."""

    PERIOD = "period"
    MID_YEAR = "mid_year"
    ANNUAL = "annual"


STATES = [
    (SurveyState.DRAFT.value, pgettext_lazy("survey", "Draft")),
    (SurveyState.OPEN.value, pgettext_lazy("survey", "Open")),
    (SurveyState.CLOSED.value, pgettext_lazy("survey", "Closed")),
]
TRIGGERS = [
    (Trigger.AUDIENCE.value, _("Once, to chosen customers")),
    (Trigger.VISIT.value, _("After each visit")),
    (Trigger.SIGNING.value, _("After each signed contract")),
    (Trigger.HANDOVER.value, _("After each handover")),
    (Trigger.TICKET.value, _("After each closed ticket")),
    (Trigger.EVENT.value, _("After each customer event")),
    (Trigger.LOSS.value, _("After a customer is lost")),
    (Trigger.STAFF.value, _("Once, to our own staff, anonymous")),
]
STAGES = [
    (Stage.PRE_SALE.value, _("Before the sale")),
    (Stage.IN_SALE.value, _("During the sale")),
    (Stage.AFTER_SALE.value, _("After the sale")),
]
METHODS = [
    (Method.PLAIN.value, _("Satisfaction and recommendation")),
    (Method.KANO.value, _("Kano model")),
    (Method.ACSI.value, _("Customer satisfaction index (ACSI)")),
]
STAGE_OF = {
    Trigger.VISIT: Stage.PRE_SALE,
    Trigger.SIGNING: Stage.IN_SALE,
    Trigger.HANDOVER: Stage.AFTER_SALE,
    Trigger.TICKET: Stage.AFTER_SALE,
    Trigger.EVENT: Stage.AFTER_SALE,
    Trigger.LOSS: Stage.PRE_SALE,
}
REPORTS = [
    (ReportKind.PERIOD.value, _("Customer satisfaction report")),
    (ReportKind.MID_YEAR.value, _("Satisfaction monitoring information")),
    (ReportKind.ANNUAL.value, _("Satisfaction result report")),
]
BOXES = [
    (Box.SATISFIED.value, _("Satisfied")),
    (Box.NEUTRAL.value, pgettext_lazy("satisfaction", "Neutral")),
    (Box.DISSATISFIED.value, _("Dissatisfied")),
]
CAMPS = [
    (Camp.PROMOTER.value, _("Promoters")),
    (Camp.PASSIVE.value, _("Passives")),
    (Camp.DETRACTOR.value, _("Detractors")),
]
QUADRANTS = [
    (Quadrant.LOYAL.value, _("Satisfied and loyal")),
    (Quadrant.MERCENARY.value, _("Satisfied, not loyal")),
    (Quadrant.HOSTAGE.value, _("Loyal, not satisfied")),
    (Quadrant.DEFECTOR.value, _("Neither satisfied nor loyal")),
]
KANO_KINDS = {
    Kind.MUST_BE.value: pgettext_lazy("Kano", "Must-be"),
    Kind.ONE_DIMENSIONAL.value: pgettext_lazy("Kano", "One-dimensional"),
    Kind.ATTRACTIVE.value: pgettext_lazy("Kano", "Attractive"),
    Kind.INDIFFERENT.value: pgettext_lazy("Kano", "Indifferent"),
    Kind.REVERSE.value: pgettext_lazy("Kano", "Reverse"),
    Kind.QUESTIONABLE.value: pgettext_lazy("Kano", "Questionable"),
}
# The five words as surveys say them (SVC-46).
FIVE_WORDS = {
    "very_good": _("Very satisfied"),
    "good": _("Fairly satisfied"),
    "fair": pgettext_lazy("satisfaction", "Neutral"),
    "bad": _("Not very satisfied"),
    "very_bad": _("Not satisfied at all"),
}

LEFT_OUT = [
    ("no_consent", _("No consent to be contacted")),
    ("no_address", _("Neither number nor mailbox")),
    ("asked_lately", _("Asked lately")),
    ("not_drawn", _("Not drawn for the sample")),
]


def survey_words(question: Question, value: str) -> Any:
    """Return an answer in the words of a survey."""
    if question.scale == Scale.WORDS:
        return FIVE_WORDS.get(value, value)
    return words_of(question, value)
