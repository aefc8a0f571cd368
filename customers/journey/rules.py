"""What a buyer must be told, in which order, and what always blocks the signature. Pure."""

import datetime as dt
from enum import StrEnum
from typing import Final


class FileItem(StrEnum):
    """The items of an interaction file 互动档案 (CUS-67); an adverse factor is one item each."""

    PRICE = "price"
    ADVERSE = "adverse"
    AREA = "area"
    CONTRACT = "contract"
    CHANGES = "changes"
    PARKING = "parking"
    ADVANTAGES = "advantages"
    RISKS = "risks"


class Confirmed(StrEnum):
    """How a buyer confirmed having been told."""

    SIGNED_SHEET = "signed_sheet"
    E_SIGNATURE = "e_signature"
    MESSAGE = "message"
    RECORDED_CALL = "recorded_call"
    IN_PERSON = "in_person"


# No policy takes these away: both sides of a project (SVC-14), every adverse factor (MKT-62).
ALWAYS: Final = (FileItem.ADVANTAGES, FileItem.RISKS)
# What the company may make optional.
CHOSEN: Final = (
    FileItem.PRICE,
    FileItem.AREA,
    FileItem.CONTRACT,
    FileItem.CHANGES,
    FileItem.PARKING,
)
# Which ways leave something behind that can be shown later, and so name it.
NAMED_PROOF: Final = frozenset(
    {Confirmed.SIGNED_SHEET, Confirmed.E_SIGNATURE, Confirmed.MESSAGE, Confirmed.RECORDED_CALL}
)
FACTOR: Final = "factor-"


def factor_key(factor_id: int) -> str:
    """Return the key of the item about an adverse factor."""
    return f"{FACTOR}{factor_id}"


def percent(done: int, total: int) -> int:
    """Return the whole percents that are done, 100 only when nothing is open."""
    return 100 if done >= total else done * 100 // total


def slot_times(*, opens: int, closes: int, minutes: int) -> list[dt.time]:
    """Return when the slots of a day begin; the last one ends by ``closes`` o'clock."""
    first, last = opens * 60, closes * 60 - minutes
    return [dt.time(at // 60, at % 60) for at in range(first, last + 1, minutes)]


def lowest_free(taken: set[int], *, capacity: int) -> int | None:
    """Return the lowest seat from 1 to ``capacity`` that is not taken, None when all are."""
    return next((seat for seat in range(1, capacity + 1) if seat not in taken), None)
