"""Writing down what happens about claims; the time is always the server's."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.arbitration.errors import ClaimError
from customers.arbitration.models import ClaimCase, ClaimEvent
from customers.arbitration.rules import REPORTS, EventKind
from customers.arbitration.selectors import case_of, members_of
from customers.arbitration.services.deciding import judge
from customers.indexes import phone_index, tail_index
from customers.models import Customer, Interaction, Lead, Project
from customers.purchase.models import Purchase
from customers.purchase.rules import Step
from customers.purchase.services.locking import lock_customers
from customers.rules.phones import PhoneError, normalise_phone
from customers.rules.text import clean_text

MASKED = re.compile(r"(?:\+?86)?\s*(\d{3})[\s*xX·.-]{1,8}(\d{4})", re.ASCII)
AGENCIES = ("agent",)  # sources of leads that are no contact of the company's own
MOST_MATCHES = 10
ONE_PARTY = "SELECT pg_advisory_xact_lock(hashtext(%s))"
FROM_STEP = {Step.SUBSCRIBE: EventKind.DEPOSIT, Step.SIGN: EventKind.SIGNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an agency or a colleague says: for which project, whom, and how far from the site."""

    project: Project
    phone: str
    name: str
    party: str
    metres: int | None = None


@transaction.atomic
def report(*, given: Report, actor: User, now: datetime) -> list[ClaimCase]:
    """Write a report down and return the cases it belongs to, one for each household it may mean.

    The number may be masked as first three and last four digits. Raise ClaimError where nobody
    among the customers ``actor`` sees has it.
    """
    party = clean_text(given.party)[:80]
    if not party:
        raise ClaimError(_("Say who reports."))
    found = _customers(given.phone, actor)
    if not found:
        raise ClaimError(_("Nobody entered has this number. Have the customer entered first."))
    facts = _facts_of(given, party, now) | {"matches": len(found)}
    return [_claim(given, each, facts, actor=actor, now=now).case for each in found]


@transaction.atomic
def report_known(
    *, given: Report, customer: Customer, actor: User | None, now: datetime
) -> ClaimEvent:
    """Write down the report of an agency on a customer just taken in, and return its event.

    ``given.phone`` is not looked at: the lead itself says who is meant.
    """
    return _claim(
        given, customer, _facts_of(given, clean_text(given.party)[:80], now), actor=actor, now=now
    )


def _facts_of(given: Report, party: str, now: datetime) -> dict[str, Any]:
    with connection.cursor() as cursor:  # the day's count of a party is counted by one at a time
        cursor.execute(ONE_PARTY, [f"claims {party}"])
    return {
        "has_surname": bool(clean_text(given.name)),
        "metres": given.metres,
        "matches": 1,
        "today": _reports_of(party, now) + 1,
    }


def _claim(
    given: Report, customer: Customer, facts: dict[str, Any], *, actor: User | None, now: datetime
) -> ClaimEvent:
    """Write one report into the case of the household and judge it; return its event."""
    case = _open_case(given.project, customer, now=now)
    event = _write(
        case,
        customer,
        EventKind.REPORTED,
        party=clean_text(given.party)[:80],
        facts=facts | {"known_at": _known_at(case, now)},
        actor=actor,
        now=now,
    )
    judge(case=case, now=now)
    return event


@transaction.atomic
def note_event(
    *, case: ClaimCase, kind: EventKind, party: str, actor: User | None, now: datetime
) -> ClaimEvent:
    """Write what happened on the way of a claim and judge the case anew; return the event.

    Raise ClaimError for an event without a party that needs one, and for one who never reported.
    """
    words = clean_text(party)[:80]
    lock_customers(members_of(case.customer))
    reports = ClaimEvent.objects.filter(case=case, kind=EventKind.REPORTED)
    needs_report = kind in {EventKind.VERIFIED, EventKind.RE_REPORTED}
    if needs_report and not reports.filter(party=words).exists():
        raise ClaimError(_("This party has not reported the customer."))
    facts: dict[str, Any] = {}
    if kind in REPORTS:
        facts = {"today": _reports_of(words, now) + 1}
    named = reports.filter(party=words).order_by("-pk").select_related("customer").first()
    customer = named.customer if named is not None else case.customer
    event = _write(case, customer, kind, party=words, facts=facts, actor=actor, now=now)
    judge(case=case, now=now)
    return event


def follow_purchase(purchase: Purchase, step: Step, actor: User | None, now: datetime) -> None:
    """Note deposit and signature on the case of the household, if there is one, and judge it."""
    kind = FROM_STEP.get(step)
    if kind is None:
        return
    case = case_of(purchase.project_id, members_of(purchase.customer))
    if case is None:
        return
    facts = {"purchase": purchase.pk}
    _write(case, purchase.customer, kind, party="", facts=facts, actor=actor, now=now)
    judge(case=case, now=now)


def _write(  # noqa: PLR0913 -- the columns of a row
    case: ClaimCase,
    customer: Customer,
    kind: EventKind,
    *,
    party: str,
    facts: dict[str, Any],
    actor: User | None,
    now: datetime,
) -> ClaimEvent:
    event = ClaimEvent.objects.create(
        case=case,
        customer=customer,
        kind=kind.value,
        party=party,
        at=now,
        facts=facts,
        actor=actor,
    )
    record(
        kind="claim.noted",
        actor=actor,
        subject=("claim_case", case.pk),
        facts={"kind": kind.value, "party": party},
        now=now,
    )
    return event


def _open_case(project: Project, customer: Customer, *, now: datetime) -> ClaimCase:
    """Return the case of the household, opened under the lock on its members."""
    members = members_of(customer)
    lock_customers(members)
    found = case_of(project.pk, members)
    return found or ClaimCase.objects.create(project=project, customer=customer, opened_at=now)


def _customers(text: str, actor: User) -> list[Customer]:
    """Return the customers ``actor`` sees who have the whole or the masked number."""
    rows = Customer.objects.visible_to(actor)
    masked = MASKED.fullmatch(text.strip())
    if masked is None:
        try:
            return list(rows.filter(phone_index=phone_index(normalise_phone(text).e164))[:1])
        except PhoneError:
            raise ClaimError(
                _("Write the whole number, or its first three and last four digits.")
            ) from None
    head, tail = masked.groups()
    found = rows.filter(phone_tail_index=tail_index(tail)).order_by("pk")
    return [each for each in found if str(each.phone or "").startswith(f"+86{head}")][:MOST_MATCHES]


def _reports_of(party: str, now: datetime) -> int:
    """Return how many reports the party has made on the local day of ``now``."""
    day = timezone.localtime(now).date()
    start = timezone.make_aware(datetime.combine(day, time.min))
    rows = ClaimEvent.objects.filter(party=party, at__gte=start, at__lt=start + timedelta(days=1))
    return rows.filter(kind__in=[kind.value for kind in REPORTS]).values("at").distinct().count()


def _known_at(case: ClaimCase, now: datetime) -> str | None:
    """Return when the company itself last had to do with the household before the first report."""
    if case.events.filter(kind=EventKind.REPORTED).exists():
        return None
    members = members_of(case.customer)
    leads = Lead.objects.filter(project=case.project_id, customer__in=members, created_at__lt=now)
    own = leads.exclude(source__in=AGENCIES)
    latest = own.aggregate(at=Max("created_at"))["at"]
    talks = Interaction.objects.filter(lead__in=own, created_at__lt=now, is_automatic=False)
    talked = talks.aggregate(at=Max("created_at"))["at"]
    known = [at for at in (latest, talked) if at is not None]
    return max(known).isoformat() if known else None
