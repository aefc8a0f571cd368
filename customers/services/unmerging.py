"""Taking a merge back: both records stand again, later edits are asked about (CUS-06, BEY-01)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.indexes import id_number_index, phone_columns, phone_index
from customers.models import Customer, CustomerContact, DuplicateSuggestion, Merge
from customers.rules.search import name_tokens, sort_key
from customers.services.assessment import remove_refused
from customers.services.columns import add_contact, completeness_of
from customers.services.field_history import UNMERGE, Origin, changed_fields, note_changes
from customers.services.grading import grade_soon
from customers.services.households import settle_households
from customers.services.moving_promises import unmerge_promises
from customers.services.moving_rows import change_back, renumber_back

NOW, BEFORE = "now", "before"


class NotMergedError(StaleError):
    """The merge was taken back already, or the record it made was merged itself."""

    title = _("This merge cannot be taken back")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field of the kept record that was edited after the merge."""

    field: str
    before: Any
    merged: Any
    now: Any


class UnmergeConflictError(StaleError):
    """Later edits stand against the former values; nothing was changed.

    ``conflicts`` lists them.
    """

    title = _("The record was changed after the merge")

    def __init__(self, conflicts: list[Conflict]) -> None:
        super().__init__(
            _("Say for each field what is to stand."), fields=[each.field for each in conflicts]
        )
        self.conflicts = conflicts


def conflicts_of(merge: Merge, kept: Customer) -> list[Conflict]:
    """Return the fields of ``kept`` that somebody edited after the merge."""
    journal = json.loads(str(merge.journal))
    found = []
    for name, text in journal["after"].items():
        merged, before = _value(name, text), _value(name, journal["before"][name])
        if _plain(getattr(kept, name)) != _plain(merged):
            found.append(Conflict(name, before, merged, getattr(kept, name)))
    return found


@transaction.atomic
def unmerge(
    *,
    merge: Merge,
    actor: User | None,
    now: datetime,
    answers: Mapping[str, str] | None = None,
) -> Customer:
    """Let both records stand again and return the one that was gone.

    What moved goes back; what came since stays with the kept record. Fields edited since the merge
    keep what stands ("now") or go back ("before") as ``answers`` say; raise
    ``UnmergeConflictError`` while one is unanswered and ``NotMergedError`` when the merge no longer
    stands.
    """
    rows = Customer.objects.filter(pk__in=(merge.kept_id, merge.gone_id)).order_by("pk")
    both = {row.pk: row for row in rows.select_for_update(of=("self",))}
    kept, gone = both[merge.kept_id], both[merge.gone_id]
    undone = Merge.objects.filter(pk=merge.pk, undone_at__isnull=True)
    if kept.merged_into_id or not undone.update(undone_at=now, undone_by=actor):
        raise NotMergedError(_("Reload and look at the record that stands."))
    conflicts = conflicts_of(merge, kept)
    chosen = {each.field: (answers or {}).get(each.field) for each in conflicts}
    if any(answer not in (NOW, BEFORE) for answer in chosen.values()):
        raise UnmergeConflictError(conflicts)
    journal = json.loads(str(merge.journal))
    columns = {
        name: _value(name, text)
        for name, text in journal["before"].items()
        if chosen.get(name) != NOW
    }
    _write_back(kept, gone, columns, journal["gone"], now=now)
    CustomerContact.objects.filter(pk__in=journal["contacts"], customer=kept).delete()
    for move in reversed(journal["moves"]):
        change_back(move)
    renumber_back(journal["versions"])
    if "promises" in journal:  # merges written before promises moved keep none
        unmerge_promises(journal["promises"], gone=gone.pk, kept=kept.pk, actor=actor, now=now)
    settle_households({kept.pk, gone.pk}, now=now)
    remove_refused(customer_ids=[kept.pk, gone.pk], actor=actor, now=now)
    origin = Origin(source=UNMERGE, source_id=str(merge.pk), actor=actor, now=now)
    note_changes(kept.pk, changed_fields(kept, columns), origin=origin)
    _apart(merge, actor=actor, now=now)
    record(
        kind="customer.unmerged",
        actor=actor,
        subject=("customer", kept.pk),
        facts={"gone": gone.pk, "kept_edits": sorted(k for k, v in chosen.items() if v == NOW)},
        now=now,
    )
    for customer in (kept, gone):
        grade_soon(customer.pk)
    return Customer.objects.get(pk=gone.pk)


def _write_back(
    kept: Customer,
    gone: Customer,
    columns: dict[str, Any],
    freed: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Write the former values; a number or id that the kept record holds on to stays there."""
    written = columns | _derived(columns)
    written["completeness"] = completeness_of(kept, written)
    Customer.objects.filter(pk=kept.pk).update(**written, version=F("version") + 1, updated_at=now)
    own: dict[str, Any] = {"merged_into": None}
    number = freed["phone"]
    is_taken = bool(number) and Customer.objects.filter(phone_index=phone_index(number)).exists()
    if number and not is_taken:
        own |= phone_columns(number)
    pair = {name: freed[name] for name in ("external_source", "external_id")}
    if freed["external_id"] and not Customer.objects.filter(**pair).exists():
        own |= pair
    Customer.objects.filter(pk=gone.pk).update(**own, version=F("version") + 1, updated_at=now)
    if is_taken:
        add_contact(gone, kind="phone", value=number)


def _derived(columns: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "name" in columns:
        found |= {"sort_key": sort_key(columns["name"]), "tokens": name_tokens(columns["name"])}
    if "phone" in columns:
        found |= phone_columns(columns["phone"])
    if "id_number" in columns:
        number = columns["id_number"]
        found["id_number_index"] = id_number_index(number) if number else None
    return found


def _apart(merge: Merge, *, actor: User | None, now: datetime) -> None:
    """Two records taken apart by a person are not proposed again."""
    left, right = sorted((merge.kept_id, merge.gone_id))
    DuplicateSuggestion.objects.update_or_create(
        left_id=left,
        right_id=right,
        defaults={
            "state": DuplicateSuggestion.State.DIFFERENT,
            "decided_at": now,
            "decided_by": actor,
        },
        create_defaults={
            "state": DuplicateSuggestion.State.DIFFERENT,
            "score": 0,
            "found_at": now,
            "decided_at": now,
            "decided_by": actor,
        },
    )


def _value(name: str, text: Any) -> Any:
    column: Any = Customer._meta.get_field(name)
    return column.to_python(text)


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))
