"""What the axes of a customer tell the floor: policies, a message, a tab, lines of the history."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.common.navigation import register_entry
from crm_site.outbox.kinds import MessageKind, declare_message
from customers import choices, standing_policy
from customers.record_tabs import RecordTab, register_tab
from customers.selectors.history import Printed, reason_text, register_history
from customers.services.standing import SHARE_DRIFTED

STAGES = """
SELECT 'stage', at, from_stage::text, to_stage::text, reason::text, is_manual::text
    FROM customers_stageevent WHERE customer_id = %(customer)s ORDER BY at DESC LIMIT 10
"""
PHASES = """
SELECT 'phase', at, from_phase::text, to_phase::text, reason::text, ''
    FROM customers_phaseevent WHERE customer_id = %(customer)s ORDER BY at DESC LIMIT 10
"""


def register() -> None:
    """Make all of it known; safe to call again."""
    standing_policy.register()
    declare_message(
        MessageKind(
            key=SHARE_DRIFTED,
            label=gettext_lazy("Share of high-value customers outside its band"),
            title=gettext_lazy(
                "Share of high-value customers: %(share)s %%, expected %(anchor)s %%"
            ),
            body=gettext_lazy("Check the limits of the policy, or the customers who moved."),
            url_name="customers:standing",
            icon="chart",
            tone="amber",
        )
    )
    register_tab(
        RecordTab(
            key="standing",
            url_name="customers:standing-tab",
            label=pgettext_lazy("tab", "Stage and standing"),
            order=15,
        )
    )
    register_history("stage", STAGES, _stage_line)
    register_history("phase", PHASES, _phase_line)
    seen_by = "customers.view_customer"
    register_entry(
        "board",
        "customers:board",
        gettext_lazy("Stage board"),
        "columns",
        22,
        seen_by,
        parent="customers",
    )
    register_entry(
        "unclosed",
        "customers:unclosed",
        gettext_lazy("Un-closed customers"),
        "search",
        27,
        seen_by,
        parent="customers",
    )
    register_entry(
        "strata",
        "customers:strata",
        gettext_lazy("Strata"),
        "layers",
        28,
        seen_by,
        parent="customers",
    )


def _stage_line(old: str, new: str, reason: str, *_none: str) -> Printed:
    words = dict(choices.BUYING_STAGES)
    if old == new:
        title = _("Buying stage stays: %(stage)s") % {"stage": words.get(old, old)}
    else:
        title = f"{words.get(old, '--')} → {words.get(new, '--')}"
    return "flag", title, reason_text(reason)


def _phase_line(old: str, new: str, reason: str, *_none: str) -> Printed:
    words = dict(choices.PHASES)
    title = _("Phase: %(old)s → %(new)s")
    return (
        "info",
        title % {"old": words.get(old, "--"), "new": words.get(new, "--")},
        phase_reason(reason),
    )


def phase_reason(reason: str) -> str:
    """Return why a phase changed; what merely follows from stage or class needs no words."""
    return "" if reason.startswith(("stage:", "class:")) else reason_text(reason)
