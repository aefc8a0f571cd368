"""What churn tells the other parts: policies, marks, audit, places, what follows a refusal."""

from functools import partial
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.churn import choices, policies, survey
from analytics.churn.models import LOSSES, VIEW
from analytics.churn.services.refusing import remove_of_refusals
from analytics.churn.services.training import STAGES, train_now
from analytics.scoring.choices import CHURN
from analytics.scoring.trainings import Training, register_training
from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from customers.record_tabs import RecordTab, register_tab
from customers.services.assessment import register_removal

EVENTS: Final = {
    "loss.recorded": _("Loss of a customer written down"),
    "loss.reasons": _("Reasons of a loss changed"),
    "loss.ended": _("Loss of a customer ended"),
    "churn.explained": _("Score of a customer explained"),
}
MARKS: Final[dict[str, tuple[Any, dict[str, tuple[str, str]]]]] = {
    "churn-level": (
        choices.LEVELS,
        {
            "none": ("", "ring"),
            "green": ("green", "tick"),
            "yellow": ("amber", "half"),
            "red": ("red", "tri"),
        },
    ),
    "churn-loss": (
        choices.LOSS_STATES,
        {"standing": ("red", "cross"), "reversed": ("", "sq"), "recovered": ("green", "tick")},
    ),
}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    survey.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    for name, (words, tones) in MARKS.items():
        register_marks(name, {value: Mark(*tones[value], word=word) for value, word in words})
    register_removal("churn", remove_of_refusals)
    for stage in STAGES:
        register_training(Training(CHURN, stage, partial(train_now, stage)))
    register_tab(
        RecordTab("churn", "analytics:churn-customer", pgettext_lazy("tab", "Churn risk"), 17, VIEW)
    )
    register_entry("churn", "analytics:churn-list", _("Churn risk"), "alert", 530, VIEW)
    for key, url_name, label, order in (
        ("churn-losses", "churn-loss-list", _("Lost customers"), 531),
        ("churn-report", "churn-report", _("Why customers leave"), 532),
    ):
        register_entry(key, f"analytics:{url_name}", label, "chart", order, LOSSES, parent="churn")
