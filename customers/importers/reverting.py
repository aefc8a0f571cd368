"""Takes an import of customers back: what it created goes, what it changed comes back.

A row somebody has worked with since stays as it is; a value comes back only where the record still
has the imported one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Q
from django.urls import reverse

from crm_site.audit.services import record_bulk
from crm_site.exchange.registry import Kept, Plan, Undone
from customers.importers.restoring import Restorer
from customers.importers.touched import MERGED, touched_customers, touched_leads
from customers.models import Customer, CustomerContact, Lead, SourceEvent

REVERTED = "customer.import_reverted"


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
        customers = _locked({*created, *updated, *(customer for _row, customer in leads.values())})
        touched = self._touched_leads(leads, at)
        firsts = set(created.values())
        self._drop_leads({k: v for k, v in leads.items() if v[0] not in firsts}, touched, undone)
        own = {key: customer for key, (row, customer) in leads.items() if row in firsts}
        self._drop_customers(created, customers, own, touched, at=at, undone=undone)
        contacts = [(pk, kind, bytes.fromhex(index)) for pk, kind, index in trace["contacts"]]
        touching = {pk for pk, _kind, _index in contacts}
        changed = {pk: entry for pk, entry in updated.items() if pk in customers}
        merged = {pk for pk in changed if customers[pk].merged_into_id is not None}
        undone.kept += [Kept(changed[pk][0], pk, MERGED) for pk in sorted(merged)]
        _drop_contacts([one for one in contacts if one[0] not in merged])
        restorer = Restorer(self._plan, undone)
        for pk in sorted(set(changed) - merged):
            restorer.restore(customers[pk], *changed[pk], lost_contact=pk in touching)
        restorer.write()
        undone.counts["kept"] += len({(kept.row, kept.subject_id) for kept in undone.kept})
        return undone

    def finish(self, traces: Iterable[Mapping[str, Any]]) -> None:
        """Write the one audit event of the revert, with the keys of all customers it took away."""
        made = set(chain.from_iterable([pk for _row, pk in t["created"]] for t in traces))
        left = set(Customer.objects.filter(pk__in=made).values_list("pk", flat=True))
        record_bulk(
            kind=REVERTED,
            actor=self._plan.actor,
            now=self._plan.now,
            subject_kind="customer",
            ids=made - left,
            facts={"import_job": self._plan.job_id, "kept": len(left)},
        )

    def _touched_leads(self, leads: Mapping[int, tuple[int, int]], at: datetime) -> dict[int, str]:
        wanted = {key: customer for key, (_row, customer) in leads.items()}
        list(Lead.objects.filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",)))
        return touched_leads(wanted, job_id=self._plan.job_id, at=at)

    def _drop_leads(
        self, leads: Mapping[int, tuple[int, int]], touched: Mapping[int, str], undone: Undone
    ) -> None:
        """Delete enquiries that the part added to customers it did not create."""
        for key, (row, customer) in leads.items():
            if key in touched:
                undone.kept.append(Kept(row, customer, touched[key]))
        gone = [key for key in leads if key not in touched]
        SourceEvent.objects.filter(lead__in=gone, import_job=self._plan.job_id).delete()
        undone.counts["enquiries"] += Lead.objects.filter(pk__in=gone).count()
        Lead.objects.filter(pk__in=gone).delete()

    def _drop_customers(
        self,
        created: Mapping[int, int],
        customers: Mapping[int, Customer],
        leads: Mapping[int, int],
        touched: Mapping[int, str],
        *,
        at: datetime,
        undone: Undone,
    ) -> None:
        """Delete the customers the part created, with all that belongs to them."""
        there = [customers[pk] for pk in created if pk in customers]
        job_id = self._plan.job_id
        reasons = {customer: touched[key] for key, customer in leads.items() if key in touched}
        reasons |= touched_customers(there, job_id=job_id, at=at, leads=list(leads))
        gone = [customer.pk for customer in there if customer.pk not in reasons]
        undone.kept += [Kept(created[pk], pk, code) for pk, code in reasons.items()]
        SourceEvent.objects.filter(customer__in=gone).delete()
        Lead.objects.filter(customer__in=gone).delete()
        Customer.objects.filter(pk__in=gone).delete()
        undone.counts["removed"] += len(gone)


def subjects(user: Any, keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return name and address of the customers ``user`` sees."""
    seen = Customer.objects.visible_to(user).filter(pk__in=keys).values_list("pk", "name")
    return {pk: (name, reverse("customers:customer-detail", args=[pk])) for pk, name in seen}


def _locked(keys: set[int]) -> dict[int, Customer]:
    found = Customer.objects.filter(pk__in=keys).order_by("pk").defer("phone", "tokens")
    return {customer.pk: customer for customer in found.select_for_update(of=("self",))}


def _drop_contacts(contacts: Sequence[tuple[int, str, bytes]]) -> None:
    wanted = set(contacts)
    if not wanted:
        return
    rows = CustomerContact.objects.filter(
        Q(customer__in={pk for pk, _kind, _index in wanted})
    ).values_list("pk", "customer_id", "kind", "value_index")
    gone = [pk for pk, customer, kind, index in rows if (customer, kind, bytes(index)) in wanted]
    CustomerContact.objects.filter(pk__in=gone).delete()
