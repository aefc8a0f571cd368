"""What experiments show: drawn, counted, succeeded, compared (MKT-41, ANA-72)."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from crm_site.common.proportions import Share
from customers.models import Interaction, Purchase
from customers.rules.axes import Channel, Result
from marketing.messaging.models import Assignment, Experiment, Reply
from marketing.messaging.rules.verdicts import Arm, Verdict, judge


def succeeded(experiment: Experiment) -> Exists:
    """Return the condition on assignments that the main metric came true within its days."""
    days = timedelta(days=experiment.window_days)

    def within(column: str) -> dict[str, Any]:
        return {f"{column}__gte": OuterRef("at"), f"{column}__lt": OuterRef("at") + days}

    own = {"customer": OuterRef("customer")}
    talks = Interaction.objects.filter(**own, **within("at"))
    return {
        "reply": lambda: Exists(Reply.objects.filter(**own, **within("at"))),
        "visit": lambda: Exists(
            talks.filter(Q(channel=Channel.VISIT.value) | Q(result=Result.VISITED.value))
        ),
        "subscription": lambda: Exists(Purchase.objects.filter(**own, **within("subscribed_at"))),
        "signing": lambda: Exists(Purchase.objects.filter(**own, **within("signed_at"))),
    }[experiment.metric]()


def counted(experiment: Experiment, *, now: datetime) -> Any:
    """Return the assignments whose days are over: only they count, on both sides alike."""
    over = now - timedelta(days=experiment.window_days)
    return Assignment.objects.filter(experiment=experiment, at__lte=over)


def figures_of(experiment: Experiment, *, now: datetime) -> list[Arm]:
    """Return the arms with their figures, the control first, in three queries."""
    judged = counted(experiment, now=now).alias(won=succeeded(experiment))
    rows = judged.order_by().values("variant")
    counts = {
        row["variant"]: Share(row["hits"], row["n"])
        for row in rows.annotate(n=Count("pk"), hits=Count("pk", filter=Q(won=True)))
    }
    drawn = dict(
        Assignment.objects.filter(experiment=experiment)
        .order_by()
        .values("variant")
        .annotate(n=Count("pk"))
        .values_list("variant", "n")
    )
    return [
        Arm(one.key, one.weight, drawn.get(one.pk, 0), counts.get(one.pk, Share(0, 0)))
        for one in experiment.variants.all()
    ]


def verdict_of(experiment: Experiment, figures: list[Arm]) -> Verdict:
    """Return what the figures let anybody decide."""
    return judge(figures[0], figures[1:], least=experiment.least)
