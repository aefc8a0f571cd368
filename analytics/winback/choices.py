"""The words of win-back in the language of the reader."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.churn.choices import LEVELS as ALL_LEVELS
from analytics.winback.rules.levels import Move
from analytics.winback.rules.words import (
    Arm,
    Behaviour,
    CaseState,
    Ending,
    PlanState,
    Said,
    Tool,
    Upgrade,
    Verdict,
)

Words = list[tuple[str, Any]]

LEVELS: Final[Words] = [pair for pair in ALL_LEVELS if pair[0] != "none"]
ARMS: Final[Words] = [
    (Arm.TREATED.value, pgettext_lazy("experiment", "Worked")),
    (Arm.CONTROL.value, pgettext_lazy("experiment", "Control")),
]
ENDINGS: Final[Words] = [
    (Ending.CALMED.value, _("The risk fell")),
    (Ending.RECOVERED.value, pgettext_lazy("warning", "The customer came back")),
    (Ending.OPTED_OUT.value, _("The customer refuses to be contacted")),
    (Ending.MERGED.value, _("Merged with another record")),
    (Ending.HANDED_OVER.value, _("The home was handed over")),
    (Ending.UNASSESSED.value, _("No longer assessed")),
]
VERDICTS: Final[Words] = [
    (Verdict.RECOVERED.value, pgettext_lazy("win-back", "Recovered")),
    (Verdict.NOT_RECOVERED.value, pgettext_lazy("win-back", "Not recovered")),
    (Verdict.EXCLUDED.value, pgettext_lazy("win-back", "Not counted")),
]
SAID: Final[Words] = [
    (Said.RECOVERED.value, pgettext_lazy("callback", "Recovered")),
    (Said.PENDING.value, pgettext_lazy("callback", "Pending")),
    (Said.LOST.value, pgettext_lazy("callback", "Lost")),
]
CASE_STATES: Final[Words] = [
    (CaseState.OPEN.value, pgettext_lazy("case", "In work")),
    (CaseState.DONE.value, pgettext_lazy("case", "Done")),
    (CaseState.DROPPED.value, pgettext_lazy("case", "Dropped")),
]
PLAN_STATES: Final[Words] = [
    (PlanState.NONE.value, _("No plan yet")),
    (PlanState.READY.value, pgettext_lazy("plan", "Ready")),
    (PlanState.WAITING.value, _("Waits for signatures")),
    (PlanState.APPROVED.value, pgettext_lazy("plan", "Approved")),
    (PlanState.REFUSED.value, pgettext_lazy("plan", "Refused")),
]
TOOLS: Final[Words] = [
    (Tool.WARNING.value, pgettext_lazy("tool", "Warning")),
    (Tool.CALLBACK.value, pgettext_lazy("tool", "Callback")),
    (Tool.PLAN.value, pgettext_lazy("tool", "Personal plan")),
    (Tool.PRICE.value, pgettext_lazy("tool", "Price compensation")),
    (Tool.UPGRADE.value, pgettext_lazy("tool", "Service upgrade")),
]
UPGRADES: Final[Words] = [
    (Upgrade.ADVISER.value, _("Dedicated adviser")),
    (Upgrade.REPAIR.value, _("Priority repair")),
    (Upgrade.EVENT.value, _("Invitation to an event")),
]
BEHAVIOURS: Final[Words] = [
    (Behaviour.VISITED.value, _("Came to the project")),
    (Behaviour.BOOKED.value, _("Booked a visit")),
    (Behaviour.ENQUIRED.value, _("Enquired again")),
    (Behaviour.BOUGHT.value, _("Subscribed or signed")),
    (Behaviour.PAID.value, _("Paid")),
]
CAUSES: Final[Words] = [
    ("service", pgettext_lazy("cause", "Service")),
    ("price", pgettext_lazy("cause", "Price")),
    ("construction", pgettext_lazy("cause", "Construction and delivery")),
    ("engagement", pgettext_lazy("cause", "Contact broke off")),
    ("finance", pgettext_lazy("cause", "Money and loan")),
    ("channel", pgettext_lazy("cause", "Way to us")),
    ("other", pgettext_lazy("cause", "Other")),
]
CALL_CHANNELS: Final[Words] = [
    ("phone", pgettext_lazy("callback", "Phone")),
    ("wechat", pgettext_lazy("callback", "WeChat")),
    ("home_visit", pgettext_lazy("callback", "Home visit")),
]
MOVES: Final[Words] = [
    (Move.OPENED.value, pgettext_lazy("warning", "Opened")),
    (Move.RAISED.value, pgettext_lazy("warning", "Raised")),
    (Move.LOWERED.value, pgettext_lazy("warning", "Lowered")),
    (Move.CLOSED.value, pgettext_lazy("warning", "Closed")),
    (Move.REOPENED.value, pgettext_lazy("warning", "Opened again")),
]
UPGRADE_ENDINGS: Final[Words] = [
    ("expired", _("The time was over")),
    ("stopped", _("Stopped early")),
]
SATISFACTION_SOURCES: Final[Words] = [
    ("survey", _("from a survey")),
    ("asked", _("asked by the consultant")),
]
ENTRY_KINDS: Final[Words] = [
    ("reward", _("Reward for a recovered customer")),
    ("gift", _("Gift to the customer")),
    ("upgrade", pgettext_lazy("tool", "Service upgrade")),
    ("reversal", pgettext_lazy("ledger", "Reversal")),
]
