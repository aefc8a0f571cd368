"""Receipts, refunds and reversals for programs; rows are only added."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers.api.references import ScopedSerializer, reference
from customers.api.resource import ResourceViewSet
from customers.payment import choices
from customers.payment.filters import ReceiptFilter
from customers.payment.models import Receipt
from customers.payment.querysets import paying_customers
from customers.payment.rules import ReceiptKind
from customers.payment.services import receiving
from customers.payment.services.receiving import Money
from customers.purchase.models import Purchase

VIEW = "customers.view_sensitive"
BOOK = "customers.record_receipts"


class ReceiptSerializer(serializers.ModelSerializer[Receipt]):
    """A movement of money in yuan; refunds and reversals of payments are below 0."""

    recorded_by_name = serializers.CharField(source="recorded_by.name", read_only=True)

    class Meta:
        model = Receipt
        fields = [
            *("id", "purchase", "kind", "amount", "receipt_no", "received_on", "way", "note"),
            *("reverses", "recorded_by", "recorded_by_name", "recorded_at"),
        ]
        read_only_fields = fields


def _payable(user: Any) -> Any:
    return Purchase.objects.filter(customer__in=paying_customers(user))


class ReceiptCreateSerializer(ScopedSerializer):
    """What came in, or went back; the amount is above 0 in both cases."""

    purchase = reference(Purchase.objects.none())
    kind = serializers.ChoiceField(
        choices=choices.BOOKED_KINDS,
        default=ReceiptKind.PAYMENT.value,
    )
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0)
    receipt_no = serializers.CharField(max_length=60)
    received_on = serializers.DateField()
    way = serializers.ChoiceField(choices=choices.WAYS, default="transfer")
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    scopes = {"purchase": _payable}


class PaymentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Money received and paid back."""

    queryset = Receipt.objects.all()
    serializer_class = ReceiptSerializer
    filterset_class = ReceiptFilter
    permissions = {"list": VIEW, "retrieve": VIEW, "create": BOOK}
    sorts = {"day": ("-received_on", "-id"), "id": ("-id",)}

    def get_queryset(self) -> Any:
        return Receipt.objects.visible_to(current_user(self.request)).select_related("recorded_by")

    @extend_schema(request=ReceiptCreateSerializer, responses={201: ReceiptSerializer})
    @idempotent(required=True)
    def create(self, request: Request) -> Response:
        """Book a payment or a refund; 409 with code `receipt` for what cannot be booked."""
        if not current_user(request).has_perm(VIEW):
            raise PermissionDenied
        data = self.valid(ReceiptCreateSerializer, request.data)
        purchase, kind = data.pop("purchase"), data.pop("kind")
        entry = Money(**data)
        who: dict[str, Any] = {"actor": current_user(request), "now": timezone.now()}
        if kind == ReceiptKind.REFUND:
            row = receiving.refund(purchase=purchase, money_back=entry, **who)
        else:
            row = receiving.receive(purchase=purchase, money_in=entry, **who)
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)
