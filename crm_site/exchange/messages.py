"""What is said about a row that cannot be read; one sentence per cause, with the way out."""

from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "too_long": _("The text is longer than %(limit)s characters. Shorten it."),
    "not_a_date": _("This is not a date. Write it like 2026-05-20."),
    "no_such_day": _("There is no such day in the calendar."),
    "date_ambiguous": _("Day and month cannot be told apart here. Write the year first."),
    "date_mixed": _("Day and month are the other way round than in the rest of the column."),
    "date_in_future": _("The date lies in the future."),
    "date_too_old": _("The date lies before 1990."),
    "not_a_number": _("This is not a number. Leave the cell empty if it is unknown."),
    "number_out_of_range": _("The number is too large."),
    "not_yes_or_no": _("Write yes or no."),
}
