"""The axes a customer moves along, and the one map between them (CUS-08, CUS-17). Pure."""

from dataclasses import dataclass
from enum import StrEnum


class CustomerKind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"


class CustomerClass(StrEnum):
    """The five-category classification (CUS-08); exactly one per customer."""

    POTENTIAL = "potential"
    INTENT = "intent"
    FIRST_PURCHASE = "first_purchase"
    EXISTING = "existing"
    HIGH_VALUE = "high_value"


class Grade(StrEnum):
    """Internal value of a customer (CUS-10), independent of the class."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


class LeadState(StrEnum):
    """How far one sales opportunity has come (CUS-34)."""

    NEW = "new"
    ASSIGNED = "assigned"
    CONTACTED = "contacted"
    QUALIFIED = "qualified"
    VISITED = "visited"
    SUBSCRIBED = "subscribed"
    SIGNED = "signed"
    LOST = "lost"


class BuyingStage(StrEnum):
    PREPARING = "preparing"
    WATCHING = "watching"
    DECIDING = "deciding"
    SIGNING = "signing"
    MOVED_IN = "moved_in"


class Phase(StrEnum):
    POTENTIAL = "potential"
    NEW = "new"
    ACTIVE = "active"
    CHURNED = "churned"


class ClockKind(StrEnum):
    """The three promises to somebody who enquires (CUS-39, CUS-40, CUS-41)."""

    FIRST_TOUCH = "first_touch"
    FOLLOW_UP = "follow_up"
    CLOSURE = "closure"


class CaseStage(StrEnum):
    """The five stages of the communication process (CUS-43), in order."""

    COLLECT_NEED = "collect_need"
    DELIVER_INFORMATION = "deliver_information"
    HANDLE_FEEDBACK = "handle_feedback"
    SOLVE_PROBLEM = "solve_problem"
    FOLLOW_UP = "follow_up"


class Channel(StrEnum):
    """Over what the company and a customer speak (CUS-44, CUS-46); ``note`` is no contact."""

    PHONE = "phone"
    VISIT = "visit"
    WECHAT = "wechat"
    SMS = "sms"
    EMAIL = "email"
    APP = "app"
    WEBSITE = "website"
    SOCIAL = "social"
    PLATFORM = "platform"
    HOME_VISIT = "home_visit"
    NOTE = "note"


class Result(StrEnum):
    """What came of an interaction; no log without one (CUS-44)."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    VISIT_BOOKED = "visit_booked"
    VISITED = "visited"
    INFORMED = "informed"
    REFUSED = "refused"


class Mood(StrEnum):
    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


class TaskState(StrEnum):
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class TaskKind(StrEnum):
    FOLLOW_UP = "follow_up"
    CALL = "call"
    VISIT = "visit"
    OTHER = "other"


class Nature(StrEnum):
    """The customer groups by nature (CUS-07); investors come in two kinds."""

    FAMILY = "family"
    INVESTOR = "investor"
    INSTITUTION = "institution"
    ENTERPRISE = "enterprise"
    GOVERNMENT = "government"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a lead state puts a customer on the derived axes while no contract exists."""

    stage: BuyingStage
    phase: Phase
    customer_class: CustomerClass


POSITIONS: dict[LeadState, Position] = {
    LeadState.NEW: Position(BuyingStage.PREPARING, Phase.POTENTIAL, CustomerClass.POTENTIAL),
    LeadState.ASSIGNED: Position(BuyingStage.PREPARING, Phase.POTENTIAL, CustomerClass.POTENTIAL),
    LeadState.CONTACTED: Position(BuyingStage.WATCHING, Phase.NEW, CustomerClass.INTENT),
    LeadState.QUALIFIED: Position(BuyingStage.WATCHING, Phase.NEW, CustomerClass.INTENT),
    LeadState.VISITED: Position(BuyingStage.DECIDING, Phase.ACTIVE, CustomerClass.INTENT),
    LeadState.SUBSCRIBED: Position(BuyingStage.DECIDING, Phase.ACTIVE, CustomerClass.INTENT),
    LeadState.SIGNED: Position(BuyingStage.SIGNING, Phase.ACTIVE, CustomerClass.FIRST_PURCHASE),
}

OPEN_LEAD_STATES = (
    LeadState.NEW,
    LeadState.ASSIGNED,
    LeadState.CONTACTED,
    LeadState.QUALIFIED,
    LeadState.VISITED,
    LeadState.SUBSCRIBED,
)

# From a state to those that may follow it (CUS-34). Imports enter at any state.
LEAD_TRANSITIONS: dict[LeadState, tuple[LeadState, ...]] = {
    LeadState.NEW: (LeadState.ASSIGNED, LeadState.LOST),
    LeadState.ASSIGNED: (LeadState.CONTACTED, LeadState.VISITED, LeadState.NEW, LeadState.LOST),
    LeadState.CONTACTED: (LeadState.QUALIFIED, LeadState.VISITED, LeadState.LOST),
    LeadState.QUALIFIED: (LeadState.VISITED, LeadState.LOST),
    LeadState.VISITED: (LeadState.SUBSCRIBED, LeadState.LOST),
    LeadState.SUBSCRIBED: (LeadState.SIGNED, LeadState.VISITED, LeadState.LOST),
    LeadState.SIGNED: (),
    LeadState.LOST: (LeadState.ASSIGNED,),
}

# From a class to those that may follow it (CUS-08). High value is reached from any purchase.
CLASS_TRANSITIONS: dict[CustomerClass, tuple[CustomerClass, ...]] = {
    CustomerClass.POTENTIAL: (CustomerClass.INTENT,),
    CustomerClass.INTENT: (CustomerClass.FIRST_PURCHASE, CustomerClass.POTENTIAL),
    CustomerClass.FIRST_PURCHASE: (CustomerClass.EXISTING, CustomerClass.HIGH_VALUE),
    CustomerClass.EXISTING: (CustomerClass.HIGH_VALUE,),
    CustomerClass.HIGH_VALUE: (CustomerClass.EXISTING,),
}


def may_lead_move(from_: LeadState, to: LeadState) -> bool:
    """Return whether a lead in ``from_`` may become ``to`` (CUS-34)."""
    return to in LEAD_TRANSITIONS[from_]


def may_class_move(from_: CustomerClass, to: CustomerClass) -> bool:
    """Return whether a customer of class ``from_`` may become ``to`` (CUS-08)."""
    return to in CLASS_TRANSITIONS[from_]
