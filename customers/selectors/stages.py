"""How long the stages of the communication process take (CUS-43)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Count, DateTimeField, DurationField, ExpressionWrapper, F, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Greatest

from crm_site.staff.models import User
from customers import choices
from customers.models import Lead

REPORT_DAYS = 30


@dataclass(frozen=True, slots=True)
class StageReport:
    """One stage: how many cases reached it, and the median time from the stage before."""

    key: str
    label: str
    cases: int
    median: dt.timedelta | None


class Median(Aggregate):
    """The continuous median of PostgreSQL; NULLs do not count."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def stage_report(user: User, now: dt.datetime, project_id: int | None = None) -> list[StageReport]:
    """Return each stage for the enquiries of the last 30 days in ``user``'s scope; one query.

    With ``project_id`` only of customers of that project.

    The spans are those of ``rules.stages.stage_durations``, counted by the database.
    """
    since = now - dt.timedelta(days=REPORT_DAYS)
    leads = Lead.objects.visible_to(user).filter(received_at__gte=since).order_by()
    if project_id is not None:
        leads = leads.filter(customer__project=project_id)
    keys = [key for key, _label in choices.CASE_STAGES]
    stamps = {f"at_{key}": Cast(KT(f"stages__{key}__at"), DateTimeField(null=True)) for key in keys}
    spans: dict[str, Any] = {}
    figures: dict[str, Any] = {}
    before = [F("received_at")]
    for key in keys:
        reached = F(f"at_{key}")
        spans[f"took_{key}"] = ExpressionWrapper(
            Greatest(reached, *before) - Greatest("received_at", *before),
            output_field=DurationField(),
        )
        before.append(reached)
        entered = Q(**{f"at_{key}__isnull": False})
        figures[f"cases_{key}"] = Count("pk", filter=entered)
        figures[f"median_{key}"] = Median(f"took_{key}", filter=entered)
    found = leads.annotate(**stamps).annotate(**spans).aggregate(**figures)
    return [
        StageReport(key, str(label), found[f"cases_{key}"], found[f"median_{key}"])
        for key, label in choices.CASE_STAGES
    ]
