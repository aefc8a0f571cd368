"""Whether, when and where a message may reach a customer, asked when it is about to leave.

Runs in the transaction of the sending and holds the customer first (``hold_customer``): a
withdrawal, and a second message to the same customer, wait until the provider has answered (A-37).
"""

import datetime as dt
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_site.outbox.addressees import NO_ADDRESS, Address, Later, Refused, Resolution
from crm_site.outbox.models import Message
from crm_site.outbox.quiet import quiet_until
from crm_site.policies.services import in_force
from customers.contact_policies import RULES, ContactRules
from customers.models import Customer, CustomerContact, NewsTelling
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import has_consent, has_withdrawn, opted_out
from customers.services.delivering import pass_gates
from customers.services.holding import hold_customer
from customers.services.taking_turns import waits_for

ADDRESSEE: Final = "customer"
WEEK = dt.timedelta(days=7)

NO_CONSENT: Final = "no_consent"
DO_NOT_CONTACT: Final = "do_not_contact"
OPTED_OUT: Final = "opted_out"
TOO_OFTEN: Final = "too_often"
MERGED: Final = "merged"
REASONS = {
    NO_CONSENT: _("The customer did not agree to this purpose"),
    DO_NOT_CONTACT: _("The customer does not want to be contacted"),
    OPTED_OUT: _("The customer refused this channel"),
    TOO_OFTEN: _("Enough messages within seven days"),
    MERGED: _("The customer no longer exists"),
}


def resolve_customer(message: Message, now: dt.datetime) -> Resolution:
    """Return the customer's address for the channel, or why the message does not leave (PLT-06)."""
    customer_id = int(message.addressee_id)
    hold_customer(customer_id)
    customer = Customer.objects.filter(pk=customer_id, merged_into__isnull=True).first()
    if customer is None:
        return Refused(MERGED)
    purpose, channel = Purpose(message.purpose), Channel(message.channel)
    refusal = refusal_of(customer, purpose=purpose, channel=channel, now=now)
    if refusal:
        return Refused(refusal)
    held = pass_gates(message, now)
    if held is not None:
        return held
    rules: ContactRules = in_force(RULES, at=now).value
    until = quiet_until(
        timezone.localtime(now), starts=dt.time(rules.quiet_from), ends=dt.time(rules.quiet_until)
    )
    if until is not None:
        return Later(until)
    if purpose is Purpose.MARKETING:
        if contacts_since(customer_id, now - WEEK) >= rules.per_week:
            return Refused(TOO_OFTEN)
        first = waits_for(message, now)
        if first is not None:
            return Later(first)
    to = address_of(customer, channel)
    return Address(to) if to else Refused(NO_ADDRESS)


def refusal_of(customer: Customer, *, purpose: Purpose, channel: Channel, now: dt.datetime) -> str:
    """Return why ``customer`` must not be spoken to for ``purpose`` over ``channel``, else "".

    Whoever withdrew the consent to contact gets nothing for any purpose.
    """
    if has_withdrawn(customer, Purpose.CONTACT):
        return DO_NOT_CONTACT
    if not has_consent(customer, purpose, at=now):
        return NO_CONSENT
    return OPTED_OUT if channel in opted_out(customer.pk) else ""


def contacts_since(customer_id: int, since: dt.datetime) -> int:
    """Return how many messages and tellings by hand reached the customer since ``since``."""
    sent = Message.objects.filter(
        addressee_kind=ADDRESSEE, addressee_id=str(customer_id), sent_at__gt=since
    )
    told = NewsTelling.objects.filter(customer=customer_id, told_at__gt=since, actor__isnull=False)
    return sent.count() + told.count()


def address_of(customer: Customer, channel: Channel) -> str:
    """Return the number, mailbox or account of the customer for a channel with messages."""
    kinds = {
        Channel.SMS: CustomerContact.Kind.PHONE,
        Channel.EMAIL: CustomerContact.Kind.EMAIL,
        Channel.WECHAT: CustomerContact.Kind.WECHAT,
        Channel.APP: CustomerContact.Kind.APP,
    }
    if channel is Channel.SMS and customer.phone:
        return str(customer.phone)
    if channel not in kinds:
        return ""
    contact = customer.contacts.filter(kind=kinds[channel]).order_by("pk").first()
    return str(contact.value) if contact else ""
