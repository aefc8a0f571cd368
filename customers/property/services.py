"""Units taken off the market and put back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError, StaleError
from crm_site.staff.models import User
from customers.property.models import Unit, UnitEvent
from customers.purchase.rules import ACTIVE
from customers.rules.text import clean_text

ACTIVE_STATES = [each.value for each in ACTIVE]


class WithholdRefusedError(RefusedError):
    """The unit cannot be withheld: it is held or sold, or no reason was given."""

    code = "withhold-refused"
    title = gettext_lazy("The unit cannot be withheld")


@transaction.atomic
def withhold_unit(*, unit: Unit, reason: str, actor: User, now: datetime) -> Unit:
    """Take a free unit off the market, with a reason, and return it."""
    words = clean_text(reason)
    if not words:
        raise WithholdRefusedError(_("Say why the unit is withheld."))
    current = _locked(unit)
    if current.purchases.filter(state__in=ACTIVE_STATES).exists():
        raise WithholdRefusedError(_("The unit is held or sold. Only a free unit can be withheld."))
    if current.withheld_at is not None:
        raise StaleError(_("The unit is withheld already."))
    current.withheld_at, current.withheld_reason = now, words
    _save(current, "withheld", reason=words, actor=actor, now=now)
    return current


@transaction.atomic
def offer_unit(*, unit: Unit, actor: User, now: datetime) -> Unit:
    """Put a withheld unit back on the market and return it."""
    current = _locked(unit)
    if current.withheld_at is None:
        raise StaleError(_("The unit is for sale already."))
    current.withheld_at, current.withheld_reason = None, ""
    _save(current, "offered", reason="", actor=actor, now=now)
    return current


def _locked(unit: Unit) -> Unit:
    rows = Unit.objects.select_for_update(no_key=True, of=("self",))
    current: Unit = rows.select_related("building").get(pk=unit.pk)
    return current


def _save(unit: Unit, kind: str, *, reason: str, actor: User, now: datetime) -> None:
    unit.updated_at = now
    unit.save(update_fields=["withheld_at", "withheld_reason", "updated_at"])
    UnitEvent.objects.create(unit=unit, at=now, kind=kind, reason=reason, actor=actor)
    record(kind=f"unit.{kind}", actor=actor, subject=("unit", unit.pk), reason=reason, now=now)
