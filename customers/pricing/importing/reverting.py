"""Takes an import of prices back, as long as its list is a draft."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from crm_site.audit.services import record
from crm_site.exchange.registry import Kept, Plan, Undone
from customers.importers.restoring import CHANGED
from customers.importers.touched import OTHER
from customers.pricing.models import PriceList, UnitPrice
from customers.pricing.rules import ListState

VALUES = ("unit_price", "public_total", "floor_total", "floor_coefficient")


def plain(price: UnitPrice) -> dict[str, str]:
    """Return the values of a price as the trace keeps them."""
    return {name: f"{Decimal(getattr(price, name)).normalize():f}" for name in VALUES}


class PriceReverter:
    """Takes back the parts of one import of prices."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def revert(self, trace: Mapping[str, Any]) -> Undone:
        """Take one part back, inside the caller's transaction; a submitted list stays."""
        undone = Undone()
        made = {unit: (row, new) for row, unit, new in trace["created"]}
        changed = {unit: (row, old, new) for row, unit, old, new in trace["updated"]}
        drafts = PriceList.objects.filter(pk=trace["list"], state=ListState.DRAFT)
        if not drafts.select_for_update(of=("self",)).exists():
            if PriceList.objects.filter(pk=trace["list"]).exists():
                undone.kept += [Kept(row, unit, OTHER) for unit, (row, *_rest) in made.items()]
                undone.kept += [Kept(row, unit, OTHER) for unit, (row, *_rest) in changed.items()]
            undone.counts["kept"] += len(undone.kept)
            return undone
        rows = UnitPrice.objects.filter(price_list=trace["list"], unit__in=[*made, *changed])
        gone, back = [], []
        for price in rows.order_by("pk"):
            row, *_before, new = made.get(price.unit_id) or changed[price.unit_id]
            if plain(price) != new:
                undone.kept.append(Kept(row, price.unit_id, CHANGED, VALUES))
            elif price.unit_id in made:
                gone.append(price.pk)
            else:
                for name, value in changed[price.unit_id][1].items():
                    setattr(price, name, Decimal(value))
                back.append(price)
        UnitPrice.objects.filter(pk__in=gone).delete()
        UnitPrice.objects.bulk_update(back, list(VALUES), batch_size=500)
        undone.counts["removed"] += len(gone)
        undone.counts["restored"] += len(back)
        undone.counts["kept"] += len(undone.kept)
        return undone

    def finish(self, traces: Iterable[Mapping[str, Any]]) -> None:
        """Write the one audit event of the revert."""
        for key in {trace["list"] for trace in traces}:
            record(
                kind="price_list.import_reverted",
                actor=self._plan.actor,
                subject=("price_list", key),
                facts={"import_job": self._plan.job_id},
                now=self._plan.now,
            )
