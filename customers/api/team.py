"""How the work lies on the consultants, and handing it over (CUS-50, CUS-51)."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.api.references import ScopedSerializer, id_field, named, reference
from customers.api.resource import VIEW, ResourceViewSet
from customers.models import Handover
from customers.selectors.handing_over import handovers_visible_to
from customers.selectors.workload import workload
from customers.services.handing_over import hand_over
from customers.services.ownership import assignable_to, within_reach

HAND_OVER = "customers.hand_over"
MOST_RECEIVERS = 100


def _others(user: Any) -> Any:
    return within_reach(User.objects.exclude(pk=user.pk), user)


class ShareSerializer(serializers.Serializer[Any]):
    """Somebody who receives, and how many customers."""

    receiver = id_field()
    customers = serializers.IntegerField(min_value=0, max_value=100_000)


class HandoverCreateSerializer(ScopedSerializer):
    """Whose work goes to whom; the numbers add up to the customers of the leaver."""

    leaver = reference(User.objects.none())
    shares = serializers.ListField(
        child=serializers.DictField(), min_length=1, max_length=MOST_RECEIVERS
    )
    reason = serializers.CharField(max_length=300)
    over_cap = serializers.BooleanField(default=False)
    scopes = {"leaver": _others}


class HandoverSerializer(serializers.ModelSerializer[Handover]):
    """A hand-over with what was moved."""

    class Meta:
        model = Handover
        fields = ["id", "leaver", "reason", "plan", "counts", "at", "actor"]
        read_only_fields = fields


class HandoverViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Hand-overs that the asker made, received from or leads the people of."""

    queryset = Handover.objects.all()
    serializer_class = HandoverSerializer
    permissions = {"list": VIEW, "retrieve": VIEW, "create": HAND_OVER}

    def get_queryset(self) -> Any:
        return handovers_visible_to(self.request.user)

    @extend_schema(request=HandoverCreateSerializer, responses={201: HandoverSerializer})
    @idempotent(required=True)
    def create(self, request: Request) -> Response:
        """Give all open work of somebody to others; 409 where numbers do not add up or fit."""
        data = self.valid(HandoverCreateSerializer, request.data)
        shares = [self.valid(ShareSerializer, one) for one in data.pop("shares")]
        user = current_user(request)
        row = hand_over(plan=_plan(shares, user), actor=user, now=timezone.now(), **data)
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)


def _plan(shares: list[dict[str, Any]], asker: User) -> dict[int, int]:
    """Return how many customers each receiver gets; refuse one named twice or out of reach."""
    plan = {share["receiver"]: share["customers"] for share in shares}
    if len(plan) < len(shares):
        raise serializers.ValidationError({"receiver": ["Name each receiver once."]})
    try:
        named(assignable_to(asker), list(plan))
    except serializers.ValidationError as error:
        raise serializers.ValidationError({"receiver": error.detail}) from error
    return plan


class LoadSerializer(serializers.Serializer[Any]):
    """The open prospects of one consultant; durations in seconds, null without any."""

    user = serializers.IntegerField(source="user_id")
    name = serializers.CharField()
    open = serializers.IntegerField()
    median_silence = serializers.DurationField(source="median", allow_null=True)
    longest_silence = serializers.DurationField(source="oldest", allow_null=True)
    neglected = serializers.IntegerField()
    neglected_share = serializers.IntegerField(help_text="per cent of the open ones")
    new_today = serializers.IntegerField()
    cap_share = serializers.IntegerField(help_text="per cent of the cap")


class WorkloadSerializer(serializers.Serializer[Any]):
    """The consultants in reach with the limits in force."""

    cap = serializers.IntegerField()
    neglect_days = serializers.IntegerField()
    rows = LoadSerializer(many=True)


class WorkloadViewSet(ResourceViewSet):
    """How many open prospects each consultant has, and how long they were not spoken to."""

    queryset = User.objects.none()
    serializer_class = WorkloadSerializer
    pagination_class = None  # type: ignore[assignment]
    permissions = {"list": "customers.view_team_work"}

    @extend_schema(responses=WorkloadSerializer)
    def list(self, request: Request) -> Response:
        """Show the load of the consultants in the asker's reach."""
        found = workload(user=current_user(request), now=timezone.now())
        return Response(WorkloadSerializer(found).data)
