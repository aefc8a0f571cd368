"""Changes of homes that are sold: whom they affect, who was told, answers, money (SVC-102)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError, StaleError
from crm_site.outbox.kinds import MessageKind, declare_message
from crm_site.outbox.models import Message
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.changes.models import ChangeNotice, HomeChange
from customers.changes.policies import CHANGES, ChangeRules
from customers.changes.rules import Answer, coverage
from customers.models import Customer
from customers.purchase.models import Purchase
from customers.purchase.rules import PurchaseState, Step
from customers.rules.text import clean_text
from customers.services.delivering import register_delivery
from customers.services.telling import Letter, note_told, tell

KIND: Final = "homes.change"
SUBJECT: Final = "home-change"
SOLD: Final = (
    PurchaseState.SUBSCRIBED.value,
    PurchaseState.SIGNED.value,
    PurchaseState.HANDED_OVER.value,
)


class NoticeRefusedError(RefusedError):
    """The change of sold homes cannot be noted like this."""

    code = "home-change-refused"
    title = gettext_lazy("The change stays as it is")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many affected contracts there are, were told, answered, and what they are paid.

    ``share`` is a fraction (1 is everybody); None where nothing is affected. Money in yuan.
    """

    affected: int
    told: int
    agreed: int
    refused: int
    compensation: Decimal
    share: Decimal | None
    tell_by: date
    is_late: bool


def affected_purchases(change: HomeChange) -> Any:
    """Return the sold homes a change is about: of the unit, the building or the project."""
    rows = Purchase.objects.filter(project=change.project_id, state__in=SOLD)
    if change.unit_id:
        return rows.filter(unit=change.unit_id)
    return rows.filter(unit__building=change.building_id) if change.building_id else rows


@transaction.atomic
def decide_home_change(*, change: HomeChange, actor: User, now: datetime) -> HomeChange:
    """Keep a decided change with a row for each contract it affects, and return it.

    Raise NoticeRefusedError for a day to come.
    """
    if change.decided_on > timezone.localdate(now):
        raise NoticeRefusedError(_("The day is still to come."))
    change.author, change.created_at = actor, now
    change.save()
    keys = affected_purchases(change).order_by("pk").values_list("pk", flat=True)
    ChangeNotice.objects.bulk_create(
        [ChangeNotice(change=change, purchase_id=key, created_at=now) for key in keys],
        ignore_conflicts=True,
    )
    _audit("home_change.decided", change, actor, now, contracts=len(keys))
    return change


def rows_of(change: HomeChange) -> Any:
    """Return the affected contracts of a change that still stand."""
    rows = ChangeNotice.objects.filter(change=change, purchase__state__in=SOLD)
    return rows.select_related("purchase__unit__building", "purchase__customer").order_by(
        "purchase__unit__building__sort_key", "purchase__unit__number", "pk"
    )


def coverage_of(change: HomeChange, *, now: datetime) -> Coverage:
    """Return how far the affected buyers were told, counted from the rows."""
    rules: ChangeRules = in_force(CHANGES, at=now).value
    rows = ChangeNotice.objects.filter(change=change, purchase__state__in=SOLD)
    found = rows.aggregate(
        affected=Count("pk"),
        told=Count("pk", filter=Q(told_at__isnull=False)),
        agreed=Count("pk", filter=Q(answer=Answer.AGREED)),
        refused=Count("pk", filter=Q(answer=Answer.REFUSED)),
        compensation=Sum("compensation"),
    )
    tell_by = change.decided_on + timedelta(days=rules.notice_days)
    missing = found["told"] < found["affected"]
    return Coverage(
        affected=found["affected"],
        told=found["told"],
        agreed=found["agreed"],
        refused=found["refused"],
        compensation=found["compensation"] or Decimal(0),
        share=coverage(told=found["told"], affected=found["affected"]),
        tell_by=tell_by,
        is_late=missing and timezone.localdate(now) > tell_by,
    )


@transaction.atomic
def tell_buyers(*, change: HomeChange, actor: User, now: datetime) -> int:
    """Write a message to every affected buyer who was not told yet; return how many have one.

    A row counts as told once its message was delivered. Who has no channel is told by hand.
    """
    waiting = rows_of(change).filter(told_at__isnull=True).values("purchase__customer")
    people = Customer.objects.filter(pk__in=waiting, merged_into__isnull=True).order_by("pk")
    letter = Letter(
        kind=KIND,
        key=f"home-change:{change.pk}",
        subject=(SUBJECT, change.pk),
        params={"title": change.title, "body": change.text},
    )
    written = tell(letter, people, now=now)
    _audit("home_change.sent", change, actor, now, customers=written)
    return written


def note_message(message: Message, now: datetime) -> None:
    """Note that a message told a buyer of a change: the contract's row and the timeline."""
    rows = ChangeNotice.objects.filter(
        change=int(message.subject_id),
        purchase__customer=int(message.addressee_id),
        told_at__isnull=True,
    )
    rows.update(told_at=now, way="message", updated_at=now)
    note_told(message, now)


@transaction.atomic
def note_telling(*, notice: ChangeNotice, way: str, actor: User, now: datetime) -> ChangeNotice:
    """Note that a buyer was told by hand; raise StaleError for who was told already."""
    row = _locked(notice)
    if row.told_at is not None:
        raise StaleError(_("This buyer was told already."))
    row.told_at, row.way, row.updated_at = now, way, now
    row.save()
    _audit("home_change.told", row.change, actor, now, purchase=row.purchase_id)
    return row


@transaction.atomic
def note_answer(
    *,
    notice: ChangeNotice,
    answer: Answer,
    compensation: Decimal | None,
    note: str,
    actor: User,
    now: datetime,
) -> ChangeNotice:
    """Note what a buyer answered and is paid (yuan); raise NoticeRefusedError before telling."""
    row = _locked(notice)
    if row.told_at is None:
        raise NoticeRefusedError(_("Tell the buyer of the change first."))
    if compensation is not None and compensation < 0:
        raise NoticeRefusedError(_("A compensation must not be negative."))
    row.answer, row.answered_on = answer.value, timezone.localdate(now)
    row.compensation, row.note, row.updated_at = compensation, clean_text(note), now
    row.save()
    _audit("home_change.answered", row.change, actor, now, purchase=row.purchase_id)
    return row


def include_purchase(purchase: Purchase, step: Step, _actor: User | None, now: datetime) -> None:
    """Add a home that is just sold to the changes that were decided before (SVC-102)."""
    if step is not Step.SUBSCRIBE or purchase.unit is None:
        return
    building = purchase.unit.building_id
    about = Q(building=None) | Q(building=building, unit=None) | Q(unit=purchase.unit_id)
    changes = HomeChange.objects.filter(about, project=purchase.project_id)
    ChangeNotice.objects.bulk_create(
        [
            ChangeNotice(change_id=key, purchase=purchase, created_at=now)
            for key in changes.order_by("pk").values_list("pk", flat=True)
        ],
        ignore_conflicts=True,
    )


def untold(purchase: Purchase, _now: datetime) -> list[str]:
    """Return in words the changes of the home its buyer was not told of."""
    rows = ChangeNotice.objects.filter(purchase=purchase, told_at__isnull=True)
    return [
        _("The buyer was not told of a change: %(title)s") % {"title": title}
        for title in rows.order_by("pk").values_list("change__title", flat=True)
    ]


def unanswered(purchase: Purchase, now: datetime) -> list[str]:
    """Return in words what is open about changes before the handover: telling and consent."""
    rows = ChangeNotice.objects.filter(
        purchase=purchase, told_at__isnull=False, change__needs_consent=True
    ).exclude(answer=Answer.AGREED)
    return untold(purchase, now) + [
        _("The buyer has not agreed to a change: %(title)s") % {"title": title}
        for title in rows.order_by("pk").values_list("change__title", flat=True)
    ]


def changes_of(project_id: int) -> Any:
    """Return the changes of a project, the latest first, with how many contracts were told."""
    standing = Q(notices__purchase__state__in=SOLD)
    return (
        HomeChange.objects.filter(project=project_id)
        .select_related("building", "unit__building")
        .annotate(
            affected=Count("notices", filter=standing),
            told=Count("notices", filter=standing & Q(notices__told_at__isnull=False)),
        )
        .order_by(F("decided_on").desc(), "-pk")
    )


def register() -> None:
    """Make the message and its delivery known."""
    declare_message(MessageKind(key=KIND, title="%(title)s", body="%(body)s", channels=()))
    register_delivery(SUBJECT, note_message)


def _locked(notice: ChangeNotice) -> ChangeNotice:
    rows = ChangeNotice.objects.select_related("change")
    found: ChangeNotice = rows.select_for_update(of=("self",)).get(pk=notice.pk)
    return found


def _audit(kind: str, change: HomeChange, actor: User, now: datetime, **facts: object) -> None:
    subject = ("project", change.project_id)
    record(kind=kind, actor=actor, subject=subject, facts={"change": change.pk} | facts, now=now)
