"""A year of prospects with a known law of leaving, written as events."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from crm_site.staff.models import User
from customers.models import Customer, Interaction, Lead, LeadEvent

MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Planted:
    """Who was planted, when each was lost (None: stayed), and how troubled each is."""

    customers: list[Customer]
    lost_at: dict[int, datetime | None]
    trouble: dict[int, float]


def plant(owner: User, now: datetime, *, number: int, months: int = 14, seed: int = 7) -> Planted:
    """Write prospects who talk, fail to answer, turn sour and leave, the more the more troubled.

    A month's chance of leaving is a logistic of the trouble alone; a lost one's enquiry is lost on
    that day and nothing follows. Who stays goes on talking, so that silence alone loses nobody.
    """
    rng = np.random.default_rng(seed)
    trouble = rng.normal(size=number)
    begun = rng.uniform(0, months - 4, size=number)
    customers = Customer.objects.bulk_create(
        Customer(
            name=f"种{place}",
            sort_key=f"{place:05d}",
            tokens=["种"],
            source="walk_in",
            owner=owner,
            owned_since=now,
            team=owner.node,
            project_id=owner.node.project_id,
            region_id=owner.node.region_id,
        )
        for place in range(number)
    )
    lost_at: dict[int, datetime | None] = {}
    talks: list[Interaction] = []
    leads: list[Lead] = []
    for customer, z, start in zip(customers, trouble, begun, strict=True):
        first = now - MONTH * (months - float(start))
        gone = _leaves(rng, z, first, now)
        lost_at[customer.pk] = gone
        leads.append(_lead(customer, first, gone, now))
        talks += _talks(rng, customer, z, first, gone or now)
    made = Lead.objects.bulk_create(leads)
    Lead.objects.update(created_at=now - MONTH * 24)
    _backdate(customers, now)
    LeadEvent.objects.bulk_create(
        LeadEvent(lead=lead, at=lead.updated_at, kind="state", to_value="lost", reason="price")
        for lead in made
        if lead.state == "lost"
    )
    written = Interaction.objects.bulk_create(talks, batch_size=5000)
    Interaction.objects.filter(pk__gte=written[0].pk).update(created_at=now - MONTH * 24)
    known = {each.pk: float(z) for each, z in zip(customers, trouble, strict=True)}
    return Planted(customers, lost_at, known)


def _backdate(customers: list[Customer], now: datetime) -> None:
    Customer.objects.filter(pk__in=[each.pk for each in customers]).update(created_at=now)


def _leaves(rng: Any, z: float, first: datetime, now: datetime) -> datetime | None:
    at = first + MONTH
    while at < now:
        if rng.random() < 1 / (1 + np.exp(3.2 - 3.0 * z)):
            return at + MONTH * float(rng.random())
        at += MONTH
    return None


def _lead(customer: Customer, first: datetime, gone: datetime | None, now: datetime) -> Lead:
    lost = gone is not None and gone <= now
    return Lead(
        customer=customer,
        project_id=customer.project_id,
        source="walk_in",
        capture_point="front_desk",
        received_at=first,
        state="lost" if lost else "contacted",
        lost_reason="price" if lost else "",
        updated_at=gone if lost else first,
    )


def _talks(
    rng: Any, customer: Customer, z: float, first: datetime, until: datetime
) -> list[Interaction]:
    found, at = [], first
    while True:
        at += timedelta(days=float(np.clip(rng.gamma(4, 3.5 * np.exp(0.4 * z)), 1, 50)))
        if at > until:
            return found
        missed = rng.random() < 1 / (1 + np.exp(1.4 - 2.0 * z))
        sour = rng.random() < 1 / (1 + np.exp(1.8 - 2.0 * z))
        visit = not missed and rng.random() < 1 / (1 + np.exp(2.8 + 1.2 * z))
        found.append(
            Interaction(
                customer=customer,
                channel="phone" if not visit else "app",
                result="no_answer" if missed else "reached",
                mood="negative" if sour else "neutral",
                content="谈话",
                at=at,
            )
        )
        if missed:
            held = at + timedelta(hours=20)
            if held <= until:
                found.append(
                    Interaction(
                        customer=customer,
                        channel="wechat",
                        result="reached",
                        mood="neutral",
                        content="回复",
                        at=held,
                    )
                )


def outcome(planted: Planted, at: datetime, *, gap: int = 7, horizon: int = 90) -> dict[int, int]:
    """Return who was lost in the window after ``at``, of those still there at its beginning."""
    begins, ends = at + timedelta(days=gap), at + timedelta(days=gap + horizon)
    found = {}
    for customer in planted.customers:
        gone = planted.lost_at[customer.pk]
        if gone is None or gone > begins:
            found[customer.pk] = int(gone is not None and gone <= ends)
    return found
