"""What one cell of a unit list means; each raises CellError with the cause. Pure."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from crm_site.exchange.registry import CellError, Reading
from crm_site.exchange.rules.text import fold
from customers.property.rules import Orientation, UnitKind

LARGEST_AREA = Decimal("99999.99")
LOWEST, HIGHEST = -9, 200
ENTRANCE_WORDS = ("单元", "entrance", "unit")  # han: words read
# han: words read
KINDS = {
    UnitKind.FLAT: "住宅, 公寓, 高层, 洋房, 普通住宅, flat, apartment",
    UnitKind.HOUSE: "别墅, 联排, 叠拼, 合院, house, villa",
    UnitKind.SHOP: "商铺, 店铺, 商业, 底商, shop, retail",
    UnitKind.PARKING: "车位, 地下车位, 停车位, 车库, parking, parking space",
}
ORIENTATIONS = {
    Orientation.SOUTH: "南, 朝南, 正南, 南向, south, s",
    Orientation.SOUTH_NORTH: "南北, 南北通透, 南北向, 通透, south and north, north south, sn",
    Orientation.SOUTH_EAST: "东南, 朝东南, 东南向, south east, southeast, se",
    Orientation.SOUTH_WEST: "西南, 朝西南, 西南向, south west, southwest, sw",
    Orientation.EAST: "东, 朝东, 正东, 东向, east, e",
    Orientation.WEST: "西, 朝西, 正西, 西向, west, w",
    Orientation.EAST_WEST: "东西, 东西向, 东西通透, east and west, ew",
    Orientation.NORTH: "北, 朝北, 正北, 北向, north, n",
}
_AREA_UNIT = re.compile(r"(?:m2|m²|sqm|平方米|平米|平)$", re.IGNORECASE)  # han: words read
_FLOOR = re.compile(r"(-|b|地下|负)?(\d{1,3})(?:f|层|楼)?", re.IGNORECASE)  # han: words read
_NUMBER_FLOOR = re.compile(r"(\d{1,2})\d{2}", re.ASCII)
_BASEMENT = re.compile(r"b(\d)[-_ ]?\d+", re.IGNORECASE | re.ASCII)


def _table(words: dict[UnitKind, str] | dict[Orientation, str]) -> dict[str, str]:
    return {fold(word): key.value for key, text in words.items() for word in text.split(", ")}


_KIND_OF, _ORIENTATION_OF = _table(KINDS), _table(ORIENTATIONS)


def area(text: str, _reading: Reading) -> Decimal:
    """Return an area in m², above 0 and rounded to hundredths."""
    return _area(text, least=Decimal("0.01"))


def shared_area(text: str, _reading: Reading) -> Decimal:
    """Return a shared area in m²; a unit may have none."""
    return _area(text, least=Decimal(0))


def _area(text: str, *, least: Decimal) -> Decimal:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    try:
        found = Decimal(_AREA_UNIT.sub("", plain)).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise CellError("area_unreadable") from None
    if not found.is_finite():
        raise CellError("area_unreadable")
    if found < least:
        raise CellError("area_not_positive")
    if found > LARGEST_AREA:
        raise CellError("area_too_large", limit=int(LARGEST_AREA))
    return found


def floor(text: str, _reading: Reading) -> int:
    """Return the floor as a number; basements are below 0."""
    found = _FLOOR.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", ""))
    if found is None:
        raise CellError("floor_unreadable")
    number = int(found[2]) * (-1 if found[1] else 1)
    if not LOWEST <= number <= HIGHEST or number == 0:
        raise CellError("floor_unreadable")
    return number


def kind(text: str, _reading: Reading) -> str:
    """Return what the unit is."""
    return _word(text, _KIND_OF, "unit_kind_unknown")


def orientation(text: str, _reading: Reading) -> str:
    """Return where the unit looks."""
    return _word(text, _ORIENTATION_OF, "orientation_unknown")


def entrance(text: str, _reading: Reading) -> str:
    """Return the entrance without the word for it: 1 of 1单元."""
    plain = unicodedata.normalize("NFKC", text).strip()
    for word in ENTRANCE_WORDS:
        plain = plain.removesuffix(word).removeprefix(word).strip()
    if len(plain) > 10:
        raise CellError("too_long", limit=10)
    return plain


def number(text: str, _reading: Reading) -> str:
    """Return the number of a unit, without 室 or 号 at its end."""
    plain = unicodedata.normalize("NFKC", text).strip().rstrip("室号房")  # han: words read
    if not plain:
        raise CellError("no_unit_number")
    if len(plain) > 20:
        raise CellError("too_long", limit=20)
    return plain


def floor_of(unit_number: str) -> int | None:
    """Return the floor that a number names: 18 of 1801, 6 of 0602, -1 of B1-012; else None."""
    basement = _BASEMENT.fullmatch(unit_number)
    if basement:
        return -int(basement[1]) or None
    found = _NUMBER_FLOOR.fullmatch(unit_number)
    return (int(found[1]) or None) if found else None


def _word(text: str, table: dict[str, str], code: str) -> str:
    found = table.get(fold(text))
    if found is None:
        raise CellError(code)
    return found
