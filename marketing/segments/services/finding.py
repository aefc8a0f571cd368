"""Finding second deals with existing customers, every night (CUS-75, CUS-76)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.models import Customer, CustomerTag, IntentRegistration, Purchase
from customers.rules.consent import Purpose
from customers.services.consents import without_withdrawal
from marketing.segments.errors import SegmentError
from marketing.segments.models import HousingSpend, Opportunity
from marketing.segments.parts import in_parts
from marketing.segments.policies import ChanceRules, chance_rules
from marketing.segments.rules.chances import Chance, Home, Known, chances

CHUNK = 2000


def find_opportunities(*, now: datetime) -> int:
    """Open what the rules see and nobody has open; return how many are new.

    Customers who refused forecasts by machine are left out. What was closed is opened again after
    the time of the policy only. Safe to run twice.
    """
    rules = chance_rules(now)
    return sum(_find(part, rules, now) for part in in_parts(_likely(), CHUNK))


@transaction.atomic
def work_on(*, opportunity: Opportunity, actor: User, now: datetime) -> None:
    """Take an open opportunity in hand; raise SegmentError where somebody did."""
    taken = Opportunity.objects.filter(pk=opportunity.pk, state="open")
    if not taken.update(state="working", owner=actor, updated_at=now):
        raise SegmentError(_("Somebody works on it already, or it is closed."))
    _note("opportunity.taken", opportunity, actor, now)


@transaction.atomic
def close(*, opportunity: Opportunity, outcome: str, note: str, actor: User, now: datetime) -> None:
    """Close an opportunity with its outcome; raise SegmentError where it is closed already."""
    standing = Opportunity.objects.filter(pk=opportunity.pk).exclude(state="closed")
    done = standing.update(
        state="closed",
        outcome=outcome,
        note=note.strip(),
        closed_at=now,
        closed_by=actor,
        updated_at=now,
    )
    if not done:
        raise SegmentError(_("This opportunity was closed already."))
    _note("opportunity.closed", opportunity, actor, now)


def _likely() -> Iterator[int]:
    """Return the customers a rule may see: buyers and tenants, in order."""
    signed = Purchase.objects.filter(
        customer=OuterRef("pk"), signed_at__isnull=False, ended_at__isnull=True
    )
    tagged = CustomerTag.objects.filter(customer=OuterRef("pk"))
    leases = HousingSpend.objects.filter(customer=OuterRef("pk"), kind="lease")
    rows = Customer.objects.filter(
        Q(Exists(signed)) | Q(Exists(tagged)) | Q(Exists(leases)), merged_into__isnull=True
    )
    allowed = without_withdrawal(rows, Purpose.PROFILING)
    found: Iterator[int] = allowed.order_by("pk").values_list("pk", flat=True).iterator()
    return found


@transaction.atomic
def _find(keys: tuple[int, ...], rules: ChanceRules, now: datetime) -> int:
    today = timezone.localdate(now)
    since = now - timedelta(days=rules.again_days)
    closed = Opportunity.objects.filter(customer__in=keys).filter(
        ~Q(state="closed") | Q(closed_at__gt=since)
    )
    standing = set(closed.values_list("customer_id", "rule"))
    people = Customer.objects.filter(pk__in=keys).only("budget_max", "owner_id")
    known = _known(keys, rules)
    drafts = [
        _draft(person, chance, now)
        for person in people
        for chance in chances(known(person), limits=rules.limits, today=today)
        if (person.pk, chance.rule) not in standing
    ]
    Opportunity.objects.bulk_create(drafts, ignore_conflicts=True)
    return len(drafts)


def _draft(person: Any, chance: Chance, now: datetime) -> Opportunity:
    return Opportunity(
        customer_id=person.pk,
        kind=chance.kind,
        rule=chance.rule,
        facts=dict(chance.facts),
        target_id=chance.target,
        owner_id=person.owner_id,
        opened_at=now,
    )


def _known(keys: Iterable[int], rules: ChanceRules) -> Any:
    """Return a function that gives what is known about a customer of ``keys``; four queries."""
    homes, tags = _homes(keys), _tags(keys)
    leases = set(
        HousingSpend.objects.filter(customer__in=keys, kind="lease").values_list(
            "customer_id", flat=True
        )
    )
    wished = dict(
        IntentRegistration.objects.filter(customer__in=keys)
        .order_by("version")
        .values_list("customer_id", "project_id")
    )

    def known(person: Any) -> Known:
        has = tags[person.pk]
        return Known(
            homes=tuple(homes[person.pk]),
            is_tenant=person.pk in leases or bool(has & set(rules.tenant_tags)),
            wants_to_buy=bool(has & set(rules.buy_tags)),
            wants_to_rent=bool(has & set(rules.rent_tags)),
            has_newborn=bool(has & set(rules.newborn_tags)),
            budget_max=person.budget_max,
            wished_project=wished.get(person.pk),
        )

    return known


def _tags(keys: Iterable[int]) -> Mapping[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = CustomerTag.objects.filter(customer__in=keys, tag__is_active=True)
    for customer, name in rows.values_list("customer_id", "tag__name"):
        found[customer].add(name)
    return found


def _homes(keys: Iterable[int]) -> Mapping[int, list[Home]]:
    found: dict[int, list[Home]] = defaultdict(list)
    rows = Purchase.objects.filter(
        Q(unit__isnull=True) | ~Q(unit__kind="parking"),
        customer__in=keys,
        signed_at__isnull=False,
        ended_at__isnull=True,
    )
    area = Coalesce("unit__measured_area", "unit__forecast_area")
    values = rows.annotate(area=area).values_list(
        "customer_id", "area", "agreed_total", "signed_at", "project_id"
    )
    for customer, size, total, signed_at, project in values:
        found[customer].append(Home(size, total, timezone.localdate(signed_at), project))
    return found


def _note(kind: str, row: Opportunity, actor: User, now: datetime) -> None:
    facts = {"rule": row.rule, "opportunity": row.pk}
    record(kind=kind, actor=actor, subject=("customer", row.customer_id), facts=facts, now=now)
