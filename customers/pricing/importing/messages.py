"""What is said about the rows of a file of prices."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "no_draft": _("There is no draft of a price list. Begin one on the page of prices."),
    "draft_gone": _("The price list is no draft any more. Begin a new one."),
    "price_unit_unknown": _("The project of the price list has no such unit."),
    "price_unit_unclear": _("More than one unit has this number. Name building and entrance."),
    "no_price_given": _("Write a price per m² or a total."),
    "price_too_high": _("A price per m² is at most %(limit)s yuan."),
    "total_differs": _("The total is not the price per m² times the area of %(area)s m²."),
    "floor_above_public": _("The floor price is above the total."),
    "floor_missing": _("The unit has no floor price yet. Write it, or its share in percent."),
    "floor_share_wrong": _("The floor is a share above 0 and at most 100 percent."),
    "floor_twice": _("Floor price and its share contradict each other."),
}
