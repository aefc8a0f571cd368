"""The policies of speaking to customers: how often, when, over what, in which tone."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting
from customers import choices
from customers.rules.axes import Channel
from customers.rules.channel_choice import ChannelTable, Why
from customers.rules.turns import ORDER, Area

RULES: Final = "contact.rules"
CHANNELS: Final = "contact.channels"
TONE: Final = "contact.tone"
TURNS: Final = "contact.turns"
AREAS: Final = {
    Area.SERVICE.value: pgettext_lazy("contact", "Service"),
    Area.SALES.value: pgettext_lazy("contact", "Sales"),
    Area.WINBACK.value: pgettext_lazy("contact", "Win-back"),
    Area.CARE.value: pgettext_lazy("contact", "Care"),
    Area.SURVEY.value: pgettext_lazy("contact", "Surveys"),
    Area.MARKETING.value: pgettext_lazy("contact", "Advertising and news"),
}

WHY_LABELS = {
    Why.WISH.value: _("The customer prefers it"),
    Why.URGENT.value: _("For urgent matters"),
    Why.FREQUENT.value: _("Spoken to often lately, so the quieter way"),
    Why.YOUNG.value: _("Younger customers"),
    Why.OLDER.value: _("Middle-aged and elderly customers"),
    Why.AGE_UNKNOWN.value: _("Age not known"),
}


@dataclass(frozen=True, slots=True)
class ContactRules:
    """How often and when messages may reach a customer, over all channels together."""

    per_week: int = setting(
        _("Messages per customer in seven days"),
        default=3,
        unit=_("messages"),
        low=1,
        high=50,
        help=_("Advertising and news beyond it are held back; answers and appointments are not."),
    )
    quiet_from: int = setting(_("Quiet from"), default=21, unit=_("o'clock"), low=0, high=23)
    quiet_until: int = setting(_("Quiet until"), default=8, unit=_("o'clock"), low=0, high=23)


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """Which channel is suggested to whom; a stated preference always wins (CUS-47)."""

    young_below: int = setting(
        _("Younger means below"), default=45, unit=_("years"), low=18, high=90
    )
    busy_from: int = setting(
        _("Often means from"), default=4, unit=_("contacts in seven days"), low=1, high=50
    )
    orders: dict[str, tuple[str, ...]] = setting(  # noqa: RUF009 -- a dataclass field
        _("Order of channels"),
        default={
            Why.YOUNG.value: ("wechat", "social", "app", "sms", "phone"),
            Why.OLDER.value: ("phone", "sms", "home_visit", "wechat"),
            Why.AGE_UNKNOWN.value: ("phone", "wechat", "sms"),
            Why.URGENT.value: ("phone", "sms", "wechat"),
            Why.FREQUENT.value: ("wechat", "sms", "email", "app"),
        },
        labels=WHY_LABELS,
        help=_("Keys of channels; those not named come last."),
    )

    def __post_init__(self) -> None:
        if set(self.orders) != {why.value for why in Why if why is not Why.WISH}:
            raise FieldError("orders", _("Give an order for each case."))
        known = dict(choices.CONTACT_CHANNELS)
        if any(channel not in known for order in self.orders.values() for channel in order):
            raise FieldError("orders", _("There is no channel of this name."))

    def table(self) -> ChannelTable:
        """Return the rules as the pure rule takes them."""
        orders = {why: [Channel(one) for one in order] for why, order in self.orders.items()}
        return ChannelTable(self.young_below, self.busy_from, orders)


@dataclass(frozen=True, slots=True)
class Tone:
    """Words that texts for customers must not hold (Advertising Law, articles 9 and 26)."""

    forbidden: tuple[str, ...] = setting(
        _("Words not to be used"),
        default=("最佳", "最低价", "国家级", "第一品牌", "绝对", "升值", "稳赚", "保值", "唯一"),
        help=_("A text that holds one of them cannot be saved."),
    )


@dataclass(frozen=True, slots=True)
class TurnRules:
    """Whose contact goes first where several departments want to speak to one customer."""

    order: tuple[str, ...] = setting(
        _("Order of the departments"),
        default=ORDER,
        help=_("Keys: service, sales, winback, care, survey, marketing. The first goes first."),
    )
    ahead_hours: int = setting(
        _("A talk planned within"), default=24, unit=_("hours"), low=1, high=168
    )
    longest_days: int = setting(
        _("Advertising waits for it at most"), default=3, unit=_("days"), low=0, high=30
    )

    def __post_init__(self) -> None:
        if sorted(self.order) != sorted(ORDER):
            raise FieldError("order", _("Name each department once."))


def register() -> None:
    """Make the four policies known."""
    register_policy(
        PolicyKind(
            key=TURNS,
            label=_("Who speaks first"),
            area=PolicyArea.CONTACT,
            help=_("Which contact goes first where several departments plan one."),
            shape=TurnRules,
            default=TurnRules(),
        )
    )
    register_policy(
        PolicyKind(
            key=RULES,
            label=_("Contact with customers"),
            area=PolicyArea.CONTACT,
            help=_("How often and at which hours messages may reach a customer."),
            shape=ContactRules,
            default=ContactRules(),
        )
    )
    register_policy(
        PolicyKind(
            key=CHANNELS,
            label=_("Choice of the channel"),
            area=PolicyArea.CONTACT,
            help=_("Over which channel a customer is spoken to first."),
            shape=ChannelRules,
            default=ChannelRules(),
        )
    )
    register_policy(
        PolicyKind(
            key=TONE,
            label=_("Tone of texts"),
            area=PolicyArea.CONTACT,
            help=_("Words that texts to customers may not contain."),
            shape=Tone,
            default=Tone(),
        )
    )
