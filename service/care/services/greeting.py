"""Greetings on birthdays, days of joy and festivals: once a year each, by message or by hand.

The messages leave under contact discipline: the outbox asks consent to news, refused channels, the
cap of the week and the quiet hours when each is about to go (SVC-83).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_site.audit.services import record
from crm_site.outbox.kinds import MessageKind, declare_message
from crm_site.outbox.models import Message
from crm_site.outbox.services import ToAddressee, send_outside
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.journey.tried import in_company_words
from customers.models import Customer, Interaction, Purchase, PurchaseParty
from customers.rules.axes import Result
from customers.rules.consent import Purpose
from customers.services.delivering import register_delivery
from customers.services.reaching import ADDRESSEE
from customers.services.telling import channels_for
from service.care.choices import FESTIVALS
from service.care.errors import CareError
from service.care.models import CareGreeting, CareOccasion
from service.care.policies import GREETINGS, GreetingRules
from service.care.querysets import GREETING
from service.care.rules.festivals import festivals_on, lunar_birthdays, solar_birthdays
from service.care.rules.lunar import lunar_day
from service.care.services.starting import OWNED

MESSAGE: Final = "care.greeting"
BATCH: Final = 500
CHILD: Final = "birth"  # each child has a day of its own
TITLES: Final = {
    "birthday": _("Happy birthday"),
    "wedding": _("Happy wedding day"),
    "birth": _("Happy birthday to your child"),
}
FESTIVE: Final = _("Happy %(day)s")
BODY: Final = _("%(name)s, we wish you and your family health and joy. Your customer service.")


@dataclass(frozen=True, slots=True)
class Day:
    """An occasion on a day, and the year for which it is greeted once."""

    occasion: str
    year: int
    on: date


def owners() -> Any:
    """Return everybody who owns a home or stands in its contract, with ``home``, the project."""
    mine = Purchase.objects.filter(customer=OuterRef("pk"), state__in=OWNED).order_by("-signed_at")
    named = PurchaseParty.objects.filter(customer=OuterRef("pk"), purchase__state__in=OWNED)
    rows = Customer.objects.filter(
        Q(purchases__state__in=OWNED)
        | Q(pk__in=PurchaseParty.objects.filter(purchase__state__in=OWNED).values("customer"))
    )
    return (
        rows.filter(merged_into=None)
        .annotate(
            own=Subquery(mine.values("project")[:1]),
            shared=Subquery(named.order_by("-pk").values("purchase__project")[:1]),
        )
        .order_by("pk")
        .distinct()
    )


def greet(*, now: datetime) -> dict[str, int]:
    """Greet everybody whose day is today; return how many were written to and how many wait.

    Those without a channel for messages wait for somebody to greet them by hand. A second run on
    the same day, or in the same year, greets nobody twice.
    """
    today = timezone.localdate(now)
    rules: GreetingRules = in_force(GREETINGS, at=now).value
    counts = {"written": 0, "by_hand": 0}
    year = today.year
    groups = [("birthday", year, _born_on(today)), *_joys(today)] if rules.birthdays else []
    groups += [(each, year, owners()) for each in festivals_on(today) if each in rules.festivals]
    for occasion, of_year, people in groups:
        found = list(people)
        for start in range(0, len(found), BATCH):
            part = found[start : start + BATCH]
            written, by_hand = _greet(Day(occasion, of_year, today), part, now)
            counts["written"] += written
            counts["by_hand"] += by_hand
    return counts


@transaction.atomic
def greet_by_hand(*, greeting: CareGreeting, actor: User, now: datetime) -> CareGreeting:
    """Note that somebody greeted in person; raise CareError where it is done or goes by message."""
    rows = CareGreeting.objects.filter(pk=greeting.pk, channel="", sent_at=None)
    if not rows.update(sent_at=now, by=actor):
        raise CareError(_("This greeting goes by message, or is done already."))
    greeting.refresh_from_db()
    return greeting


@transaction.atomic
def forget_day(*, occasion: CareOccasion, actor: User, now: datetime) -> None:
    """Take a noted day away and keep in the audit log who did; greetings sent stay."""
    record(
        kind="care.occasion_removed",
        actor=actor,
        subject=("customer", occasion.customer_id),
        facts={"occasion": occasion.kind},
        now=now,
    )
    occasion.delete()


def note_sent(message: Message, now: datetime) -> None:
    """Note on the greeting and in the customer's timeline that the message reached them."""
    if not CareGreeting.objects.filter(pk=int(message.subject_id), sent_at=None).update(
        sent_at=now
    ):
        return
    Interaction.objects.create(
        customer_id=int(message.addressee_id),
        channel=message.channel,
        result=Result.INFORMED.value,
        content=message.params["title"],
        is_automatic=True,
        at=now,
    )


def register() -> None:
    """Make the message and what follows its delivery known."""
    declare_message(
        MessageKind(
            key=MESSAGE,
            label=_("Greetings to owners"),
            title="%(title)s",
            body="%(body)s",
            channels=(),
        )
    )
    register_delivery(GREETING, note_sent)


def _born_on(today: date) -> Any:
    """Return who keeps the birthday of the record today; who keeps the lunar one is left out."""
    days = Q(pk__in=[])
    for month, day in solar_birthdays(today):
        days |= Q(birthday__month=month, birthday__day=day)
    lunar = CareOccasion.objects.filter(kind="birthday", customer=OuterRef("pk"))
    return owners().filter(days).filter(~Exists(lunar))


def _joys(today: date) -> Iterable[tuple[str, int, Any]]:
    """Yield the noted days kept today: occasion, the year it counts for, who keeps it.

    A lunar day counts for its lunar year, for it may fall twice into a solar one, or not at all.
    """
    lunar, solar = Q(pk__in=[]), Q(pk__in=[])
    for month, day in lunar_birthdays(today):
        lunar |= Q(is_lunar=True, month=month, day=day)
    for month, day in solar_birthdays(today):
        solar |= Q(is_lunar=False, month=month, day=day)
    for year, days in ((lunar_day(today)[0], lunar), (today.year, solar)):
        kept = CareOccasion.objects.filter(days)
        for kind in ("birthday", "wedding", CHILD):
            yield kind, year, owners().filter(pk__in=kept.filter(kind=kind).values("customer"))


@transaction.atomic
def _greet(day: Day, people: list[Any], now: datetime) -> tuple[int, int]:
    rows = CareGreeting.objects.filter(occasion=day.occasion)
    once = Q(on=day.on) if day.occasion == CHILD else Q(year=day.year)
    known = rows.filter(once, customer__in=people).values_list("customer", flat=True)
    greeted = set(known)
    fresh = [one for one in people if one.pk not in greeted]
    channels = channels_for(fresh, now=now)
    CareGreeting.objects.bulk_create(
        [
            CareGreeting(
                project_id=one.own or one.shared,
                customer_id=one.pk,
                occasion=day.occasion,
                on=day.on,
                year=day.year,
                channel=channels[one.pk].value if one.pk in channels else "",
            )
            for one in fresh
        ],
        ignore_conflicts=True,
    )
    made = rows.filter(customer__in=fresh, on=day.on)
    written = list(made.exclude(channel="").select_related("customer"))
    send_outside([_letter(row) for row in written], now=now)
    return len(written), len(fresh) - len(written)


def _letter(row: CareGreeting) -> ToAddressee:
    return ToAddressee(
        kind=MESSAGE,
        addressee=(ADDRESSEE, row.customer_id),
        channel=row.channel,
        purpose=Purpose.MARKETING.value,
        key=f"greeting:{row.pk}",
        params={
            "title": _title(row.occasion),
            "body": in_company_words(BODY, name=row.customer.name),
        },
        subject=(GREETING, row.pk),
    )


def _title(occasion: str) -> str:
    if occasion in TITLES:
        return in_company_words(TITLES[occasion])
    days: dict[str, Any] = dict(FESTIVALS)
    return in_company_words(FESTIVE, day=days[occasion])
