"""What one cell of a customer file means; each raises CellError with the cause."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from crm_site.exchange.registry import CellError, Reading
from crm_site.exchange.rules.amounts import AmountError, parse_amount, parse_range
from crm_site.exchange.rules.dates import DateError, parse_moment
from customers.rules.entry import LARGEST_AMOUNT
from customers.rules.identity import (
    IdentityError,
    normalise_email,
    normalise_id_number,
    plausible_birthday,
)
from customers.rules.phones import PhoneError, normalise_phone
from customers.rules.text import clean_name

_PLAIN_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
T = TypeVar("T")
OLDEST_YEAR = 1990
GENDERS = {
    "m": "m", "male": "m", "男": "m", "男性": "m", "先生": "m", "mr": "m",  # han: read
    "f": "f", "female": "f", "女": "f", "女性": "f", "女士": "f", "小姐": "f",  # han: read
    "ms": "f",
}  # fmt: skip
INTENTS = {
    "3": 3, "强": 3, "高": 3, "strong": 3, "high": 3, "hot": 3, "强烈": 3, "a": 3,  # han: read
    "2": 2, "中": 2, "medium": 2, "warm": 2, "一般": 2, "b": 2,  # han: read
    "1": 1, "弱": 1, "低": 1, "weak": 1, "low": 1, "cold": 1, "c": 1,  # han: read
}  # fmt: skip
BOOLEANS = {
    "true": True, "yes": True, "y": True, "1": True, "是": True, "有": True,  # han: read
    "false": False, "no": False, "n": False, "0": False, "否": False, "无": False,  # han: read
}  # fmt: skip


def name(text: str, _reading: Reading) -> str:
    """Return a name of at most 80 characters in one spelling."""
    clean = text if text.isascii() else clean_name(text)
    if len(clean) > 80:
        raise CellError("too_long", limit=80)
    return clean


def phone(text: str, _reading: Reading) -> str:
    """Return the number in canonical form."""
    if _PLAIN_MOBILE.fullmatch(text):
        return f"+86{text}"
    try:
        return normalise_phone(text).e164
    except PhoneError as error:
        raise CellError(str(error.code), **error.params) from None


def moment(text: str, reading: Reading) -> datetime:
    """Return when the customer enquired; not before 1990, not later than tomorrow."""
    try:
        found = parse_moment(text, order=reading.order, zone=reading.zone)
    except DateError as error:
        raise CellError(error.code) from None
    if found.year < OLDEST_YEAR:
        raise CellError("date_too_old")
    if found.date() > reading.today + timedelta(days=1):
        raise CellError("date_in_future")
    return found


def birthday(text: str, reading: Reading) -> date:
    """Return a day on which somebody alive can be born."""
    try:
        day = parse_moment(text, order=reading.order, zone=reading.zone).date()
        return plausible_birthday(day, today=reading.today)
    except DateError as error:
        raise CellError(error.code) from None
    except IdentityError as error:
        raise CellError(str(error.code)) from None


def id_number(text: str, reading: Reading) -> str:
    """Return the 18 characters of a resident identity number."""
    try:
        return normalise_id_number(text, today=reading.today).number
    except IdentityError as error:
        raise CellError(str(error.code), **error.params) from None


def amount(text: str, _reading: Reading) -> Decimal:
    """Return an amount in yuan with two decimals."""
    try:
        return _bounded(parse_amount(text))
    except AmountError:
        raise CellError("not_a_number") from None


def budget(text: str, _reading: Reading) -> tuple[Decimal | None, Decimal | None]:
    """Return both ends of a budget in yuan."""
    try:
        low, high = parse_range(text)
    except AmountError:
        raise CellError("not_a_number") from None
    return (None if low is None else _bounded(low), None if high is None else _bounded(high))


def email(text: str, _reading: Reading) -> str:
    """Return an e-mail address in lower case."""
    try:
        return normalise_email(text)
    except IdentityError as error:
        raise CellError(str(error.code)) from None


def gender(text: str, _reading: Reading) -> str:
    """Return m or f."""
    return _word(text, GENDERS, "gender_unknown")


def intent(text: str, _reading: Reading) -> int:
    """Return 3 (strong), 2 or 1."""
    return _word(text, INTENTS, "intent_unknown")


def custom_number(text: str, _reading: Reading) -> str:
    """Return the value of a number field, kept as decimal digits."""
    try:
        number = parse_amount(text.removeprefix("-"))
    except AmountError:
        raise CellError("not_a_number") from None
    return str(-number if text.startswith("-") else number)


def custom_date(text: str, reading: Reading) -> str:
    """Return the value of a date field, an ISO day."""
    try:
        return parse_moment(text, order=reading.order, zone=reading.zone).date().isoformat()
    except DateError as error:
        raise CellError(error.code) from None


def custom_boolean(text: str, _reading: Reading) -> bool:
    """Return the value of a yes-or-no field."""
    return _word(text, BOOLEANS, "not_yes_or_no")


def _word(text: str, words: dict[str, T], fault: str) -> T:
    try:
        return words[clean_name(text).casefold()]
    except KeyError:
        raise CellError(fault) from None


def _bounded(value: Decimal) -> Decimal:
    if value > LARGEST_AMOUNT:
        raise CellError("number_out_of_range")
    return value.quantize(Decimal("0.01"))
