"""The public price wall: every unit with its price, for everybody, without a login (MKT-49).

Only what is in ``WallRow`` leaves the office: no floor price, no customer, no reason of a change.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.models.project import Project
from customers.pricing import choices
from customers.pricing.models import PriceList
from customers.pricing.rules import in_wan
from customers.pricing.selectors import has_prices, price_column
from customers.property.board import state_of, with_state
from customers.property.choices import CERTIFICATES
from customers.property.models import AdverseFactor, Certificate, Unit

KEPT = 20  # seconds; with the 30 of the page a change is on the wall within a minute
REFRESH = 30
TURN = 15
ROWS = 10
CHANGES = 4
KINDS = dict(CERTIFICATES)
WORDS = {
    "available": "available",
    "held": "reserved",
    "presubscribed": "reserved",
    "subscribed": "sold",
    "signed": "sold",
    "handed_over": "sold",
    "withheld": "withheld",
}
LOOKS = {"available": ("a", "ring"), "reserved": ("h", "half"), "sold": ("s", "dia")}


class WallRow(NamedTuple):
    """One unit as the public sees it; areas in m², prices in yuan, the total in 万."""

    name: str
    area: Decimal
    inner_area: Decimal | None
    unit_price: Decimal
    total: Decimal | None
    state: str

    @property
    def word(self) -> Any:
        """The state in words."""
        return choices.WALL_STATES[self.state]

    @property
    def letter(self) -> str:
        """The state in class names."""
        return LOOKS.get(self.state, ("s", "cross"))[0]

    @property
    def shape(self) -> str:
        """The shape beside the word."""
        return LOOKS.get(self.state, ("s", "cross"))[1]


@dataclass(frozen=True, slots=True)
class Wall:
    """Everything the wall shows of a project."""

    rows: list[WallRow]
    available: int
    average: Decimal | None
    changed_at: datetime | None
    changes: list[tuple[datetime, int, Decimal | None]]
    certificates: list[tuple[str, str]]
    adverse: list[tuple[str, str]]


@require_safe
@login_not_required
def price_wall(request: HttpRequest, code: str) -> HttpResponse:
    """Show a page of the wall; ``?screen=1`` turns the pages by itself, for the big screen."""
    project = Project.objects.filter(code=code).first()
    now = timezone.now()
    if project is None or not has_prices(project.pk, at=now):
        raise Http404
    wall = wall_of(project, now=now)
    pages = max(1, ceil(len(wall.rows) / ROWS))
    is_screen = request.GET.get("screen") == "1"
    page = min(max(_number(request.GET.get("page", "")), 1), pages)
    context = {
        "project": project,
        "wall": wall,
        "rows": wall.rows[(page - 1) * ROWS : page * ROWS],
        "certificates": [(KINDS.get(kind, kind), number) for kind, number in wall.certificates],
        "page": page,
        "pages": pages,
        "before": page - 1,
        "after": page + 1 if page < pages else 0,
        "next": (page % pages + 1) if is_screen else page,
        "is_screen": is_screen,
        "seconds": TURN if is_screen else REFRESH,
        "now": now,
    }
    return render(request, "customers/pricing/wall.html", context)


def wall_of(project: Project, *, now: datetime) -> Wall:
    """Return the wall of a project, kept for some seconds."""
    key = f"price-wall:{project.pk}"
    found: Wall | None = cache.get(key)
    if found is None:
        found = read_wall(project, now=now)
        cache.set(key, found, KEPT)
    return found


def read_wall(project: Project, *, now: datetime) -> Wall:
    """Return the wall of a project as it stands now."""
    rows = _rows(project, now)
    free = [row for row in rows if row.state == "available"]
    area = sum((row.area for row in free), Decimal(0))
    value = sum((row.unit_price * row.area for row in free), Decimal(0))
    changes = _changes(project, now)
    factors = AdverseFactor.objects.filter(project=project, ended_on=None).select_related(
        "unit__building", "building"
    )
    return Wall(
        rows=rows,
        available=len(free),
        average=(value / area).quantize(Decimal(1), ROUND_HALF_UP) if area else None,
        changed_at=changes[0][0] if changes else None,
        changes=changes,
        certificates=[
            (each.kind, each.number)
            for each in Certificate.objects.filter(project=project).order_by("issued_on", "pk")
        ],
        adverse=[
            (str(each.unit or each.building or ""), each.text)
            for each in factors.order_by("building_id", "unit_id", "pk")
        ],
    )


def _rows(project: Project, now: datetime) -> list[WallRow]:
    units = with_state(Unit.objects.filter(project=project)).order_by(
        "building__sort_key", "building__name", "entrance", "-floor", "number"
    )
    units = units.annotate(
        each=price_column("unit_price", at=now), total=price_column("public_total", at=now)
    )
    found = units.filter(each__isnull=False).values_list(
        *("building__name", "entrance", "number", "forecast_area", "measured_area", "inner_area"),
        *("each", "total", "withheld_at", "deal__state"),
    )
    return [
        WallRow(
            "-".join(part for part in row[:3] if part),
            row[4] or row[3],
            row[5],
            row[6],
            in_wan(row[7]),
            WORDS[state_of(row[8], row[9])],
        )
        for row in found
    ]


def _changes(project: Project, now: datetime) -> list[tuple[datetime, int, Decimal | None]]:
    """Return time, number of units and percent of the last changes, newest first."""
    lists = PriceList.objects.in_force(at=now).filter(project=project).order_by("-effective_at")
    return [
        (effective_at, radius.get("units", 0), _percent(radius))
        for effective_at, radius in lists.values_list("effective_at", "radius")[:CHANGES]
        if effective_at is not None
    ]


def _percent(radius: dict[str, Any]) -> Decimal | None:
    old, new = Decimal(radius.get("old_sum", 0)), Decimal(radius.get("new_sum", 0))
    return ((new - old) / old * 100).quantize(Decimal("0.1"), ROUND_HALF_UP) if old else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
