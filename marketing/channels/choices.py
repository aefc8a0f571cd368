"""The words of channels in the language of the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketing.channels.rules.kinds import (
    DIGITAL,
    PLATFORMS,
    ChannelType,
    Flag,
    PartnerState,
    Subtype,
    Way,
)

CHANNEL_TYPES = [
    (ChannelType.ONLINE.value, pgettext_lazy("channel", "Online")),
    (ChannelType.OFFLINE.value, pgettext_lazy("channel", "Offline")),
    (ChannelType.AGENT.value, pgettext_lazy("channel", "Agent")),
    (ChannelType.DISTRIBUTOR.value, pgettext_lazy("channel", "Distributor")),
    (ChannelType.REFERRAL.value, pgettext_lazy("channel", "Owner referral")),
]
SUBTYPES = [
    (Subtype.SEM.value, _("Search engine marketing")),
    (Subtype.SOCIAL.value, _("Social media")),
    (Subtype.CONTENT.value, _("Content marketing")),
    (Subtype.EMAIL.value, _("E-mail marketing")),
    (Subtype.ONLINE_AD.value, _("Online adverts")),
    (Subtype.DOUYIN.value, _("Douyin")),
    (Subtype.KUAISHOU.value, _("Kuaishou")),
    (Subtype.XIAOHONGSHU.value, _("Xiaohongshu")),
    (Subtype.WECHAT.value, _("WeChat official account")),
    (Subtype.WEIBO.value, _("Weibo")),
    (Subtype.ZHIHU.value, _("Zhihu")),
    (Subtype.BILIBILI.value, _("Bilibili")),
    (Subtype.WEBSITE.value, pgettext_lazy("channel", "Own website")),
    (Subtype.APP.value, pgettext_lazy("channel", "App")),
    (Subtype.PORTAL.value, _("Property portal")),
    (Subtype.HOTLINE.value, pgettext_lazy("channel", "Hotline")),
    (Subtype.WALK_IN.value, pgettext_lazy("channel", "Walk-in")),
    (Subtype.BILLBOARD.value, _("Outdoor adverts")),
    (Subtype.LEAFLET.value, _("Leaflets")),
    (Subtype.EXHIBITION.value, pgettext_lazy("channel", "Exhibition")),
    (Subtype.FIELD.value, _("Field marketing")),
    (Subtype.TV_PRESS.value, _("Television and press")),
    (Subtype.AGENCY.value, pgettext_lazy("channel", "Agency")),
    (Subtype.DISTRIBUTION.value, pgettext_lazy("channel", "Distribution")),
    (Subtype.OWNER.value, pgettext_lazy("channel", "Owners")),
    (Subtype.OTHER.value, pgettext_lazy("channel", "Other")),
]
SUBTYPE_WORDS = dict(SUBTYPES)
PLATFORM_WORDS = [(one.value, SUBTYPE_WORDS[one.value]) for one in PLATFORMS]
DIGITAL_WORDS = [(one.value, SUBTYPE_WORDS[one.value]) for one in DIGITAL]
PARTNER_STATES = [
    (PartnerState.CANDIDATE.value, pgettext_lazy("partner", "In selection")),
    (PartnerState.ACTIVE.value, pgettext_lazy("partner", "Working")),
    (PartnerState.SUSPENDED.value, pgettext_lazy("partner", "Suspended")),
    (PartnerState.ENDED.value, pgettext_lazy("partner", "Ended")),
]
WAYS = [
    (Way.WEB.value, pgettext_lazy("lead", "Web form")),
    (Way.QR.value, pgettext_lazy("lead", "QR code")),
    (Way.API.value, pgettext_lazy("lead", "Signed interface")),
    (Way.PORTAL.value, pgettext_lazy("lead", "Partner portal")),
    (Way.HAND.value, pgettext_lazy("lead", "By hand")),
]
FLAGS = [
    (Flag.DUPLICATE.value, _("Registered by another partner")),
    (Flag.KNOWN.value, _("Known to the company")),
]
BREACHES = [
    ("promise", _("Promise without authority")),
    ("hijack", _("Customer taken from somebody else")),
    ("false_lead", _("Lead made up")),
    ("duplicate", _("Registered twice on purpose")),
    ("fee", _("Fee taken from the customer")),
    ("data", _("Customer data passed on")),
    ("unlicensed", _("Worked without a licence")),
    ("conduct", _("Unfriendly or misleading conduct")),
]
CHECKS = [
    ("selection", pgettext_lazy("check", "Selection")),
    ("service", pgettext_lazy("check", "Quality of service")),
]
POTS = [
    ("accrued", pgettext_lazy("commission", "Earned, not yet due")),
    ("payable", pgettext_lazy("commission", "Due")),
    ("paid", pgettext_lazy("commission", "Paid")),
    ("owed", pgettext_lazy("commission", "To be paid back")),
]
GRADES = [(letter, letter) for letter in "ABCD"]
ADVICE = [
    ("raise", pgettext_lazy("channel", "Raise")),
    ("keep", pgettext_lazy("channel", "Keep")),
    ("cut", pgettext_lazy("channel", "Cut")),
]
PARTNER_EVENTS = {
    "added": pgettext_lazy("partner", "Entered"),
    "changed": pgettext_lazy("partner", "Changed"),
    "moved": pgettext_lazy("partner", "Moved on"),
    "breach": _("Breach of the rules"),
    "check": pgettext_lazy("partner", "Checked"),
    "staff": _("Staff"),
    "staff_left": _("Left the agency"),
    "portal": _("Partner portal"),
    "portal_closed": _("Access to the partner portal taken away"),
}
ENTRY_KINDS = {
    "accrual": pgettext_lazy("commission", "Earned"),
    "release": pgettext_lazy("commission", "Became due"),
    "settle": pgettext_lazy("commission", "Set off"),
    "clawback": pgettext_lazy("commission", "Taken back"),
    "payout": pgettext_lazy("commission", "Paid out"),
}
