"""Words of the model register."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ModelState(models.TextChoices):
    """Where a model stands in the register."""

    CANDIDATE = "candidate", pgettext_lazy("score model", "Candidate")
    ACTIVE = "active", pgettext_lazy("score model", "In use")
    RETIRED = "retired", pgettext_lazy("score model", "Retired")


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
