"""Improvement over the API: programmes, items and their steps, appraisals, rewards, pay lists."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.improvement import choices
from analytics.improvement.filters import AppraisalFilter, IncentiveFilter, ItemFilter
from analytics.improvement.people_models import (
    Appraisal,
    AppraisalLine,
    BonusLine,
    BonusRun,
    IncentiveAccount,
    IncentiveEntry,
)
from analytics.improvement.programme_models import ItemResource, PdcaEvent, PdcaItem, Programme
from analytics.improvement.querysets import OWN, SEE_PAY, VIEW
from analytics.improvement.rules.pdca import Step
from analytics.improvement.services.items import Means, advance, plan_means
from analytics.reviews.api import PlaceField, ReviewViewSet
from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user

READ = {"list": VIEW, "retrieve": VIEW}


class ProgrammeSerializer(serializers.ModelSerializer[Programme]):
    """A programme and the phase it is in."""

    place = PlaceField()

    class Meta:
        model = Programme
        fields = ["id", "title", "aim", "place", "owner", "starts_on", "ends_on", "phase"]


class ItemEventSerializer(serializers.ModelSerializer[PdcaEvent]):
    """A step of an item with what was said and measured."""

    class Meta:
        model = PdcaEvent
        fields = ["at", "from_stage", "to_stage", "words", "measured", "actor"]


class ItemMeansSerializer(serializers.ModelSerializer[ItemResource]):
    """Means of one kind: planned, and used."""

    class Meta:
        model = ItemResource
        fields = ["kind", "planned", "used", "is_over"]


class ItemSerializer(serializers.ModelSerializer[PdcaItem]):
    """An item in its cycle, with its means and steps."""

    place = PlaceField()
    means = ItemMeansSerializer(source="resources", many=True, read_only=True)
    events = ItemEventSerializer(many=True, read_only=True)

    class Meta:
        model = PdcaItem
        fields = [
            *("id", "programme", "place", "title", "track", "theme", "department"),
            *("accountable", "due_on", "measure", "baseline", "goal", "stage", "cycle"),
            *("previous", "measured", "order_reason", "decision", "ended_on", "created_at"),
            *("updated_at", "means", "events"),
        ]


class StepSerializer(serializers.Serializer[Any]):
    """What takes an item one stage further; which fields it needs follows from its stage."""

    words = serializers.CharField(max_length=2000)
    measured = serializers.DecimalField(
        max_digits=16, decimal_places=4, required=False, allow_null=True
    )
    decision = serializers.ChoiceField(choices=choices.DECISIONS, required=False, allow_blank=True)
    order_reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class MeansSerializer(serializers.Serializer[Any]):
    """Means of one kind to keep."""

    kind = serializers.ChoiceField(choices=choices.RESOURCES)
    planned = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0)
    used = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0)


class AppraisalLineSerializer(serializers.ModelSerializer[AppraisalLine]):
    """A dimension: its frozen figure, its weight, its mark with evidence."""

    class Meta:
        model = AppraisalLine
        fields = ["dimension", "weight", "kpi", "unit", "value", "goal", "mark", "evidence"]


class AppraisalSerializer(serializers.ModelSerializer[Appraisal]):
    """An appraisal; the totals are null until it is judged."""

    lines = AppraisalLineSerializer(many=True, read_only=True)

    class Meta:
        model = Appraisal
        fields = [
            *("id", "person", "post", "starts_on", "ends_on", "state", "quantity"),
            *("quantitative", "qualitative", "total", "policy_version", "frozen_at", "by"),
            *("published_at", "lines"),
        ]


class IncentiveSerializer(serializers.ModelSerializer[IncentiveEntry]):
    """A grant, or the reversal of one; amounts in yuan."""

    person = serializers.IntegerField(source="account.person_id", read_only=True)
    kind = serializers.ChoiceField(choices=choices.INCENTIVES)

    class Meta:
        model = IncentiveEntry
        fields = ["id", "person", "kind", "amount", "balance_after", "note", "reverses", "at"]


class BonusLineSerializer(serializers.ModelSerializer[BonusLine]):
    """One line of a pay list."""

    name = serializers.CharField(source="person.name", read_only=True)

    class Meta:
        model = BonusLine
        fields = ["person", "name", "score", "amount"]


class BonusRunSerializer(serializers.ModelSerializer[BonusRun]):
    """A bonus fund: shares in percent of pay, amounts in yuan, and its pay list."""

    place = PlaceField()
    lines = BonusLineSerializer(many=True, read_only=True)

    class Meta:
        model = BonusRun
        fields = [
            *("id", "place", "starts_on", "ends_on", "total_pay", "factor", "computed", "share"),
            *("is_below", "pool", "state", "paid_on", "policy_version", "lines"),
        ]


class ProgrammeViewSet(ReviewViewSet):
    """Programmes of one's region and of the company."""

    queryset = Programme.objects.all()
    serializer_class = ProgrammeSerializer
    permissions = READ
    sorts = {"latest": ("-starts_on", "-id")}
    default_sort = "latest"


class ItemViewSet(ReviewViewSet):
    """Improvement items: read, take one stage further, keep the means."""

    queryset = PdcaItem.objects.all()
    serializer_class = ItemSerializer
    filterset_class = ItemFilter
    permissions = READ | {"step": VIEW, "means": VIEW}
    fetched = ("resources", "events")
    sorts = {"due": ("due_on", "id"), "latest": ("-id",)}
    default_sort = "due"

    @extend_schema(request=StepSerializer, responses=ItemSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def step(self, request: Request, pk: str | None = None) -> Response:
        """Take an item one stage further, as who is accountable or keeps it.

        400 by field for what the step lacks, 409 once it ended. Where the decision is another
        cycle, the next item is returned.
        """
        row, data = self.get_object(), self.valid(StepSerializer, request.data)
        moved = advance(
            item=row, step=Step(**data), actor=current_user(request), now=timezone.now()
        )
        return Response(ItemSerializer(moved).data)

    @extend_schema(request=MeansSerializer, responses=ItemSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def means(self, request: Request, pk: str | None = None) -> Response:
        """Keep planned and used means of one kind; 409 once the item ended."""
        row, data = self.get_object(), self.valid(MeansSerializer, request.data)
        plan_means(item=row, means=Means(**data), actor=current_user(request), now=timezone.now())
        return Response(ItemSerializer(self.get_object()).data)


class AppraisalViewSet(ReviewViewSet):
    """One's own appraisals once published, and those of the people one leads."""

    queryset = Appraisal.objects.all()
    serializer_class = AppraisalSerializer
    filterset_class = AppraisalFilter
    permissions = {"list": OWN, "retrieve": OWN}
    joined = ()
    fetched = ("lines",)
    sorts = {"latest": ("-ends_on", "-id")}
    default_sort = "latest"


class IncentiveViewSet(ReviewViewSet):
    """Grants and reversals of one's own, of the people one leads, for pay those of the region."""

    queryset = IncentiveEntry.objects.all()
    serializer_class = IncentiveSerializer
    filterset_class = IncentiveFilter
    permissions = {"list": OWN, "retrieve": OWN}
    sorts = {"id": ("-id",)}

    def get_queryset(self) -> Any:
        seen = IncentiveAccount.objects.visible_to(current_user(self.request))
        return IncentiveEntry.objects.filter(account__in=seen).select_related("account")


class BonusRunViewSet(ReviewViewSet):
    """Bonus funds of one's region with their pay lists, for who computes or signs them."""

    queryset = BonusRun.objects.all()
    serializer_class = BonusRunSerializer
    permissions = {"list": SEE_PAY, "retrieve": SEE_PAY}
    fetched = ("lines__person",)
    sorts = {"latest": ("-starts_on", "-id")}
    default_sort = "latest"
