"""Phone numbers in one canonical form (CUS-05). Pure.

Canonical: E.164 (``+8613800138000``), for an extension with its RFC 3966 tail
(``+8675512345678;ext=801``). Chinese numbers are read by their own rules, because number ranges
open faster than any table lists them; numbers of other places go through phonenumbers.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

MAX_INPUT = 64
MOBILE_DIGITS = 11
VIRTUAL_PREFIXES = ("162", "165", "167", "170", "171")
_DASHES = "‐‑‒–—―−﹘﹣－"
_TABLE = {ord(dash): "-" for dash in _DASHES} | {
    ord("＋"): "+",
    ord("（"): "(",
    ord("）"): ")",
    ord("，"): ",",
    ord("；"): ";",
    ord("＃"): "#",
}
_FILLER = re.compile(r"[\s\-().·/]", re.ASCII)
_PLAIN = re.compile(r"\+?\d+", re.ASCII)
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"0(10|2\d|[3-9]\d{2})(\d{7,8})", re.ASCII)
_SERVICE = re.compile(r"[48]00\d{7}", re.ASCII)
_DASHED_EXTENSION = re.compile(r"\(?(0\d{2,3})\)?[\s-]?(\d{7,8})\s?-\s?(\d{1,6})", re.ASCII)
_MARKED_EXTENSION = re.compile(
    r"([^;,#xX转分]{3,40}?)\s?(?:;\s?ext=|ext\.?|x|X|#|,|转|分机)\s?(\d{1,6})", re.ASCII
)


class PhoneKind(StrEnum):
    MOBILE = "mobile"
    LANDLINE = "landline"
    SERVICE = "service"
    FOREIGN = "foreign"


class PhoneFault(StrEnum):
    """Why a text is no phone number."""

    EMPTY = "phone_empty"
    TOO_LONG = "phone_too_long"
    CHARACTERS = "phone_characters"
    MOBILE_LENGTH = "phone_mobile_length"
    MOBILE_PREFIX = "phone_mobile_prefix"
    AREA_CODE = "phone_area_code"
    LANDLINE_LENGTH = "phone_landline_length"
    COUNTRY = "phone_country"


class PhoneError(ValueError):
    """The text is no phone number; ``code`` says why, ``params`` fill the message of the code."""

    def __init__(self, code: PhoneFault, params: Mapping[str, int] | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.params = dict(params or {})


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in canonical form."""

    e164: str
    kind: PhoneKind

    @property
    def is_virtual(self) -> bool:
        """Whether the number belongs to a range of virtual operators (170, 171 …)."""
        return self.kind is PhoneKind.MOBILE and self.e164[3:6] in VIRTUAL_PREFIXES


def normalise_phone(text: str) -> Phone:
    """Return the number written in ``text``, a Chinese one unless it names another country.

    Full-width and Arabic digits, spaces, dashes, brackets, ``tel:``, ``+86``, ``0086`` and
    extensions are understood. Raise ``PhoneError`` with the reason otherwise.
    """
    if len(text) > MAX_INPUT:
        raise PhoneError(PhoneFault.TOO_LONG)
    clean = _plain(text)
    if not clean:
        raise PhoneError(PhoneFault.EMPTY)
    dashed = _DASHED_EXTENSION.fullmatch(clean)
    marked = _MARKED_EXTENSION.fullmatch(clean)
    if dashed:
        return _extended(dashed[1] + dashed[2], dashed[3])
    if marked:
        return _extended(marked[1], marked[2])
    return _number(clean)


def mask_phone(e164: str) -> str:
    """Return the number with its middle hidden: ``138 **** 8000``; the last four digits stay."""
    number, _, _extension = e164.partition(";")
    if number.startswith("+861") and len(number) == len("+86") + MOBILE_DIGITS:
        return f"{number[3:6]} **** {number[-4:]}"
    if number.startswith("+86"):
        return f"{_area(number[3:])} **** {number[-4:]}"
    country = phonenumbers.parse(number, None).country_code
    return f"+{country} **** {number[-4:]}"


def show_phone(e164: str) -> str:
    """Return the whole number as people write it: ``138 0013 8000``, ``0755-12345678-801``."""
    number, _, extension = e164.partition(";ext=")
    national = number.removeprefix("+86")
    if national == number:
        parsed = phonenumbers.parse(number, None)
        style = phonenumbers.PhoneNumberFormat.INTERNATIONAL
        shown: str = phonenumbers.format_number(parsed, style)
    elif _MOBILE.fullmatch(national):
        shown = f"{national[:3]} {national[3:7]} {national[7:]}"
    elif _SERVICE.fullmatch(national):
        shown = f"{national[:3]}-{national[3:6]}-{national[6:]}"
    else:
        area = _area(national)
        shown = f"{area}-{national[len(area) - 1 :]}"
    return f"{shown}-{extension}" if extension else shown


def phone_tail(e164: str) -> str:
    """Return the last four digits, without any extension."""
    return e164.partition(";")[0][-4:]


def _plain(text: str) -> str:
    """Return ``text`` with ASCII digits and signs, without invisible characters and ``tel:``."""
    kept = []
    for char in text.translate(_TABLE):
        digit = unicodedata.decimal(char, None)
        if digit is not None:
            kept.append(str(digit))
        elif unicodedata.category(char) != "Cf":
            kept.append(" " if char.isspace() else char)
    clean = "".join(kept).strip()
    return clean[4:].strip() if clean[:4].lower() == "tel:" else clean


def _extended(text: str, extension: str) -> Phone:
    phone = _number(text)
    if phone.kind is PhoneKind.MOBILE:
        raise PhoneError(PhoneFault.CHARACTERS)
    return Phone(f"{phone.e164};ext={extension}", phone.kind)


def _number(text: str) -> Phone:
    digits = _FILLER.sub("", text)
    if not _PLAIN.fullmatch(digits):
        raise PhoneError(PhoneFault.CHARACTERS)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if digits.startswith("+86"):
        return _chinese(digits[3:], after_country_code=True)
    if digits.startswith("+"):
        return _foreign(digits)
    if digits.startswith("86") and _MOBILE.fullmatch(digits[2:]):
        digits = digits[2:]
    return _chinese(digits, after_country_code=False)


def _chinese(digits: str, *, after_country_code: bool) -> Phone:
    if _MOBILE.fullmatch(digits):
        return Phone(f"+86{digits}", PhoneKind.MOBILE)
    if _SERVICE.fullmatch(digits):
        return Phone(f"+86{digits}", PhoneKind.SERVICE)
    national = f"0{digits}" if after_country_code and not digits.startswith("0") else digits
    if _LANDLINE.fullmatch(national):
        return Phone(f"+86{national[1:]}", PhoneKind.LANDLINE)
    raise _fault(digits)


def _fault(digits: str) -> PhoneError:
    """Return what is wrong with Chinese ``digits`` that fit no rule."""
    count = {"count": len(digits)}
    if digits.startswith("0"):
        return PhoneError(PhoneFault.LANDLINE_LENGTH, count)
    if len(digits) in (7, 8):
        return PhoneError(PhoneFault.AREA_CODE)
    if len(digits) == MOBILE_DIGITS:
        return PhoneError(PhoneFault.MOBILE_PREFIX)
    return PhoneError(PhoneFault.MOBILE_LENGTH, count)


def _foreign(digits: str) -> Phone:
    try:
        parsed = phonenumbers.parse(digits, None)
    except phonenumbers.NumberParseException:
        raise PhoneError(PhoneFault.COUNTRY) from None
    if not phonenumbers.is_valid_number(parsed):
        raise PhoneError(PhoneFault.COUNTRY)
    canonical = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Phone(canonical, PhoneKind.FOREIGN)


def _area(national: str) -> str:
    """Return the area code of a number without its leading zero, with the zero: ``0755``."""
    if national.startswith(("400", "800")):
        return national[:3]
    return f"0{national[:2]}" if national.startswith(("10", "2")) else f"0{national[:3]}"
