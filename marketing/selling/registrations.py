"""What selling tells the other parts."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from marketing.selling import choices
from marketing.selling.plan_models import SalesPlan
from marketing.selling.querysets import VIEW
from marketing.selling.services import plans

EVENTS: dict[str, Any] = {
    "selling.plan_written": _("Sales plan written"),
    "selling.plan_changed": _("Sales plan changed"),
    "selling.plan_adjusted": _("Sales plan adjusted"),
    "selling.plan_discarded": _("Draft of a sales plan discarded"),
    "selling.plan_approved": _("Sales plan in force"),
}
TONES: dict[str, dict[str, tuple[str, str]]] = {
    "sales-plan": {
        "draft": ("", "ring"),
        "asked": ("amber", "half"),
        "approved": ("green", "tick"),
        "replaced": ("", "cross"),
    },
}
WORDS: dict[str, Any] = {"sales-plan": choices.PLAN_STATES}
SUBJECTS: tuple[tuple[str, Any, str, Any], ...] = (
    ("sales-plan", SalesPlan, "sales-plan", _("Sales plans")),
)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    plans.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    for kind, found in TONES.items():
        words = dict(WORDS[kind])
        register_marks(kind, {key: Mark(*tone, words[key]) for key, tone in found.items()})
    for kind, model, url_name, label in SUBJECTS:
        register_subject(
            Subject(
                kind=kind,
                model=f"marketing.{model.__name__}",
                visible_to=model.objects.visible_to,
                title=str,
                url_name=f"marketing:{url_name}",
                label=label,
            )
        )
    register_entry("sales-plans", "marketing:sales-plans", _("Sales plan"), "chart", 380, VIEW)
