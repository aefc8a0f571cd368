"""What repairs tell the other parts: policies, events, marks, places, hooks of tickets."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from service.repairs import choices, improvements, lessons, policies
from service.repairs.models import Contractor, RepairOrder, UpkeepPlan
from service.repairs.services.accepting import closing_gate, follow_ticket
from service.tickets.hooks import (
    TicketTab,
    register_closing_gate,
    register_ticket_follow_up,
    register_ticket_tab,
)
from service.tickets.models import Ticket

VIEW = "service.view_repairs"
EVENTS = {
    "repair.step": _("Step of a repair"),
    "repair.charge": _("Charge-back of a repair"),
    "contractor.saved": _("Contractor saved"),
    "contractor.built": _("Contractors of a project saved"),
    "upkeep.saved": _("Plan of upkeep saved"),
    "lesson.checked": _("Lesson of earlier projects dealt with"),
}
TONES: dict[str, dict[str, tuple[str, str]]] = {
    "repair-stage": {
        "reported": ("red", "ring"),
        "dispatched": ("blue", "ring"),
        "visited": ("amber", "half"),
        "repaired": ("amber", "dia"),
        "accepted": ("green", "tick"),
        "dropped": ("", "cross"),
    },
    "warranty": {
        "before": ("blue", "dot"),
        "in": ("green", "tick"),
        "out": ("red", "cross"),
        "unknown": ("amber", "ring"),
    },
    "repair-outcome": {"accepted": ("green", "tick"), "refused": ("red", "cross")},
    "charge-back": {
        "claimed": ("amber", "half"),
        "agreed": ("blue", "tick"),
        "disputed": ("red", "tri"),
        "settled": ("green", "tick"),
        "withdrawn": ("", "cross"),
    },
    "upkeep": {
        "planned": ("", "ring"),
        "running": ("amber", "half"),
        "done": ("green", "tick"),
        "dropped": ("", "cross"),
    },
}
WORDS = {
    "repair-stage": choices.STAGES,
    "warranty": choices.STANDINGS,
    "repair-outcome": choices.OUTCOMES,
    "charge-back": choices.CHARGES,
    "upkeep": choices.UPKEEP_STATES,
}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    improvements.register()
    lessons.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    for name, words in WORDS.items():
        marks = {value: Mark(*TONES[name][value], word=word) for value, word in words}
        register_marks(name, marks)
    _register_subjects()
    register_ticket_follow_up("repairs", follow_ticket)
    register_closing_gate("repairs", closing_gate)
    register_ticket_tab(
        TicketTab(
            name="repair",
            label=_("Repair"),
            order=40,
            template="service/repairs/_ticket_panel.html",
            context=panel,
            right=VIEW,
        )
    )
    for key, url, label, order in (
        ("repairs", "repair-list", pgettext_lazy("page", "Repairs"), 575),
        ("contractors", "contractor-list", _("Contractors"), 576),
        ("charge-backs", "charge-list", _("Charge-backs"), 577),
        ("learning", "learning", _("Learning from defects"), 578),
        ("estates", "upkeep-list", _("Upkeep of older estates"), 579),
    ):
        parent = "" if key == "repairs" else "repairs"
        register_entry(key, f"service:{url}", label, "home", order, VIEW, parent=parent)


def panel(_request: HttpRequest, ticket: Ticket) -> dict[str, Any] | None:
    """Return what the panel on a repair ticket prints; None for other tickets."""
    order = RepairOrder.objects.filter(ticket=ticket).first()
    return None if order is None else {"order": order}


def _register_subjects() -> None:
    register_subject(
        Subject(
            kind="repair",
            model="service.RepairOrder",
            visible_to=lambda user: RepairOrder.objects.visible_to(user).select_related("ticket"),
            title=str,
            url_name="service:repair-detail",
            label=_("Repairs"),
        )
    )
    register_subject(
        Subject(
            kind="contractor",
            model="service.Contractor",
            visible_to=lambda user: (
                Contractor.objects.all() if user.has_perm(VIEW) else Contractor.objects.none()
            ),
            title=str,
            url_name="service:contractor-detail",
            label=_("Contractors"),
        )
    )
    register_subject(
        Subject(
            kind="upkeep-plan",
            model="service.UpkeepPlan",
            visible_to=lambda user: UpkeepPlan.objects.visible_to(user).select_related("project"),
            title=str,
            url_name="service:upkeep-plan",
            label=_("Upkeep of older estates"),
        )
    )
