"""The words the interface shows for the values of the rules."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.rules.axes import (
    CaseStage,
    Channel,
    ClockKind,
    CustomerClass,
    CustomerKind,
    Grade,
    LeadState,
    Mood,
    Result,
    TaskKind,
    TaskState,
)

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
CHANNELS = [
    (Channel.PHONE.value, _("Phone call")),
    (Channel.VISIT.value, _("Visit")),
    (Channel.WECHAT.value, _("WeChat")),
    (Channel.SMS.value, _("SMS")),
    (Channel.EMAIL.value, _("E-mail")),
    (Channel.NOTE.value, _("Note")),
]
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
