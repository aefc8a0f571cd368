"""The words of opportunities, recommendations and the work with existing customers."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

INFO_KINDS = [
    ("advice", pgettext_lazy("information", "Advice")),
    ("news", pgettext_lazy("information", "News")),
    ("advert", pgettext_lazy("information", "Advertising")),
]
INFO_CHANNELS = [("sms", _("SMS")), ("email", _("E-mail")), ("wechat", _("WeChat"))]
SPEND_KINDS = [
    ("purchase", pgettext_lazy("housing spend", "Purchase")),
    ("lease", pgettext_lazy("housing spend", "Lease")),
    ("parking", pgettext_lazy("housing spend", "Parking")),
    ("property_service", pgettext_lazy("housing spend", "Property services")),
]
ITEM_KINDS = [
    ("unit", pgettext_lazy("recommendation", "Unit")),
    ("article", pgettext_lazy("recommendation", "Article")),
    ("offer", pgettext_lazy("recommendation", "Offer")),
]
REACTIONS = [
    ("liked", pgettext_lazy("reaction", "Interested")),
    ("visit", pgettext_lazy("reaction", "Wants to see it")),
    ("later", pgettext_lazy("reaction", "Perhaps later")),
    ("rejected", pgettext_lazy("reaction", "Not interested")),
]
RELATIONS = [
    ("potential", pgettext_lazy("tenure view", "Potential customer")),
    ("new", pgettext_lazy("tenure view", "New customer")),
    ("old", pgettext_lazy("tenure view", "Old customer")),
]
ACTIONS = [
    ("purchase_offer", _("Purchase offer")),
    ("adviser", _("Dedicated adviser")),
    ("fast_signing", _("Fast signing")),
    ("after_sales", _("After-sales service")),
    ("living", _("Better living")),
    ("feedback", _("Collect feedback")),
    ("recommend", _("Recommend units")),
    ("coupon", _("Coupon")),
    ("proposal", _("Tailored proposal")),
]
OPPORTUNITY_KINDS = [
    ("cross", pgettext_lazy("opportunity", "Cross-selling")),
    ("up", pgettext_lazy("opportunity", "Second purchase")),
]
OPPORTUNITY_RULES = [
    ("tenant_buys", _("Tenant who wants to buy")),
    ("buyer_rents", _("Buyer who looks for a lease")),
    ("other_project", _("Interested in another project")),
    ("growth", _("The family grows and the flat is small")),
    ("tenure", _("Has lived there for years")),
    ("price_up", _("Budget well above the last deal")),
]
OPPORTUNITY_STATES = [
    ("open", pgettext_lazy("opportunity", "Open")),
    ("working", pgettext_lazy("opportunity", "Being worked on")),
    ("closed", pgettext_lazy("opportunity", "Closed")),
]
OUTCOMES = [
    ("bought", pgettext_lazy("opportunity", "Bought or rented")),
    ("declined", pgettext_lazy("opportunity", "Declined")),
    ("later", pgettext_lazy("opportunity", "Later")),
    ("not_suitable", pgettext_lazy("opportunity", "Does not fit")),
]
USES = [
    ("self_use", pgettext_lazy("holding", "Lived in")),
    ("rented", pgettext_lazy("holding", "Let")),
    ("vacant", pgettext_lazy("holding", "Vacant")),
    ("for_sale", pgettext_lazy("holding", "For resale")),
]
STEPS = [
    ("find", pgettext_lazy("programme", "Discover")),
    ("select", pgettext_lazy("programme", "Select")),
    ("develop", pgettext_lazy("programme", "Develop")),
    ("retain", pgettext_lazy("programme", "Retain")),
]
SUPPORT_LEVELS = [
    ("personal", _("Personal adviser, a talk each quarter")),
    ("regular", _("A talk every half year")),
    ("basic", _("Market letter by message")),
]
TRAPS = {
    "nothing_declared": _("Nothing was declared elsewhere: a full share only means nobody asked."),
    "old": _("What was declared is two years old or more."),
    "one_big_deal": _("One purchase outweighs everything else: look at the kinds on their own."),
    "household": _("The spend of the family may lie with other members of the household."),
}
