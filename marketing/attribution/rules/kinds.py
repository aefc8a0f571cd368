"""The models of attribution, the kinds of touches, and whose claim the ownership model follows."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Model(StrEnum):
    """How the money of a contract is shared among the touches before it (MKT-74)."""

    FIRST = "first"
    LAST = "last"
    LINEAR = "linear"
    TIME_DECAY = "time_decay"
    POSITION = "position"
    MARKOV = "markov"
    OWNERSHIP = "ownership"


# Those that need nothing but the path of one buyer.
HEURISTICS: Final = (
    Model.FIRST,
    Model.LAST,
    Model.LINEAR,
    Model.TIME_DECAY,
    Model.POSITION,
)


class TouchKind(StrEnum):
    """What happened between the customer and a channel."""

    ENQUIRY = "enquiry"
    JOURNEY = "journey"
    VISIT = "visit"
    EVENT = "event"
    REFERRAL = "referral"
    MENTION = "mention"
    REPLY = "reply"
    CLICK = "click"
    VIEW = "view"


@dataclass(frozen=True, slots=True)
class Claim:
    """What is known of who brought the buyer: the decision, and the lead that was signed.

    ``outcome`` is that of the latest decision on the household's claims, "" without a case;
    ``party_channel`` the channel of who won; ``lead_channel`` that of the contract's lead.
    """

    outcome: str = ""
    party_channel: str = ""
    lead_channel: str = ""


AGENTS: Final = "agent"
WALK_IN: Final = "walk_in"


def claimed_channel(claim: Claim, *, agents: frozenset[str] = frozenset({AGENTS})) -> str:
    """Return the channel the ownership model credits, "" for nobody (MKT-74).

    A claim that was won goes to the winner's channel; a buyer decided to be a walk-in to the
    channel of the lead unless that is an agency's; undecided claims to nobody. Without a case the
    lead says.
    """
    if claim.outcome == "claim":
        return claim.party_channel or AGENTS
    if claim.outcome == "undecided":
        return ""
    if claim.outcome == "walk_in" and claim.lead_channel in agents | {""}:
        return WALK_IN
    return claim.lead_channel
