"""Types and sub-types of channels, states of partners, ways a lead comes in. Pure.

Source: MKT-31, MKT-32, MKT-66, MKT-67.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class ChannelType(StrEnum):
    """What kind of channel it is; each channel has one (MKT-66)."""

    ONLINE = "online"
    OFFLINE = "offline"
    AGENT = "agent"
    DISTRIBUTOR = "distributor"
    REFERRAL = "referral"


class Subtype(StrEnum):
    """What a channel is more closely; the five digital kinds and seven platforms among them."""

    SEM = "sem"
    SOCIAL = "social"
    CONTENT = "content"
    EMAIL = "email"
    ONLINE_AD = "online_ad"
    DOUYIN = "douyin"
    KUAISHOU = "kuaishou"
    XIAOHONGSHU = "xiaohongshu"
    WECHAT = "wechat"
    WEIBO = "weibo"
    ZHIHU = "zhihu"
    BILIBILI = "bilibili"
    WEBSITE = "website"
    APP = "app"
    PORTAL = "portal"
    HOTLINE = "hotline"
    WALK_IN = "walk_in"
    BILLBOARD = "billboard"
    LEAFLET = "leaflet"
    EXHIBITION = "exhibition"
    FIELD = "field"
    TV_PRESS = "tv_press"
    AGENCY = "agency"
    DISTRIBUTION = "distribution"
    OWNER = "owner"
    OTHER = "other"


DIGITAL: Final = (
    Subtype.SEM,
    Subtype.SOCIAL,
    Subtype.CONTENT,
    Subtype.EMAIL,
    Subtype.ONLINE_AD,
)
PLATFORMS: Final = (
    Subtype.DOUYIN,
    Subtype.KUAISHOU,
    Subtype.XIAOHONGSHU,
    Subtype.WECHAT,
    Subtype.WEIBO,
    Subtype.ZHIHU,
    Subtype.BILIBILI,
)
BY_PARTNERS: Final = (ChannelType.AGENT, ChannelType.DISTRIBUTOR)
# What is our own or said by others; whatever else brings leads is taken to cost money.
FREE: Final = (
    Subtype.WEBSITE,
    Subtype.APP,
    Subtype.WECHAT,
    Subtype.HOTLINE,
    Subtype.WALK_IN,
    Subtype.OWNER,
    Subtype.OTHER,
)

T, S = ChannelType, Subtype
# What the words of the list of lead sources are, until somebody says otherwise.
BUILT_IN: Final[Mapping[str, tuple[ChannelType, Subtype]]] = {
    "walk_in": (T.OFFLINE, S.WALK_IN),
    "hotline": (T.OFFLINE, S.HOTLINE),
    "website": (T.ONLINE, S.WEBSITE),
    "app": (T.ONLINE, S.APP),
    "wechat": (T.ONLINE, S.WECHAT),
    "short_video": (T.ONLINE, S.DOUYIN),
    "property_portal": (T.ONLINE, S.PORTAL),
    "search_engine": (T.ONLINE, S.SEM),
    "social_media": (T.ONLINE, S.SOCIAL),
    "agent": (T.AGENT, S.AGENCY),
    "distributor": (T.DISTRIBUTOR, S.DISTRIBUTION),
    "referral": (T.REFERRAL, S.OWNER),
    "exhibition": (T.OFFLINE, S.EXHIBITION),
    "advertising": (T.OFFLINE, S.BILLBOARD),
}


def built_in(code: str) -> tuple[ChannelType, Subtype]:
    """Return type and sub-type of a source nobody classified; unknown ones count as offline."""
    return BUILT_IN.get(code, (ChannelType.OFFLINE, Subtype.OTHER))


class PartnerState(StrEnum):
    """Where the co-operation with a partner stands (MKT-67)."""

    CANDIDATE = "candidate"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


MOVES: Final[Mapping[PartnerState, tuple[PartnerState, ...]]] = {
    PartnerState.CANDIDATE: (PartnerState.ACTIVE, PartnerState.ENDED),
    PartnerState.ACTIVE: (PartnerState.SUSPENDED, PartnerState.ENDED),
    PartnerState.SUSPENDED: (PartnerState.ACTIVE, PartnerState.ENDED),
    PartnerState.ENDED: (),
}


class Way(StrEnum):
    """How a lead came in."""

    WEB = "web"
    QR = "qr"
    API = "api"
    PORTAL = "portal"
    HAND = "hand"


class Flag(StrEnum):
    """What is remarkable about a lead of a partner (MKT-71)."""

    DUPLICATE = "duplicate"
    KNOWN = "known"
