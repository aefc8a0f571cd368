"""What the demo's buyers were told and confirmed, and the first contact by the specialist."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from crm_site.demo.company import Company
from crm_site.demo.hours import in_office
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.importers.copying import copy_rows, take_keys
from customers.journey.file import stated
from customers.journey.policies import FILE
from customers.journey.rules import Confirmed, FileItem
from customers.journey.specialists import FIRST_CONTACT, SOURCE
from customers.journey.tried import in_company_words
from customers.models import AdverseFactor, Purchase, Task, TaskEvent, ToldItem
from customers.rules.axes import TaskKind, TaskState

CONTACT_DAYS = timedelta(days=7)
LATE_SHARE, UNTOLD_SHARE = 0.06, 0.3
RECENT, WAITING_SHARE = timedelta(days=45), 0.15  # subscribed so late: some wait for the call yet
CONTACTED = "已自我介绍，确认收款节点与联系方式"
Factors = Mapping[int, Sequence[AdverseFactor]]
TOLD = (
    *("purchase_id", "item", "factor_id", "customer_id", "stated", "told_by_id", "told_on"),
    *("told_at", "confirmed_on", "confirmed_how", "proof", "confirmed_at", "recorded_by_id"),
)


def keep_files(company: Company, *, chance: random.Random, now: datetime) -> None:
    """Write the interaction files from the subscription on, and the specialists' first contacts."""
    project = company.projects[0]
    project.specialist = User.objects.get(username="specialist")
    project.save(update_fields=["specialist"])
    rows = Purchase.objects.filter(subscribed_at__isnull=False).order_by("pk")
    Purchase.objects.filter(project=project, subscribed_at__isnull=False).update(
        specialist=project.specialist
    )
    bought = list(rows.select_related("unit__building"))
    factors = _factors()
    items = in_force(FILE, at=now).value.mandatory
    copy_rows(
        ToldItem,
        TOLD,
        (row for each in bought for row in _told(each, items, factors, chance, now)),
        {"note": "", "is_current": True},
    )
    _contacts(bought, chance, now)


def _factors() -> dict[int, list[AdverseFactor]]:
    found: dict[int, list[AdverseFactor]] = {}
    for factor in AdverseFactor.objects.filter(ended_on=None).order_by("pk"):
        found.setdefault(factor.project_id, []).append(factor)
    return found


def _told(
    purchase: Purchase,
    items: Sequence[str],
    factors: Factors,
    chance: random.Random,
    now: datetime,
) -> Iterator[tuple[Any, ...]]:
    """Yield the items of a file; whoever signed has confirmed all, others some."""
    unit, at = purchase.unit, purchase.subscribed_at
    if unit is None or at is None:
        return
    here = [
        factor
        for factor in factors.get(purchase.project_id, ())
        if factor.building_id in (None, unit.building_id)
    ]
    lines: list[tuple[str, int | None, str]] = [
        (item, None, stated(purchase, item)) for item in items
    ]
    lines += [(FileItem.ADVERSE.value, factor.pk, factor.text) for factor in here]
    told_at = min(at + timedelta(minutes=4), now)
    signed_at = purchase.signed_at
    confirmed_at = signed_at and told_at + (signed_at - told_at) * 0.7
    if confirmed_at is not None:
        confirmed_at = in_office(confirmed_at, chance=chance, after=told_at, until=now)
        confirmed_at = min(confirmed_at, signed_at or now)
    proof = f"HD-{purchase.pk:06d}"
    for item, factor, words in lines:
        if signed_at is None and chance.random() < UNTOLD_SHARE:
            continue
        sure = confirmed_at or (told_at if chance.random() < 0.5 else None)
        yield (
            *(purchase.pk, item, factor, purchase.customer_id, words, purchase.consultant_id),
            *(timezone.localdate(told_at), told_at, timezone.localdate(sure) if sure else None),
            *(Confirmed.SIGNED_SHEET.value if sure else "", proof if sure else "", sure),
            purchase.consultant_id if sure else None,
        )


def _contacts(bought: Sequence[Purchase], chance: random.Random, now: datetime) -> None:
    """Write the task of the first contact of every subscription, and what became of it."""
    keys = take_keys(Task, len(bought))
    tasks: list[tuple[Any, ...]] = []
    events: list[tuple[Any, ...]] = []
    standing = [each for each in bought if each.ended_at is None]
    newest = max(standing, key=lambda each: each.subscribed_at or now, default=None)
    for key, purchase in zip(keys, bought, strict=True):
        begun, due_at = purchase.subscribed_at, (purchase.subscribed_at or now) + CONTACT_DAYS
        assert begun is not None  # noqa: S101 -- the rows were chosen by it
        days = chance.randint(8, 12) if chance.random() < LATE_SHARE else chance.randint(1, 6)
        done_at = in_office(begun + timedelta(days=days), chance=chance, after=begun, until=now)
        waits = begun > now - RECENT and chance.random() < WAITING_SHARE
        waits = waits or purchase is newest  # somebody is always still to be called
        state = TaskState.OPEN if waits or done_at >= now else TaskState.DONE
        if purchase.ended_at is not None and purchase.ended_at < done_at:
            state = TaskState.CANCELLED
        owner, is_done = purchase.specialist_id or purchase.consultant_id, state is TaskState.DONE
        title = in_company_words(FIRST_CONTACT, unit=purchase.unit)
        tasks.append(
            (
                *(key, title[:200], purchase.customer_id, str(purchase.pk), owner, due_at),
                *(state.value, done_at if is_done else None, CONTACTED if is_done else ""),
                *(f"{purchase.pk}:{purchase.customer_id}", begun, begun, purchase.consultant_id),
                max(due_at, now) if state is TaskState.OPEN else None,
            )
        )
        events.append((key, begun, "created", "", purchase.consultant_id))
        if is_done:
            events.append((key, done_at, "done", CONTACTED, owner))
        elif state is TaskState.CANCELLED:
            events.append((key, purchase.ended_at, "cancelled", "", purchase.consultant_id))
    copy_rows(
        Task,
        (
            *("id", "title", "customer_id", "subject_id", "owner_id", "due_at", "state"),
            *("done_at", "outcome", "source_id", "created_at", "updated_at", "created_by_id"),
            "next_step_at",
        ),
        tasks,
        {
            "kind": TaskKind.CALL.value,
            "subject_kind": "purchase",
            "source": SOURCE,
            "step": 0,
            "occurrence": 1,
        },
    )
    copy_rows(TaskEvent, ("task_id", "at", "kind", "note", "actor_id"), events, {})
