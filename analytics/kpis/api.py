"""The figures over the API: the dictionary, one figure with its target, the rows behind it."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.kpis.kinds import Kpi, Line, Reading
from analytics.kpis.models import KpiSnapshot
from analytics.kpis.places import VIEW, kpis_for
from analytics.kpis.question import Question, question_of
from analytics.kpis.registry import UnknownKpiError, kpi_of
from analytics.kpis.rules.lights import light_of
from analytics.kpis.services.reading import obstacle, read_kpi
from analytics.kpis.targets import target_of
from crm_site.staff.current import current_user
from customers.api.resource import ResourceViewSet

ROWS = 100
NUMBER = {"max_digits": 24, "decimal_places": 4, "allow_null": True}
ASKED = [
    OpenApiParameter("period", str, description="2026-05, 2026-Q2, 2026 or 2026-05-01_2026-05-20"),
    OpenApiParameter(
        "place", str, description="company, region-1, project-2, team-3, consultant-4"
    ),
]


class KpiSerializer(serializers.Serializer[Kpi]):
    """What a KPI means; ``good`` says whether up or down is better."""

    key = serializers.CharField()
    label = serializers.CharField()
    group = serializers.CharField()
    unit = serializers.CharField()
    good = serializers.CharField()
    formula = serializers.CharField()
    exclusions = serializers.CharField()
    owner_role = serializers.CharField()
    version = serializers.IntegerField()
    spec = serializers.CharField()
    is_standing = serializers.BooleanField()


class GoalSerializer(serializers.Serializer[Any]):
    """A target: its comparison (lt, le, ge, gt), value, margin and version of the policy."""

    comparison = serializers.CharField()
    value = serializers.DecimalField(max_digits=24, decimal_places=4)
    amber = serializers.DecimalField(max_digits=24, decimal_places=4)
    version = serializers.IntegerField()


class ReadingSerializer(serializers.Serializer[Reading]):
    """A figure; ``value`` null is no data, never zero, and ``note`` says why."""

    value = serializers.DecimalField(**NUMBER)
    top = serializers.DecimalField(**NUMBER)
    bottom = serializers.DecimalField(**NUMBER)
    n = serializers.IntegerField()
    low = serializers.DecimalField(**NUMBER)
    high = serializers.DecimalField(**NUMBER)
    note = serializers.CharField()


class FigureSerializer(serializers.Serializer[Any]):
    """A KPI for a place and a period: as the rows give it now, and as it was last frozen."""

    kpi = serializers.CharField()
    period_start = serializers.DateField()
    period_end = serializers.DateField(help_text="the day after the last one")
    place = serializers.CharField()
    figure = ReadingSerializer()
    target = GoalSerializer(allow_null=True)
    light = serializers.CharField()
    frozen = ReadingSerializer(allow_null=True)
    frozen_at = serializers.DateTimeField(allow_null=True)


class KpiRowSerializer(serializers.Serializer[Line]):
    """One row behind a figure: what the list prints of it and what it adds to the upper part."""

    key = serializers.IntegerField()
    cells = serializers.ListField(child=serializers.CharField(allow_null=True))
    amount = serializers.DecimalField(max_digits=24, decimal_places=4)


class KpiRowsSerializer(serializers.Serializer[Any]):
    """A page of rows; ``count`` and ``total`` are of all of them, ``after`` asks for the next."""

    headings = serializers.ListField(child=serializers.CharField())
    count = serializers.IntegerField()
    total = serializers.DecimalField(max_digits=24, decimal_places=4)
    after = serializers.IntegerField(allow_null=True)
    rows = KpiRowSerializer(many=True)


class KpiViewSet(ResourceViewSet):
    """The KPIs whose rows the asker may see, for the places in the asker's area."""

    queryset = KpiSnapshot.objects.none()
    serializer_class = KpiSerializer
    permissions = {"list": VIEW, "retrieve": VIEW, "rows": VIEW}
    lookup_field = "kpi_key"
    lookup_value_regex = "[a-z0-9_]{1,60}"
    pagination_class = None  # type: ignore[assignment]  # a few dozen definitions

    @extend_schema(responses=KpiSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Return every KPI the asker may see, by group."""
        return Response(KpiSerializer(kpis_for(current_user(request)), many=True).data)

    @extend_schema(parameters=ASKED, responses=FigureSerializer)
    def retrieve(self, request: Request, kpi_key: str) -> Response:
        """Return the figure of a KPI for a place and a period with its target."""
        user, now = current_user(request), timezone.now()
        kpi, question = self._kpi(kpi_key), self._question(request)
        reading = read_kpi(kpi.key, question.asking(user, now))
        target = target_of(kpi.key, question.period.start)
        frozen = KpiSnapshot.objects.at(question.place).over(question.period)
        row = frozen.filter(kpi=kpi.key).first()
        goal = target and {
            "comparison": target.goal.comparison,
            "value": target.goal.value,
            "amber": target.goal.amber,
            "version": target.version,
        }
        found = {
            "kpi": kpi.key,
            "period_start": question.period.start,
            "period_end": question.period.end,
            "place": question.place_key,
            "figure": reading,
            "target": goal,
            "light": light_of(reading, target).value,
            "frozen": row.reading if row else None,
            "frozen_at": row.taken_at if row else None,
        }
        return Response(FigureSerializer(found).data)

    @extend_schema(
        parameters=[*ASKED, OpenApiParameter("after", int, description="key of the last row")],
        responses=KpiRowsSerializer,
    )
    @action(detail=True)
    def rows(self, request: Request, kpi_key: str) -> Response:
        """Return a page of the rows behind the figure, newest first."""
        kpi, question = self._kpi(kpi_key), self._question(request)
        after = request.query_params.get("after", "")
        if after and not (after.isascii() and after.isdecimal() and len(after) < 19):
            raise ValidationError({"after": ["Give the key of a row."]})
        number = int(after) if after else None
        asking = question.asking(current_user(request), timezone.now(), after=number, limit=ROWS)
        if obstacle(kpi, asking) is not None:
            return Response(KpiRowsSerializer(NOTHING).data)
        rows = kpi.rows(asking)
        found = {
            "headings": [str(heading) for heading in rows.headings],
            "count": rows.count,
            "total": rows.total,
            "after": rows.after,
            "rows": [_row(line) for line in rows.lines],
        }
        return Response(KpiRowsSerializer(found).data)

    def _kpi(self, key: str) -> Kpi:
        try:
            kpi = kpi_of(key)
        except UnknownKpiError:
            raise Http404 from None
        if not current_user(self.request).has_perm(kpi.right):
            raise PermissionDenied
        return kpi

    def _question(self, request: Request) -> Question:
        question = question_of(request.query_params, user=current_user(request), now=timezone.now())
        if not question.is_readable:
            raise ValidationError({"period": ["Give a period such as 2026-05, 2026-Q2 or 2026."]})
        return question


NOTHING: dict[str, Any] = {"headings": [], "count": 0, "total": 0, "after": None, "rows": []}


def _row(line: Line) -> dict[str, Any]:
    cells = [None if cell is None else str(cell) for cell in line.cells]
    return {"key": line.key, "cells": cells, "amount": line.amount}
