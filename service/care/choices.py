"""The words of owner care in the language of the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from service.care.rules import EventKind, EventState, ItemState, PaperState

ITEM_STATES = [
    (ItemState.DUE.value, pgettext_lazy("care", "Due")),
    (ItemState.OVERDUE.value, pgettext_lazy("care", "Overdue")),
    (ItemState.DONE.value, pgettext_lazy("care", "Done")),
    (ItemState.DROPPED.value, pgettext_lazy("care", "Dropped")),
]
PAPER_STATES = [
    (PaperState.DRAFT.value, pgettext_lazy("care", "Draft")),
    (PaperState.WAITING.value, pgettext_lazy("care", "Waits for signatures")),
    (PaperState.APPROVED.value, pgettext_lazy("care", "Approved")),
    (PaperState.SPENT.value, pgettext_lazy("care", "Money spent")),
    (PaperState.FINISHED.value, pgettext_lazy("care", "Finished")),
]
EVENT_KINDS = [
    (EventKind.OPEN_DAY.value, _("Site open day")),
    (EventKind.COMMUNITY.value, _("Community event")),
    (EventKind.CLUB.value, _("Club event")),
    (EventKind.OTHER.value, pgettext_lazy("event", "Other")),
]
EVENT_STATES = [
    (EventState.PLANNED.value, pgettext_lazy("event", "Planned")),
    (EventState.CLOSED.value, pgettext_lazy("event", "Closed")),
    (EventState.CANCELLED.value, pgettext_lazy("event", "Cancelled")),
]
FESTIVALS = [
    ("new_year", _("New Year's Day")),
    ("spring", _("Spring Festival")),
    ("lantern", _("Lantern Festival")),
    ("dragon_boat", _("Dragon Boat Festival")),
    ("mid_autumn", _("Mid-Autumn Festival")),
    ("double_ninth", _("Double Ninth Festival")),
    ("national", _("National Day")),
]
JOYS = [
    ("birthday", _("Lunar birthday")),
    ("wedding", _("Wedding day")),
    ("birth", _("Birthday of a child")),
]
OCCASIONS = [("birthday", _("Birthday")), *JOYS[1:], *FESTIVALS]
ENTRY_KINDS = [
    ("deposit", pgettext_lazy("care fund", "Deposit")),
    ("spending", pgettext_lazy("care fund", "Spending")),
    ("reversal", pgettext_lazy("care fund", "Reversal")),
]
