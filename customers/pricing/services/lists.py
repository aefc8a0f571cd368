"""Writing, submitting and approving price lists (MKT-45, MKT-47)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from crm_site.approvals.models import Approval
from crm_site.approvals.services import Asked, request_approval, use
from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.models.project import Project
from customers.pricing.blast import blast_radius
from customers.pricing.errors import PriceListError
from customers.pricing.models import PriceList, UnitPrice
from customers.pricing.policies import CHANGES, ChangeRules
from customers.pricing.rules import Change, ListState, changed_unit_price, price_of
from customers.pricing.selectors import prices_at
from customers.property.models import Unit
from customers.rules.text import clean_text

KIND = "price.list"
OPEN = (ListState.DRAFT, ListState.SUBMITTED)
LARGEST = Decimal(99_999_999)  # yuan per m², what the column holds
ENDS = {
    Approval.State.REFUSED: ListState.REFUSED,
    Approval.State.WITHDRAWN: ListState.WITHDRAWN,
    Approval.State.EXPIRED: ListState.WITHDRAWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Repricing:
    """How a selection gets new prices: what the amount means, and the floor as a share of it.

    Without a ``coefficient`` each unit keeps its own; a unit without one needs it.
    """

    change: Change
    amount: Decimal
    coefficient: Decimal | None = None


@transaction.atomic
def create_list(
    *,
    project: Project,
    reason: str,
    author: User,
    now: datetime,
    wanted_from: datetime | None = None,
    message_plan: str = "",
) -> PriceList:
    """Begin the next price list of a project and return the empty draft.

    Raise PriceListError without a reason or for a time that has passed.
    """
    words = clean_text(reason)
    if not words:
        raise PriceListError(_("Say why the prices change."))
    if wanted_from is not None and wanted_from <= now:
        raise PriceListError(_("Choose a time later than now from which the prices count."))
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    newest = PriceList.objects.filter(project=project).aggregate(number=Max("number"))["number"]
    made = PriceList.objects.create(
        project=project,
        number=(newest or 0) + 1,
        reason=words,
        wanted_from=wanted_from,
        message_plan=message_plan.strip(),
        author=author,
    )
    _audit("price_list.begun", made, author, now)
    return made


@transaction.atomic
def price_units(
    *, price_list: PriceList, units: Any, how: Repricing, actor: User, now: datetime
) -> int:
    """Write prices of ``units`` into a draft, over those it has already; return how many.

    Raising and lowering starts from the draft's price, else from the price in force. Raise
    PriceListError where a unit has none, or where a price would not be above 0; nothing is written
    then.
    """
    draft = _locked(price_list, ListState.DRAFT)
    chosen = list(units.filter(project=draft.project_id).select_related("building"))
    if not chosen:
        raise PriceListError(_("No unit fits the selection."))
    keys = [unit.pk for unit in chosen]
    before = prices_at(keys, at=now) | {
        row.unit_id: row for row in draft.prices.filter(unit__in=keys)
    }
    rows = [_priced(draft, unit, before.get(unit.pk), how) for unit in chosen]
    draft.prices.filter(unit__in=keys).delete()
    UnitPrice.objects.bulk_create(rows, batch_size=1000)
    draft.save(update_fields=["updated_at"])
    _audit("price_list.priced", draft, actor, now, units=len(rows), change=how.change.value)
    return len(rows)


def _priced(draft: PriceList, unit: Unit, old: UnitPrice | None, how: Repricing) -> UnitPrice:
    each = changed_unit_price(old.unit_price if old else None, change=how.change, amount=how.amount)
    coefficient = how.coefficient or (old.floor_coefficient if old else None)
    if each is None or coefficient is None:
        raise PriceListError(
            _("%(unit)s has no price yet. Set its price per m² and its floor coefficient first.")
            % {"unit": unit}
        )
    if not 0 < each <= LARGEST:
        raise PriceListError(_("The price of %(unit)s would not be above 0.") % {"unit": unit})
    found = price_of(unit_price=each, area=Decimal(str(unit.area)), coefficient=coefficient)
    return UnitPrice(
        price_list=draft,
        unit=unit,
        unit_price=found.unit_price,
        public_total=found.public_total,
        floor_total=found.floor_total,
        floor_coefficient=found.coefficient,
    )


@transaction.atomic
def submit_list(*, price_list: PriceList, actor: User, now: datetime) -> PriceList:
    """Ask for the signatures a draft needs, with what it is expected to do, and return it.

    From the third change of a quarter on the director signs as well. A cut, and every change from
    then on, needs a plan of what customers are told. Raise PriceListError, nothing is changed then.
    """
    draft = _locked(price_list, ListState.DRAFT)
    if not draft.prices.exists():
        raise PriceListError(_("The list has no prices yet."))
    if draft.wanted_from is not None and draft.wanted_from <= now:
        raise PriceListError(_("The time from which it counts has passed. Begin a new list."))
    if PriceList.objects.filter(project=draft.project_id, state=ListState.SUBMITTED).exists():
        raise PriceListError(
            _("Another list of this project waits for signatures. Wait for it or withdraw it.")
        )
    rules: ChangeRules = in_force(CHANGES, at=now).value
    draft.radius = blast_radius(draft, now=now)
    if not draft.message_plan and (
        draft.radius["lowered"] or draft.radius["changes"] >= rules.restraint
    ):
        raise PriceListError(_("Write down what customers are told, and by whom."))
    draft.state, draft.submitted_at = ListState.SUBMITTED.value, now
    draft.approval = request_approval(
        asked=Asked(
            kind=KIND,
            title=_("Price list %(number)s of %(project)s")
            % {"number": draft.number, "project": draft.project},
            content=content_of(draft),
            reason=draft.reason,
            subject=("price_list", draft.pk),
        ),
        requester=actor,
        now=now,
    )
    draft.save()
    _audit("price_list.submitted", draft, actor, now)
    return draft


def content_of(price_list: PriceList) -> dict[str, Any]:
    """Return what is signed: the prices to the fen (as a digest) and what they are to do."""
    radius = price_list.radius
    rows = price_list.prices.order_by("unit_id").values_list(
        "unit_id", "unit_price", "public_total", "floor_total"
    )
    text = "\n".join(" ".join(str(value) for value in row) for row in rows)
    names = ("units", "raised", "lowered", "first", "old_sum", "new_sum", "first_sum")
    return {
        "project": price_list.project.name,
        "number": price_list.number,
        "wanted_from": price_list.wanted_from.isoformat() if price_list.wanted_from else "",
        "message_plan": price_list.message_plan,
        "prices": hashlib.sha256(text.encode()).hexdigest(),
        "letters": len(radius["letters"]),
        **{name: radius[name] for name in (*names, "changes", "restraint", "compensation")},
    }


def decide_list(approval: Approval, now: datetime) -> None:
    """Bring a list into force once it is signed; end it when it is refused, withdrawn, too late.

    It counts from the time that was wanted, never from a time before the last signature.
    """
    found = PriceList.objects.select_for_update(of=("self",)).filter(approval=approval).first()
    if found is None or found.state != ListState.SUBMITTED:
        return
    found.decided_at = now
    if approval.state != Approval.State.APPROVED:
        found.state = ENDS[Approval.State(approval.state)].value
        found.save(update_fields=["state", "decided_at", "updated_at"])
        return
    use(
        approval_id=approval.pk,
        kind=KIND,
        content=content_of(found),
        user=approval.requester,
        now=now,
    )
    found.state, found.effective_at = ListState.APPROVED.value, max(found.wanted_from or now, now)
    found.save(update_fields=["state", "decided_at", "effective_at", "updated_at"])
    found.prices.update(effective_at=found.effective_at)
    _audit("price_list.approved", found, None, now)


@transaction.atomic
def drop_list(*, price_list: PriceList, actor: User, now: datetime) -> None:
    """Throw a draft away; its number is not given again only if a later one exists."""
    draft = _locked(price_list, ListState.DRAFT)
    _audit("price_list.dropped", draft, actor, now)
    draft.delete()


def _locked(price_list: PriceList, state: ListState) -> PriceList:
    rows = PriceList.objects.select_for_update(of=("self",)).select_related("project")
    found: PriceList | None = rows.filter(pk=price_list.pk).first()
    if found is None or found.state != state:
        raise StaleError(_("The list is no draft any more. Reload."))
    return found


def _audit(
    kind: str, price_list: PriceList, actor: User | None, now: datetime, **facts: Any
) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("price_list", price_list.pk),
        reason=price_list.reason,
        facts={"project": price_list.project_id, "number": price_list.number} | facts,
        now=now,
    )
