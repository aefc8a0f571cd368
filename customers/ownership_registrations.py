"""What ownership brings: policies, audit events, messages, the check before an account closes."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from crm_site.audit.events import declare
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from crm_site.outbox.kinds import MessageKind, declare_message
from crm_site.staff.leaving import register_leaving_check
from customers import pool_policies
from customers.models import CustomerShare
from customers.record_tabs import RecordTab, register_tab
from customers.selectors.handing_over import handovers_visible_to
from customers.selectors.history import Printed, register_history
from customers.services import work_areas
from customers.services.handing_over import open_work

EVENTS = {
    "customers.recycled": _("Customers fell to the pool"),
    "customers.handed_over": _("Customers of a consultant handed over"),
    "customer.offered": _("Customer offered to another project"),
    "customer.share_accepted": _("Offered customer accepted"),
    "customer.share_declined": _("Offered customer declined"),
    "customer.share_withdrawn": _("Offer of a customer withdrawn"),
}

MESSAGES = (
    MessageKind(
        key="pool.warning",
        label=_("Customers about to fall to the pool"),
        title=ngettext_lazy(
            "%(count)s customer falls to the pool soon: speak to it",
            "%(count)s customers fall to the pool soon: speak to them",
            "count",
        ),
        body=_("Days left: %(days)s. Only a talk counts. Consultant: %(owner)s."),
        url_name="customers:pool-warnings",
        icon="pool",
        tone="amber",
    ),
    MessageKind(
        key="pool.fell",
        label=_("Customers fallen to the pool"),
        title=ngettext_lazy(
            "%(count)s customer without contact fell to the pool",
            "%(count)s customers without contact fell to the pool",
            "count",
        ),
        body=_("Consultant: %(owner)s."),
        url_name="customers:pool",
        icon="pool",
    ),
    MessageKind(
        key="handover.received",
        label=_("Customers taken over"),
        title=ngettext_lazy(
            "You take over %(count)s customer of %(leaver)s",
            "You take over %(count)s customers of %(leaver)s",
            "count",
        ),
        body=_("Read the briefing and make contact within %(days)s days."),
        icon="swap",
        tone="amber",
    ),
    MessageKind(
        key="workload.neglected",
        label=_("Neglected prospects of a consultant"),
        title=_("%(owner)s neglects old prospects: %(share)s %%"),
        body=_(
            "%(neglected)s of %(open)s open prospects without contact for more than %(days)s days."
        ),
        url_name="customers:workload",
        icon="layers",
        tone="amber",
    ),
    MessageKind(
        key="share.offered",
        label=_("A customer is offered to the project"),
        title=_("%(project)s offers a customer"),
        body=_("Reason: %(reason)s"),
        url_name="customers:offers",
        icon="swap",
    ),
    MessageKind(
        key="share.accepted",
        label=_("An offered customer is accepted"),
        title=_("%(project)s has accepted the customer"),
        body=_("Responsible there: %(owner)s."),
        icon="check",
    ),
    MessageKind(
        key="share.declined",
        label=_("An offered customer is declined"),
        title=_("%(project)s has declined the customer"),
        body=_("Reason: %(reason)s"),
        icon="swap",
    ),
)


SHARE = "customers.share_customer"
# When a customer was offered to which project, and what became of it.
SHARES = """
    SELECT 'share', coalesce(s.decided_at, s.offered_at), p.name::text, s.state::text,
        s.reason::text, ''
    FROM customers_customershare s JOIN customers_project p ON p.node_id = s.to_project_id
    WHERE s.customer_id = %(customer)s
    ORDER BY coalesce(s.decided_at, s.offered_at) DESC LIMIT 10
"""


def _share_line(project: str, state: str, reason: str, *_none: str) -> Printed:
    words = dict(CustomerShare.State.choices)
    return "swap", f"{project}: {words.get(state, state)}", reason


def register() -> None:
    """Make known what this area brings; safe to call again."""
    pool_policies.register()
    work_areas.register()
    register_leaving_check("customers", open_work)
    register_tab(RecordTab("sharing", "customers:sharing", _("Sharing"), 80, SHARE))
    register_history("share", SHARES, _share_line)
    register_entry("offers", "customers:offers", _("Offered customers"), "swap", 26, SHARE)
    register_entry(
        "hand-over",
        "customers:hand-over-list",
        _("Hand-over"),
        "swap",
        31,
        "customers.hand_over",
        parent="team",
    )
    register_entry(
        "workload",
        "customers:workload",
        _("Workload"),
        "chart",
        32,
        "customers.view_team_work",
        parent="team",
    )
    register_entry(
        "compare",
        "customers:compare",
        _("Comparison"),
        "columns",
        33,
        "customers.view_team_work",
        parent="team",
    )
    register_subject(
        Subject(
            kind="handover",
            model="customers.Handover",
            visible_to=handovers_visible_to,
            title=lambda row: str(row.leaver),
            url_name="customers:handover-briefing",
        )
    )
    for kind, label in EVENTS.items():
        declare(kind, label)
    for message in MESSAGES:
        declare_message(message)
