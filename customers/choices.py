"""The words the interface shows for the values of the rules."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.rules.axes import (
    BuyingStage,
    CaseStage,
    Channel,
    ClockKind,
    CustomerClass,
    CustomerKind,
    Grade,
    LeadState,
    Mood,
    Nature,
    Phase,
    Result,
    TaskKind,
    TaskState,
)
from customers.rules.consent import Purpose
from customers.rules.followups import Urgency
from customers.rules.meetings import BY_HAND
from customers.rules.responses import Complexity, Level

CUSTOMER_KINDS = [
    (CustomerKind.PERSON.value, _("Person")),
    (CustomerKind.ORGANISATION.value, pgettext_lazy("customer kind", "Organisation")),
]
CUSTOMER_CLASSES = [
    (CustomerClass.POTENTIAL.value, _("Potential customer")),
    (CustomerClass.INTENT.value, _("Intent customer")),
    (CustomerClass.FIRST_PURCHASE.value, _("First-purchase customer")),
    (CustomerClass.EXISTING.value, _("Existing customer")),
    (CustomerClass.HIGH_VALUE.value, _("High-value customer")),
]
GRADES = [
    (Grade.A.value, _("A · High-value")),
    (Grade.B.value, _("B · Important")),
    (Grade.C.value, _("C · General")),
    (Grade.D.value, _("D · Ordinary")),
    (Grade.E.value, _("E · Low-value")),
]
LEAD_STATES = [
    (LeadState.NEW.value, pgettext_lazy("lead state", "New")),
    (LeadState.ASSIGNED.value, pgettext_lazy("lead state", "Assigned")),
    (LeadState.CONTACTED.value, pgettext_lazy("lead state", "Contacted")),
    (LeadState.QUALIFIED.value, pgettext_lazy("lead state", "Qualified")),
    (LeadState.VISITED.value, pgettext_lazy("lead state", "Visited")),
    (LeadState.SUBSCRIBED.value, pgettext_lazy("lead state", "Subscribed")),
    (LeadState.SIGNED.value, pgettext_lazy("lead state", "Signed")),
    (LeadState.LOST.value, pgettext_lazy("lead state", "Lost")),
]
CLOCK_KINDS = [
    (ClockKind.FIRST_TOUCH.value, _("First touch")),
    (ClockKind.FOLLOW_UP.value, _("Follow-up")),
    (ClockKind.CLOSURE.value, _("Closure")),
]
CASE_STAGES = [
    (CaseStage.COLLECT_NEED.value, _("Collect need")),
    (CaseStage.DELIVER_INFORMATION.value, _("Deliver information")),
    (CaseStage.HANDLE_FEEDBACK.value, _("Handle feedback")),
    (CaseStage.SOLVE_PROBLEM.value, _("Solve problem")),
    (CaseStage.FOLLOW_UP.value, pgettext_lazy("case stage", "Follow up")),
]
URGENCIES = [
    (Urgency.ROUTINE.value, pgettext_lazy("urgency", "Routine")),
    (Urgency.URGENT.value, pgettext_lazy("urgency", "Urgent")),
]
COMPLEXITIES = [
    (Complexity.SIMPLE.value, pgettext_lazy("complexity", "Simple")),
    (Complexity.STANDARD.value, pgettext_lazy("complexity", "Standard")),
    (Complexity.COMPLEX.value, pgettext_lazy("complexity", "Complex")),
]
STAFF_LEVELS = [
    (Level.FRONT_DESK.value, pgettext_lazy("staff level", "Front desk")),
    (Level.SENIOR.value, pgettext_lazy("staff level", "Senior consultant")),
    (Level.SPECIALIST.value, pgettext_lazy("staff level", "Specialist")),
    (Level.MANAGER.value, pgettext_lazy("staff level", "Manager")),
]
CHANNELS = [
    (Channel.PHONE.value, _("Phone call")),
    (Channel.VISIT.value, _("Visit to the sales office")),
    (Channel.WECHAT.value, _("WeChat")),
    (Channel.SMS.value, _("SMS")),
    (Channel.EMAIL.value, _("E-mail")),
    (Channel.APP.value, pgettext_lazy("channel", "App")),
    (Channel.WEBSITE.value, pgettext_lazy("channel", "Website")),
    (Channel.SOCIAL.value, _("Social media")),
    (Channel.PLATFORM.value, _("Third-party platform")),
    (Channel.HOME_VISIT.value, _("Home visit")),
    (Channel.NOTE.value, _("Note")),
]
# Over what a customer may be spoken to; a note reaches nobody.
CONTACT_CHANNELS = [pair for pair in CHANNELS if pair[0] != Channel.NOTE.value]
RESULTS = [
    (Result.REACHED.value, _("Reached")),
    (Result.NO_ANSWER.value, _("No answer")),
    (Result.VISIT_BOOKED.value, _("Visit booked")),
    (Result.VISITED.value, _("Came to visit")),
    (Result.INFORMED.value, _("Informed")),
    (Result.REFUSED.value, _("Clearly refused")),
]
MOODS = [
    (Mood.POSITIVE.value, _("Positive")),
    (Mood.NEUTRAL.value, _("Neutral")),
    (Mood.NEGATIVE.value, _("Negative")),
]
TASK_STATES = [
    (TaskState.OPEN.value, _("Open")),
    (TaskState.DONE.value, _("Done")),
    (TaskState.CANCELLED.value, _("Cancelled")),
]
TASK_KINDS = [
    (TaskKind.FOLLOW_UP.value, _("Follow-up")),
    (TaskKind.CALL.value, _("Phone call")),
    (TaskKind.VISIT.value, _("Visit")),
    (TaskKind.OTHER.value, pgettext_lazy("task kind", "Other")),
]
GENDERS = [("m", _("Male")), ("f", _("Female"))]
INTENTS = [(3, _("Strong")), (2, _("Medium")), (1, _("Weak"))]
PROJECT_ROLES = [
    ("decider", _("Decision maker")),
    ("influencer", _("Influencer")),
    ("user", _("Future resident")),
    ("adviser", _("Adviser")),
]
BUYING_STAGES = [
    (BuyingStage.PREPARING.value, pgettext_lazy("buying stage", "Preparing")),
    (BuyingStage.WATCHING.value, pgettext_lazy("buying stage", "Watching")),
    (BuyingStage.DECIDING.value, pgettext_lazy("buying stage", "Deciding")),
    (BuyingStage.SIGNING.value, pgettext_lazy("buying stage", "Signing")),
    (BuyingStage.MOVED_IN.value, pgettext_lazy("buying stage", "Moved in")),
]
PHASES = [
    (Phase.POTENTIAL.value, pgettext_lazy("phase", "Potential")),
    (Phase.NEW.value, pgettext_lazy("phase", "New")),
    (Phase.ACTIVE.value, pgettext_lazy("phase", "Active")),
    (Phase.CHURNED.value, pgettext_lazy("phase", "Churned")),
]
NATURES = [
    (Nature.FAMILY.value, pgettext_lazy("customer group", "Family")),
    (Nature.INVESTOR.value, pgettext_lazy("customer group", "Individual investor")),
    (Nature.INSTITUTION.value, pgettext_lazy("customer group", "Institutional investor")),
    (Nature.ENTERPRISE.value, pgettext_lazy("customer group", "Enterprise")),
    (Nature.GOVERNMENT.value, pgettext_lazy("customer group", "Government or institution")),
]
NATURES_OR_NONE = [*NATURES, ("none", pgettext_lazy("customer group", "Not set"))]
NEED_FIELDS = {
    "comfort": _("Comfort of living"),
    "safety": _("Safety"),
    "yield": _("Expected yield"),
    "appreciation": _("Expected appreciation"),
    "operations": _("Plans for operation"),
    "prospects": _("Operating prospects"),
    "planning": _("Planning requirements"),
    "public_facilities": _("Public facilities"),
}
CREDIT_STATES = [
    ("good", pgettext_lazy("credit", "Good")),
    ("normal", pgettext_lazy("credit", "Normal")),
    ("weak", pgettext_lazy("credit", "Weak")),
    ("unknown", pgettext_lazy("credit", "Not known")),
]
PAYMENT_METHODS = [
    ("full", _("Paid in full")),
    ("mortgage", _("Bank mortgage")),
    ("fund", _("Housing fund loan")),
    ("combined", _("Combined loan")),
    ("instalments", _("Instalments")),
]
PURPOSES = [
    (Purpose.CONTACT.value, _("Being contacted about the enquiry")),
    (Purpose.MARKETING.value, _("Advertising and news")),
    (Purpose.PROFILING.value, _("Grades and forecasts by machine")),
    (Purpose.THIRD_PARTY.value, _("Data from or to third parties")),
    (Purpose.SHARING.value, _("Sharing with our other projects")),
    (Purpose.PUBLICATION.value, _("Publication of the customer's story")),
]
RELATION_KINDS = [
    ("spouse", _("Spouse")),
    ("parent", _("Parent")),
    ("child", _("Child")),
    ("co_buyer", _("Co-buyer")),
    ("referrer", _("Referrer")),
    ("company", _("Company contact")),
    ("friend", _("Friend")),
]
PURPOSES_OF_BUYING = [
    ("own_use", _("Own use")),
    ("upgrade", _("Upgrade")),
    ("investment", _("Investment")),
    ("parents", _("For parents")),
    ("children", _("For children")),
    ("business", _("Business use")),
]
TIMINGS = [
    ("now", _("Within a month")),
    ("quarter", _("Within three months")),
    ("half_year", _("Within half a year")),
    ("year", _("Within a year")),
    ("later", pgettext_lazy("timing", "Later")),
]
PREFERENCE_KINDS = [
    ("layout", _("Layout")),
    ("price_band", _("Price band")),
    ("style", _("Design style")),
    ("amenity", _("Amenity")),
    ("service", _("Service")),
]
STRATUM_NEEDS = [("first_home", _("First home")), *PURPOSES_OF_BUYING]
SERVICE_PHASES = [
    ("first_contact", _("First contact")),
    ("purchase_decision", _("Purchase decision")),
    ("move_in_maintenance", _("Move-in maintenance")),
    ("exit", pgettext_lazy("service phase", "Exit")),
]
PROCESS_VIEWS = [
    ("potential", pgettext_lazy("process view", "Potential")),
    ("intent", pgettext_lazy("process view", "Intent")),
    ("closed", pgettext_lazy("process view", "Closed")),
]
TENURE_VIEWS = [
    ("potential", pgettext_lazy("tenure view", "Potential customer")),
    ("new", pgettext_lazy("tenure view", "New customer")),
    ("old", pgettext_lazy("tenure view", "Old customer")),
]
BASES = [
    ("owner", _("Owner in our projects")),
    ("managed_only", _("Managed only")),
]
BEHAVIOUR_KINDS = [
    ("browsing", _("Browsing")),
    ("consulting", _("Consulting")),
    ("transaction", _("Transaction")),
    ("feedback", _("Feedback")),
]
DEAL_STEPS = {
    "signing": pgettext_lazy("journey", "Signing"),
    "payment": _("Payment"),
    "move_in": _("Moving in"),
}
BEHAVIOUR_ACTIONS = DEAL_STEPS | {
    "no_show": _("Did not come to the viewing"),
    "tour_view": _("VR tour"),
}
TAG_GROUPS = [
    ("type", _("Customer type")),
    ("need", _("Purchase need")),
    ("service", _("Service preference")),
]
PLAYBOOK_TRIGGERS = [
    ("stage:preparing", _("Enters stage: preparing")),
    ("stage:watching", _("Enters stage: watching")),
    ("stage:deciding", _("Enters stage: deciding")),
    ("stage:signing", _("Enters stage: signing")),
    ("stage:moved_in", _("Enters stage: moved in")),
    ("phase:churned", _("Leaves us")),
    ("lead:captured", _("A new enquiry")),
    ("owner:changed", _("Gets another consultant")),
    ("flag:remote", _("Becomes a remote buyer")),
    ("manual", _("Started by hand")),
]
_FURTHER_TRIGGERS: dict[str, Any] = {}


def register_trigger(key: str, label: Any) -> None:
    """Let playbooks start with an event of an app above; registering again replaces the words."""
    _FURTHER_TRIGGERS[key] = label


def playbook_triggers() -> list[tuple[str, Any]]:
    """Return every event a playbook can start with; by hand comes last."""
    return [*PLAYBOOK_TRIGGERS[:-1], *_FURTHER_TRIGGERS.items(), PLAYBOOK_TRIGGERS[-1]]


MEETING_KINDS = [
    ("meeting", _("Meeting")),
    ("visit", _("Visit")),
    ("upkeep", _("Upkeep")),
    ("viewing", pgettext_lazy("meeting kind", "Viewing")),
]
MEETINGS_BY_HAND = [pair for pair in MEETING_KINDS if pair[0] in BY_HAND]
MEETING_STATES = [
    ("planned", pgettext_lazy("meeting", "Planned")),
    ("held", pgettext_lazy("meeting", "Held")),
    ("missed", pgettext_lazy("meeting", "Missed")),
    ("cancelled", pgettext_lazy("meeting", "Cancelled")),
]
