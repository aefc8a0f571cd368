"""Two records of one person made one, and two again (BEY-01, CUS-06)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.indexes import contact_index
from customers.models import (
    Customer,
    CustomerContact,
    DuplicateSuggestion,
    FieldEvent,
    Lead,
    Merge,
    Task,
)
from customers.rules.axes import OPEN_LEAD_STATES, TaskState
from customers.rules.merging import CHOSEN, GONE, Side, columns_of, preselect
from customers.services.assessment import remove_refused
from customers.services.changing_hands import give, handover
from customers.services.columns import completeness_of, customer_columns
from customers.services.field_history import MERGE, Origin, as_text, changed_fields, note_changes
from customers.services.grading import grade_soon
from customers.services.households import settle_households
from customers.services.moving_promises import merge_promises
from customers.services.moving_rows import Move, as_json, change, move_rows, renumber_intents

# Columns the journal keeps of the record that stands; those of the other one never change.
WATCHED = tuple(
    field.attname
    for field in Customer._meta.concrete_fields
    if field.name
    not in (
        *("id", "tokens", "sort_key", "phone_index", "phone_tail_index", "id_number_index"),
        *("created_at", "updated_at", "version", "completeness", "household", "merged_into"),
        *("is_unreachable",),
    )
)


class MergedMeanwhileError(StaleError):
    """One of the two records is no longer there to be merged."""

    title = _("One of the records was merged meanwhile")


@dataclass(frozen=True, slots=True)
class Pair:
    """Both records, locked, and whose value stands in each field."""

    kept: Customer
    gone: Customer
    choices: Mapping[str, Side]

    def chosen(self, field: str) -> Customer:
        """The record whose value of ``field`` stands."""
        return self.gone if self.choices.get(field) == GONE else self.kept


@transaction.atomic
def merge_customers(
    *,
    kept: Customer,
    gone: Customer,
    choices: Mapping[str, Side] | None = None,
    reason: str = "",
    actor: User | None,
    now: datetime,
) -> Merge:
    """Make ``kept`` the one record of both and return what takes it back.

    ``choices`` say field by field whose value stands; without them the proposed ones do. Leads,
    talks, tasks, promises and everything else that points at ``gone`` then points at ``kept``; both
    phone numbers stay, values that lost stay in the history. Raise ``MergedMeanwhileError`` when
    one of the two was merged by somebody else first.
    """
    pair = _lock(kept, gone, choices)
    before = _snapshot(pair.kept)
    columns = _columns(pair)
    losers = _losers(pair)
    freed = {
        "phone": pair.gone.phone,
        "external_source": pair.gone.external_source,
        "external_id": pair.gone.external_id,
    }
    _free(pair, now=now)
    _write(pair.kept, columns, now=now)
    _take_owner(pair, reason=reason, actor=actor, now=now)
    versions = renumber_intents(gone=pair.gone.pk, kept=pair.kept.pk)
    moves = move_rows(gone=pair.gone.pk, kept=pair.kept.pk) + _follow_owner(pair)
    promises = merge_promises(
        gone=pair.gone.pk,
        kept=pair.kept.pk,
        was=pair.gone.owner_id,
        owner=pair.kept.owner_id,
        actor=actor,
        now=now,
    )
    added = _keep_numbers(pair)
    remove_refused(customer_ids=[pair.kept.pk], actor=actor, now=now)
    after = _snapshot(Customer.objects.get(pk=pair.kept.pk))
    changed = {name for name in WATCHED if before[name] != after[name]}
    journal = {
        "before": {name: before[name] for name in changed},
        "after": {name: after[name] for name in changed},
        "gone": freed,
        "moves": as_json(moves),
        "versions": versions,
        "contacts": added,
        "promises": promises.as_json(),
    }
    merge = Merge.objects.create(
        kept=pair.kept,
        gone=pair.gone,
        journal=json.dumps(journal, cls=DjangoJSONEncoder),
        reason=reason[:300],
        at=now,
        actor=actor,
    )
    origin = Origin(source=MERGE, source_id=str(merge.pk), actor=actor, now=now)
    note_changes(pair.kept.pk, changed_fields(pair.kept, columns) | losers, origin=origin)
    settle_households({pair.kept.pk, pair.gone.pk}, now=now)
    _decide(pair, state=DuplicateSuggestion.State.MERGED, actor=actor, now=now)
    record(
        kind="customer.merged",
        actor=actor,
        subject=("customer", pair.kept.pk),
        reason=reason,
        facts={"gone": pair.gone.pk, "rows": sum(len(move.ids) for move in moves)},
        now=now,
    )
    grade_soon(pair.kept.pk)
    return merge


def proposed(kept: Customer, gone: Customer) -> dict[str, Side]:
    """Return whose value is proposed in each field: the filled one, of two the newer one."""
    written = _written(kept, gone)
    return {
        field: preselect(field, values_of(kept, field), values_of(gone, field), written)
        for field in CHOSEN
    }


def values_of(customer: Customer, field: str) -> tuple[Any, ...]:
    """Return what a record says in a field of the choice."""
    return tuple(getattr(customer, column) for column in columns_of(field))


def _lock(kept: Customer, gone: Customer, choices: Mapping[str, Side] | None) -> Pair:
    """Lock both in the order of their keys, so that two who merge at once wait for each other."""
    rows = Customer.objects.filter(pk__in=(kept.pk, gone.pk)).order_by("pk")
    locked = {row.pk: row for row in rows.select_for_update(of=("self",))}
    if len(locked) != 2 or any(row.merged_into_id for row in locked.values()):
        raise MergedMeanwhileError(_("Reload and look at the record that stands."))
    one, two = locked[kept.pk], locked[gone.pk]
    wanted = proposed(one, two)
    given = {field: side for field, side in (choices or {}).items() if field in wanted}
    return Pair(one, two, wanted | given)


def _written(kept: Customer, gone: Customer) -> dict[str, tuple[datetime, datetime]]:
    """Return when each side got its value: the last change of the field, else its creation."""
    times = {
        field: {kept.pk: kept.created_at, gone.pk: gone.created_at}
        for field in (column for choice in CHOSEN for column in columns_of(choice))
    }
    events = FieldEvent.objects.filter(customer__in=(kept.pk, gone.pk), field__in=times)
    for field, customer, at in events.order_by("at").values_list("field", "customer_id", "at"):
        times[field][customer] = at
    return {
        choice: (
            max(times[column][kept.pk] for column in columns_of(choice)),
            max(times[column][gone.pk] for column in columns_of(choice)),
        )
        for choice in CHOSEN
    }


def _columns(pair: Pair) -> dict[str, Any]:
    """Return the columns of the kept record that change."""
    kept, gone = pair.kept, pair.gone
    columns: dict[str, Any] = {
        column: getattr(gone, column)
        for field in CHOSEN
        if pair.chosen(field) is gone
        for column in columns_of(field)
    }
    columns["contribution"] = kept.contribution + gone.contribution
    contacts = [at for at in (kept.last_contact_at, gone.last_contact_at) if at]
    columns["last_contact_at"] = max(contacts, default=None)
    columns["needs"] = gone.needs | kept.needs
    columns["custom"] = gone.custom | kept.custom
    if gone.external_id and not kept.external_id:
        columns["external_source"] = gone.external_source
        columns["external_id"] = gone.external_id
    if "annual_income" in columns:
        columns["spending_power"] = gone.spending_power
    return columns


def _losers(pair: Pair) -> dict[str, tuple[str | None, str | None]]:
    """Return the values of the gone record that do not stand, so that they stay readable."""
    found: dict[str, tuple[str | None, str | None]] = {}
    for field in CHOSEN:
        if pair.chosen(field) is pair.gone:
            continue
        for column in columns_of(field):
            lost, stands = as_text(getattr(pair.gone, column)), as_text(getattr(pair.kept, column))
            if lost is not None and lost != stands:
                found[column] = (lost, stands)
    return found


def _free(pair: Pair, *, now: datetime) -> None:
    Customer.objects.filter(pk=pair.gone.pk).update(
        merged_into=pair.kept,
        phone=None,
        phone_index=None,
        phone_tail_index=None,
        external_source="",
        external_id="",
        updated_at=now,
        version=F("version") + 1,
    )


def _write(kept: Customer, columns: dict[str, Any], *, now: datetime) -> None:
    derived = customer_columns({k: v for k, v in columns.items() if k != "annual_income"})
    written = columns | derived
    written["completeness"] = completeness_of(kept, written)
    Customer.objects.filter(pk=kept.pk).update(**written, version=F("version") + 1, updated_at=now)


def _take_owner(pair: Pair, *, reason: str, actor: User | None, now: datetime) -> None:
    """A record of the pool goes to the owner of the other one."""
    owner = pair.gone.owner
    if pair.kept.owner_id is None and owner is not None:
        change_ = handover(reason=reason or MERGE, actor=actor, now=now)
        give([pair.kept.pk], owner=owner, change=change_)


def _follow_owner(pair: Pair) -> list[Move]:
    """Open leads and tasks of the gone record's owner go to whoever is responsible now."""
    former, owner = pair.gone.owner_id, pair.kept.owner_id
    if owner is None or former == owner:
        return []
    states = [state.value for state in OPEN_LEAD_STATES]
    mine = Q(customer=pair.kept.pk, owner=former)
    moves = [
        Move(model._meta.label, "owner", list(rows.values_list("pk", flat=True)), former, owner)
        for model, rows in (
            (Lead, Lead.objects.filter(mine, state__in=states)),
            (Task, Task.objects.filter(mine, state=TaskState.OPEN.value)),
        )
    ]
    for move in moves:
        change(move)
    return moves


def _keep_numbers(pair: Pair) -> list[int]:
    """Keep the number that is not the first one as a further contact; return the added rows."""
    first = pair.chosen("phone").phone
    others = {number for number in (pair.kept.phone, pair.gone.phone) if number} - {first}
    if first is None or not others:
        return []
    number = str(others.pop())
    row, created = CustomerContact.objects.get_or_create(
        customer=pair.kept,
        kind=CustomerContact.Kind.PHONE,
        value_index=contact_index("phone", number),
        defaults={"value": number},
    )
    return [row.pk] if created else []


def _decide(
    pair: Pair, *, state: DuplicateSuggestion.State, actor: User | None, now: datetime
) -> None:
    left, right = sorted((pair.kept.pk, pair.gone.pk))
    DuplicateSuggestion.objects.filter(left=left, right=right).update(
        state=state, decided_at=now, decided_by=actor
    )


def _snapshot(customer: Customer) -> dict[str, Any]:
    return {name: getattr(customer, name) for name in WATCHED}
