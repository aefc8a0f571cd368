"""What a column of a file of prices may mean, and which draft it fills."""

import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.exchange.errors import MappingError
from crm_site.exchange.registry import CellError, FieldSpec, OptionSpec, Reading
from customers.models.project import Project
from customers.pricing.models import PriceList
from customers.pricing.rules import ListState
from customers.property.importing.parsers import entrance, floor_of, number
from customers.purchase.importing.parsers import price

LIST = "list"
HUNDRED = Decimal(100)
# han: words read above the columns of a price list
_ALIASES = {
    "building": "楼栋, 楼号, 栋号, 幢号, 栋, 幢, building",
    "entrance": "单元, 单元号, entrance",
    "number": "房号, 房间号, 室号, 车位号, 房源, unit number, unit, room, number",
    "unit_price": "单价, 表单价, 备案单价, 建面单价, 对外单价, unit price",
    "total": "总价, 表总价, 备案总价, 对外总价, 表价, total, list price",
    "floor_total": "底价, 底总价, 底价总价, floor price, floor total",
    "floor_share": "底价系数, 底价比例, 底价率, floor share, floor percent, floor coefficient",
}


def share(text: str, _reading: Reading) -> Decimal:
    """Return the floor as a share of the total: 0.95 of ``95%``, ``95`` or ``0.95``."""
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        found = Decimal(plain.removesuffix("%"))
    except InvalidOperation:
        raise CellError("not_a_number") from None
    if not found.is_finite():
        raise CellError("not_a_number")
    if plain.endswith("%") or found > 1:
        found /= HUNDRED
    if not 0 < found <= 1:
        raise CellError("floor_share_wrong")
    return found.quantize(Decimal("0.0001"))


def _field(key: str, label: Any, parse: Any = None, limit: int = 40) -> FieldSpec:
    return FieldSpec(key, label, tuple(_ALIASES[key].split(", ")), parse, limit)


FIELDS = (
    _field("building", gettext_lazy("Building")),
    _field("entrance", gettext_lazy("Entrance"), entrance),
    _field("number", gettext_lazy("Unit number")),
    _field("unit_price", gettext_lazy("Unit price (yuan/m²)"), price),
    _field("total", gettext_lazy("Total (yuan)"), price),
    _field("floor_total", gettext_lazy("Floor price (yuan)"), price),
    _field("floor_share", gettext_lazy("Floor price, share of the total"), share),
)
BY_KEY: dict[str, FieldSpec] = {each.key: each for each in FIELDS}


def named_unit(values: Mapping[str, Any], reading: Any) -> tuple[str, str, str]:
    """Return building, entrance and number; a whole address such as 3栋-1-1801 is taken apart."""
    parts = str(values["number"]).split("-")
    is_basement = (floor_of(str(values["number"])) or 0) < 0
    if "building" in values or len(parts) not in (2, 3) or is_basement:
        return (
            values.get("building", ""),
            values.get("entrance", ""),
            number(values["number"], reading),
        )
    stairs = entrance(parts[1], reading) if len(parts) == 3 else ""
    return parts[0], stairs, number(parts[-1], reading)


def drafts_of(actor: Any) -> Any:
    """Return the drafts the importing person may fill."""
    rows = PriceList.objects.filter(state=ListState.DRAFT).select_related("project")
    if actor is not None:
        if not actor.has_perm("customers.edit_prices"):
            return rows.none()
        rows = rows.filter(project__in=Project.objects.visible_to(actor))
    return rows.order_by("-pk")


def options(actor: Any) -> tuple[OptionSpec, ...]:
    """Return the one choice: the draft that gets the prices, the newest first."""
    choices = tuple((str(draft.pk), str(draft)) for draft in drafts_of(actor))
    first = choices[0][0] if choices else ""
    return (
        OptionSpec(
            LIST,
            gettext_lazy("Draft that gets the prices"),
            first,
            choices or (("", gettext_lazy("None")),),
            help=gettext_lazy("Begin it on the page of prices; it is signed there as well."),
        ),
    )


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raise MappingError without the unit or without any price."""
    targets = set(mapping.values())
    if "number" not in targets:
        raise MappingError(_("Choose the column with the unit number."), code="no_identity")
    if not targets & {"unit_price", "total"}:
        raise MappingError(
            _("Choose the column with the price per m² or the one with the total."),
            code="no_price",
        )
