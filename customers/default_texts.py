"""The texts a company starts with, per occasion and channel; edited ones take their place (CUS-46).

They are for customers, hence in their language.
"""

from typing import Final

from django.utils.translation import gettext_lazy as _

from customers import choices
from customers.rules.axes import Channel

OCCASIONS: Final = {
    "welcome": _("First contact"),
    "appointment": _("Appointment"),
    "follow_up": _("After a visit"),
    "news": _("News"),
}
# Said aloud, or written; a spoken text is a guide for the talk.
SPOKEN = (Channel.PHONE, Channel.VISIT, Channel.HOME_VISIT)
_SPOKEN = {
    "welcome": (
        "{name}您好，我是{project}的置业顾问{consultant}。感谢您关注{project}，请问现在方便聊几分钟吗？"
    ),
    "appointment": (
        "{name}您好，我是{project}的{consultant}，想与您确认到访时间，到时我在销售中心等您。"
    ),
    "follow_up": (
        "{name}您好，我是{consultant}。上次看过{project}后，您和家人还有哪些问题，我来为您解答。"
    ),
    "news": ("{name}您好，我是{consultant}。{project}有一条新动态想告诉您，占用您两分钟时间。"),
}
_WRITTEN = {
    "welcome": (
        "{name}您好，感谢关注{project}。我是您的置业顾问{consultant}，有任何问题欢迎随时联系我。"
    ),
    "appointment": (
        "{name}您好，您已预约参观{project}，{consultant}将为您接待。如需改期，请提前告知。"
    ),
    "follow_up": (
        "{name}您好，感谢到访{project}。您关心的资料已整理好，如有疑问请联系{consultant}。"
    ),
    "news": (
        "{name}您好，{project}有新动态，详情可咨询您的置业顾问{consultant}。回复退订可不再接收。"
    ),
}


def default_text(key: str, channel: Channel) -> tuple[str, str]:
    """Return title and text that stand for an occasion and channel until somebody edits them."""
    texts = _SPOKEN if channel in SPOKEN else _WRITTEN
    word = dict(choices.CONTACT_CHANNELS)[channel.value]
    return f"{OCCASIONS[key]} · {word}", texts[key]
