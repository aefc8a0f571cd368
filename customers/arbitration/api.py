"""Cases of who brought which customer, to read."""

from typing import Any

from rest_framework import mixins, serializers

from crm_site.staff.current import current_user
from customers.api.resource import ResourceViewSet
from customers.arbitration import choices
from customers.arbitration.filters import CaseFilter
from customers.arbitration.models import ClaimCase

VIEW = "customers.view_claims"


class ClaimCaseSerializer(serializers.ModelSerializer[ClaimCase]):
    """A case with its latest decision and the party it names; both empty before the first."""

    outcome = serializers.ChoiceField(choices=choices.OUTCOMES, read_only=True, allow_null=True)
    party = serializers.CharField(read_only=True, allow_null=True)
    decided_at = serializers.DateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = ClaimCase
        fields = ["id", "project", "customer", "opened_at", "outcome", "party", "decided_at"]


class ClaimCaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Cases of the customers of the asker: list and read."""

    queryset = ClaimCase.objects.all()
    serializer_class = ClaimCaseSerializer
    filterset_class = CaseFilter
    permissions = {"list": VIEW, "retrieve": VIEW}
    sorts = {"id": ("-id",)}

    def get_queryset(self) -> Any:
        return ClaimCase.objects.visible_to(current_user(self.request)).with_latest()
