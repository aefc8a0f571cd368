"""Tables of selling."""

from marketing.selling.check_models import SalesOffice, SellingCheck
from marketing.selling.customer_models import (
    DepthInterview,
    InterviewFinding,
    InterviewProgramme,
    ThirdPartyResult,
)
from marketing.selling.plan_models import SalesPlan, SalesPlanLine

__all__ = [
    "DepthInterview",
    "InterviewFinding",
    "InterviewProgramme",
    "SalesOffice",
    "SalesPlan",
    "SalesPlanLine",
    "SellingCheck",
    "ThirdPartyResult",
]
