"""Takes an import of units back: units nobody has worked with go, former values come back."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db.models import Model, Q
from django.urls import reverse

from crm_site.audit.services import record_bulk
from crm_site.exchange.registry import Kept, Plan, Undone
from customers.importers.restoring import CHANGED
from customers.importers.touched import EDITED, OTHER, referred
from customers.models import Building, Layout, Unit, UnitEvent

REVERTED = "unit.import_reverted"
AREAS = {"forecast_area", "measured_area", "inner_area", "shared_area"}


def plain(value: Any) -> Any:
    """Return a value of a unit as the trace keeps it: JSON, a layout by its key."""
    if isinstance(value, Decimal):
        return str(value)
    return value.pk if isinstance(value, Model) else value


class UnitReverter:
    """Takes back the parts of one import of units."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def revert(self, trace: Mapping[str, Any]) -> Undone:
        """Take one part back, inside the caller's transaction."""
        undone = Undone()
        keys = [entry[1] for entry in (*trace["created"], *trace["updated"])]
        rows = Unit.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
        units = {unit.pk: unit for unit in rows.select_related("layout")}
        self._drop(trace["created"], units, undone)
        for row, pk, changes in trace["updated"]:
            if pk in units:
                self._restore(row, units[pk], changes, undone)
        undone.counts["emptied"] += _drop_empty(Building, trace["buildings"])
        undone.counts["emptied"] += _drop_empty(Layout, trace["layouts"])
        undone.counts["kept"] += len(undone.kept)
        return undone

    def finish(self, traces: Iterable[Mapping[str, Any]]) -> None:
        """Write the one audit event of the revert."""
        made = set(chain.from_iterable([one[1] for one in t["created"]] for t in traces))
        left = set(Unit.objects.filter(pk__in=made).values_list("pk", flat=True))
        record_bulk(
            kind=REVERTED,
            actor=self._plan.actor,
            now=self._plan.now,
            subject_kind="unit",
            ids=made - left,
            facts={"import_job": self._plan.job_id, "kept": len(left)},
        )

    def _drop(
        self, created: Sequence[Sequence[Any]], units: Mapping[int, Unit], undone: Undone
    ) -> None:
        there = {pk: (row, values) for row, pk, values in created if pk in units}
        own = {"customers.unitevent": Q(kind="added")}
        reasons = {
            pk: EDITED if code == EDITED else OTHER
            for pk, code in referred(Unit, list(there), own).items()
        }
        for pk, (_row, values) in there.items():
            if {name: plain(getattr(units[pk], name)) for name in values} != values:
                reasons[pk] = EDITED
        undone.kept += [Kept(there[pk][0], pk, code) for pk, code in reasons.items()]
        gone = there.keys() - reasons.keys()
        Unit.objects.filter(pk__in=gone).delete()
        undone.counts["removed"] += len(gone)

    def _restore(
        self, row: int, unit: Unit, changes: Mapping[str, Sequence[Any]], undone: Undone
    ) -> None:
        """Put each value back where the unit still has that of the file."""
        kept = [name for name, (_old, new) in changes.items() if plain(getattr(unit, name)) != new]
        back = {name: old for name, (old, _new) in changes.items() if name not in kept}
        if kept:
            undone.kept.append(Kept(row, unit.pk, CHANGED, tuple(kept)))
        if not back:
            return
        for name, old in back.items():
            if name == "layout":
                unit.layout_id = old
            else:
                setattr(unit, name, Decimal(old) if name in AREAS and old is not None else old)
        unit.updated_at = self._plan.now
        unit.save(update_fields=[*back, "updated_at"])
        facts = {name: [changes[name][1], old] for name, old in back.items() if name != "layout"}
        UnitEvent.objects.create(
            unit=unit, at=self._plan.now, kind="changed", facts=facts, actor=self._plan.actor
        )
        undone.counts["restored"] += 1


def subjects(user: Any, keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return name and address of the units the person sees."""
    units = Unit.objects.visible_to(user).filter(pk__in=keys).select_related("building")
    return {
        each.pk: (str(each), reverse("customers:unit-detail", args=[each.pk])) for each in units
    }


def _drop_empty(model: type[Building] | type[Layout], keys: Sequence[int]) -> int:
    """Delete what the part made and nothing uses any more; return how many."""
    gone = set(keys) - referred(model, list(keys), {}).keys()
    model.objects.filter(pk__in=gone).delete()
    return len(gone)
