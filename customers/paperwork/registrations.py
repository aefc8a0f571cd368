"""What papers and files tell the other parts: policy, events, marks, part of a purchase."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from customers.paperwork import choices, messages, policies
from customers.paperwork.models import FileTransfer
from customers.paperwork.selectors import checklist
from customers.purchase.hooks import PartState, PurchasePart, register_part
from customers.purchase.models import Purchase
from customers.purchase.rules import PurchaseState

EVENTS = {
    "paper.received": gettext_lazy("Paper of a purchase taken in"),
    "paper.withdrawn": gettext_lazy("Paper of a purchase taken out"),
    "paper.opened": gettext_lazy("Copy of a paper opened"),
    "file.opened": gettext_lazy("File of a purchase opened"),
    "file.sent": gettext_lazy("File of a purchase sent"),
    "file.accepted": gettext_lazy("File of a purchase accepted"),
    "file.refused": gettext_lazy("File of a purchase sent back"),
    "file.withdrawn": gettext_lazy("File of a purchase called back"),
}
TONES = {
    "sent": ("amber", "half"),
    "accepted": ("green", "tick"),
    "refused": ("red", "cross"),
    "withdrawn": ("", "cross"),
}
BEFORE = (PurchaseState.HELD.value, PurchaseState.EXPIRED.value, PurchaseState.RELEASED.value)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    messages.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    marks = {value: Mark(*TONES[value], word=word) for value, word in choices.TRANSFER_STATES}
    register_marks("file_transfer", marks)
    register_part(
        PurchasePart(
            key="file",
            label=gettext_lazy("Papers and file"),
            url_name="customers:purchase-file",
            permission="customers.view_units",
            order=80,
            state=file_state,
        )
    )
    register_entry(
        "file-transfers",
        "customers:file-transfers",
        pgettext_lazy("page", "File transfers"),
        "swap",
        43,
        "customers.view_units",
        parent="units",
    )


def file_state(purchase: Purchase, now: datetime) -> PartState | None:
    """Return how the file stands: papers there, or who has it."""
    if purchase.state in BEFORE:
        return None
    rows = FileTransfer.objects.filter(purchase=purchase, state__in=("sent", "accepted"))
    last = rows.select_related("receiver").order_by("-sent_at", "-pk").first()
    if last is not None:
        words = _("With %(name)s") if last.state == "accepted" else _("On its way to %(name)s")
        tone = "green" if last.state == "accepted" else "amber"
        return PartState(words % {"name": last.receiver.name}, tone)
    papers = checklist(purchase, "file", now=now)
    words = _("%(here)s of %(all)s papers") % {"here": papers.here, "all": len(papers.lines)}
    return PartState(words, "green" if papers.is_complete else "amber")
