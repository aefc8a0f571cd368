"""Which defects come back, by trade, contractor and layout, and what the next project has to know.

Source: BEY-11. A case is a defect found at an inspection or a repair an owner reported; it came
back when its re-check failed, the owner refused the repair, or it was reported again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from crm_site.policies.services import in_force
from customers.handover.choices import TRADES
from customers.models import Project, UnitDefect
from service.repairs.models import BuiltBy, Contractor, Lesson, RepairOrder
from service.repairs.policies import LEARNING
from service.repairs.rules.learning import Share, share_of, stands_out

DEFECTS: Final = "defects"
REPAIRS: Final = "repairs"
SOURCES: Final = (DEFECTS, REPAIRS)
DIMENSIONS: Final = ("trade", "contractor", "layout")
BACK = {
    DEFECTS: Q(failures__gt=0),
    REPAIRS: Q(refusals__gt=0) | Q(reopened__gt=0),
}


@dataclass(frozen=True, slots=True)
class Group:
    """The cases of one trade, contractor or layout against all others of the same source."""

    source: str
    dimension: str
    value: str
    label: str
    share: Share
    base: Share
    is_small: bool
    stands_out: bool


def cases_of(source: str, scope: Callable[[Any], Any]) -> "QuerySet[Any]":
    """Return the cases of a source with ``trade``, ``contractor`` and ``layout``.

    ``scope`` limits the rows, such as to those a user may see.
    """
    built = BuiltBy.objects.order_by()
    if source == DEFECTS:
        rows = scope(UnitDefect.objects.all())
        by = built.filter(
            project=OuterRef("delivery__unit__project"), trade=OuterRef("trade")
        ).values("contractor")[:1]
        layout = F("delivery__unit__layout__code")
    else:
        rows = scope(RepairOrder.objects.exclude(trade="").exclude(stage="dropped"))
        by = built.filter(project=OuterRef("ticket__project"), trade=OuterRef("trade")).values(
            "contractor"
        )[:1]
        layout = F("ticket__unit__layout__code")
    found: QuerySet[Any] = rows.annotate(by_contractor=Subquery(by), by_layout=layout)
    return found


def column(dimension: str) -> str:
    """Return the column of a case that holds a dimension."""
    return dimension if dimension == "trade" else f"by_{dimension}"


def groups(source: str, dimension: str, *, cases: Any, fewest: int) -> list[Group]:
    """Return the groups of a dimension, those that stand out first, then the highest rates.

    Each is compared with the base rate of all cases of the source that are not in the group.
    """
    back, name = BACK[source], column(dimension)
    rows = list(
        cases.order_by()
        .values(name)
        .annotate(cases=Count("pk"), hits=Count("pk", filter=back))
        .exclude(**{f"{name}__isnull": True})
        .exclude(**({} if dimension == "contractor" else {name: ""}))
    )
    whole = cases.aggregate(cases=Count("pk"), hits=Count("pk", filter=back))
    words = _words(dimension, [row[name] for row in rows])
    found = []
    for row in rows:
        share = share_of(row["hits"], row["cases"])
        base = share_of(whole["hits"] - row["hits"], whole["cases"] - row["cases"])
        found.append(
            Group(
                source=source,
                dimension=dimension,
                value=str(row[name]),
                label=words.get(row[name], str(row[name])),
                share=share,
                base=base,
                is_small=share.cases < fewest,
                stands_out=stands_out(share, base, fewest=fewest),
            )
        )
    return sorted(found, key=lambda one: (not one.stands_out, -(one.share.rate or 0), one.label))


def _words(dimension: str, values: Iterable[Any]) -> dict[Any, str]:
    if dimension == "trade":
        return {key: str(word) for key, word in TRADES}
    if dimension == "contractor":
        return dict(Contractor.objects.filter(pk__in=list(values)).values_list("pk", "name"))
    return {}


def rows_of(source: str, dimension: str, value: str, *, cases: Any, came_back: bool) -> Any:
    """Return the cases a figure counts: of one group, all or those that came back."""
    found = cases.filter(**{column(dimension): value})
    return found.filter(BACK[source]) if came_back else found


def _everything(rows: Any) -> Any:
    return rows


@transaction.atomic
def learn(*, now: datetime) -> int:
    """Write the lessons the figures of all projects give and return how many stand.

    A lesson whose group no longer stands out is kept and not asked for any more.
    """
    fewest = in_force(LEARNING, at=now).value.fewest_cases
    standing = []
    for source in SOURCES:
        cases = cases_of(source, _everything)
        for dimension in DIMENSIONS:
            found = groups(source, dimension, cases=cases, fewest=fewest)
            standing += [_keep(group, now) for group in found if group.stands_out]
    gone = Lesson.objects.filter(is_current=True).exclude(pk__in=[one.pk for one in standing])
    gone.update(is_current=False, updated_at=now)
    return len(standing)


def _keep(group: Group, now: datetime) -> Lesson:
    values = {
        "label": group.label[:80],
        "hits": group.share.hits,
        "cases": group.share.cases,
        "low": group.share.low,
        "high": group.share.high,
        "base": group.base.rate,
        "found_at": now,
        "is_current": True,
    }
    lesson, _made = Lesson.objects.update_or_create(
        source=group.source, dimension=group.dimension, value=group.value, defaults=values
    )
    return lesson


def lessons_for(project: Project) -> "QuerySet[Lesson]":
    """Return the lessons that concern a project: its contractors and layouts, and every trade."""
    built = BuiltBy.objects.filter(project=project).values_list("contractor", flat=True)
    codes = project.layouts.exclude(code="").values_list("code", flat=True)
    concerned = (
        Q(dimension="trade")
        | Q(dimension="contractor", value__in=[str(pk) for pk in built])
        | Q(dimension="layout", value__in=list(codes))
    )
    return Lesson.objects.filter(concerned, is_current=True).order_by("dimension", "label", "pk")
