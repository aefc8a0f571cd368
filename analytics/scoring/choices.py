"""Words of the model register."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ModelState(models.TextChoices):
    """Where a model stands in the register."""

    CANDIDATE = "candidate", pgettext_lazy("score model", "Candidate")
    ACTIVE = "active", pgettext_lazy("score model", "In use")
    RETIRED = "retired", pgettext_lazy("score model", "Retired")


WARNING = "score_model_warning"  # the message to those who keep the models

CHURN, INTENT = "churn", "purchase_intent"

KINDS = {
    CHURN: _("Risk of loss"),
    INTENT: _("Purchase intent"),
}

ENGINES = {
    "card": _("Expert card"),
    "logistic": _("Logistic regression"),
    "binned": _("Learned scorecard"),
    "boosted": _("Boosted trees, slow and small"),
    "boosted_default": _("Boosted trees"),
}

STAGES = {
    "": _("All stages"),
    "lead": pgettext_lazy("score model", "Enquiry"),
    "visit": pgettext_lazy("score model", "Visit"),
    "reservation": pgettext_lazy("score model", "Reservation"),
    "signed": pgettext_lazy("score model", "Signed"),
}


def stage_words(stage: str) -> Any:
    """Return a stage in words, as it is where it has none."""
    return STAGES.get(stage, stage)
