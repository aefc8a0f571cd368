"""Writing news, publishing it to those it concerns, and noting who was told (CUS-45)."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record as audit
from crm_site.common.queueing import queue
from crm_site.common.refusals import StaleError
from crm_site.outbox.models import Message
from crm_site.outbox.services import ToAddressee, call_off, send_outside
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.contact_policies import CHANNELS, ChannelRules
from customers.models import (
    ChannelOptOut,
    Customer,
    CustomerContact,
    Interaction,
    NewsItem,
    NewsTelling,
    Project,
)
from customers.rules.axes import Channel, Result
from customers.rules.channel_choice import Information, Person, age_on, suggest
from customers.rules.consent import Purpose
from customers.selectors.news import MESSAGE, SUBJECT, not_written_to
from customers.services.holding import hold_customer
from customers.services.interactions import InteractionEntry, log_interaction
from customers.services.reaching import ADDRESSEE, REASONS, refusal_of
from customers.services.texts import check_words

BATCH: Final = 1000
# News older than this is no longer sent to whoever starts to match it.
FRESH: Final = dt.timedelta(days=14)
BY_MESSAGE: Final = {Channel.SMS, Channel.EMAIL, Channel.WECHAT, Channel.APP}
ALWAYS: Final = {Channel.VISIT, Channel.HOME_VISIT}
OF_CONTACT: Final = {
    CustomerContact.Kind.PHONE.value: {Channel.PHONE, Channel.SMS},
    CustomerContact.Kind.EMAIL.value: {Channel.EMAIL},
    CustomerContact.Kind.WECHAT.value: {Channel.WECHAT},
    CustomerContact.Kind.APP.value: {Channel.APP},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsEntry:
    """A piece of news as somebody writes it; an empty audience means everybody."""

    title: str
    body: str
    project: Project | None
    audience: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def write_news(
    *, entry: NewsEntry, actor: User, now: dt.datetime, news: NewsItem | None = None
) -> NewsItem:
    """Keep a draft, new or changed, and return it.

    Raise ValidationError for words against the tone, StaleError for news that is out already.
    """
    check_words({"title": entry.title, "body": entry.body}, now=now)
    if news is not None:
        news = NewsItem.objects.select_for_update().get(pk=news.pk)
        if news.published_at is not None:
            raise StaleError(_("The news is published already."))
    row = news or NewsItem(author=actor, created_at=now)
    row.title, row.body = entry.title.strip(), entry.body.strip()
    row.project, row.audience = entry.project, entry.audience
    row.save()
    return row


@transaction.atomic
def publish_news(*, news: NewsItem, actor: User, now: dt.datetime) -> NewsItem:
    """Publish a draft once; raise StaleError if it is out. The messages follow in the background.

    From now on each consultant's list of customers not yet told holds those it concerns.
    """
    if not NewsItem.objects.filter(pk=news.pk, published_at__isnull=True).update(
        published_at=now, updated_at=now
    ):
        raise StaleError(_("The news is published already."))
    _audit("news.published", news, actor, now)
    transaction.on_commit(_announce_soon, robust=True)
    return NewsItem.objects.get(pk=news.pk)


@transaction.atomic
def withdraw_news(*, news: NewsItem, actor: User, now: dt.datetime) -> NewsItem:
    """Withdraw published news; what still waits is held back. Raise StaleError if it is not out."""
    if not NewsItem.objects.filter(
        pk=news.pk, published_at__isnull=False, withdrawn_at__isnull=True
    ).update(withdrawn_at=now, updated_at=now):
        raise StaleError(_("The news is not published or withdrawn already."))
    call_off(kind=MESSAGE, subject=(SUBJECT, news.pk))
    _audit("news.withdrawn", news, actor, now)
    return NewsItem.objects.get(pk=news.pk)


def announce(*, now: dt.datetime) -> int:
    """Write a message to everybody whom fresh news concerns and who is reached by message.

    Safe to repeat: whoever was told or written to is left out, and the key of a message names
    news and customer. Return how many messages were written.
    """
    fresh = NewsItem.objects.filter(
        published_at__gt=now - FRESH, published_at__lte=now, withdrawn_at__isnull=True
    )
    return sum(_announce_one(news, now) for news in fresh.order_by("pk"))


def _announce_one(news: NewsItem, now: dt.datetime) -> int:
    rules: ChannelRules = in_force(CHANNELS, at=now).value
    rows = not_written_to(news, now=now).order_by("pk").only("birthday", "channel_wish", "phone")
    written = 0
    found = list(rows)
    for start in range(0, len(found), BATCH):
        people = people_of(found[start : start + BATCH], now)
        letters = []
        for customer_id, person in people.items():
            choice = suggest(person, table=rules.table(), information=Information.NEWS)
            if choice is not None and choice.channel in BY_MESSAGE:
                letters.append(_letter(news, customer_id, choice.channel))
        written += send_outside(letters, now=now)
    return written


def people_of(customers: list[Customer], now: dt.datetime) -> dict[int, Person]:
    """Return what the choice of the channel needs to know, in two queries for all of them."""
    ids = [customer.pk for customer in customers]
    reachable = {
        customer.pk: ALWAYS | (OF_CONTACT["phone"] if customer.phone else set())
        for customer in customers
    }
    for pk, kind in CustomerContact.objects.filter(customer__in=ids).values_list(
        "customer", "kind"
    ):
        reachable[pk] = reachable[pk] | OF_CONTACT[kind]
    refused: dict[int, set[Channel]] = {}
    rows = ChannelOptOut.objects.filter(customer__in=ids, ended_at__isnull=True)
    for pk, channel in rows.values_list("customer", "channel"):
        refused.setdefault(pk, set()).add(Channel(channel))
    today = timezone.localdate(now)
    return {
        customer.pk: Person(
            age=age_on(today, customer.birthday),
            wish=Channel(customer.channel_wish) if customer.channel_wish else None,
            refused=frozenset(refused.get(customer.pk, ())),
            reachable=frozenset(reachable[customer.pk]),
        )
        for customer in customers
    }


def _letter(news: NewsItem, customer_id: int, channel: Channel) -> ToAddressee:
    return ToAddressee(
        kind=MESSAGE,
        addressee=(ADDRESSEE, customer_id),
        channel=channel.value,
        purpose=Purpose.MARKETING.value,
        key=f"news:{news.pk}:{customer_id}",
        params={"title": news.title, "body": news.body},
        subject=(SUBJECT, news.pk),
    )


def note_news(message: Message, now: dt.datetime) -> None:
    """Note that a message told a customer of news: the telling, and a line in the timeline."""
    customer_id = int(message.addressee_id)
    _telling, is_new = NewsTelling.objects.get_or_create(
        news_id=int(message.subject_id),
        customer_id=customer_id,
        defaults={"channel": message.channel, "told_at": now},
    )
    if is_new:
        Interaction.objects.create(
            customer_id=customer_id,
            channel=message.channel,
            result=Result.INFORMED.value,
            content=message.params["title"],
            is_automatic=True,
            at=now,
        )


@transaction.atomic
def mark_told(
    *, news: NewsItem, customer: Customer, channel: Channel, actor: User, now: dt.datetime
) -> NewsTelling:
    """Note that somebody told the customer, and log it as a talk; return the telling.

    Raise ValidationError where the customer did not agree or refused the channel, StaleError where
    the news is not out or the customer was told already. Nothing is written then.
    """
    if news.published_at is None or news.withdrawn_at is not None:
        raise StaleError(_("The news is not published or withdrawn already."))
    hold_customer(customer.pk)
    refusal = refusal_of(customer, purpose=Purpose.MARKETING, channel=channel, now=now)
    if refusal:
        raise ValidationError({"channel": str(REASONS[refusal])})
    telling, is_new = NewsTelling.objects.get_or_create(
        news=news,
        customer=customer,
        defaults={"channel": channel.value, "told_at": now, "actor": actor},
    )
    if not is_new:
        raise StaleError(_("The customer was told already."))
    content = _("Told the news: %(title)s") % {"title": news.title}
    entry = InteractionEntry(channel=channel, result=Result.INFORMED, content=content)
    log_interaction(customer=customer, entry=entry, actor=actor, now=now)
    return telling


@transaction.atomic
def mark_read(*, telling: NewsTelling, now: dt.datetime) -> bool:
    """Note that the customer has read the news, on its message too; return whether that is new."""
    unread = NewsTelling.objects.filter(pk=telling.pk, read_at__isnull=True, told_at__lte=now)
    is_new = bool(unread.update(read_at=now))
    if is_new:
        Message.objects.filter(
            addressee_kind=ADDRESSEE,
            addressee_id=str(telling.customer_id),
            subject_kind=SUBJECT,
            subject_id=str(telling.news_id),
            state=Message.State.SENT,
        ).update(read_at=now)
    return is_new


def _announce_soon() -> None:
    from customers.tasks import announce_news

    queue(announce_news)


def _audit(kind: str, news: NewsItem, actor: User, now: dt.datetime) -> None:
    audit(kind=kind, actor=actor, subject=("news", news.pk), now=now)
