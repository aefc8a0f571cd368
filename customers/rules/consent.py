"""The purposes for which a customer is asked (PLT-06). Pure."""

from enum import StrEnum


class Purpose(StrEnum):
    """What personal data may be used for; each is asked for on its own, never bundled."""

    CONTACT = "contact"
    MARKETING = "marketing"
    PROFILING = "profiling"
    THIRD_PARTY = "third_party"
    SHARING = "sharing"
    PUBLICATION = "publication"
