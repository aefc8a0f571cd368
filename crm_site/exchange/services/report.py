"""What a person reads about an import: the causes of problems, grouped, with sample rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Min

from crm_site.exchange.models import ImportJob

SAMPLE_ROWS = 5


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause in one column: how many rows it met, the first of them, params of the first."""

    code: str
    column: str
    is_warning: bool
    count: int
    rows: list[int]
    params: Mapping[str, Any]


def causes_of(job: ImportJob) -> list[Cause]:
    """Return the causes, errors before warnings, the most frequent first; two queries."""
    groups = (
        job.row_errors.values("code", "column", "is_warning")
        .annotate(count=Count("id"), first=Min("id"), rows=ArrayAgg("row", order_by="row"))
        .order_by("is_warning", "-count", "code")
    )
    found = list(groups)
    params = dict(
        job.row_errors.filter(pk__in=[g["first"] for g in found]).values_list("pk", "params")
    )
    return [
        Cause(
            code=group["code"],
            column=group["column"],
            is_warning=group["is_warning"],
            count=group["count"],
            rows=group["rows"][:SAMPLE_ROWS],
            params=params[group["first"]],
        )
        for group in found
    ]
