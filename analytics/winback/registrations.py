"""What winback tells the other parts."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.churn.hooks import LeftAlone, register_follow_up, register_left_alone
from analytics.winback import choices, kpis, messages, policies
from analytics.winback.models import ChurnAlert, WinbackCase
from analytics.winback.querysets import HOLDOUT, RECOVERY, VIEW
from analytics.winback.services.calling import SOURCE, SUBJECT
from analytics.winback.services.following import follow
from analytics.winback.services.planning import KIND, RIGHTS, decide_plan
from crm_site.approvals.registry import ApprovalKind, register_approval
from crm_site.audit.events import declare
from crm_site.common.display import money
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from customers.rules.turns import Area
from customers.services.taking_turns import register_turns
from customers.task_gates import register_task_gate

EVENTS: Final = {
    "winback.called": _("Win-back callback written down"),
    "winback.planned": _("Win-back plan written"),
    "winback.price_asked": _("Price compensation asked for"),
    "winback.upgraded": _("Service upgrade granted"),
    "winback.upgrade_stopped": _("Service upgrade stopped early"),
    "winback.gift": _("Win-back gift given"),
    "winback.taken_back": _("Win-back money taken back"),
}
MARKS: Final[dict[str, tuple[choices.Words, dict[str, tuple[str, str]]]]] = {
    "alert-level": (
        choices.LEVELS,
        {"red": ("red", "tri"), "yellow": ("amber", "half"), "green": ("green", "ring")},
    ),
    "alert-arm": (choices.ARMS, {"treated": ("blue", "dot"), "control": ("", "ring")}),
    "winback-case": (
        choices.CASE_STATES,
        {"open": ("blue", "ring"), "done": ("green", "tick"), "dropped": ("", "cross")},
    ),
    "winback-plan": (
        choices.PLAN_STATES,
        {
            "none": ("", "ring"),
            "ready": ("green", "tick"),
            "waiting": ("amber", "half"),
            "approved": ("green", "tick"),
            "refused": ("red", "cross"),
        },
    ),
    "winback-verdict": (
        choices.VERDICTS,
        {
            "recovered": ("green", "tick"),
            "not_recovered": ("red", "cross"),
            "excluded": ("", "cross"),
        },
    ),
}
SIGNED_WITHIN: Final = timedelta(days=14)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    messages.register()
    register_turns(Area.WINBACK, sources=[SOURCE, "winback-upgrade"])
    for kind, label in EVENTS.items():
        declare(kind, label)
    for kind, (words, tones) in MARKS.items():
        register_marks(kind, {value: Mark(*tones[value], word=word) for value, word in words})
    register_subject(
        Subject(
            kind=SUBJECT,
            model="analytics.WinbackCase",
            visible_to=lambda user: WinbackCase.objects.visible_to(user).for_list(),
            title=str,
            url_name="analytics:winback-case",
            label=_("Win-back cases"),
        )
    )
    register_task_gate(
        SOURCE, _("Write the callback down on its case: its three parts finish the task.")
    )
    register_approval(
        ApprovalKind(
            key=KIND,
            label=_("Plan of win-back"),
            steps=lambda content: tuple(content["steps"]),
            signers=RIGHTS,
            valid_for=SIGNED_WITHIN,
            describe=describe_plan,
            request_permission="analytics.work_winback",
            on_decided=decide_plan,
        )
    )
    register_follow_up("winback", follow)
    register_left_alone(LeftAlone(lambda: ChurnAlert.objects.left_alone(), HOLDOUT))
    kpis.register()
    _register_places()


def describe_plan(content: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Return a plan in words for who signs it; the customer by key alone."""
    return [
        (_("Customer"), f"#{content['customer']}"),
        (_("Main cause"), dict(choices.CAUSES).get(content["cause"], content["cause"])),
        (pgettext_lazy("win-back", "Offer"), content["offer"]),
        (pgettext_lazy("win-back", "Actions"), content["actions"]),
        (_("May cost"), money(content["ceiling"])),
    ]


def _register_places() -> None:
    from analytics.winback import panels, today

    today.register()
    panels.register()
    for key, url_name, label, icon, order, right in (
        ("churn-alerts", "churn-alerts", _("Warnings"), "alert", 541, VIEW),
        ("winback-cases", "winback-cases", _("Win-back cases"), "refresh", 542, VIEW),
        ("churn-results", "churn-results", _("Does win-back help"), "chart", 543, RECOVERY),
    ):
        register_entry(key, f"analytics:{url_name}", label, icon, order, right, parent="churn")
