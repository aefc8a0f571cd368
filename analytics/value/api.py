"""Customer value over the API: worth, who is likely of high value, incomes, costs, advice."""

from typing import Any

import django_filters as filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.value import choices
from analytics.value.filters import AdviceFilter, ValueFilter, projects_of
from analytics.value.models import (
    BOOK,
    DECIDE,
    VIEW,
    AdviceCard,
    CostPool,
    CustomerIncome,
    CustomerValue,
    Forecast,
    LikelyValue,
)
from analytics.value.selectors.assessed import assessed
from analytics.value.selectors.cards import told
from analytics.value.services import advising, booking
from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers.api.resource import ResourceViewSet
from customers.models import Customer, Project

READ = {"list": VIEW, "retrieve": VIEW}
BOOKED = READ | {"create": BOOK, "reverse": BOOK}
DECISIONS = [one for one in choices.ADVICE_STATES if one[0] in (choices.ACCEPTED, choices.REJECTED)]
YUAN: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class CustomerValueSerializer(serializers.ModelSerializer[CustomerValue]):
    """What a customer is worth in yuan, part by part, and the cell of each segmentation."""

    class Meta:
        model = CustomerValue
        fields = [
            *("customer", "contracts", "homes", "stage", "contract_margin", "received_margin"),
            *("expected_first", "expected_second", "expected_referral", "expected_fees"),
            *("gross", "cost", "net", "by_value", "by_need", "by_behaviour", "by_stage"),
            *("policy_version", "computed_at"),
        ]


class LikelyValueSerializer(serializers.ModelSerializer[LikelyValue]):
    """The chance of being of high value, and what speaks for it as name and points."""

    class Meta:
        model = LikelyValue
        fields = ["customer", "chance", "drivers", "found_at"]


class CustomerIncomeSerializer(serializers.ModelSerializer[CustomerIncome]):
    """An income beside the price of a home; below 0 it takes back the one it ``reverses``."""

    class Meta:
        model = CustomerIncome
        fields = [
            *("id", "customer", "kind", "amount", "received_on", "reference", "note"),
            *("reverses", "recorded_by", "recorded_at"),
        ]


class NewIncomeSerializer(serializers.Serializer[Any]):
    """An income to book; its reference is unique, a second one is refused."""

    customer = serializers.PrimaryKeyRelatedField(queryset=Customer.objects.none())
    kind = serializers.ChoiceField(choices=choices.INCOMES)
    amount = serializers.DecimalField(**YUAN)
    received_on = serializers.DateField()
    reference = serializers.CharField(max_length=60)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            seen = Customer.objects.visible_to(current_user(request))
            self.fields["customer"].queryset = seen  # type: ignore[attr-defined]


class CustomerCostSerializer(serializers.ModelSerializer[CostPool]):
    """A cost of a month: of one customer, or shared out; ``unshared`` is what nobody bears."""

    class Meta:
        model = CostPool
        fields = [
            *("id", "kind", "month_on", "project", "amount", "unshared", "reference", "note"),
            *("reverses", "recorded_by", "recorded_at"),
        ]


class NewCostSerializer(serializers.Serializer[Any]):
    """A cost of a month of a project, to be shared out by what caused it."""

    project = serializers.PrimaryKeyRelatedField(queryset=Project.objects.none())
    kind = serializers.ChoiceField(choices=choices.COSTS)
    month_on = serializers.DateField(help_text="any day of the month")
    amount = serializers.DecimalField(**YUAN)
    reference = serializers.CharField(max_length=60)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            seen = Project.objects.visible_to(current_user(request))
            self.fields["project"].queryset = seen  # type: ignore[attr-defined]


class AdviceSerializer(serializers.ModelSerializer[AdviceCard]):
    """An advice: what to do and why, in the language of the asker, and what came of it."""

    title = serializers.SerializerMethodField()
    why = serializers.SerializerMethodField()
    customers = serializers.SerializerMethodField()

    class Meta:
        model = AdviceCard
        fields = [
            *("id", "kind", "project", "title", "why", "customers", "baseline", "made_at"),
            *("state", "decided_by", "decided_at", "reason", "outcome", "outcome_at"),
            *("measured", "measured_at"),
        ]

    def get_title(self, card: AdviceCard) -> str:
        return told(card).title

    def get_why(self, card: AdviceCard) -> str:
        return told(card).why

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_customers(self, card: AdviceCard) -> list[int]:
        """Return whom it names, of those the asker may see."""
        return [pk for pk in _named(card) if pk in self.context["seen"]]


class AdviceDecisionSerializer(serializers.Serializer[Any]):
    """A decision; a rejection says why."""

    state = serializers.ChoiceField(choices=DECISIONS)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class AdviceOutcomeSerializer(serializers.Serializer[Any]):
    """What came of an accepted advice."""

    outcome = serializers.CharField(max_length=1000)


class ForecastSerializer(serializers.ModelSerializer[Forecast]):
    """A series by month from ``first_on``, and value, low and high of each month ahead."""

    class Meta:
        model = Forecast
        fields = [
            *("id", "series", "project", "first_on", "history", "state", "method", "points"),
            *("errors", "folds", "made_at"),
        ]


class IncomeFilter(filters.FilterSet):
    """Incomes by customer, kind and day."""

    customer = filters.NumberFilter(field_name="customer")
    kind = filters.ChoiceFilter(choices=choices.INCOMES)
    since = filters.DateFilter(field_name="received_on", lookup_expr="gte")

    class Meta:
        model = CustomerIncome
        fields: list[str] = []


class CostFilter(filters.FilterSet):
    """Costs by project, kind and month."""

    project = filters.ModelChoiceFilter(queryset=projects_of)
    kind = filters.ChoiceFilter(choices=choices.COSTS)
    since = filters.DateFilter(field_name="month_on", lookup_expr="gte")

    class Meta:
        model = CostPool
        fields: list[str] = []


class ForecastFilter(filters.FilterSet):
    """Forecasts by series and project."""

    series = filters.ChoiceFilter(choices=choices.SERIES)
    project = filters.ModelChoiceFilter(queryset=projects_of)

    class Meta:
        model = Forecast
        fields: list[str] = []


class ReadViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """List and single ones of what the asker may see."""

    permissions = READ

    def get_queryset(self) -> Any:
        return self.queryset.visible_to(current_user(self.request))  # type: ignore[arg-type, union-attr]


class CustomerValueViewSet(ReadViewSet):
    """Values of the customers in the area of the asker; who refuses to be assessed has none."""

    queryset = CustomerValue.objects.all()
    serializer_class = CustomerValueSerializer
    filterset_class = ValueFilter
    sorts = {"net": ("-net", "-customer_id"), "low": ("net", "customer_id")}
    default_sort = "net"

    def get_queryset(self) -> Any:
        return assessed(CustomerValue.objects, current_user(self.request))


class LikelyValueViewSet(ReadViewSet):
    """Who looks like the customers of high value and is not graded so."""

    queryset = LikelyValue.objects.all()
    serializer_class = LikelyValueSerializer
    sorts = {"chance": ("-chance", "-customer_id")}
    default_sort = "chance"

    def get_queryset(self) -> Any:
        return assessed(LikelyValue.objects, current_user(self.request))


class CustomerIncomeViewSet(ReadViewSet):
    """Fees and returns received: read, book, reverse."""

    queryset = CustomerIncome.objects.all()
    serializer_class = CustomerIncomeSerializer
    filterset_class = IncomeFilter
    permissions = BOOKED
    sorts = {"id": ("-id",)}

    @extend_schema(request=NewIncomeSerializer, responses={201: CustomerIncomeSerializer})
    @idempotent()
    def create(self, request: Request) -> Response:
        """Book an income; 409 where its reference is booked already."""
        draft = booking.IncomeDraft(**self.valid(NewIncomeSerializer, request.data))
        row = booking.book_income(draft=draft, actor=current_user(request), now=timezone.now())
        return Response(CustomerIncomeSerializer(row).data, status=201)

    @extend_schema(request=None, responses={201: CustomerIncomeSerializer})
    @action(detail=True, methods=["post"])
    @idempotent()
    def reverse(self, request: Request, pk: str | None = None) -> Response:
        """Book the opposite; 409 where that was done."""
        row = booking.reverse_income(
            income_id=self.get_object().pk, actor=current_user(request), now=timezone.now()
        )
        return Response(CustomerIncomeSerializer(row).data, status=201)


class CustomerCostViewSet(ReadViewSet):
    """Costs of customers: read, book those of a month, reverse."""

    queryset = CostPool.objects.all()
    serializer_class = CustomerCostSerializer
    filterset_class = CostFilter
    permissions = BOOKED
    sorts = {"id": ("-id",)}

    @extend_schema(request=NewCostSerializer, responses={201: CustomerCostSerializer})
    @idempotent()
    def create(self, request: Request) -> Response:
        """Book a cost and share it out; 409 where its reference is booked already."""
        draft = booking.CostDraft(**self.valid(NewCostSerializer, request.data))
        row = booking.book_cost(draft=draft, actor=current_user(request), now=timezone.now())
        return Response(CustomerCostSerializer(row).data, status=201)

    @extend_schema(request=None, responses={201: CustomerCostSerializer})
    @action(detail=True, methods=["post"])
    @idempotent()
    def reverse(self, request: Request, pk: str | None = None) -> Response:
        """Book the opposite, share by share; 409 where that was done."""
        row = booking.reverse_cost(
            cost_id=self.get_object().pk, actor=current_user(request), now=timezone.now()
        )
        return Response(CustomerCostSerializer(row).data, status=201)


class AdviceViewSet(ReadViewSet):
    """Advice for the projects of the asker: read, decide, say what came of it."""

    queryset = AdviceCard.objects.all()
    serializer_class = AdviceSerializer
    filterset_class = AdviceFilter
    permissions = READ | {"decide": DECIDE, "outcome": DECIDE}
    sorts = {"latest": ("-made_at", "-id")}
    default_sort = "latest"

    def list(self, request: Request) -> Response:  # type: ignore[override]
        """Return a page of advice; whom it names is asked once for the page."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self._told(page or [], many=True))

    def retrieve(self, request: Request, pk: str | None = None) -> Response:  # type: ignore[override]
        """Return one advice."""
        return Response(self._told(self.get_object()))

    @extend_schema(request=AdviceDecisionSerializer, responses=AdviceSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def decide(self, request: Request, pk: str | None = None) -> Response:
        """Accept or reject an open advice; 409 where it is decided or the reason is missing."""
        key = self.get_object().pk
        data = self.valid(AdviceDecisionSerializer, request.data)
        card = advising.decide_card(
            card_id=key, actor=current_user(request), now=timezone.now(), **data
        )
        return Response(self._told(card))

    @extend_schema(request=AdviceOutcomeSerializer, responses=AdviceSerializer)
    @action(detail=True, methods=["post"])
    @idempotent()
    def outcome(self, request: Request, pk: str | None = None) -> Response:
        """Write what came of an accepted advice; 409 for any other."""
        key = self.get_object().pk
        data = self.valid(AdviceOutcomeSerializer, request.data)
        card = advising.note_outcome(
            card_id=key, actor=current_user(request), now=timezone.now(), **data
        )
        return Response(self._told(card))

    def _told(self, cards: Any, *, many: bool = False) -> Any:
        named = {pk for card in (cards if many else [cards]) for pk in _named(card)}
        seen = Customer.objects.visible_to(current_user(self.request)).filter(pk__in=named)
        ids = set(seen.values_list("pk", flat=True))
        context = {**self.get_serializer_context(), "seen": ids}
        return AdviceSerializer(cards, many=many, context=context).data


class ForecastViewSet(ReadViewSet):
    """Forecasts of the projects of the asker; those of the company for who sees all of it."""

    queryset = Forecast.objects.all()
    serializer_class = ForecastSerializer
    filterset_class = ForecastFilter


def _named(card: AdviceCard) -> list[int]:
    found: list[int] = card.evidence.get("customers", [])
    return found
