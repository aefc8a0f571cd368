"""Tables of content."""

from marketing.content.models.adverts import (
    Advert,
    AdvertClaim,
    AdvertEvent,
    AdvertOpinion,
    AdvertVersion,
)
from marketing.content.models.archive import AdvertProof, PublishedAdvert, PublishedClaim
from marketing.content.models.assets import Asset, AssetFile, Message
from marketing.content.models.community import (
    Community,
    CommunityMember,
    CommunityPost,
    CommunityQuestion,
)
from marketing.content.models.feed import FeedVersion, PublicFeed
from marketing.content.models.sessions import LiveSession
from marketing.content.models.stories import OwnerPost, PublicStory

__all__ = [
    "Advert",
    "AdvertClaim",
    "AdvertEvent",
    "AdvertOpinion",
    "AdvertProof",
    "AdvertVersion",
    "Asset",
    "AssetFile",
    "Community",
    "CommunityMember",
    "CommunityPost",
    "CommunityQuestion",
    "FeedVersion",
    "LiveSession",
    "Message",
    "OwnerPost",
    "PublicFeed",
    "PublicStory",
    "PublishedAdvert",
    "PublishedClaim",
]
