"""Takes an import of bookings back: purchases nobody has worked with go, their leads move back."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from django.db.models import Q
from django.urls import reverse

from crm_site.audit.services import record_bulk
from crm_site.exchange.registry import Kept, Plan, Undone
from customers.importers.removing import remove
from customers.importers.touched import OTHER, referred
from customers.models import Purchase
from customers.purchase.importing.following import go_back
from customers.purchase.services.locking import lock_customers, lock_units

REVERTED = "purchase.import_reverted"


class PurchaseReverter:
    """Takes back the parts of one import of bookings."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def revert(self, trace: Mapping[str, Any]) -> Undone:
        """Take one part back, inside the caller's transaction."""
        undone = Undone()
        entries = {pk: (row, lead, state) for row, pk, lead, state in trace["created"]}
        there = self._locked(list(entries))
        own = {
            "customers.purchaseevent": Q(facts__import_job=self._plan.job_id),
            "customers.purchaseparty": Q(role="buyer"),
        }
        kept = referred(Purchase, [row.pk for row in there], own)
        kept |= {row.pk: OTHER for row in there if row.state != entries[row.pk][2]}
        undone.kept += [Kept(entries[pk][0], pk, OTHER) for pk in kept]
        gone = [row.pk for row in there if row.pk not in kept]
        undone.counts["removed"] += remove(Purchase, gone)
        undone.counts["kept"] += len(kept)
        kept_leads = {entries[pk][1] for pk in kept}
        go_back(trace, kept_leads=kept_leads, job_id=self._plan.job_id, now=self._plan.now)
        return undone

    def finish(self, traces: Iterable[Mapping[str, Any]]) -> None:
        """Write the one audit event of the revert."""
        made = set(chain.from_iterable([one[1] for one in t["created"]] for t in traces))
        left = set(Purchase.objects.filter(pk__in=made).values_list("pk", flat=True))
        record_bulk(
            kind=REVERTED,
            actor=self._plan.actor,
            now=self._plan.now,
            subject_kind="purchase",
            ids=made - left,
            facts={"import_job": self._plan.job_id, "kept": len(left)},
        )

    def _locked(self, keys: Sequence[int]) -> list[Purchase]:
        rows = Purchase.objects.filter(pk__in=keys)
        lock_customers(rows.values_list("customer_id", flat=True))
        lock_units(key for key in rows.values_list("unit_id", flat=True) if key)
        return list(rows.order_by("pk").select_for_update(of=("self",)))


def subjects(user: Any, keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return name and address of the purchases the person sees."""
    rows = Purchase.objects.visible_to(user).filter(pk__in=keys)
    return {
        each.pk: (str(each), reverse("customers:purchase-detail", args=[each.pk]))
        for each in rows.select_related("unit__building", "project")
    }
