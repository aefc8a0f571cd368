"""How satisfied the customers of a campaign are, by their answers to surveys (MKT-76)."""

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import Count, Sum

from marketing.campaigns.hooks import register_satisfaction_source
from service.surveys.models import SurveyResponse

Answers = dict[str, tuple[Decimal, int]]


def satisfaction_of(gained: Mapping[str, list[int]]) -> Answers:
    """Return mean (out of ten) and number of the rated answers of customers, by campaign."""
    people = {customer for some in gained.values() for customer in some}
    if not people:
        return {}
    rows = SurveyResponse.objects.of_customers().filter(rating__isnull=False, customer__in=people)
    grouped = rows.order_by().values("customer").annotate(total=Sum("rating"), number=Count("pk"))
    held = {row["customer"]: (row["total"], row["number"]) for row in grouped}
    found: Answers = {}
    for code, some in gained.items():
        parts = [held[customer] for customer in some if customer in held]
        number = sum(count for _total, count in parts)
        if number:
            found[code] = (sum((total for total, _n in parts), Decimal(0)) / number, number)
    return found


def register() -> None:
    """Bring the satisfaction of the customers gained to the pages of campaigns."""
    register_satisfaction_source("surveys", satisfaction_of)
