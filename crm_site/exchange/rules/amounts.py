"""Amounts as people type them: ``350万``, ``1.2亿``, ``300-350万``, ``¥3,500,000``. Pure."""

import re
import unicodedata
from decimal import Decimal

_SCALES = {"": 1, "元": 1, "k": 1_000, "千": 1_000, "w": 10_000, "万": 10_000, "万元": 10_000,
           "m": 1_000_000, "百万": 1_000_000, "亿": 100_000_000, "亿元": 100_000_000}  # fmt: skip
_NUMBER = r"(\d{1,15}(?:\.\d{1,6})?)"
_UNIT = r"(万元|亿元|百万|[元千万亿kwm])?"
_AMOUNT = re.compile(_NUMBER + _UNIT, re.ASCII)
_RANGE = re.compile(_NUMBER + _UNIT + r"(?:-|~|至|到)" + _NUMBER + _UNIT, re.ASCII)
_NOISE = re.compile(r"[\s,，¥$]|rmb|cny|inr|₹|约|左右|人民币")
_UP_TO = re.compile(_AMOUNT.pattern + "(以下|以内|内|封顶)", re.ASCII)
_FROM = re.compile(_AMOUNT.pattern + r"(以上|起|\+)", re.ASCII)
Range = tuple[Decimal | None, Decimal | None]


class AmountError(ValueError):
    """The text is not an amount."""


def parse_amount(text: str) -> Decimal:
    """Return the amount in yuan; raise AmountError when ``text`` is not one number."""
    if text.isascii() and text.isdigit() and len(text) <= 15:
        return Decimal(text)
    match = _AMOUNT.fullmatch(_plain(text))
    if match is None:
        raise AmountError(text)
    return _scaled(match[1], match[2])


def parse_range(text: str) -> Range:
    """Return lowest and highest amount in yuan; ``None`` where the text leaves an end open.

    ``300-350万`` applies its unit to both ends; one number gives the same amount twice.
    """
    plain = _plain(text)
    if match := _RANGE.fullmatch(plain):
        return _scaled(match[1], match[2] or match[4]), _scaled(match[3], match[4] or match[2])
    if match := _UP_TO.fullmatch(plain):
        return None, _scaled(match[1], match[2])
    if match := _FROM.fullmatch(plain):
        return _scaled(match[1], match[2]), None
    amount = parse_amount(text)
    return amount, amount


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _NOISE.sub("", folded).replace("—", "-").replace("–", "-").replace("～", "~")


def _scaled(number: str, unit: str | None) -> Decimal:
    return Decimal(number) * _SCALES[unit or ""]
