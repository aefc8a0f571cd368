"""The words of building nodes in the language of the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.works.rules import NodeKind, NoticeState, PaymentState, Result

NODES = [
    (NodeKind.FOUNDATION.value, pgettext_lazy("building node", "Foundation")),
    (NodeKind.GROUND.value, pgettext_lazy("building node", "Ground level")),
    (NodeKind.TOPPING_OUT.value, pgettext_lazy("building node", "Topping-out")),
    (NodeKind.SCAFFOLD.value, pgettext_lazy("building node", "Scaffold removal")),
    (NodeKind.FACADE.value, pgettext_lazy("building node", "Facade")),
    (NodeKind.FITTINGS.value, pgettext_lazy("building node", "Interior fittings")),
    (NodeKind.LANDSCAPE.value, pgettext_lazy("building node", "Landscaping")),
    (NodeKind.COMPLETION.value, pgettext_lazy("building node", "Completion and acceptance")),
    (NodeKind.OTHER.value, pgettext_lazy("building node", "Other")),
]
RESULTS = [
    (Result.PASSED.value, pgettext_lazy("acceptance", "Passed")),
    (Result.FAILED.value, pgettext_lazy("acceptance", "Failed")),
]
PAYMENTS = [
    (PaymentState.PLANNED.value, pgettext_lazy("payment", "Planned")),
    (PaymentState.RELEASED.value, pgettext_lazy("payment", "Released")),
    (PaymentState.HELD.value, pgettext_lazy("payment", "Held back")),
]
NOTICES = [
    (NoticeState.DRAFT.value, pgettext_lazy("notice", "Draft")),
    (NoticeState.WAITING.value, pgettext_lazy("notice", "Waits for a signature")),
    (NoticeState.SENT.value, pgettext_lazy("notice", "Sent")),
]
BODIES = [
    ("authority", _("Government body")),
    ("independent", _("Independent body")),
]
