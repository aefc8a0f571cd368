"""What can go wrong with money, in the words of the person who tried."""

from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import RefusedError


class PlanError(RefusedError):
    """The plan does not add up or cannot be made now (CUS-70)."""

    code = "payment-plan"
    title = _("The plan cannot be kept like this")


class ReceiptError(RefusedError):
    """The receipt, refund or reversal cannot be booked (CUS-70)."""

    code = "receipt"
    title = _("The receipt cannot be booked")


class MortgageError(RefusedError):
    """The mortgage cannot take this step (CUS-69)."""

    code = "mortgage"
    title = _("The mortgage cannot take this step")
