"""What entity resolution tells the floor below: audit events, the policy, pages, timeline lines."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.events import declare
from crm_site.common.navigation import register_entry
from customers import duplicate_policy
from customers.record_tabs import RecordTab, register_tab
from customers.selectors.history import register_history

EVENTS = {
    "customer.merged": gettext_lazy("Customers merged"),
    "customer.unmerged": gettext_lazy("Merge taken back"),
    "customer.not_duplicate": gettext_lazy("Pair decided: not the same person"),
    "customer.related": gettext_lazy("Customers linked"),
    "customer.unrelated": gettext_lazy("Link between customers removed"),
}
_MERGES = """
SELECT 'merge', m.at, c.name::text, m.reason::text, m.id::text,
    CASE WHEN m.undone_at IS NULL THEN '' ELSE 'undone' END
FROM customers_merge m JOIN customers_customer c ON c.id = m.gone_id
WHERE m.kept_id = %(customer)s ORDER BY m.at DESC LIMIT 10
"""


def register() -> None:
    """Declare events, policy, pages and the line of the timeline; safe to call again."""
    for kind, label in EVENTS.items():
        declare(kind, label)
    duplicate_policy.register()
    register_history("merge", _MERGES, _merged)
    register_entry(
        "duplicates",
        "customers:duplicate-list",
        gettext_lazy("Duplicates"),
        "users",
        29,
        "customers.merge_customers",
        parent="customers",
    )
    register_tab(RecordTab("relations", "customers:relation-list", gettext_lazy("Relations"), 40))
    register_tab(RecordTab("history", "customers:field-history", gettext_lazy("Field history"), 80))


def _merged(name: str, reason: str, key: str, undone: str) -> tuple[str, str, str, str]:
    title = _("Merged with the record of %(name)s") % {"name": name}
    if undone:
        title = _("Merge with the record of %(name)s, taken back") % {"name": name}
    return "swap", title, reason, reverse("customers:merge-detail", args=[key])
