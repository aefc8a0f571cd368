"""What planning tells the other parts."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.navigation import register_entry
from crm_site.outbox.kinds import MessageKind, declare_message
from customers.record_tabs import RecordTab, register_tab
from marketing.planning import frames, papers, policies, registers
from marketing.planning.querysets import SEND, VIEW
from marketing.planning.services.sheets import MESSAGE
from marketing.planning.services.watching import ENDING, LATE, STALE, words

MESSAGES: Final = (
    MessageKind(
        key=LATE,
        label=_("The annual marketing plan is late"),
        title=_("Annual marketing plan %(year)s is late: %(step)s"),
        body=_("It was due on %(day)s."),
        url_name="marketing:plan-list",
        icon="alert",
        tone="red",
        show=words,
    ),
    MessageKind(
        key=ENDING,
        label=_("A certificate of the company runs out"),
        title=_("Runs out on %(day)s: %(title)s"),
        icon="clock",
        tone="amber",
    ),
    MessageKind(
        key=STALE,
        label=_("Knowledge of the market is too old"),
        title=_("%(item)s of %(day)s is too old: %(title)s"),
        icon="clock",
        tone="amber",
        show=words,
    ),
    MessageKind(key=MESSAGE, label=_("Comparison sheet"), title="%(title)s", body="%(text)s"),
)


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    papers.register()
    registers.register()
    frames.register()
    declare("planning.sheet_sent", _("Comparison sheet handed to a customer"))
    for message in MESSAGES:
        declare_message(message)
    register_tab(RecordTab("sheets", "marketing:customer-sheets", _("Comparison"), 75, SEND))
    register_entry("planning", "marketing:plan-list", _("Marketing plans"), "flag", 310, VIEW)
    for key, url_name, label, order in (
        ("goal-progress", "goal-progress", pgettext_lazy("page", "Goals"), 311),
        ("market-knowledge", "market-knowledge", pgettext_lazy("page", "Market"), 312),
        ("brand", "brand", pgettext_lazy("page", "Brand"), 313),
        ("sheet-sendings", "sheet-sendings", _("Sheets handed over"), 314),
    ):
        register_entry(key, f"marketing:{url_name}", label, "flag", order, VIEW, parent="planning")
