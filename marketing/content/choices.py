"""The words of content in the language of the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketing.content.rules.adverts import AdvertState, ClaimKind, Medium, Reviewer
from marketing.content.rules.scanning import Level

CORE_VALUES = [
    ("liveable", pgettext_lazy("core value", "Liveable")),
    ("safe", pgettext_lazy("core value", "Safe")),
    ("convenient", pgettext_lazy("core value", "Convenient")),
    ("appreciation", pgettext_lazy("core value", "Keeps its value")),
]
ASSET_KINDS = [
    ("photo", pgettext_lazy("asset", "Real-scene photo")),
    ("video", pgettext_lazy("asset", "Video")),
    ("floor_plan", pgettext_lazy("asset", "Floor plan")),
    ("story", pgettext_lazy("asset", "Customer story")),
    ("expert_view", pgettext_lazy("asset", "Expert view")),
    ("poster", pgettext_lazy("asset", "Poster")),
]
ADVERT_STATES = [
    (AdvertState.PLANNED.value, pgettext_lazy("advert", "Planned")),
    (AdvertState.DRAFT.value, pgettext_lazy("advert", "Draft")),
    (AdvertState.REVIEW.value, pgettext_lazy("advert", "In joint review")),
    (AdvertState.APPROVED.value, pgettext_lazy("advert", "Approved")),
    (AdvertState.RELEASED.value, pgettext_lazy("advert", "Released")),
    (AdvertState.PUBLISHED.value, pgettext_lazy("advert", "Published")),
    (AdvertState.EVALUATED.value, pgettext_lazy("advert", "Evaluated")),
    (AdvertState.STOPPED.value, pgettext_lazy("advert", "Stopped")),
]
MEDIA = [
    (Medium.PRESS.value, pgettext_lazy("medium", "Press")),
    (Medium.OUTDOOR.value, pgettext_lazy("medium", "Outdoor")),
    (Medium.ONLINE.value, pgettext_lazy("medium", "Online")),
    (Medium.SOCIAL.value, pgettext_lazy("medium", "Social media")),
    (Medium.VIDEO.value, pgettext_lazy("medium", "Short video")),
    (Medium.BROADCAST.value, pgettext_lazy("medium", "Radio and television")),
    (Medium.LEAFLET.value, pgettext_lazy("medium", "Leaflet")),
    (Medium.MESSAGE.value, pgettext_lazy("medium", "Text message")),
]
REVIEWERS = [
    (Reviewer.MARKETING.value, pgettext_lazy("reviewer", "Marketing")),
    (Reviewer.DESIGN.value, pgettext_lazy("reviewer", "Design")),
    (Reviewer.ENGINEERING.value, pgettext_lazy("reviewer", "Engineering")),
    (Reviewer.LEGAL.value, pgettext_lazy("reviewer", "Legal")),
    (Reviewer.RELATIONS.value, pgettext_lazy("reviewer", "Customer relations")),
]
CLAIM_KINDS = [
    (ClaimKind.SIZE.value, pgettext_lazy("advert claim", "Size and layout")),
    (ClaimKind.PRICE.value, pgettext_lazy("advert claim", "Price and offer")),
    (ClaimKind.PLANNING.value, pgettext_lazy("advert claim", "Planning and surroundings")),
    (ClaimKind.FACILITY.value, pgettext_lazy("advert claim", "Facilities")),
    (ClaimKind.QUALITY.value, pgettext_lazy("advert claim", "Quality and fittings")),
    (ClaimKind.DELIVERY.value, pgettext_lazy("advert claim", "Handover")),
    (ClaimKind.APPRECIATION.value, pgettext_lazy("advert claim", "Keeping its value")),
    (ClaimKind.OTHER.value, pgettext_lazy("advert claim", "Other")),
]
LEVELS = [
    (Level.BANNED.value, pgettext_lazy("risk word", "Banned")),
    (Level.EVIDENCE.value, pgettext_lazy("risk word", "Needs evidence")),
    (Level.APPROVAL.value, pgettext_lazy("risk word", "Needs a special signature")),
]
STORY_STATES = [
    ("draft", pgettext_lazy("story", "Draft")),
    ("published", pgettext_lazy("story", "Published")),
    ("ended", pgettext_lazy("story", "Taken down")),
]
POST_STATES = [
    ("waiting", pgettext_lazy("owner post", "Waiting")),
    ("accepted", pgettext_lazy("owner post", "Accepted")),
    ("refused", pgettext_lazy("owner post", "Refused")),
    ("withdrawn", pgettext_lazy("owner post", "Taken back")),
]
POST_SOURCES = [
    ("app", _("App")),
    ("wechat", _("WeChat account")),
    ("community", pgettext_lazy("owner post", "Community group")),
    ("short_video", pgettext_lazy("owner post", "Short video")),
    ("event", pgettext_lazy("owner post", "Event")),
    ("letter", pgettext_lazy("owner post", "Letter")),
]
SESSION_KINDS = [
    ("project_show", pgettext_lazy("live session", "Project show")),
    ("customer_experience", pgettext_lazy("live session", "Customer experience")),
    ("short_video", pgettext_lazy("live session", "Short video")),
]
PLATFORMS = [
    ("douyin", pgettext_lazy("platform", "Douyin")),
    ("kuaishou", pgettext_lazy("platform", "Kuaishou")),
    ("shipinhao", pgettext_lazy("platform", "WeChat Channels")),
    ("xiaohongshu", pgettext_lazy("platform", "Xiaohongshu")),
    ("bilibili", pgettext_lazy("platform", "Bilibili")),
    ("own", pgettext_lazy("platform", "Own app or website")),
]
SESSION_STATES = [
    ("planned", pgettext_lazy("live session", "Planned")),
    ("review", pgettext_lazy("live session", "Script in review")),
    ("approved", pgettext_lazy("live session", "Script approved")),
    ("held", pgettext_lazy("live session", "Held")),
    ("stopped", pgettext_lazy("live session", "Called off")),
]
COMMUNITY_KINDS = [
    ("owners", pgettext_lazy("community", "Owners")),
    ("prospects", pgettext_lazy("community", "Customers not yet signed")),
    ("interest", pgettext_lazy("community", "Common interest")),
]
COMMUNITY_PLATFORMS = [
    ("wechat_group", pgettext_lazy("community", "WeChat group")),
    ("wecom_group", pgettext_lazy("community", "WeCom group")),
    ("app_circle", pgettext_lazy("community", "Circle in the app")),
    ("qq_group", pgettext_lazy("community", "QQ group")),
]
TOPICS = [
    ("news", pgettext_lazy("community", "Project news")),
    ("offer", pgettext_lazy("community", "Offer")),
    ("feedback", pgettext_lazy("community", "Customer feedback")),
    ("activity", pgettext_lazy("community", "Activity")),
]
MOODS = [
    ("good", pgettext_lazy("mood", "Friendly")),
    ("even", pgettext_lazy("mood", "Even")),
    ("upset", pgettext_lazy("mood", "Upset")),
]
