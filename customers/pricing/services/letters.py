"""Commitment letters 价格承诺书: issuing, signing, and the remedy when one is broken (MKT-50)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.display import local_date
from crm_site.common.refusals import StaleError
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.models.customer import Customer
from customers.models.project import Project
from customers.pricing.blast import broken_letters
from customers.pricing.errors import LetterError
from customers.pricing.letter_pdf import Letter, letter_pdf
from customers.pricing.models import LetterBreach, PriceLetter, PriceList
from customers.pricing.policies import CHANGES, ChangeRules
from customers.pricing.rules import LetterState, Moved, movement_of
from customers.pricing.selectors import price_at, price_column
from customers.property.models import Unit
from customers.rules.axes import TaskKind
from customers.rules.text import clean_text
from customers.services.tasks import TaskEntry, create_task

SOURCE = "price_letter"
LANGUAGE = "zh-hans"  # letters go to customers
BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a letter promises: for how many days, and what the customer gets if it is broken."""

    days: int
    remedy: str


@transaction.atomic
def issue_letter(
    *, unit: Unit, customer: Customer, promise: Promise, actor: User, now: datetime
) -> PriceLetter:
    """Promise the price in force for a customer and a unit; return the letter with its PDF.

    Raise LetterError for a unit without a price, without a remedy, and while one binds already.
    """
    remedy, price = clean_text(promise.remedy), price_at(unit, at=now)
    if price is None:
        raise LetterError(_("This unit has no price yet."))
    if not remedy:
        raise LetterError(_("Say what the customer gets if the promise is broken."))
    if promise.days < 1:
        raise LetterError(_("The promise must last at least a day."))
    project = Project.objects.select_for_update(no_key=True).get(pk=unit.project_id)
    standing = PriceLetter.objects.binding_at(now).filter(unit=unit, customer=customer)
    if standing.exists():
        raise LetterError(_("A letter for this customer and unit binds already."))
    letter = PriceLetter(
        number=_number(project, now),
        project=project,
        customer=customer,
        unit=unit,
        total=price.public_total,
        valid_from=now,
        valid_until=now + timedelta(days=promise.days),
        remedy=remedy,
        issued_by=actor,
    )
    letter.document = letter_pdf(wording(letter, made_at=now))
    letter.digest = hashlib.sha256(letter.document).hexdigest()
    letter.save(force_insert=True)
    _audit("price_letter.issued", letter, actor, now)
    return letter


def _number(project: Project, now: datetime) -> str:
    """Return the next number of the project and year: JC-yunqili-2026-0001."""
    head = f"JC-{project.code}-{timezone.localtime(now).year}-"
    last = PriceLetter.objects.filter(number__startswith=head).order_by("-number").first()
    return f"{head}{int(last.number.removeprefix(head)) + 1 if last else 1:04d}"


def wording(letter: PriceLetter, *, made_at: datetime) -> Letter:
    """Return what the letter says, in the language of the customers."""
    with translation.override(LANGUAGE):
        return Letter(
            title=_("Price commitment letter"),
            number=_("No. %(number)s") % {"number": letter.number},
            facts=[
                (_("Customer"), letter.customer.name),
                (_("Project"), letter.project.name),
                (_("Unit"), str(letter.unit)),
                (_("Area"), f"{letter.unit.area} m²"),
                (_("Promised total"), _("%(total)s yuan") % {"total": f"{letter.total:,.2f}"}),
                (
                    _("Period"),
                    _("%(from)s to %(until)s")
                    % {
                        "from": local_date(letter.valid_from),
                        "until": local_date(letter.valid_until),
                    },
                ),
            ],
            paragraphs=[
                _(
                    "In this period we will not offer this unit, nor units of the same layout in "
                    "this project, below the price on which the total above rests."
                ),
                _("If we do, you receive: %(remedy)s") % {"remedy": letter.remedy},
            ],
            signers=[_("Customer"), _("For the company")],
            foot=_("Issued on %(day)s. Two copies, one for each side.")
            % {"day": local_date(made_at)},
            made_at=made_at,
        )


@transaction.atomic
def sign_letter(*, letter: PriceLetter, actor: User, now: datetime) -> PriceLetter:
    """Note that the customer signed the printed letter, and return it."""
    current = _locked(letter, LetterState.ISSUED, now)
    current.state, current.signed_at = LetterState.SIGNED.value, now
    current.save(update_fields=["state", "signed_at", "updated_at"])
    _audit("price_letter.signed", current, actor, now)
    return current


@transaction.atomic
def countersign_letter(*, letter: PriceLetter, actor: User, now: datetime) -> PriceLetter:
    """Sign for the company what the customer has signed; never one's own letter."""
    current = _locked(letter, LetterState.SIGNED, now)
    if current.issued_by_id == actor.pk:
        raise LetterError(_("Somebody else than who issued it signs for the company."))
    current.state, current.countersigned_at = LetterState.COUNTERSIGNED.value, now
    current.countersigned_by = actor
    current.save(update_fields=["state", "countersigned_at", "countersigned_by", "updated_at"])
    _audit("price_letter.countersigned", current, actor, now)
    return current


def settle_lists(*, now: datetime) -> int:
    """Make the tasks of the letters that lists in force have broken; return how many.

    Safe to run twice: a list is settled under its lock, a breach and its task exist once.
    """
    ready = PriceList.objects.in_force(at=now).filter(settled_at__isnull=True)
    keys = list(ready.order_by("effective_at", "pk").values_list("pk", flat=True)[:BATCH])
    return sum(_settle(key, now=now) for key in keys)


@transaction.atomic
def _settle(key: int, *, now: datetime) -> int:
    rows = PriceList.objects.select_for_update(skip_locked=True, of=("self",))
    found = rows.filter(pk=key, settled_at__isnull=True).first()
    if found is None or found.effective_at is None:
        return 0
    before = found.effective_at - timedelta(microseconds=1)
    prices = found.prices.annotate(old=price_column("public_total", of="unit_id", at=before))
    moved = movement_of(
        Moved(*row)
        for row in prices.values_list("unit_id", "unit__layout_id", "old", "public_total")
    )
    broken = broken_letters(found.project_id, moved, at=found.effective_at, before=before)
    for letter, _customer, difference in broken:
        _break(letter, found, difference, now=now)
    found.settled_at = now
    found.save(update_fields=["settled_at", "updated_at"])
    return len(broken)


def _break(key: int, price_list: PriceList, difference: Decimal, *, now: datetime) -> None:
    """Note the breach and ask the consultant for the remedy."""
    rules: ChangeRules = in_force(CHANGES, at=now).value
    letter = PriceLetter.objects.select_related("customer__owner", "issued_by").get(pk=key)
    breach, _made = LetterBreach.objects.get_or_create(
        letter=letter, price_list=price_list, defaults={"difference": difference, "at": now}
    )
    with translation.override(LANGUAGE):
        title = _("Make good the price letter %(number)s: %(difference)s yuan, %(remedy)s") % {
            "number": letter.number,
            "difference": f"{difference:,.2f}",
            "remedy": letter.remedy,
        }
    owner = letter.customer.owner
    breach.task = create_task(
        entry=TaskEntry(
            title=title[:200],
            due_at=now + timedelta(days=rules.remedy_days),
            owner=owner if owner and owner.is_active else letter.issued_by,
            customer=letter.customer,
            kind=TaskKind.OTHER,
            source=SOURCE,
            source_id=f"{letter.pk}:{price_list.pk}",
            subject=("price_letter", letter.pk),
        ),
        actor=None,
        now=now,
    )
    breach.save(update_fields=["task"])


def _locked(letter: PriceLetter, state: LetterState, now: datetime) -> PriceLetter:
    rows = PriceLetter.objects.select_for_update(of=("self",)).defer("document")
    current: PriceLetter = rows.get(pk=letter.pk)
    if current.state != state:
        raise StaleError(_("Somebody else changed the letter meanwhile. Reload."))
    if current.valid_until <= now:
        raise LetterError(_("The period of this letter is over."))
    return current


def _audit(kind: str, letter: PriceLetter, actor: User | None, now: datetime) -> None:
    facts: dict[str, Any] = {"number": letter.number, "total": str(letter.total)}
    record(kind=kind, actor=actor, subject=("price_letter", letter.pk), facts=facts, now=now)
