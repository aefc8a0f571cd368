"""Reading grades: why a customer has one, how they are spread, who would move."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.explanation import Bar, bars
from crm_site.policies.registry import Preview
from crm_site.policies.services import at_version
from crm_site.staff.models import User
from customers.grade_policy import FACTOR_LABELS, LETTERS, WEIGHTS, GradePolicy
from customers.grade_sql import MOVES
from customers.models import Customer, CustomerGrade
from customers.rules.grades import FACTORS, Factor, Mode
from customers.services.grading import grading_of

AMBER_BEYOND = 5  # points between actual and benchmark share (CUS-12)
MOST_MOVERS = 50


@dataclass(frozen=True, slots=True)
class Why:
    """The working behind a grade: bars that add up, weights, version, lock."""

    grading: CustomerGrade
    bars: list[Bar]
    policy: GradePolicy
    is_locked: bool

    @property
    def by_share(self) -> bool:
        """Whether the rank within the region decided, not a fixed cut-off."""
        return self.policy.mode is Mode.PERCENTILE


@dataclass(frozen=True, slots=True)
class GradeShare:
    """One grade's actual share beside its benchmark, in per cent; amber beyond five points."""

    grade: str
    count: int
    share: Decimal | None
    benchmark: int

    @property
    def is_off(self) -> bool:
        """Whether the actual share is more than five points away from the benchmark."""
        return self.share is not None and abs(self.share - self.benchmark) > AMBER_BEYOND


@dataclass(frozen=True, slots=True)
class GradeSplit:
    """How the graded customers one may see are spread over the grades."""

    shares: list[GradeShare]
    total: int

    @property
    def is_off(self) -> bool:
        """Whether any grade is more than five points off."""
        return any(share.is_off for share in self.shares)


def explain(grading: CustomerGrade, *, now: datetime, sees_sensitive: bool) -> Why:
    """Return the working behind ``grading`` by the policy version it pins.

    Who may not see the income gets its factor in one bar with another; the sum stays.
    """
    policy: GradePolicy = at_version(WEIGHTS, grading.policy_version)
    labels = [
        _("%(factor)s (at most %(weight)s)") % {"factor": FACTOR_LABELS[factor], "weight": weight}
        for factor, weight in zip(FACTORS, policy.weight_list, strict=True)
    ]
    parts = list(zip(labels, grading.points, strict=True))
    if not sees_sensitive:
        parts = _without_income(parts)
    return Why(
        grading=grading,
        bars=_without_base(bars(parts)),
        policy=policy,
        is_locked=grading.locked_until is not None and grading.locked_until > now,
    )


def _without_income(parts: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return the parts with spending power added to potential value, so that neither is told."""
    into, hidden = FACTORS.index(Factor.POTENTIAL), FACTORS.index(Factor.SPENDING)
    points = Decimal(str(parts[into][1])) + Decimal(str(parts[hidden][1]))
    joined = (f"{parts[into][0]} + {parts[hidden][0]}", points)
    return [
        joined if place == into else part for place, part in enumerate(parts) if place != hidden
    ]


def _without_base(found: list[Bar]) -> list[Bar]:
    """A grade starts from nothing: its first factor is a part like the others."""
    first = found[0]
    return [replace(first, kind="", text=f"+{first.text}"), *found[1:]]


def grade_split(*, user: User, policy: GradePolicy) -> GradeSplit:
    """Return the actual split of the customers ``user`` sees beside the benchmark (CUS-12)."""
    counted = dict(
        CustomerGrade.objects.filter(customer__in=Customer.objects.visible_to(user))
        .values_list("grade")
        .annotate(n=Count("pk"))
    )
    total = sum(counted.values())
    shares = [
        GradeShare(
            grade=letter,
            count=counted.get(letter, 0),
            share=(Decimal(counted.get(letter, 0) * 1000) / total).quantize(Decimal(1)) / 10
            if total
            else None,
            benchmark=policy.shares[letter],
        )
        for letter in LETTERS
    ]
    return GradeSplit(shares, total)


def preview_policy(value: GradePolicy, *, asker: User, now: datetime) -> Preview:
    """Return who would move if ``value`` came into force now; writes nothing (CUS-11).

    The counts are of the whole company, the customers listed those that ``asker`` may see.
    """
    grading = grading_of(value)
    visible, params = _visible_sql(asker)
    params |= grading.params(now) | {"most": MOST_MOVERS}
    statement = f"WITH scored AS ({grading.statement()}) {MOVES.replace('VISIBLE', visible)}"
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        cells, movers = cursor.fetchone()
    return _as_preview(_decoded(cells), _decoded(movers))


def _as_preview(cells: Iterable[list[Any]], movers: list[list[Any]]) -> Preview:
    table = {(was, grade): n for was, grade, n in cells}
    rows = [letter for letter in ("", *LETTERS) if any(was == letter for was, _to in table)]
    moved = sum(n for (was, grade), n in table.items() if was != grade)
    names = Customer.objects.in_bulk([mover[0] for mover in movers])
    return Preview(
        counts=[
            (_("customers would change grade"), moved),
            (_("customers graded"), sum(table.values())),
        ],
        matrix_heads=[_("Grade now"), *LETTERS],
        matrix=[
            [was or _("not graded"), *(table.get((was, grade), 0) for grade in LETTERS)]
            for was in rows
        ],
        columns=[_("Customer"), _("Grade now"), _("Grade then"), _("Score now"), _("Score then")],
        rows=[
            [
                (names[pk].name, reverse("customers:customer-detail", args=[pk])),
                was or "--",
                grade,
                now_score or "--",
                f"{Decimal(cents) / 100:.2f}",
            ]
            for pk, was, grade, now_score, cents in movers
            if pk in names
        ],
    )


def _visible_sql(user: User) -> tuple[str, dict[str, Any]]:
    """Return the sub-select of the customers ``user`` sees, with named parameters."""
    try:
        query = Customer.objects.visible_to(user).order_by().values("pk").query
        text, values = query.sql_with_params()
    except EmptyResultSet:
        return "NULL", {}
    names = [f"visible_{n}" for n in range(len(values))]
    return text % tuple(f"%({name})s" for name in names), dict(zip(names, values, strict=True))


def _decoded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
