"""Applying for a mortgage, its steps at the bank, and the money it brings (CUS-69)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.outbox.services import Outgoing, send_many, send_outside
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.paperwork.selectors import checklist
from customers.payment import messages
from customers.payment.errors import MortgageError
from customers.payment.models import Mortgage, MortgageEvent, MortgageReminder
from customers.payment.mortgage_rules import STATES, WAITING, MortgageState, may_move
from customers.payment.policies import PAYMENTS, PaymentRules
from customers.payment.selectors import OWING
from customers.payment.services.receiving import Money, receive
from customers.purchase.models import Purchase
from customers.purchase.services.locking import lock_purchase
from customers.rules.text import clean_text

ONE_OPEN = "mortgage_one_open_per_kind"
NEEDS_NOTE = (MortgageState.SUPPLEMENT, MortgageState.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What is applied for: kind of loan, bank, amount in yuan."""

    kind: str
    bank: str
    amount: Decimal


def apply_for(
    *, purchase: Purchase, application: Application, actor: User, now: datetime
) -> Mortgage:
    """Note an application and return it; consultant and customer are told.

    Raise MortgageError before the subscription, for an amount that is not above 0 or above the
    price, without a bank, and while one of the same kind is open.
    """
    try:
        with transaction.atomic():
            return _applied(purchase, application, actor, now)
    except IntegrityError as error:
        if ONE_OPEN in str(error):
            raise MortgageError(
                _("An application for this kind of loan is open already.")
            ) from error
        raise


def _applied(purchase: Purchase, application: Application, actor: User, now: datetime) -> Mortgage:
    current, bank = lock_purchase(purchase), clean_text(application.bank)
    if current.state not in OWING or current.agreed_total is None:
        raise MortgageError(_("A mortgage needs a subscription with its agreed price."))
    if not bank:
        raise MortgageError(_("Enter the bank."))
    if not 0 < application.amount <= current.agreed_total:
        raise MortgageError(_("The loan must be above 0 and at most the agreed price."))
    row = Mortgage.objects.create(
        purchase=current,
        bank=bank,
        kind=application.kind,
        amount=application.amount,
        state=MortgageState.APPLIED,
        state_since=now,
        handler=actor,
    )
    _note(row, before="", words="", actor=actor, now=now)
    return row


@transaction.atomic
def advance(
    *, mortgage: Mortgage, to: MortgageState, note: str, actor: User, now: datetime
) -> Mortgage:
    """Move an application along the table and return it; consultant and customer are told.

    Papers asked for and refusals need their words. Released money goes through ``release``.
    Raise MortgageError for a step the table does not list.
    """
    words = clean_text(note)
    if to is MortgageState.RELEASED:
        raise MortgageError(_("Enter the receipt of the released money."))
    if to in NEEDS_NOTE and not words:
        raise MortgageError(_("Say which papers the bank wants, or why it refused."))
    row = _ready(mortgage, to)
    return _move(row, to, words, actor, now)


@transaction.atomic
def release(
    *, mortgage: Mortgage, receipt_no: str, received_on: date, actor: User, now: datetime
) -> Mortgage:
    """Book the loan as a receipt of the purchase and return the released mortgage.

    Raise MortgageError for a step the table does not list, ReceiptError where the money does not
    fit what is still open.
    """
    row = _ready(mortgage, MortgageState.RELEASED)
    entry = Money(
        amount=row.amount,
        receipt_no=receipt_no,
        received_on=received_on,
        way="loan",
        note=row.bank,
    )
    row.receipt = receive(purchase=row.purchase, money_in=entry, actor=actor, now=now)
    return _move(row, MortgageState.RELEASED, "", actor, now)


def remind_mortgages(*, now: datetime) -> int:
    """Tell handlers of applications that stand still; return how many.

    Safe to run twice: one row for each step and day on which a reminder falls.
    """
    rules: PaymentRules = in_force(PAYMENTS, at=now).value
    today, every = timezone.localtime(now).date(), rules.mortgage_days
    rows = Mortgage.objects.filter(
        state__in=[each.value for each in WAITING],
        state_since__lte=now - timedelta(days=every),
        purchase__state__in=OWING,
        purchase__customer__merged_into__isnull=True,
    ).select_related(*RELATED)
    return sum(_remind(row, today, every, now) for row in rows.order_by("pk").iterator(200))


RELATED = (
    "purchase__unit__building",
    "purchase__project",
    "purchase__customer__owner",
    "purchase__consultant",
    "handler",
)


@transaction.atomic
def _remind(row: Mortgage, today: date, every: int, now: datetime) -> int:
    event = row.events.order_by("-at", "-pk").first()
    since = timezone.localtime(row.state_since).date()
    days = (today - since).days
    if event is None or days < every:
        return 0
    day = since + timedelta(days=days // every * every)
    _row, is_new = MortgageReminder.objects.get_or_create(event=event, day=day)
    if not is_new:
        return 0
    missing = checklist(row.purchase, "mortgage", now=now).missing
    extra = {"days": days, "missing": ", ".join(missing) or "--"}
    people = {row.handler, _consultant(row.purchase)}
    send_many(
        [
            Outgoing(
                kind=messages.WAITS,
                recipient=person,
                key=f"mortgage:{event.pk}:{day:%Y%m%d}:{person.pk}",
                params=_params(row, "") | extra,
                subject=("purchase", row.purchase_id),
            )
            for person in people
            if person.is_active
        ],
        now=now,
    )
    return 1


def _ready(mortgage: Mortgage, to: MortgageState) -> Mortgage:
    """Lock purchase and mortgage, in that order; refuse a step the table does not list."""
    lock_purchase(mortgage.purchase)
    rows = Mortgage.objects.select_for_update(of=("self",)).select_related(*RELATED)
    row: Mortgage = rows.get(pk=mortgage.pk)
    if row.state != mortgage.state:
        raise StaleError(_("Somebody else changed the mortgage meanwhile. Reload."))
    if not may_move(row.state, to):
        words = dict(STATES)
        raise MortgageError(
            _("A mortgage that is “%(state)s” cannot become “%(to)s”.")
            % {"state": words[row.state], "to": words[to.value]}
        )
    return row


def _move(row: Mortgage, to: MortgageState, words: str, actor: User, now: datetime) -> Mortgage:
    before, row.state, row.state_since = row.state, to.value, now
    row.save(update_fields=["state", "state_since", "receipt", "updated_at"])
    _note(row, before=before, words=words, actor=actor, now=now)
    return row


def _note(row: Mortgage, *, before: str, words: str, actor: User, now: datetime) -> None:
    event = MortgageEvent.objects.create(
        mortgage=row, at=now, from_state=before, to_state=row.state, note=words, actor=actor
    )
    record(
        kind="mortgage.moved",
        actor=actor,
        subject=("purchase", row.purchase_id),
        reason=words,
        facts={"mortgage": row.pk, "from": before, "to": row.state},
        now=now,
    )
    person = _consultant(row.purchase)
    told = Outgoing(
        kind=messages.MOVED,
        recipient=person,
        key=f"mortgage:{event.pk}:{person.pk}",
        params=_params(row, words),
        subject=("purchase", row.purchase_id),
    )
    send_many([told], now=now)
    outside = messages.to_customer(
        kind=messages.MOVED_OUTSIDE,
        customer=row.purchase.customer,
        key=f"mortgage:{event.pk}:customer",
        params=_params(row, ""),
        subject=("purchase", row.purchase_id),
    )
    send_outside([outside], now=now)


def _consultant(purchase: Purchase) -> User:
    owner = purchase.customer.owner
    return owner if owner and owner.is_active else purchase.consultant


def _params(row: Mortgage, words: str) -> dict[str, object]:
    return {
        "unit": str(row.purchase.unit or row.purchase.project),
        "customer": messages.shown_name(row.purchase.customer.name),
        "bank": messages.shown_name(row.bank),
        "state": row.state,
        "note": messages.shown_name(words),
    }
