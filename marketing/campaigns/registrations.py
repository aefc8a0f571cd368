"""What campaigns tells the other parts."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from customers.task_gates import register_task_gate
from marketing.campaigns import checks, choices, messages, policies
from marketing.campaigns.models import BudgetNode, Campaign, CostItem, PlanningCase
from marketing.campaigns.querysets import SEE_MONEY, VIEW
from marketing.campaigns.services import approving, costs, moving, procedure
from marketing.campaigns.services.running import REVIEW_TASK

EVENTS = {
    "campaign.drafted": _("Campaign written"),
    "campaign.changed": _("Campaign changed"),
    "campaign.asked": _("Approval of a campaign asked for"),
    "campaign.returned": _("Campaign not approved"),
    "campaign.state": _("Campaign moved on"),
    "campaign.looped": _("Message, feedback or adjustment of a campaign noted"),
    "campaign.placed": _("Publicity planned"),
    "campaign.unplaced": _("Publicity taken out of the plan"),
    "budget.changed": _("Budget changed"),
    "budget.moved": _("Budget move asked for or decided"),
    "cost.changed": _("Cost of marketing or sales moved on"),
    "marketing_plan.moved": _("Marketing plan of a project moved on"),
}
TONES: dict[str, tuple[Any, dict[str, tuple[str, str]]]] = {
    "campaign": (
        choices.STATES,
        {
            "draft": ("", "ring"),
            "approved": ("blue", "half"),
            "running": ("green", "dot"),
            "ended": ("amber", "dia"),
            "reviewed": ("green", "tick"),
            "stopped": ("", "cross"),
        },
    ),
    "cost": (
        choices.COST_STATES,
        {
            "requested": ("amber", "ring"),
            "approved": ("blue", "half"),
            "paid": ("green", "tick"),
            "refused": ("red", "cross"),
        },
    ),
    "budget_move": (
        choices.MOVE_STATES,
        {"asked": ("amber", "ring"), "done": ("green", "tick"), "refused": ("red", "cross")},
    ),
    "marketing_plan": (
        choices.PLANNING_STATES,
        {
            "brief": ("", "ring"),
            "proposal": ("blue", "half"),
            "review": ("blue", "dia"),
            "asked": ("amber", "ring"),
            "approved": ("green", "dot"),
            "handed_out": ("green", "dia"),
            "reviewed": ("green", "tick"),
        },
    ),
    "loop": (
        choices.LOOP_KINDS,
        {
            "message": ("blue", "ring"),
            "feedback": ("amber", "half"),
            "adjustment": ("green", "dot"),
        },
    ),
}
SUBJECTS: tuple[tuple[str, Any, str, Any], ...] = (
    (checks.SUBJECT, Campaign, "campaign", _("Campaigns")),
    ("budget", BudgetNode, "budget", _("Budgets")),
    ("cost", CostItem, "cost", _("Cost")),
    ("planning-case", PlanningCase, "planning-case", _("Marketing plans")),
)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    messages.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    for kind, (labels, tones) in TONES.items():
        words = dict(labels)
        register_marks(kind, {key: Mark(*tone, word=words[key]) for key, tone in tones.items()})
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
    checks.register()
    for part in (approving, moving, costs, procedure):
        part.register()
    register_task_gate(
        REVIEW_TASK, _("This task ends with the review on the page of the campaign.")
    )
    _offer_pages()


def _offer_pages() -> None:
    page = ("marketing:campaigns", pgettext_lazy("page", "Campaigns"), "pin", 310, VIEW)
    register_entry("campaigns", *page)
    for key, label, order in (
        ("campaign-calendar", pgettext_lazy("page", "Calendar"), 311),
        ("publicity-grid", _("Publicity matrix"), 312),
        ("planning-cases", _("Marketing plans"), 313),
        ("campaign-report", _("Plans and results"), 314),
    ):
        entry = (f"marketing:{key}", label, "pin", order, VIEW)
        register_entry(key, *entry, parent="campaigns")
    budgets = (
        "marketing:budgets",
        pgettext_lazy("page", "Budgets and cost"),
        "layers",
        320,
        SEE_MONEY,
    )
    register_entry("budgets", *budgets)
    cost = ("marketing:costs", pgettext_lazy("page", "Cost"), "layers", 321, SEE_MONEY)
    register_entry("costs", *cost, parent="budgets")
