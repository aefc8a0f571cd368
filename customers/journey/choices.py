"""The words of the buyer's way in the language of the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.journey.rules import Confirmed, FileItem

ITEMS = [
    (FileItem.PRICE.value, pgettext_lazy("file item", "Price")),
    (FileItem.ADVERSE.value, pgettext_lazy("file item", "Adverse factor")),
    (FileItem.AREA.value, pgettext_lazy("file item", "Area")),
    (FileItem.CONTRACT.value, pgettext_lazy("file item", "Terms of the contract")),
    (FileItem.CHANGES.value, pgettext_lazy("file item", "Options for changes")),
    (FileItem.PARKING.value, pgettext_lazy("file item", "Parking")),
    (FileItem.ADVANTAGES.value, pgettext_lazy("file item", "Advantages of the project")),
    (FileItem.RISKS.value, pgettext_lazy("file item", "Risks of the project")),
]
# What is said under an item that has no figure of its own.
HINTS = {
    FileItem.CONTRACT.value: _("Payment, handover date, liability, what happens on withdrawal"),
    FileItem.CHANGES.value: _("Which individual changes are possible, until when, at which cost"),
    FileItem.PARKING.value: _("Spaces, right of use or ownership, price"),
    FileItem.ADVANTAGES.value: _("What speaks for the project, as the sales manual says it"),
    FileItem.RISKS.value: _("What may turn out differently: planning, dates, surroundings, loan"),
}
CONFIRMED = [
    (Confirmed.SIGNED_SHEET.value, pgettext_lazy("confirmed by", "Signed sheet")),
    (Confirmed.E_SIGNATURE.value, pgettext_lazy("confirmed by", "Electronic signature")),
    (Confirmed.MESSAGE.value, pgettext_lazy("confirmed by", "Answer by message")),
    (Confirmed.RECORDED_CALL.value, pgettext_lazy("confirmed by", "Recorded call")),
    (Confirmed.IN_PERSON.value, pgettext_lazy("confirmed by", "In person, before a witness")),
]
