"""Holding a unit for a customer, and ending holds: released, run out, taken away (MKT-56)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm_site.audit.services import record
from crm_site.policies.services import in_force
from crm_site.staff.choices import role_label
from crm_site.staff.models import User
from customers.models import Customer, Lead
from customers.property.launching import is_launched
from customers.property.models import Unit
from customers.property.papers import is_reviewed_wording_in_force
from customers.purchase.errors import (
    HoldRefusedError,
    NotLaunchedError,
    PurchaseStepError,
    UnitTakenError,
    UnitWithheldError,
)
from customers.purchase.hooks import follow_up
from customers.purchase.models import ACTIVE_STATES, Purchase
from customers.purchase.policies import HOLDS, HoldRules
from customers.purchase.rules import PurchaseState, Step, may_step, renewed_end
from customers.purchase.services.locking import (
    close_lapsed,
    end,
    lock_customers,
    lock_purchase,
    lock_units,
    note,
    take_step,
)
from customers.rules.text import clean_text

ONE_ACTIVE = "purchase_one_active_per_unit"
BATCH = 200
NO_WORDING = gettext_lazy(
    "Pre-subscription of this project is not open: no uniform wording reviewed by the customer"
    " relations centre is in force. Ask marketing."
)


def hold_unit(
    *, unit: Unit, customer: Customer, actor: User, now: datetime, reason: str = ""
) -> Purchase:
    """Hold ``unit`` for ``customer`` and return the purchase; its end is by the database's clock.

    Raise NotLaunchedError before the project is on sale, UnitTakenError where somebody has the
    unit, UnitWithheldError where it is not for sale, HoldRefusedError where the consultant has as
    many holds as the policy allows. Call it outside of a transaction that must go on after a
    refusal.
    """
    rules: HoldRules = in_force(HOLDS, at=now).value
    if not is_launched(unit.project_id):
        raise NotLaunchedError(unit.project)
    with _begun(unit, customer, actor) as purchase:
        check_free(_locked(purchase), actor, most=rules.most, now=now)
        purchase.state = PurchaseState.HELD
        _begin(purchase, timedelta(hours=rules.hours), now)
        note(purchase, "hold", before="", actor=actor, now=now, reason=clean_text(reason))
    return purchase


def presubscribe_unit(
    *,
    unit: Unit,
    customer: Customer,
    deposit: Decimal,
    actor: User,
    now: datetime,
    reason: str = "",
) -> Purchase:
    """Pre-subscribe ``unit`` 认筹 for ``customer`` against a deposit (yuan) before the launch.

    Raise HoldRefusedError without reviewed wording in force (MKT-60) or without a deposit; else
    like ``hold_unit``.
    """
    rules: HoldRules = in_force(HOLDS, at=now).value
    if not is_reviewed_wording_in_force(unit.project, now=now):
        raise HoldRefusedError(NO_WORDING)
    if deposit <= 0:
        raise HoldRefusedError(_("Enter the deposit that was paid."))
    step = Step.PRESUBSCRIBE.value
    with _begun(unit, customer, actor) as purchase:
        check_free(_locked(purchase), actor, now=now)
        purchase.state, purchase.deposit = PurchaseState.PRESUBSCRIBED, deposit
        _begin(purchase, timedelta(days=rules.presubscribed_days), now)
        words, paid = clean_text(reason), str(deposit)
        note(purchase, step, before="", actor=actor, now=now, reason=words, deposit=paid)
        follow_up(purchase, Step.PRESUBSCRIBE, actor=actor, now=now)
        record(
            kind="purchase.presubscribed",
            actor=actor,
            subject=("purchase", purchase.pk),
            facts={"unit": purchase.unit_id, "state": purchase.state},
            now=now,
        )
    return purchase


@contextmanager
def _begun(unit: Unit, customer: Customer, actor: User) -> Iterator[Purchase]:
    """Give a new purchase of the unit, locked, to be saved inside; who comes second is told so."""
    try:
        with transaction.atomic():
            lock_customers([customer.pk])
            current = lock_units([unit.pk])[unit.pk]
            yield Purchase(
                project_id=current.project_id,
                unit=current,
                customer=customer,
                lead=_open_lead(customer, current),
                consultant=actor,
            )
    except IntegrityError as error:
        if ONE_ACTIVE in str(error):
            raise taken(unit, actor) from error
        raise


def _locked(purchase: Purchase) -> Unit:
    unit: Unit | None = purchase.unit
    assert unit is not None  # noqa: S101 -- a purchase just begun has its unit
    return unit


def _begin(purchase: Purchase, lasts: timedelta, now: datetime) -> None:
    """Save a new purchase that ends by the clock of the database."""
    purchase.state_since = purchase.begun_at = now
    purchase.expires_at = _locked(purchase).clock + lasts
    purchase.save(force_insert=True)


@transaction.atomic
def renew_hold(*, purchase: Purchase, actor: User, now: datetime) -> Purchase:
    """Prolong a hold and return it; raise HoldRefusedError once it ran out or was renewed."""
    rules: HoldRules = in_force(HOLDS, at=now).value
    current = _standing(purchase, Step.RENEW, now=now)
    if current.renewals >= rules.renewals:
        raise HoldRefusedError(
            ngettext(
                "A hold can be renewed once. Subscribe or release the unit.",
                "A hold can be renewed %(count)s times. Subscribe or release the unit.",
                rules.renewals,
            )
            % {"count": rules.renewals}
            if rules.renewals
            else _("Holds cannot be renewed. Subscribe or release the unit.")
        )
    assert current.expires_at is not None  # noqa: S101 -- a constraint of the table
    current.expires_at = renewed_end(current.expires_at, hours=rules.renew_hours)
    current.renewals += 1
    take_step(current, Step.RENEW, actor=actor, now=now)
    return current


@transaction.atomic
def release_hold(*, purchase: Purchase, reason: str, actor: User, now: datetime) -> Purchase:
    """Give the unit of a hold back and return the ended purchase."""
    current = _standing(purchase, Step.RELEASE, now=now)
    end(current, Step.RELEASE, actor=actor, now=now, reason=clean_text(reason))
    return current


@transaction.atomic
def override_hold(*, purchase: Purchase, reason: str, actor: User, now: datetime) -> Purchase:
    """Take the unit out of a colleague's hold, with a reason that goes into the audit trail."""
    words = clean_text(reason)
    if not words:
        raise PurchaseStepError(_("Say why the hold is taken away; its consultant reads it."))
    current = _standing(purchase, Step.OVERRIDE, now=now)
    end(current, Step.OVERRIDE, actor=actor, now=now, reason=words)
    record(
        kind="purchase.overridden",
        actor=actor,
        subject=("purchase", current.pk),
        reason=words,
        facts={"unit": current.unit_id},
        now=now,
    )
    return current


def expire_holds(*, now: datetime) -> int:
    """End all holds whose time is over and return how many; each batch is its own transaction.

    Which are over is asked again under the lock, so a renewal that came first wins.
    """
    ended = 0
    while True:
        with transaction.atomic():
            due = Purchase.objects.lapsed().order_by("unit_id")[:BATCH]
            units = sorted({key for key in due.values_list("unit_id", flat=True) if key})
            if not units:
                return ended
            lock_units(units)
            ended += close_lapsed(units, now=now)


def check_free(unit: Unit, actor: User, *, most: int | None = None, now: datetime) -> None:
    """Refuse a locked unit that is withheld or taken, and a consultant with `most` holds already.

    Holds of the unit whose time is over are ended on the way.
    """
    if unit.withheld_at is not None:
        raise UnitWithheldError(unit.withheld_reason or "")
    close_lapsed([unit.pk], now=now)
    winner = _winner(unit)
    if winner is not None:
        raise _taken_by(winner, unit, actor)
    mine = Purchase.objects.filter(consultant=actor, state=PurchaseState.HELD).standing()
    if most is not None and mine.count() >= most:
        raise HoldRefusedError(
            _("You hold %(count)s units already. Release one first.") % {"count": most}
        )


def taken(unit: Unit, actor: User) -> UnitTakenError:
    """Return the error that says which kind of colleague has the unit."""
    return _taken_by(_winner(unit), unit, actor)


def _winner(unit: Unit) -> Purchase | None:
    rows = Purchase.objects.filter(unit=unit, state__in=ACTIVE_STATES)
    found: Purchase | None = rows.select_related("consultant").first()
    return found


def _taken_by(winner: Purchase | None, unit: Unit, actor: User) -> UnitTakenError:
    return UnitTakenError(
        unit_id=unit.pk,
        unit=str(unit),
        role=role_label(winner.consultant.role if winner else "consultant"),
        is_own=winner is not None and winner.consultant_id == actor.pk,
    )


def _open_lead(customer: Customer, unit: Unit) -> Lead | None:
    leads = Lead.objects.filter(customer=customer, project_id=unit.project_id).open()
    lead: Lead | None = leads.order_by("-received_at", "-pk").first()
    return lead


def _standing(purchase: Purchase, step: Step, *, now: datetime) -> Purchase:
    """Lock a purchase that may take ``step`` and whose time is not over."""
    current = lock_purchase(purchase)
    lapsed = Purchase.objects.filter(pk=current.pk).lapsed().exists()
    if lapsed or not may_step(current.state, step):
        raise HoldRefusedError(
            _("The hold has run out.")
            if lapsed or current.state == PurchaseState.EXPIRED
            else _("This is no longer a hold.")
        )
    return current
