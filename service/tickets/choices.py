"""The words of tickets in the language of the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from service.tickets import rules
from service.tickets.rules import TicketKind, TicketState

KINDS = [
    (TicketKind.INQUIRY.value, pgettext_lazy("ticket", "Inquiry")),
    (TicketKind.COMPLAINT.value, pgettext_lazy("ticket", "Complaint")),
    (TicketKind.REPAIR.value, pgettext_lazy("ticket", "Repair")),
    (TicketKind.PRICE_DISPUTE.value, pgettext_lazy("ticket", "Price dispute")),
    (TicketKind.SUGGESTION.value, pgettext_lazy("ticket", "Suggestion")),
    (TicketKind.CARE.value, pgettext_lazy("ticket", "Care case")),
    (TicketKind.GROUP_COMPLAINT.value, pgettext_lazy("ticket", "Group complaint")),
    (TicketKind.CRISIS.value, pgettext_lazy("ticket", "Crisis")),
]
STATES = [
    (TicketState.RECEIVED.value, pgettext_lazy("ticket", "Received")),
    (TicketState.CLASSIFIED.value, pgettext_lazy("ticket", "Classified")),
    (TicketState.ASSIGNED.value, pgettext_lazy("ticket", "Assigned")),
    (TicketState.INVESTIGATING.value, pgettext_lazy("ticket", "Investigating")),
    (TicketState.PLAN_AGREED.value, pgettext_lazy("ticket", "Plan agreed")),
    (TicketState.EXECUTING.value, pgettext_lazy("ticket", "Being carried out")),
    (TicketState.REPLIED.value, pgettext_lazy("ticket", "Customer told")),
    (TicketState.CALLBACK.value, pgettext_lazy("ticket", "Callback")),
    (TicketState.CLOSED.value, pgettext_lazy("ticket", "Closed")),
    (TicketState.REOPENED.value, pgettext_lazy("ticket", "Reopened")),
    (TicketState.WAITING.value, pgettext_lazy("ticket", "Waiting for the customer")),
    (TicketState.CANCELLED.value, pgettext_lazy("ticket", "Cancelled")),
    (TicketState.MERGED.value, pgettext_lazy("ticket", "Merged")),
]
URGENCIES = [
    (rules.Urgency.ROUTINE.value, pgettext_lazy("ticket", "Routine")),
    (rules.Urgency.URGENT.value, pgettext_lazy("ticket", "Urgent")),
    (rules.Urgency.COMPLEX.value, pgettext_lazy("ticket", "Complex")),
]
SEVERITIES = [
    (rules.Severity.MINOR.value, pgettext_lazy("ticket", "Minor")),
    (rules.Severity.NORMAL.value, pgettext_lazy("ticket", "Normal")),
    (rules.Severity.GRAVE.value, pgettext_lazy("ticket", "Grave")),
]
STAGES = [
    (rules.Stage.PRE_SALE.value, pgettext_lazy("ticket", "Before the sale")),
    (rules.Stage.IN_SALE.value, pgettext_lazy("ticket", "During the sale")),
    (rules.Stage.AFTER_SALE.value, pgettext_lazy("ticket", "After the sale")),
]
CHANNELS = [
    (rules.Channel.PHONE.value, pgettext_lazy("ticket", "Phone call")),
    (rules.Channel.WEB.value, pgettext_lazy("ticket", "Web form")),
    (rules.Channel.EMAIL.value, pgettext_lazy("ticket", "E-mail")),
    (rules.Channel.FAX.value, pgettext_lazy("ticket", "Fax")),
    (rules.Channel.APP.value, pgettext_lazy("ticket", "Owners' app")),
    (rules.Channel.VISIT.value, pgettext_lazy("ticket", "In person")),
    (rules.Channel.LETTER.value, pgettext_lazy("ticket", "Letter")),
    (rules.Channel.WECHAT.value, pgettext_lazy("ticket", "WeChat")),
    (rules.Channel.SURVEY.value, pgettext_lazy("ticket", "Survey")),
    (rules.Channel.CARE.value, pgettext_lazy("ticket", "Care call")),
    (rules.Channel.IMPORT.value, pgettext_lazy("ticket", "Import")),
    (rules.Channel.VOICE.value, pgettext_lazy("ticket", "Voice message")),
]
AXES = [
    (rules.Axis.OBJECT.value, pgettext_lazy("ticket", "What it is about")),
    (rules.Axis.CAUSE.value, pgettext_lazy("ticket", "What caused it")),
]
ANSWERS = [
    (rules.Answer.ACCEPTED.value, pgettext_lazy("ticket", "Accepts the solution")),
    (rules.Answer.REFUSED.value, pgettext_lazy("ticket", "Does not accept it")),
]
SOLVED = [
    (rules.Solved.YES.value, pgettext_lazy("ticket", "Solved")),
    (rules.Solved.PARTLY.value, pgettext_lazy("ticket", "Partly solved")),
    (rules.Solved.NO.value, pgettext_lazy("ticket", "Not solved")),
]
PARTS = {
    rules.Part.SOLUTION.value: _("the solution"),
    rules.Part.TOLD.value: _("that the customer was told"),
    rules.Part.ANSWER.value: _("the customer's answer"),
    rules.Part.CALLBACK.value: _("the callback"),
}
EVENTS = [
    ("opened", pgettext_lazy("ticket event", "Received")),
    ("moved", pgettext_lazy("ticket event", "Moved on")),
    ("edited", pgettext_lazy("ticket event", "Facts changed")),
    ("assigned", pgettext_lazy("ticket event", "Assigned")),
    ("noted", pgettext_lazy("ticket event", "Note")),
    ("waiting", pgettext_lazy("ticket event", "Waits for the customer")),
    ("resumed", pgettext_lazy("ticket event", "The customer answered")),
    ("planned", pgettext_lazy("ticket event", "Plan written")),
    ("solved", pgettext_lazy("ticket event", "Solution written")),
    ("told", pgettext_lazy("ticket event", "Customer told")),
    ("answered", pgettext_lazy("ticket event", "Customer's answer")),
    ("called_back", pgettext_lazy("ticket event", "Callback")),
    ("transfer_asked", pgettext_lazy("ticket event", "Transfer offered")),
    ("transfer_accepted", pgettext_lazy("ticket event", "Transfer accepted")),
    ("transfer_refused", pgettext_lazy("ticket event", "Transfer refused")),
    ("transfer_escalated", pgettext_lazy("ticket event", "Transfer unanswered, passed up")),
    ("task_given", pgettext_lazy("ticket event", "Sub-task given")),
    ("task_done", pgettext_lazy("ticket event", "Sub-task done")),
    ("task_dropped", pgettext_lazy("ticket event", "Sub-task dropped")),
    ("directed", pgettext_lazy("ticket event", "Directive of head office")),
    ("directive_answered", pgettext_lazy("ticket event", "Directive answered")),
    ("merged", pgettext_lazy("ticket event", "Merged")),
    ("unmerged", pgettext_lazy("ticket event", "Merge taken back")),
    ("split", pgettext_lazy("ticket event", "Split")),
    ("linked", pgettext_lazy("ticket event", "Linked")),
    ("unlinked", pgettext_lazy("ticket event", "Link removed")),
    ("reopened", pgettext_lazy("ticket event", "Reopened")),
    ("paper_added", pgettext_lazy("ticket event", "File attached")),
    ("grouped", pgettext_lazy("ticket event", "Joined to a group complaint")),
]
DUE = [
    ("late", pgettext_lazy("ticket", "Overdue")),
    ("today", pgettext_lazy("ticket", "Due today")),
    ("pressing", pgettext_lazy("ticket", "Overdue or due today")),
]
LINKS = [
    ("related", pgettext_lazy("ticket link", "Belongs together")),
    ("split", pgettext_lazy("ticket link", "Split off")),
    ("caused", pgettext_lazy("ticket link", "Came from it")),
]
TASK_STATES = [
    ("open", pgettext_lazy("ticket task", "Open")),
    ("done", pgettext_lazy("ticket task", "Done")),
    ("dropped", pgettext_lazy("ticket task", "Dropped")),
]
TRANSFER_STATES = [
    ("asked", pgettext_lazy("ticket transfer", "Not accepted yet")),
    ("accepted", pgettext_lazy("ticket transfer", "Accepted")),
    ("refused", pgettext_lazy("ticket transfer", "Refused")),
    ("withdrawn", pgettext_lazy("ticket transfer", "Taken back")),
]
CALLBACKS = [
    ("phone", pgettext_lazy("ticket callback", "By phone")),
    ("wechat", pgettext_lazy("ticket callback", "By WeChat")),
    ("visit", pgettext_lazy("ticket callback", "In person")),
    ("survey", pgettext_lazy("ticket callback", "By questionnaire")),
]
DEPARTMENTS = [
    ("service_centre", pgettext_lazy("department", "Customer service centre")),
    ("property", pgettext_lazy("department", "Property management")),
    ("sales_office", pgettext_lazy("department", "Sales office")),
    ("engineering", pgettext_lazy("department", "Engineering")),
    ("design", pgettext_lazy("department", "Design")),
    ("marketing", pgettext_lazy("department", "Marketing")),
    ("finance", pgettext_lazy("department", "Finance")),
    ("legal", pgettext_lazy("department", "Legal")),
    ("club", pgettext_lazy("department", "Customer club")),
]
PROCESSES = [
    ("standard", pgettext_lazy("process", "Full procedure")),
    ("quick", pgettext_lazy("process", "Answer at once")),
    ("on_site", pgettext_lazy("process", "Handled on site")),
    ("mediation", pgettext_lazy("process", "Mediation")),
]
