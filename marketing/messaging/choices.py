"""The words of batches, flows and experiments."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = list[tuple[str, Any]]

PURPOSES: Final[Words] = [
    ("marketing", _("Advertising and news")),
    ("contact", _("Service of an own matter")),
]
MEANS: Final[Words] = [
    ("sms", _("SMS")),
    ("email", _("E-mail")),
    ("app", _("App push")),
    ("wechat", _("WeChat")),
]
BEST: Final = "best"
CHANNELS: Final[Words] = [(BEST, _("The one that suits each customer")), *MEANS]

BATCH_STATES: Final[Words] = [
    ("draft", pgettext_lazy("batch", "Draft")),
    ("preparing", pgettext_lazy("batch", "Collecting recipients")),
    ("sending", pgettext_lazy("batch", "Sending")),
    ("done", pgettext_lazy("batch", "Sent out")),
    ("stopped", pgettext_lazy("batch", "Stopped")),
]
ROW_STATES: Final[Words] = [
    ("planned", pgettext_lazy("recipient", "Planned")),
    ("queued", pgettext_lazy("recipient", "On its way")),
    ("sent", pgettext_lazy("recipient", "Delivered")),
    ("held", pgettext_lazy("recipient", "Held back")),
    ("failed", pgettext_lazy("recipient", "Failed")),
]

TRIGGERS: Final[Words] = [
    ("appointment", _("A visit was agreed")),
    ("dwell", _("No contact for some days in a buying stage")),
    ("birthday", _("Birthday")),
    ("stage", _("A buying stage was reached")),
]
FLOW_STATES: Final[Words] = [
    ("draft", pgettext_lazy("flow", "Draft")),
    ("on", pgettext_lazy("flow", "Running")),
    ("off", pgettext_lazy("flow", "Switched off")),
]
STEP_KINDS: Final[Words] = [
    ("wait", pgettext_lazy("flow step", "Wait")),
    ("condition", pgettext_lazy("flow step", "Go on only if")),
    ("message", pgettext_lazy("flow step", "Write to the customer")),
    ("task", pgettext_lazy("flow step", "Task for the consultant")),
]
CONDITIONS: Final[Words] = [
    ("not_visited", _("Has not visited since the start")),
    ("visited", _("Has visited since the start")),
    ("not_signed", _("Has not signed a contract")),
    ("same_stage", _("Is still in the buying stage of the start")),
    ("has_owner", _("Has a consultant")),
]
RUN_STATES: Final[Words] = [
    ("running", pgettext_lazy("flow run", "Under way")),
    ("done", pgettext_lazy("flow run", "Finished")),
    ("stopped", pgettext_lazy("flow run", "Stopped")),
]
RUN_ENDINGS: Final[Words] = [
    ("finished", pgettext_lazy("flow run", "All steps done")),
    ("condition", pgettext_lazy("flow run", "A condition did not hold")),
    ("replied", pgettext_lazy("flow run", "The customer answered")),
    ("withdrawn", pgettext_lazy("flow run", "The customer does not want to be contacted")),
    ("switched_off", pgettext_lazy("flow run", "The flow was switched off")),
    ("gone", pgettext_lazy("flow run", "The customer's record was merged away")),
]

REPLY_SOURCES: Final[Words] = [
    ("talk", _("A talk written down")),
    ("lead", _("An enquiry")),
    ("inbound", _("A message of the customer")),
]

TEST_KINDS: Final[Words] = [
    ("channel", pgettext_lazy("experiment", "Channel")),
    ("content", pgettext_lazy("experiment", "Content")),
    ("offer", pgettext_lazy("experiment", "Offer")),
]
METRICS: Final[Words] = [
    ("reply", pgettext_lazy("metric", "Answered")),
    ("visit", pgettext_lazy("metric", "Visited")),
    ("subscription", pgettext_lazy("metric", "Subscribed")),
    ("signing", pgettext_lazy("metric", "Signed")),
]
TEST_STATES: Final[Words] = [
    ("draft", pgettext_lazy("experiment", "Draft")),
    ("running", pgettext_lazy("experiment", "Running")),
    ("decided", pgettext_lazy("experiment", "Decided")),
    ("stopped", pgettext_lazy("experiment", "Stopped without a decision")),
]
DECISIONS: Final[Words] = [
    ("adopt", pgettext_lazy("experiment", "Adopt the variant")),
    ("keep", pgettext_lazy("experiment", "Keep the control")),
    ("open", pgettext_lazy("experiment", "No clear winner")),
]
