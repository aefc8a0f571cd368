"""What consultants and customers are told about payments and mortgages."""

from typing import Any, Final

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crm_site.common.display import money
from crm_site.outbox.kinds import MessageKind, declare_message
from crm_site.outbox.services import ToAddressee
from customers.models.customer import Customer
from customers.payment import mortgage_rules
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.notices import DIGITS
from customers.services.reaching import ADDRESSEE

DUE: Final = "payment.due"
LATE: Final = "payment.late"
DUE_OUTSIDE: Final = "customer.payment_due"
LATE_OUTSIDE: Final = "customer.payment_late"
MOVED: Final = "mortgage.moved"
MOVED_OUTSIDE: Final = "customer.mortgage_moved"
WAITS: Final = "mortgage.waits"
BY_MESSAGE = (Channel.WECHAT.value, Channel.EMAIL.value)
MORTGAGE_STATES = dict(mortgage_rules.STATES)


def payment_words(params: dict[str, Any]) -> dict[str, Any]:
    """Return amount and day as words."""
    day = parse_date(str(params["due"]))
    return {
        "amount": money(params["amount"]),
        "due": date_format(day, "SHORT_DATE_FORMAT") if day else params["due"],
    }


def mortgage_words(params: dict[str, Any]) -> dict[str, Any]:
    """Return the state as a word."""
    return {"state": MORTGAGE_STATES.get(params["state"], params["state"])}


def to_customer(
    *, kind: str, customer: Customer, key: str, params: dict[str, Any], subject: tuple[str, int]
) -> ToAddressee:
    """Return a message about the customer's own contract; consent is asked when it leaves."""
    wish = customer.channel_wish
    return ToAddressee(
        kind=kind,
        addressee=(ADDRESSEE, customer.pk),
        channel=wish if wish in BY_MESSAGE else Channel.SMS.value,
        purpose=Purpose.CONTACT.value,
        key=key,
        params=params,
        subject=subject,
    )


def shown_name(name: str) -> str:
    """Return a name without what looks like a phone number."""
    return DIGITS.sub("…", name)


def register() -> None:
    """Make the messages known."""
    for kind in (
        MessageKind(
            key=DUE,
            label=_("An instalment is due soon"),
            title=_("%(customer)s · %(unit)s: %(amount)s due on %(due)s"),
            body=_("%(label)s. Remind the customer."),
            show=payment_words,
            icon="calendar",
        ),
        MessageKind(
            key=LATE,
            label=_("An instalment is late"),
            title=_("%(customer)s · %(unit)s: %(amount)s not paid since %(due)s"),
            body=_("%(label)s. Call the customer and note what was agreed."),
            show=payment_words,
            icon="alert",
            tone="red",
        ),
        MessageKind(
            key=DUE_OUTSIDE,
            title=_("Payment for %(unit)s"),
            body=_("%(label)s of %(amount)s is due on %(due)s. If you have paid, thank you."),
            show=payment_words,
            channels=(),
        ),
        MessageKind(
            key=LATE_OUTSIDE,
            title=_("Payment for %(unit)s"),
            body=_("%(label)s of %(amount)s was due on %(due)s. Your consultant helps you."),
            show=payment_words,
            channels=(),
        ),
        MessageKind(
            key=MOVED,
            label=_("A mortgage took a step"),
            title=_("%(customer)s · %(unit)s: mortgage %(state)s"),
            body="%(bank)s %(note)s",
            show=mortgage_words,
            icon="building",
        ),
        MessageKind(
            key=MOVED_OUTSIDE,
            title=_("Your mortgage for %(unit)s"),
            body=_("%(bank)s: %(state)s."),
            show=mortgage_words,
            channels=(),
        ),
        MessageKind(
            key=WAITS,
            label=_("A mortgage stands still"),
            title=_("%(customer)s · %(unit)s: mortgage %(state)s for %(days)s days"),
            body=_("Ask %(bank)s. Papers missing: %(missing)s."),
            show=mortgage_words,
            icon="clock",
            tone="amber",
        ),
    ):
        declare_message(kind)
