"""The importer of customers: checks rows against what exists, then writes them set by set."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from crm_site.audit.services import record_bulk
from crm_site.exchange.reading.table import Row
from crm_site.exchange.registry import Importer, Outcome, Plan, Problem
from customers.importers import fields
from customers.importers.matching import (
    MOST_SHARING,
    REPEATED,
    Decision,
    Matcher,
    sharing,
    too_many_share,
)
from customers.importers.reverting import CustomerReverter, subjects
from customers.importers.rows import NEW, Draft, RowReader, custom_key
from customers.importers.seen import Key, Naming, SeenKeys
from customers.importers.writing import write_decisions
from customers.models import CustomField, SourceEvent
from customers.rules.names import NameRelation, compare_names


class CustomerBatcher:
    """Checks and writes the rows of one file of customers."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._specs = fields.fields(plan.actor)
        self._seen = SeenKeys(plan.job_id)
        self._dry_reader: RowReader | None = None

    def check(self, rows: Sequence[Row]) -> Outcome:
        """Return what writing ``rows`` would do; remembers their keys to find repeats."""
        outcome = Outcome()
        if self._dry_reader is None:
            self._dry_reader = RowReader(self._plan, self._specs, dry=True)
        drafts = self._dry_reader.read(rows, outcome)
        first = self._firsts(drafts, outcome)
        decisions = Matcher(self._plan, lock=False).decide(first, outcome)
        _count(decisions, outcome)
        return outcome

    def prepare(self) -> None:
        """Create the fields that columns are to become."""
        labels = dict(zip(map(custom_key, self._plan.headers), self._plan.headers, strict=True))
        for header, target in self._plan.mapping.items():
            if target.startswith(NEW):
                key = custom_key(header)
                CustomField.objects.get_or_create(
                    key=key, defaults={"label": labels[key][:80], "kind": target[len(NEW) :]}
                )

    def write(self, rows: Sequence[Row]) -> Outcome:
        """Write new customers, what is to change in known ones, and the enquiries of both."""
        outcome = Outcome()
        # A new reader per part: what it created is gone when the part is rolled back.
        drafts = RowReader(self._plan, self._specs, dry=False).read(rows, outcome)
        decisions = Matcher(self._plan, lock=True).decide(drafts, outcome)
        _count(decisions, outcome)
        outcome.trace = write_decisions(self._plan, decisions).to_json()
        return outcome

    def finish(self) -> None:
        """Write the one audit event of the import, with the keys of all customers it touched."""
        ids = SourceEvent.objects.filter(import_job=self._plan.job_id).order_by("customer_id")
        record_bulk(
            kind="customer.imported",
            actor=self._plan.actor,
            now=self._plan.now,
            subject_kind="customer",
            ids=ids.values_list("customer_id", flat=True).distinct().iterator(),
            is_ascending=True,
            facts={"import_job": self._plan.job_id},
        )

    def forget(self) -> None:
        """Forget which rows were tried."""
        self._seen.forget()

    def _firsts(self, drafts: list[Draft], outcome: Outcome) -> list[Draft]:
        """Return the drafts of customers the file names for the first time."""
        kept: list[Draft] = []
        seen = self._seen.of(key for draft in drafts for key in draft.keys)
        fresh: list[tuple[Key, Naming]] = []
        for draft in drafts:
            first = _first_of(draft, seen, outcome)
            kept += [first] if first is not None else []
            for key in draft.keys:
                naming = (draft.row, _name(draft))
                if len(holders := seen.setdefault(key, [])) < MOST_SHARING:
                    holders.append(naming)
                    fresh.append((key, naming))
        self._seen.add(fresh)
        return kept


def _first_of(draft: Draft, seen: Mapping[Key, Sequence[Naming]], outcome: Outcome) -> Draft | None:
    """Return the draft, or one that shares the number of another; ``None`` for a repeat."""
    rows = _rows_of_same(draft, seen)
    sharers = seen.get(draft.phone_index, ()) if draft.phone_index else ()
    if not rows and sharers:
        if len(sharers) >= MOST_SHARING:
            outcome.refuse(too_many_share(draft))
            return None
        outcome.problems.append(Problem(draft.row, "", "shared_phone", is_warning=True))
        return sharing(draft)
    if not rows:
        return draft
    if len(rows) > 1:
        outcome.refuse(Problem(draft.row, "", "identity_conflict"))
        return None
    outcome.counts[REPEATED] += 1
    first = {"first": rows.pop()}
    outcome.problems.append(Problem(draft.row, "", "repeated", first, is_warning=True))
    return None


def _rows_of_same(draft: Draft, seen: Mapping[Key, Sequence[Naming]]) -> set[int]:
    """Return the first row of the customer, or of the two whom phone and number mean."""
    holders = seen.get(draft.phone_index, []) if draft.phone_index else []
    numbered = {row for row, _name in seen.get(draft.external_id, [])[:1]}
    if numbered or not _name(draft):
        return numbered | {row for row, _name in holders[:1]}
    same = (
        row
        for row, name in holders
        if not name or compare_names(name, _name(draft)) is not NameRelation.DIFFERENT
    )
    return {row for row in [next(same, None)] if row is not None}


def _name(draft: Draft) -> str:
    """Return the name of a row, nothing for one that was named after its number."""
    return "" if draft.values.get("is_unnamed") else str(draft.values["name"])


def _count(decisions: Sequence[Decision], outcome: Outcome) -> None:
    for decision in decisions:
        outcome.counts[decision.verdict] += 1


def _suggest(mapping: Mapping[str, str]) -> dict[str, str]:
    """Name the numbering system after the column of the external id, for want of better."""
    header = next((header for header, key in mapping.items() if key == "external_id"), "")
    return {"external_source": header[:40]} if header else {}


IMPORTER = Importer(
    key="customer",
    label=_("Customers"),
    permission="exchange.import_customer",
    fields=fields.fields,
    options=fields.options,
    open=CustomerBatcher,
    check_mapping=fields.check_mapping,
    allow_new=True,
    suggest=_suggest,
    findings={
        "new_sources": _("New sources"),
        "new_projects": _("New projects"),
        "unknown_projects": _("Unknown projects"),
        "unknown_owners": _("Unknown owners"),
    },
    reverter=CustomerReverter,
    subjects=subjects,
    revert_counts={
        "removed": _("Customers removed"),
        "enquiries": _("Enquiries removed from known customers"),
        "restored": _("Customers with their former values"),
    },
    stays=_("New projects, sources and fields stay."),
)
