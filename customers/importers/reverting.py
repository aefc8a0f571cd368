"""Takes an import of customers back: what it created goes, what it changed comes back.

A row somebody has worked with since stays as it is; a value comes back only where the record still
has the imported one.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from crm_site.audit.services import record_bulk
from crm_site.exchange.registry import Kept, Plan, Undone
from customers.importers.removing import remove
from customers.importers.restoring import Restorer
from customers.importers.touched import MERGED, Held, touched_customers, touched_leads
from customers.models import Customer, CustomerContact, Lead, SourceEvent

REVERTED = "customer.import_reverted"
Contact = tuple[int, str, bytes]  # customer, kind, index of the value


class CustomerReverter:
    """Takes back the parts of one import of customers."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def revert(self, trace: Mapping[str, Any]) -> Undone:
        """Take one part back, inside the caller's transaction."""
        at, undone = datetime.fromisoformat(trace["at"]), Undone()
        created = {pk: row for row, pk in trace["created"]}
        leads = {key: (row, customer) for row, key, customer in trace["leads"]}
        updated = {int(pk): entry for pk, entry in trace["updated"].items()}
        held = _held({*created, *updated, *(customer for _row, customer in leads.values())})
        touched = self._touched_leads(leads, at)
        firsts = set(created.values())
        self._drop_leads({k: v for k, v in leads.items() if v[0] not in firsts}, touched, undone)
        own = {key: customer for key, (row, customer) in leads.items() if row in firsts}
        self._drop_customers(created, held, own, touched, at=at, undone=undone)
        contacts = [(pk, kind, bytes.fromhex(index)) for pk, kind, index in trace["contacts"]]
        changed = {pk: entry for pk, entry in updated.items() if pk in held}
        merged = {pk for pk in changed if held[pk].merged_into_id is not None}
        undone.kept += [Kept(changed[pk][0], pk, MERGED) for pk in sorted(merged)]
        _drop_contacts([one for one in contacts if one[0] not in merged])
        self._restore({pk: changed[pk] for pk in changed.keys() - merged}, contacts, undone)
        undone.counts["kept"] += len({(kept.row, kept.subject_id) for kept in undone.kept})
        return undone

    def finish(self, traces: Iterable[Mapping[str, Any]]) -> None:
        """Write the one audit event of the revert, with the keys of all customers it took away."""
        gone, kept = array("q"), 0  # the keys of a part are higher than those of the one before
        for trace in traces:
            made = sorted(pk for _row, pk in trace["created"])
            left = set(Customer.objects.filter(pk__in=made).values_list("pk", flat=True))
            gone.extend(pk for pk in made if pk not in left)
            kept += len(left)
        record_bulk(
            kind=REVERTED,
            actor=self._plan.actor,
            now=self._plan.now,
            subject_kind="customer",
            ids=gone,
            is_ascending=True,
            facts={"import_job": self._plan.job_id, "kept": kept},
        )

    def _restore(
        self, changed: Mapping[int, Any], contacts: Sequence[Contact], undone: Undone
    ) -> None:
        """Put back the values of known customers, which are locked."""
        touching = {pk for pk, _kind, _index in contacts}
        restorer = Restorer(self._plan, undone)
        known = Customer.objects.filter(pk__in=changed).order_by("pk").defer("phone", "tokens")
        for customer in known:
            restorer.restore(customer, *changed[customer.pk], lost_contact=customer.pk in touching)
        restorer.write()

    def _touched_leads(self, leads: Mapping[int, tuple[int, int]], at: datetime) -> dict[int, str]:
        wanted = {key: customer for key, (_row, customer) in leads.items()}
        rows = Lead.objects.filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",))
        list(rows.values_list("pk", flat=True))
        return touched_leads(wanted, job_id=self._plan.job_id, at=at)

    def _drop_leads(
        self, leads: Mapping[int, tuple[int, int]], touched: Mapping[int, str], undone: Undone
    ) -> None:
        """Delete enquiries that the part added to customers it did not create."""
        for key, (row, customer) in leads.items():
            if key in touched:
                undone.kept.append(Kept(row, customer, touched[key]))
        gone = [key for key in leads if key not in touched]
        of_import = SourceEvent.objects.filter(lead__in=gone, import_job=self._plan.job_id)
        remove(SourceEvent, list(of_import.values_list("pk", flat=True)))
        undone.counts["enquiries"] += remove(Lead, gone)

    def _drop_customers(
        self,
        created: Mapping[int, int],
        held: Mapping[int, Held],
        leads: Mapping[int, int],
        touched: Mapping[int, str],
        *,
        at: datetime,
        undone: Undone,
    ) -> None:
        """Delete the customers the part created, with all that belongs to them."""
        there = [held[pk] for pk in created if pk in held]
        job_id = self._plan.job_id
        reasons = {customer: touched[key] for key, customer in leads.items() if key in touched}
        reasons |= touched_customers(there, job_id=job_id, at=at, leads=list(leads))
        gone = [customer.pk for customer in there if customer.pk not in reasons]
        undone.kept += [Kept(created[pk], pk, code) for pk, code in reasons.items()]
        undone.counts["removed"] += remove(Customer, gone)


def subjects(user: Any, keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return name and address of the customers ``user`` sees."""
    seen = Customer.objects.visible_to(user).filter(pk__in=keys).values_list("pk", "name")
    return {pk: (name, reverse("customers:customer-detail", args=[pk])) for pk, name in seen}


def _held(keys: set[int]) -> dict[int, Held]:
    """Lock the customers against other sessions, in the order of their keys."""
    rows = Customer.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
    return {row[0]: Held(*row) for row in rows.values_list(*Held._fields)}


def _drop_contacts(contacts: Sequence[Contact]) -> None:
    wanted = set(contacts)
    if not wanted:
        return
    rows = CustomerContact.objects.filter(
        Q(customer__in={pk for pk, _kind, _index in wanted})
    ).values_list("pk", "customer_id", "kind", "value_index")
    gone = [pk for pk, customer, kind, index in rows if (customer, kind, bytes(index)) in wanted]
    remove(CustomerContact, gone)
