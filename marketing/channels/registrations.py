"""What channels tells the other parts."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from crm_site.exchange.registry import register_importer, register_messages
from crm_site.outbox.kinds import MessageKind, declare_message
from customers.purchase.hooks import register_follow_up
from marketing.attribution.hooks import register_channel_groups, register_party_channels
from marketing.channels import choices, conduct, importing, policies, risks
from marketing.channels.models import Partner
from marketing.channels.querysets import KEEP, PORTAL, SEE_COMMISSION, VIEW
from marketing.channels.selectors import channels_by_party, groups_by_code
from marketing.channels.services.appraising import DEPENDENCE
from marketing.channels.services.commission import follow_purchase

EVENTS = {
    "channel.changed": _("Channel changed"),
    "lead.taken_in": _("Lead taken in"),
    "lead_code.added": _("Code for leads made"),
    "partner.added": _("Partner entered"),
    "partner.changed": _("Partner changed"),
    "partner.moved": _("Co-operation with a partner moved on"),
    "partner.breach": _("Breach of a partner noted"),
    "partner.check": _("Agency checked"),
    "partner.staff": _("Staff of a partner changed"),
    "partner.staff_left": _("Staff of a partner changed"),
    "partner.portal": _("Access to the partner portal given"),
    "partner.portal_closed": _("Access to the partner portal taken away"),
    "commission.accrued": _("Commission earned"),
    "commission.paid": _("Commission paid"),
    "daily_metric.imported": _("Daily metrics imported"),
    "daily_metric.import_reverted": _("Import of daily metrics taken back"),
}
MARKS = {
    "partner": (
        choices.PARTNER_STATES,
        {
            "candidate": ("", "ring"),
            "active": ("green", "dot"),
            "suspended": ("red", "tri"),
            "ended": ("", "cross"),
        },
    ),
    "lead_flag": (choices.FLAGS, {"duplicate": ("red", "tri"), "known": ("amber", "dia")}),
    "channel_advice": (
        choices.ADVICE,
        {"raise": ("green", "tick"), "keep": ("blue", "ring"), "cut": ("red", "cross")},
    ),
}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    risks.register()
    conduct.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    for kind, (labels, tones) in MARKS.items():
        words = dict(labels)
        register_marks(kind, {key: Mark(*tone, word=words[key]) for key, tone in tones.items()})
    register_subject(
        Subject(
            kind="partner",
            model="marketing.Partner",
            visible_to=Partner.objects.visible_to,
            title=str,
            url_name="marketing:partner",
            label=_("Partners"),
        )
    )
    declare_message(
        MessageKind(
            key=DEPENDENCE,
            label=_("Dependence on one channel"),
            title=_("%(name)s brings %(share)s %% of the contracts"),
            body=_("One channel brings too much of the contracts. Look at the scorecard."),
            icon="alert",
            tone="red",
        )
    )
    register_follow_up("commission", follow_purchase)
    register_channel_groups("channels", groups_by_code)
    register_party_channels("partners", channels_by_party)
    register_importer(importing.IMPORTER)
    register_messages(importing.MESSAGES)
    _offer_pages()


def _offer_pages() -> None:
    for key, label, icon, order, permission, parent in (
        ("channels", pgettext_lazy("page", "Channels"), "flag", 340, VIEW, ""),
        ("channel-scorecard", _("Scorecard"), "flag", 341, VIEW, "channels"),
        ("lead-codes", _("Codes for leads"), "flag", 342, VIEW, "channels"),
        ("lead-intakes", _("Leads as they came in"), "flag", 343, VIEW, "channels"),
        ("media-accounts", _("New media"), "flag", 344, VIEW, "channels"),
        ("partners", pgettext_lazy("page", "Partners"), "users", 345, SEE_COMMISSION, ""),
        (
            "commissions",
            pgettext_lazy("page", "Commission"),
            "user",
            346,
            SEE_COMMISSION,
            "partners",
        ),
        ("partner-portal", _("Partner portal"), "users", 349, PORTAL, ""),
    ):
        register_entry(key, f"marketing:{key}", label, icon, order, permission, parent=parent)
    register_entry("imports-metrics", "exchange:import-start", _("Import"), "upload", 600, KEEP)
