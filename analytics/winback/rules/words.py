"""The values win-back works with. Pure."""

from enum import StrEnum
from typing import Final

from analytics.churn.rules.words import BLOCKS, Level


class Arm(StrEnum):
    """On which side of the experiment a red warning stands (BEY-04)."""

    TREATED = "treated"
    CONTROL = "control"


class Ending(StrEnum):
    """Why a warning is over."""

    CALMED = "calmed"
    RECOVERED = "recovered"
    OPTED_OUT = "opted_out"
    MERGED = "merged"
    HANDED_OVER = "handed_over"
    UNASSESSED = "unassessed"


class Verdict(StrEnum):
    """What became of the customer within the days of the policy (CUS-107)."""

    RECOVERED = "recovered"
    NOT_RECOVERED = "not_recovered"
    EXCLUDED = "excluded"


class Said(StrEnum):
    """What the consultant says after a callback (CUS-101); the verdict rests on behaviour alone."""

    RECOVERED = "recovered"
    PENDING = "pending"
    LOST = "lost"


class CaseState(StrEnum):
    """How the work on one warning stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class PlanState(StrEnum):
    """How the plan of a case stands (CUS-104)."""

    NONE = "none"
    READY = "ready"
    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


class Tool(StrEnum):
    """The five immediate tools (ANA-74)."""

    WARNING = "warning"
    CALLBACK = "callback"
    PLAN = "plan"
    PRICE = "price"
    UPGRADE = "upgrade"


class Upgrade(StrEnum):
    """What better service for a while consists of (CUS-106)."""

    ADVISER = "adviser"
    REPAIR = "repair"
    EVENT = "event"


class Behaviour(StrEnum):
    """What a customer does who comes back; the company's own calls are none of it (CUS-107)."""

    VISITED = "visited"
    BOOKED = "booked"
    ENQUIRED = "enquired"
    BOUGHT = "bought"
    PAID = "paid"


CALL_CHANNELS: Final = ("phone", "wechat", "home_visit")
CAUSES: Final = (*BLOCKS, "other")
RANK: Final = {Level.NONE: 0, Level.GREEN: 1, Level.YELLOW: 2, Level.RED: 3}
