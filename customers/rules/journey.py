"""The five points of a customer's journey at which data is captured (CUS-03). Pure."""

from enum import StrEnum

from customers.rules.axes import Channel, LeadState, Result
from customers.rules.behaviour import BehaviourKind, Deal


class JourneyPoint(StrEnum):
    """From the first look at a page to the keys; rows of ``SourceEvent`` beside the captures."""

    BROWSING = "browsing"
    CONSULTATION = "consultation"
    APPOINTMENT = "appointment"
    SIGNING = "signing"
    MOVE_IN = "move_in"


# The source code of what came over a channel; other channels say nothing about the source.
SOURCE_OF_CHANNEL = {
    Channel.PHONE.value: "hotline",
    Channel.VISIT.value: "walk_in",
    Channel.WECHAT.value: "wechat",
    Channel.APP.value: "app",
    Channel.WEBSITE.value: "website",
    Channel.SOCIAL.value: "social_media",
    Channel.PLATFORM.value: "property_portal",
}
POINT_OF_ACTION = {
    (BehaviourKind.TRANSACTION.value, Deal.SIGNING.value): JourneyPoint.SIGNING,
    (BehaviourKind.TRANSACTION.value, Deal.MOVE_IN.value): JourneyPoint.MOVE_IN,
}
POINT_OF_KIND = {
    BehaviourKind.BROWSING.value: JourneyPoint.BROWSING,
    BehaviourKind.CONSULTING.value: JourneyPoint.CONSULTATION,
}


def point_of_event(kind: str, action: str) -> JourneyPoint | None:
    """Return the point that a behaviour event marks, if any."""
    return POINT_OF_KIND.get(kind) or POINT_OF_ACTION.get((kind, action))


def point_of_result(result: str) -> JourneyPoint | None:
    """Return the point that a talk with this result marks, if any."""
    return JourneyPoint.APPOINTMENT if result == Result.VISIT_BOOKED.value else None


def point_of_state(state: str) -> JourneyPoint | None:
    """Return the point that a lead marks by entering this state, if any."""
    return JourneyPoint.SIGNING if state == LeadState.SIGNED.value else None
