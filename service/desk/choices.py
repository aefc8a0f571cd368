"""The words of the desk."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CALL_STATES = [
    ("ringing", pgettext_lazy("call", "Ringing")),
    ("active", pgettext_lazy("call", "In a call")),
    ("held", pgettext_lazy("call", "On hold")),
    ("ended", pgettext_lazy("call", "Ended")),
    ("missed", pgettext_lazy("call", "Missed")),
    ("voicemail", pgettext_lazy("call", "Voice message")),
]
CALL_EVENTS = [
    ("ringing", pgettext_lazy("call event", "Rings")),
    ("answered", pgettext_lazy("call event", "Answered")),
    ("held", pgettext_lazy("call event", "Put on hold")),
    ("resumed", pgettext_lazy("call event", "Taken up again")),
    ("transferred", pgettext_lazy("call event", "Passed on")),
    ("hung_up", pgettext_lazy("call event", "Hung up")),
    ("recorded", pgettext_lazy("call event", "Recording kept")),
    ("voicemail", pgettext_lazy("call event", "Message left")),
]
MODES = [
    ("staffed", pgettext_lazy("hotline", "Staffed")),
    ("automatic", pgettext_lazy("hotline", "Automatic service")),
]
SEAT_STATES = [
    ("ready", pgettext_lazy("agent", "Ready")),
    ("busy", pgettext_lazy("agent", "In a call")),
    ("after", pgettext_lazy("agent", "Writing up")),
    ("break", pgettext_lazy("agent", "On a break")),
    ("away", pgettext_lazy("agent", "Signed off")),
]
DISPOSITIONS = [
    ("answered", pgettext_lazy("disposition", "Answered on the spot")),
    ("ticket", pgettext_lazy("disposition", "Ticket written")),
    ("follow_up", pgettext_lazy("disposition", "Call back later")),
    ("wrong_number", pgettext_lazy("disposition", "Wrong number")),
    ("nothing", pgettext_lazy("disposition", "Nobody spoke")),
]
SKILLS = [
    ("phone", pgettext_lazy("skill", "Phone")),
    ("wechat", pgettext_lazy("skill", "Online chat")),
    ("visit", pgettext_lazy("skill", "On site")),
    ("web", pgettext_lazy("skill", "Web form")),
    ("email", pgettext_lazy("skill", "E-mail")),
    ("fax", pgettext_lazy("skill", "Fax")),
    ("app", pgettext_lazy("skill", "App")),
]
CHANNELS = [
    ("web", pgettext_lazy("channel", "Web form")),
    ("email", pgettext_lazy("channel", "E-mail")),
    ("fax", pgettext_lazy("channel", "Fax")),
    ("app", pgettext_lazy("channel", "App")),
    ("wechat", pgettext_lazy("channel", "Online chat")),
    ("visit", pgettext_lazy("channel", "On site")),
    ("letter", pgettext_lazy("channel", "Letter")),
    ("voice", pgettext_lazy("channel", "Voice message")),
]
WAYS = [
    ("questionnaire", _("Online questionnaire")),
    ("callback", _("Phone callback")),
    ("interview", _("On-site interview")),
    ("opinion", _("Opinion solicitation")),
    ("suggestion", _("Suggestion box")),
    ("rating", _("Online rating")),
    ("complaint", pgettext_lazy("feedback", "Complaint")),
]
TOPICS = [
    ("progress", _("Progress of the building")),
    ("contract", _("State of the contract")),
    ("repair", _("State of repairs and complaints")),
]
MATTERS = [
    ("complaint", pgettext_lazy("matter", "Complaint")),
    ("repair", pgettext_lazy("matter", "Repair")),
    ("inquiry", pgettext_lazy("matter", "Question")),
    ("suggestion", pgettext_lazy("matter", "Suggestion")),
]
PHONE = pgettext_lazy("channel", "Phone call")
