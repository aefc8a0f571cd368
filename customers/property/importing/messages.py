"""What is said about the rows of a unit list."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "no_unit_project": _("Choose the project of the units."),
    "no_building": _("The building is missing. Merged cells hold it in their first row only."),
    "no_unit_number": _("The unit number is missing."),
    "no_floor": _("The floor is missing and cannot be read from the number."),
    "no_area": _("The forecast area of a new unit is missing."),
    "area_unreadable": _("Not an area. Write square metres such as 98.20."),
    "area_not_positive": _("An area is above 0."),
    "area_too_large": _("An area is at most %(limit)s m²."),
    "inner_above_area": _("The inner area is larger than the whole."),
    "floor_unreadable": _("Not a floor. Write a number, below 0 for basements."),
    "unit_kind_unknown": _("Write flat, house, shop or parking."),
    "orientation_unknown": _("Write an orientation such as south or south and north."),
    "repeated_unit": _("The same unit as in row %(first)s."),
}
