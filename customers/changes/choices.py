"""The words of changes in the language of the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.changes.rules import Answer, ChangeKind, ChangeState

STATES = [
    (ChangeState.ASKED.value, pgettext_lazy("individual change", "Waits for signatures")),
    (ChangeState.APPROVED.value, pgettext_lazy("individual change", "Approved")),
    (ChangeState.REFUSED.value, pgettext_lazy("individual change", "Refused")),
    (ChangeState.WITHDRAWN.value, pgettext_lazy("individual change", "Withdrawn")),
    (ChangeState.SIGNED.value, pgettext_lazy("individual change", "Signed by the customer")),
    (ChangeState.EXECUTED.value, pgettext_lazy("individual change", "Carried out")),
    (ChangeState.CHECKED.value, pgettext_lazy("individual change", "Checked")),
]
KINDS = [
    (ChangeKind.REQUIREMENT.value, pgettext_lazy("change", "Customer requirement")),
    (ChangeKind.DESIGN.value, pgettext_lazy("change", "Design")),
    (ChangeKind.ENGINEERING.value, pgettext_lazy("change", "Engineering")),
]
ANSWERS = [
    (Answer.AGREED.value, pgettext_lazy("answer to a change", "Agreed")),
    (Answer.REFUSED.value, pgettext_lazy("answer to a change", "Refused")),
]
WAYS = [
    ("letter", _("Registered letter")),
    ("visit", _("In person")),
    ("phone", _("By phone")),
    ("message", _("By message")),
]
