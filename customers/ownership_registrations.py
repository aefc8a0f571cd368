"""What ownership brings: policies, audit events, messages, the check before an account closes."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from crm_site.audit.events import declare
from crm_site.outbox.kinds import MessageKind, declare_message
from customers import pool_policies

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
        title=_("%(project)s offers a customer"),
        body=_("Reason: %(reason)s"),
        url_name="customers:offers",
        icon="swap",
    ),
    MessageKind(
        key="share.accepted",
        title=_("%(project)s has accepted the customer"),
        body=_("Responsible there: %(owner)s."),
        icon="check",
    ),
    MessageKind(
        key="share.declined",
        title=_("%(project)s has declined the customer"),
        body=_("Reason: %(reason)s"),
        icon="swap",
    ),
)


def register() -> None:
    """Make known what this area brings; safe to call again."""
    pool_policies.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    for message in MESSAGES:
        declare_message(message)
