"""What speaking to customers tells the floor below: policies, audit events, tabs."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.outbox.addressees import register_addressee
from crm_site.outbox.kinds import MessageKind, declare_message
from customers import consent_policy, contact_policies
from customers.record_tabs import RecordTab, register_tab
from customers.rules.turns import Area

EVENTS = {
    "consent.given": _("Consent given"),
    "consent.withdrawn": _("Consent withdrawn"),
    "consent.channel_refused": _("Channel refused by the customer"),
    "consent.channel_allowed": _("Channel allowed again"),
    "template.changed": _("Text for customers changed"),
    "news.published": _("News published"),
    "news.withdrawn": _("News withdrawn"),
}
NEWS_MESSAGE = "customer.news"
STANDINGS = {
    "never_asked": Mark("", "ring", pgettext_lazy("consent", "Not asked")),
    "given": Mark("green", "tick", pgettext_lazy("consent", "Agreed")),
    "outdated": Mark("amber", "dia", pgettext_lazy("consent", "To be asked again")),
    "withdrawn": Mark("red", "cross", pgettext_lazy("consent", "Withdrawn")),
}


def register() -> None:
    """Declare events, policies and tabs; safe to call again."""
    for kind, label in EVENTS.items():
        declare(kind, label)
    consent_policy.register()
    contact_policies.register()
    _register_addressee()
    declare_message(MessageKind(key=NEWS_MESSAGE, title="%(title)s", body="%(body)s", channels=()))
    register_tab(RecordTab("consents", "customers:consents", _("Consents"), 60))
    register_marks("consent", STANDINGS)
    register_entry("news", "customers:news-list", _("News"), "bell", 18, "customers.view_customer")
    register_entry(
        "texts",
        "customers:text-list",
        _("Texts"),
        "edit",
        620,
        "customers.view_customer",
        parent="news",
    )


def _register_addressee() -> None:
    from customers.selectors.news import SUBJECT
    from customers.services.delivering import note_delivery, register_delivery
    from customers.services.news import note_news
    from customers.services.reaching import ADDRESSEE, REASONS, resolve_customer
    from customers.services.taking_turns import register_turns

    register_delivery(SUBJECT, note_news)
    register_turns(Area.MARKETING, kinds=[NEWS_MESSAGE])
    register_addressee(ADDRESSEE, resolve_customer, dict(REASONS), note_delivery)
