"""The words of repairs in the language of the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.handover.choices import TRADES
from service.repairs.rules.steps import ChargeState, Outcome, Stage, Step
from service.repairs.rules.warranty import Part, Reason, Standing

__all__ = ["TRADES"]

PARTS = [
    (Part.STRUCTURE.value, _("Foundation and structure")),
    (Part.WATERPROOFING.value, _("Waterproofing")),
    (Part.INSULATION.value, _("Insulation")),
    (Part.HEATING.value, _("Heating")),
    (Part.COOLING.value, _("Cooling")),
    (Part.SERVICES.value, _("Electricity, pipes and equipment")),
    (Part.DECORATION.value, _("Decoration")),
]
STANDINGS = [
    (Standing.BEFORE.value, pgettext_lazy("warranty", "Before handover")),
    (Standing.IN.value, pgettext_lazy("warranty", "In warranty")),
    (Standing.OUT.value, pgettext_lazy("warranty", "Out of warranty")),
    (Standing.UNKNOWN.value, pgettext_lazy("warranty", "Not decided")),
]
REASONS = {
    Reason.NOT_HANDED.value: _("The home was not handed over on the day of the report."),
    Reason.WITHIN.value: _("Reported by the last day of the warranty of this part."),
    Reason.EXPIRED.value: _("Reported after the last day of the warranty of this part."),
    Reason.NO_UNIT.value: _("No unit is named, so the day of the handover is not known."),
    Reason.NO_PART.value: _("The part is not named yet."),
}
STAGES = [
    (Stage.REPORTED.value, pgettext_lazy("repair", "To dispatch")),
    (Stage.DISPATCHED.value, pgettext_lazy("repair", "Visit agreed")),
    (Stage.VISITED.value, pgettext_lazy("repair", "Under repair")),
    (Stage.REPAIRED.value, pgettext_lazy("repair", "Waits for the owner")),
    (Stage.ACCEPTED.value, pgettext_lazy("repair", "Accepted by the owner")),
    (Stage.DROPPED.value, pgettext_lazy("repair", "Dropped")),
]
STEPS = [
    (Step.REPORT.value, pgettext_lazy("repair", "Reported")),
    (Step.CLASSIFY.value, pgettext_lazy("repair", "Part and trade named")),
    (Step.DISPATCH.value, pgettext_lazy("repair", "Contractor sent")),
    (Step.VISIT.value, pgettext_lazy("repair", "Visited and planned")),
    (Step.REPAIR.value, pgettext_lazy("repair", "Repaired")),
    (Step.ACCEPT.value, pgettext_lazy("repair", "Accepted by the owner")),
    (Step.REFUSE.value, pgettext_lazy("repair", "Refused by the owner")),
    (Step.REOPEN.value, pgettext_lazy("repair", "Came back")),
    (Step.DROP.value, pgettext_lazy("repair", "Dropped")),
]
OUTCOMES = [
    (Outcome.ACCEPTED.value, pgettext_lazy("repair", "Accepted")),
    (Outcome.REFUSED.value, pgettext_lazy("repair", "Refused")),
]
CHARGES = [
    (ChargeState.CLAIMED.value, pgettext_lazy("charge-back", "Claimed")),
    (ChargeState.AGREED.value, pgettext_lazy("charge-back", "Agreed")),
    (ChargeState.DISPUTED.value, pgettext_lazy("charge-back", "Disputed")),
    (ChargeState.SETTLED.value, pgettext_lazy("charge-back", "Settled")),
    (ChargeState.WITHDRAWN.value, pgettext_lazy("charge-back", "Withdrawn")),
]
PHOTO_TIMES = [
    ("before", pgettext_lazy("photo", "Before the repair")),
    ("after", pgettext_lazy("photo", "After the repair")),
]
UPKEEP_STATES = [
    ("planned", pgettext_lazy("upkeep", "Planned")),
    ("running", pgettext_lazy("upkeep", "Under way")),
    ("done", pgettext_lazy("upkeep", "Done")),
    ("dropped", pgettext_lazy("upkeep", "Dropped")),
]
