"""The life of a mortgage: the table of its steps (CUS-69)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.utils.translation import pgettext_lazy


class MortgageState(StrEnum):
    """Where an application stands at the bank."""

    APPLIED = "applied"
    SUPPLEMENT = "supplement"
    APPROVED = "approved"
    RELEASED = "released"
    REFUSED = "refused"


S = MortgageState
ENDED: Final = (S.RELEASED, S.REFUSED)
NEXT: Final[Mapping[MortgageState, tuple[MortgageState, ...]]] = {
    S.APPLIED: (S.SUPPLEMENT, S.APPROVED, S.REFUSED),
    S.SUPPLEMENT: (S.APPLIED, S.APPROVED, S.REFUSED),
    S.APPROVED: (S.RELEASED, S.REFUSED),
    S.RELEASED: (),
    S.REFUSED: (),
}
# Who waits: after so many days in one of these the handler is reminded.
WAITING: Final = (S.APPLIED, S.SUPPLEMENT, S.APPROVED)
STATES = [
    (S.APPLIED.value, pgettext_lazy("mortgage", "Applied")),
    (S.SUPPLEMENT.value, pgettext_lazy("mortgage", "Papers to be added")),
    (S.APPROVED.value, pgettext_lazy("mortgage", "Approved")),
    (S.RELEASED.value, pgettext_lazy("mortgage", "Released")),
    (S.REFUSED.value, pgettext_lazy("mortgage", "Refused")),
]
KINDS = [
    ("commercial", pgettext_lazy("loan", "Commercial loan")),
    ("fund", pgettext_lazy("loan", "Housing fund loan")),
]


def may_move(state: str, to: MortgageState) -> bool:
    """Return whether an application in ``state`` may come to ``to``."""
    return to in NEXT[MortgageState(state)]
