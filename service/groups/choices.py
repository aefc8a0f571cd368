"""The words of groups and crises in the language of the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from service.groups.rules.crisis import Duty, Entry, StatementState
from service.groups.rules.linking import Fact, SuggestionState

STATES = [
    (SuggestionState.GROWING.value, pgettext_lazy("group suggestion", "Growing")),
    (SuggestionState.OPEN.value, pgettext_lazy("group suggestion", "To decide")),
    (SuggestionState.ACCEPTED.value, pgettext_lazy("group suggestion", "Group formed")),
    (SuggestionState.REJECTED.value, pgettext_lazy("group suggestion", "Not a group")),
]
FACTS = {
    Fact.STACK.value: _("Same stack"),
    Fact.BUILDING.value: _("Same building"),
    Fact.CONTRACTOR.value: _("Same contractor"),
    Fact.CAUSE.value: _("Same cause"),
    Fact.PROMISE.value: _("Same promise"),
    Fact.CATEGORY.value: _("Same class"),
}
LEVELS = [
    (1, _("Level 1: head office coordinates")),
    (2, _("Level 2: the region coordinates")),
    (3, _("Level 3: the project coordinates")),
]
DUTIES = [
    (Duty.LEAD.value, pgettext_lazy("crisis duty", "Leads")),
    (Duty.SPOKESPERSON.value, pgettext_lazy("crisis duty", "Speaks for the company")),
    (Duty.LEGAL.value, pgettext_lazy("crisis duty", "Legal")),
    (Duty.SITE.value, pgettext_lazy("crisis duty", "On site")),
    (Duty.CUSTOMERS.value, pgettext_lazy("crisis duty", "Talks with customers")),
    (Duty.MEDIA.value, pgettext_lazy("crisis duty", "Watches the media")),
]
ENTRIES = [
    (Entry.FACT.value, pgettext_lazy("crisis log", "What happened")),
    (Entry.DECISION.value, pgettext_lazy("crisis log", "Decision")),
    (Entry.MEDIA.value, pgettext_lazy("crisis log", "Media")),
    (Entry.LEGAL.value, pgettext_lazy("crisis log", "Legal note")),
    (Entry.STEP.value, pgettext_lazy("crisis log", "Step of the room")),
]
STATEMENTS = [
    (StatementState.DRAFT.value, pgettext_lazy("statement", "Draft")),
    (StatementState.ASKED.value, pgettext_lazy("statement", "To be approved")),
    (StatementState.APPROVED.value, pgettext_lazy("statement", "Approved")),
    (StatementState.REFUSED.value, pgettext_lazy("statement", "Sent back")),
    (StatementState.OUT.value, pgettext_lazy("statement", "Gone out")),
]
