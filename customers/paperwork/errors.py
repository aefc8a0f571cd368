"""What can go wrong with papers and files, in the words of the person who tried."""

from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import RefusedError


class PaperError(RefusedError):
    """The paper cannot be taken in or given back."""

    code = "paper"
    title = _("The paper stays as it is")


class TransferError(RefusedError):
    """The file cannot be sent or accepted like this (CUS-71)."""

    code = "file-transfer"
    title = _("The file cannot be transferred")
