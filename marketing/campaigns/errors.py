"""Refusals of campaigns, in words for people."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.common.display import money
from crm_site.common.refusals import RefusedError


class CampaignError(RefusedError):
    """A campaign, budget or item of cost cannot be changed like this."""

    status = 409
    code = "campaign"
    title = gettext_lazy("The campaign does not allow this now")


class OverBudgetError(CampaignError):
    """More would be charged to a budget than it holds (MKT-21, MKT-75)."""

    code = "over-budget"

    def __init__(self, node: Any, *, asked: Decimal, free: Decimal) -> None:
        words = _(
            "%(budget)s has %(free)s left, %(asked)s is asked for. Have budget moved here first."
        )
        message = words % {"budget": node, "free": money(free), "asked": money(asked)}
        super().__init__(message, free=str(free), asked=str(asked))
        self.node = node
