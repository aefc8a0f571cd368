"""The levels of the organisation and how far a role sees. Pure."""

from enum import StrEnum


class NodeKind(StrEnum):
    """A level of the organisation tree, highest first (PLT-14)."""

    HEAD_OFFICE = "head_office"
    REGION = "region"
    PROJECT = "project"
    TEAM = "team"


class Scope(StrEnum):
    """Which customers a role sees: those of its node at this level, or its own (PLT-02)."""

    COMPANY = "company"
    REGION = "region"
    PROJECT = "project"
    TEAM = "team"
    OWN = "own"
    NONE = "none"


class PhoneAccess(StrEnum):
    """How a role meets phone numbers."""

    OWN = "own"  # full for own customers, masked otherwise
    REVEAL = "reveal"  # masked; shown on request with a reason, audited
    MASKED = "masked"  # masked, never shown
    NONE = "none"


PARENT_KIND = {
    NodeKind.HEAD_OFFICE: None,
    NodeKind.REGION: NodeKind.HEAD_OFFICE,
    NodeKind.PROJECT: NodeKind.REGION,
    NodeKind.TEAM: NodeKind.PROJECT,
}
