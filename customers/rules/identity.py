"""ID numbers, birthdays and e-mail addresses in one form each (CUS-05). Pure."""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

OLDEST_YEARS = 120
# GB 11643-1999: weights of the first 17 digits; the remainder of the sum picks the last character.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_ID = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_EMAIL = re.compile(r"[a-z0-9._%+\-]{1,64}@[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){1,4}", re.ASCII)


class IdentityFault(StrEnum):
    ID_LENGTH = "id_length"
    ID_CHARACTERS = "id_characters"
    ID_DATE = "id_date"
    ID_CHECK = "id_check"
    DATE = "date_unreadable"
    DATE_RANGE = "date_out_of_range"
    EMAIL = "email"


class IdentityError(ValueError):
    """The text is no such thing; ``code`` says why, ``count`` how many characters it has."""

    def __init__(self, code: IdentityFault, *, count: int = 0) -> None:
        super().__init__(code.value)
        self.code = code
        self.params = {"count": count} if count else {}


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A resident identity number and what it says about its holder."""

    number: str
    birthday: dt.date
    gender: str  # "m" or "f"


def normalise_id_number(text: str, *, today: dt.date) -> IdNumber:
    """Return the 18 characters in canonical form; raise ``IdentityError``."""
    number = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text[:64])).upper()
    if len(number) != 18:
        raise IdentityError(IdentityFault.ID_LENGTH, count=len(number))
    if not _ID.fullmatch(number):
        raise IdentityError(IdentityFault.ID_CHARACTERS)
    try:
        birthday = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise IdentityError(IdentityFault.ID_DATE) from None
    if not _plausible(birthday, today):
        raise IdentityError(IdentityFault.ID_DATE)
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    if _CHECK[total % 11] != number[17]:
        raise IdentityError(IdentityFault.ID_CHECK)
    return IdNumber(number, birthday, "m" if int(number[16]) % 2 else "f")


def parse_birthday(text: str, *, today: dt.date) -> dt.date:
    """Return the day in ``1990-05-20``, ``1990/5/20``, ``1990年5月20日`` or ``19900520``."""
    plain = unicodedata.normalize("NFKC", text[:32]).strip()
    match = _DATE.fullmatch(plain) or _COMPACT_DATE.fullmatch(plain)
    if match is None:
        raise IdentityError(IdentityFault.DATE)
    try:
        day = dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise IdentityError(IdentityFault.DATE) from None
    return plausible_birthday(day, today=today)


def plausible_birthday(day: dt.date, *, today: dt.date) -> dt.date:
    """Return ``day`` if somebody alive ``today`` can be born on it; raise ``IdentityError``."""
    if not _plausible(day, today):
        raise IdentityError(IdentityFault.DATE_RANGE)
    return day


def normalise_email(text: str) -> str:
    """Return the address in lower case; raise ``IdentityError``."""
    address = unicodedata.normalize("NFKC", text[:254]).strip().lower()
    if not _EMAIL.fullmatch(address) or ".." in address:
        raise IdentityError(IdentityFault.EMAIL)
    return address


def _plausible(day: dt.date, today: dt.date) -> bool:
    return today.year - OLDEST_YEARS <= day.year and day <= today
