"""What the handover tells the other parts: subjects, events, marks, places, gates, approvals."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.approvals.registry import ApprovalKind, register_approval
from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from customers.handover import choices, papers, policies, registers
from customers.handover.day_models import DeliveryRiskGroup
from customers.handover.models import DeliveryBatch, UnitDelivery
from customers.handover.releasing import handover_gate, release_blockers
from customers.handover.rules import DIRECT, PRESIDE, SIGN
from customers.handover.services import batches, notices
from customers.handover.services.slots import forget_buyer
from customers.purchase.hooks import (
    PartState,
    PurchasePart,
    register_follow_up,
    register_gate,
    register_part,
)
from customers.purchase.models import Purchase
from customers.purchase.rules import Step

VIEW = "customers.view_units"
SIGNED_WITHIN = timedelta(days=14)
EVENTS = {
    "delivery.planned": _("Handover batch planned"),
    "delivery.units_added": _("Units added to a handover batch"),
    "delivery.checked": _("Check of a handover batch ticked"),
    "delivery.approved": _("Handover batch approved"),
    "delivery.slots_opened": _("Times of a handover opened"),
    "delivery.walked": _("Unit walked in the simulated inspection"),
    "delivery.booked": _("Time of a handover booked"),
    "delivery.notice_handed": _("Handover notice delivered by hand"),
    "delivery.arrived": _("Buyer came to the handover"),
    "delivery.station_passed": _("Station of a handover passed"),
    "delivery.refused": _("Handover refused by the buyer"),
    "delivery.taken": _("Unit taken over"),
    "delivery.transfer_noted": _("Property transfer noted"),
    "delivery.transfer_signed": _("Property transfer signed"),
    "delivery.group_formed": _("Handover risk group formed"),
    "delivery.group_closed": _("Work of a handover risk group ended"),
}
TONES = {
    "risk": {"low": ("green", "dot"), "medium": ("amber", "dia"), "high": ("red", "tri")},
    "severity": {"minor": ("", "ring"), "major": ("red", "tri")},
    "defect": {"open": ("red", "ring"), "repaired": ("amber", "half"), "closed": ("green", "tick")},
    "outcome": {
        "taken": ("green", "tick"),
        "refused": ("red", "cross"),
        "missed": ("red", "tri"),
        "unbooked": ("amber", "ring"),
        "booked": ("blue", "dot"),
        "present": ("blue", "half"),
        "planned": ("", "ring"),
    },
}
WORDS = {
    "risk": choices.RISKS,
    "severity": choices.SEVERITIES,
    "defect": choices.DEFECT_STATES,
    "outcome": choices.OUTCOMES,
}


def register() -> None:
    """Make everything of this area known; safe to call again."""
    policies.register()
    papers.register()
    registers.register()
    notices.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    for name, words in WORDS.items():
        marks = {value: Mark(*TONES[name][value], word=word) for value, word in words}
        register_marks(f"delivery-{name}", marks)
    _register_subjects()
    register_approval(
        ApprovalKind(
            key=batches.KIND,
            label=_("Handover batch"),
            steps=batches.approvers_of,
            signers=(SIGN, DIRECT, PRESIDE),
            valid_for=SIGNED_WITHIN,
            describe=described,
            request_permission="customers.plan_delivery",
            on_decided=batches.decide_batch,
        )
    )
    register_gate(Step.HAND_OVER, "delivery", handover_gate)
    register_follow_up("delivery", forget_buyer)
    register_part(
        PurchasePart(
            "delivery", _("Handover"), "customers:delivery-of-purchase", VIEW, 90, part_state
        )
    )
    for key, url, label, order in (
        ("delivery", "delivery-list", pgettext_lazy("page", "Handover"), 47),
        ("delivery-units", "delivery-units", _("Units to hand over"), 48),
        ("delivery-rate", "delivery-rate", _("Handover rate"), 49),
    ):
        parent = "" if key == "delivery" else "delivery"
        register_entry(key, f"customers:{url}", label, "home", order, VIEW, parent=parent)


def part_state(purchase: Purchase, now: datetime) -> PartState | None:
    """Return how the handover of a purchase stands; None while its unit is in no batch."""
    if purchase.unit_id is None:
        return None
    rows = UnitDelivery.objects.with_outcome(now=now).select_related("batch", "unit__layout")
    delivery = rows.filter(unit=purchase.unit_id).first()
    if delivery is None:
        return None
    if delivery.outcome != "planned":
        tone = TONES["outcome"][delivery.outcome][0]
        return PartState(dict(choices.OUTCOMES)[delivery.outcome], tone)
    number = len(release_blockers(delivery))
    return (
        PartState(_now("Not released"), "amber") if number else PartState(_now("Released"), "blue")
    )


def described(content: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Return a batch in words for who signs it."""
    risks, areas = dict(choices.RISKS), dict(choices.AREAS)
    day = parse_date(content["planned_on"])
    return [
        (_("Batch"), content["name"]),
        (_("First day of the handover"), date_format(day, "DATE_FORMAT") if day else "--"),
        (_("Units"), content["units"]),
        (_("Risk grade"), risks[content["grade"]]),
        *((areas[area], risks[risk]) for area, risk in content["risks"].items()),
        (_("Checks done"), "; ".join(str(choices.CHECKS[key]) for key in content["checks"])),
    ]


def _register_subjects() -> None:
    for kind, model, url, label in (
        ("delivery-batch", DeliveryBatch, "delivery-batch", _("Handover batch")),
        ("delivery", UnitDelivery, "delivery-unit", _("Unit to hand over")),
        ("delivery-group", DeliveryRiskGroup, "delivery-group", _("Handover risk group")),
    ):
        register_subject(
            Subject(
                kind=kind,
                model=f"customers.{model.__name__}",
                visible_to=_finder(model),
                title=str,
                url_name=f"customers:{url}",
                label=label,
            )
        )


def _finder(model: Any) -> Any:
    joined = {
        DeliveryBatch: ("project",),
        UnitDelivery: ("unit__building",),
        DeliveryRiskGroup: ("project",),
    }[model]
    return lambda user: model.objects.visible_to(user).select_related(*joined)
