"""The words the interface shows for the values of churn."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.churn.rules.reasons import Driver, Reason, Scene
from analytics.churn.rules.words import Level, LossRule, LossState, Stage

Words = list[tuple[str, Any]]

STAGES: Final[Words] = [
    (Stage.LEAD.value, pgettext_lazy("churn stage", "Prospect")),
    (Stage.VISIT.value, pgettext_lazy("churn stage", "Prospect who visited")),
    (Stage.RESERVATION.value, pgettext_lazy("churn stage", "Reserved")),
    (Stage.SIGNED.value, pgettext_lazy("churn stage", "Signed, not handed over")),
    (Stage.OWNER.value, pgettext_lazy("churn stage", "Owner")),
]
LEVELS: Final[Words] = [
    (Level.NONE.value, _("Not assessed")),
    (Level.GREEN.value, _("Green · watch")),
    (Level.YELLOW.value, _("Yellow · attention")),
    (Level.RED.value, _("Red · urgent")),
]
RULES: Final[Words] = [
    (LossRule.CANCELLED.value, _("Reservation cancelled")),
    (LossRule.ELSEWHERE.value, _("Bought elsewhere")),
    (LossRule.GAVE_UP.value, _("Gave up buying")),
    (LossRule.SILENT.value, _("No response")),
    (LossRule.REFUNDED.value, _("Contract ended with a refund")),
    (LossRule.SOLD.value, _("Home sold")),
    (LossRule.COMPLAINT.value, _("A complaint ended in leaving")),
]
LOSS_STATES: Final[Words] = [
    (LossState.STANDING.value, pgettext_lazy("loss", "Lost")),
    (LossState.REVERSED.value, pgettext_lazy("loss", "Taken back")),
    (LossState.RECOVERED.value, pgettext_lazy("loss", "Won back")),
]
SAID_BY: Final[Words] = [
    ("consultant", _("The consultant")),
    ("customer", _("The customer, in the survey")),
]
DRIVERS: Final[dict[str, Any]] = {
    Driver.PRICE.value: _("Price movement"),
    Driver.DELIVERY.value: _("Delivery quality"),
    Driver.SERVICE.value: _("Service and information"),
    Driver.DIGITAL.value: _("Missing digital service"),
    Driver.OTHER.value: pgettext_lazy("driver of loss", "Other"),
}
REASONS: Final[Words] = [
    (Reason.OPAQUE_PRICE.value, _("Opaque price")),
    (Reason.PRICE_CUT.value, _("Sudden price cut")),
    (Reason.OVER_BUDGET.value, _("Price above the budget")),
    (Reason.DELAY.value, _("Delivery is late")),
    (Reason.AMENITIES.value, _("Amenities missing")),
    (Reason.SLOW_AFTER_SALES.value, _("Slow after-sales service")),
    (Reason.UNSKILLED.value, _("Consultant lacks skill")),
    (Reason.BROKER_CONDUCT.value, _("Irregular conduct of a broker")),
    (Reason.COMPETITOR_DATA.value, _("No true data on competitors")),
    (Reason.FRAGMENTED.value, _("Fragmented online service")),
    (Reason.MISSING_HISTORY.value, _("Had to tell the story again")),
    (Reason.LOAN.value, _("Loan refused")),
    (Reason.PLANS_CHANGED.value, _("Plans of life changed")),
    (Reason.UNKNOWN.value, _("Not yet known")),
]
SCENES: Final[Words] = [
    (Scene.BARGAINING.value, _("Price bargaining")),
    (Scene.AFTER_SALES.value, _("After-sales")),
    (Scene.INFORMATION.value, _("Information seeking")),
]
