"""What can go wrong with prices, in the words of the person who tried."""

from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import RefusedError


class PriceListError(RefusedError):
    """The price list cannot be written, submitted or approved like this (MKT-45)."""

    code = "price-list"
    title = _("The price list cannot be used like this")


class DiscountError(RefusedError):
    """The discount cannot be asked for or used (MKT-46)."""

    code = "discount"
    title = _("The discount cannot be used")


class LetterError(RefusedError):
    """The commitment letter cannot be issued or signed (MKT-50)."""

    code = "price-letter"
    title = _("The letter cannot be issued")
