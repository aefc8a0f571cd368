"""What is said about the rows of a file of bookings."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "no_lead_id": _("The number of the lead is missing."),
    "unknown_lead": _("No lead with this number. Import the leads first."),
    "lead_without_consultant": _("Nobody is responsible for this lead. Assign the customer first."),
    "lead_lost": _("This lead is lost. Take it up again first."),
    "no_booked_at": _("The day of the booking is missing."),
    "booked_before_lead": _("Booked before the lead came in."),
    "no_price": _("The list price or the agreed price is missing."),
    "price_not_positive": _("A price is above 0 and below a trillion yuan."),
    "amounts_differ": _("List price less discount is not the agreed price."),
    "above_list": _("The agreed price is above the list price."),
    "deposit_above_price": _("The deposit is above the agreed price."),
    "status_unknown": _("Write subscribed, signed or cancelled."),
    "other_project": _("The lead is about another project."),
    "unit_unknown": _("The project has no such unit. Write it as building-entrance-number."),
    "unit_taken": _("This unit is taken or not for sale."),
    "unit_needed": _("A signed contract needs its unit."),
    "repeated_booking": _("The same booking as in row %(first)s."),
    "booking_differs": _("This booking is here already with other values. It stays as it is."),
    "contract_no_taken": _("This contract number is used already in this project."),
}
