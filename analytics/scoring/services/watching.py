"""The daily look at the churn models in use: do inputs and probabilities still hold (ANA-48)."""

from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
from django.db.models import Max, Min
from django.utils import timezone
from numpy.typing import NDArray

from analytics.churn.features.building import STAGES, Snapshot, cut_at, read_snapshot
from analytics.churn.models import ChurnLoss, ChurnScoreChange
from analytics.scoring.choices import CHURN, WARNING
from analytics.scoring.models import KEEP, ModelCheck, ScoreModel
from analytics.scoring.policies import limits_at
from analytics.scoring.rules.errors import BrokenModelError
from analytics.scoring.rules.monitoring import Limits, Outcomes, Watched, watch
from analytics.scoring.services.registering import champion_of
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from crm_site.staff.rules.roles import ROLES
from customers.models import Customer

GAP, HORIZON = timedelta(days=7), timedelta(days=90)
WEEKS: Final = 4
RANGES, RANGE = 10, 2_000
RED: Final = "red"
BANDS: Final = (0, 30, 45, 60)
Texts = NDArray[Any]


def watch_models(*, now: datetime) -> int:
    """Look at each churn model in use once a day; return how many were looked at.

    A second look on the same day replaces the first. A model that cannot be read is a warning.
    """
    rows = [row for row in ScoreModel.objects.filter(kind=CHURN).active() if row.stage in STAGES]
    shots = _sample(now) if rows else []
    limits, day = limits_at(now), timezone.localdate(now)
    for row in rows:
        try:
            values = _columns(_look(row, shots, limits, now))
        except BrokenModelError as broken:
            values = {"warnings": [[broken.code, dict(broken.names)]]}
        if row.retrain_on and row.retrain_on <= day:
            values["warnings"].append(["retrain", {"day": row.retrain_on.isoformat()}])
        ModelCheck.objects.update_or_create(model=row, on=day, defaults={"at": now, **values})
        _tell(row, values["warnings"], now)
    return len(rows)


def outcomes_of(stage: str, now: datetime) -> Outcomes | None:
    """Return what was said of the customers of a stage before the last horizon, and what came.

    None while no score is that old. Alarms are those of the four weeks before that moment.
    """
    then = now - GAP - HORIZON
    said = ChurnScoreChange.objects.filter(stage=stage, at__lte=then)
    last = said.order_by("customer", "-at", "-pk").distinct("customer")
    rows = [row for row in last.values_list("customer", "points", "after") if row[2] != "none"]
    if not rows:
        return None
    keys = [row[0] for row in rows]
    days = timezone.localdate(then + GAP), timezone.localdate(now)
    losses = ChurnLoss.objects.filter(on__gt=days[0], on__lte=days[1]).exclude(state="reversed")
    lost = set(losses.values_list("customer", flat=True))
    alarms = said.filter(at__gt=then - timedelta(weeks=WEEKS), after=RED).exclude(before=RED)
    warned = set(alarms.values_list("customer", flat=True))
    of_owner = Customer.objects.filter(pk__in=keys, owner__isnull=False)
    return Outcomes(
        groups=groups_of(keys, timezone.localdate(then)),
        probabilities=np.array([row[1] / 100 for row in rows]),
        lost=np.array([float(row[0] in lost) for row in rows]),
        red=np.array([float(row[2] == RED) for row in rows]),
        false_alarms=len(warned - lost),
        consultants=of_owner.order_by().values("owner").distinct().count(),
        weeks=WEEKS,
    )


def groups_of(customers: list[int], day: date) -> tuple[Texts, ...]:
    """Return the age band and the gender of each customer where they are recorded."""
    rows = Customer.objects.filter(pk__in=customers).values_list("pk", "birthday", "gender")
    known = {
        pk: (_band(birthday, day), f"gender:{sex}" if sex else "") for pk, birthday, sex in rows
    }
    found = [known.get(pk, ("", "")) for pk in customers]
    return tuple(np.array([one[place] for one in found], dtype=object) for place in (0, 1))


def _band(birthday: date | None, day: date) -> str:
    if birthday is None:
        return ""
    years = day.year - birthday.year - ((day.month, day.day) < (birthday.month, birthday.day))
    return f"age:{max(low for low in BANDS if low <= max(years, 0))}"


def _tell(row: ScoreModel, warnings: list[Any], now: datetime) -> None:
    """Tell whoever keeps the models of warnings, of each set of them once."""
    if not warnings:
        return
    codes = "-".join(sorted({code for code, _ in warnings}))
    code, names = warnings[0]
    params = {"kind": row.kind, "stage": row.stage, "version": row.version}
    roles = [key for key, role in ROLES.items() if KEEP in role.may]
    keepers = User.objects.filter(is_active=True, role__in=roles).values_list("pk", flat=True)
    subject = ("score_model", row.pk)
    send_many(
        [
            Outgoing(
                WARNING,
                person,
                f"score-model:{row.pk}:{codes}:{person}",
                {**params, "code": code, "names": names},
                subject,
            )
            for person in keepers
        ],
        now=now,
    )


def _look(row: ScoreModel, shots: list[Snapshot], limits: Limits, now: datetime) -> tuple[int, Any]:
    champion = champion_of(row)
    place = STAGES.index(row.stage)
    parts = [shot.of_stage(place) for shot in shots]
    tables = [part.table for part in parts if len(part.ids)]
    p = [champion.probabilities(table) for table in tables]
    found = watch(
        champion.about,
        tables[0].joined(tables[1:]) if tables else None,
        np.concatenate(p) if p else np.zeros(0),
        outcomes_of(row.stage, now),
        limits,
    )
    return sum(map(len, p)), found


def _columns(looked: tuple[int, Watched]) -> dict[str, Any]:
    scored, found = looked
    return {
        "scored": scored,
        "scores_psi": found.scores_psi,
        "inputs_psi": found.inputs_psi,
        "in_the_large": found.in_the_large,
        "precision": found.precision,
        "recall": found.recall,
        "false_alarms": found.false_alarms,
        "rows": found.rows,
        "losses": found.losses,
        "warnings": list(found.warnings),
        "fairness": found.fairness,
    }


def _sample(now: datetime) -> list[Snapshot]:
    """Return the customers of ten ranges spread over all, as the nightly run would see them."""
    ends = Customer.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return []
    first, last = int(ends["first"]), int(ends["last"])
    cut = cut_at(now)
    if last - first < RANGES * RANGE:
        return [read_snapshot(cut, first, last)]
    step = (last - first) // RANGES
    starts = range(first, first + RANGES * step, step)
    return [read_snapshot(cut, start, start + RANGE - 1) for start in starts]
