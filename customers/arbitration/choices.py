"""The words of claims in the language of the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.arbitration.rules import Basis, EventKind, Outcome, Rule

KINDS = [
    (EventKind.REPORTED.value, pgettext_lazy("claim", "Reported")),
    (EventKind.VERIFIED.value, pgettext_lazy("claim", "Verified")),
    (EventKind.VISITED.value, pgettext_lazy("claim", "Visited")),
    (EventKind.RE_REPORTED.value, pgettext_lazy("claim", "Reported again")),
    (EventKind.DEPOSIT.value, pgettext_lazy("claim", "Deposit paid")),
    (EventKind.SIGNED.value, pgettext_lazy("claim", "Contract signed")),
]
OUTCOMES = [
    (Outcome.CLAIM.value, pgettext_lazy("claim", "Goes to the claim")),
    (Outcome.WALK_IN.value, pgettext_lazy("claim", "Counts as a walk-in")),
    (Outcome.UNDECIDED.value, pgettext_lazy("claim", "A person decides")),
]
BASES = [
    (Basis.REPORT_DEAL.value, _("Report to deal")),
    (Basis.REPORT_VISIT_DEAL.value, _("Report, visit to deal")),
    (Basis.VISIT_DEAL.value, _("Visit to deal")),
]
RULES = {
    Rule.FIRST.value: _("The first claim that counts"),
    Rule.EXTENDED.value: _("Reported again, protection prolonged"),
    Rule.FOLLOWED.value: _("Reported again, but somebody else followed meanwhile"),
    Rule.NO_SURNAME.value: _("Reported without a surname"),
    Rule.NEAR_SITE.value: _("Addressed too near the site"),
    Rule.OVER_QUOTA.value: _("More reports than a day allows"),
    Rule.KNOWN.value: _("The company knew the household already"),
    Rule.OTHER_NUMBER.value: _("The same household again under another number"),
    Rule.PROTECTED.value: _("Somebody else's claim was protected"),
    Rule.LATE.value: _("Reported too shortly before the visit"),
    Rule.NOT_VERIFIED.value: _("Not verified before the visit"),
    Rule.NOT_VISITED.value: _("No visit under this claim"),
    Rule.LAPSED.value: _("The protection was over"),
    Rule.SEVERAL.value: _("The masked number fits more than one person"),
    Rule.SAME_HOUSEHOLD.value: _("Two people of one household, brought by two"),
    Rule.SAME_MOMENT.value: _("Two reports at the same moment"),
}
