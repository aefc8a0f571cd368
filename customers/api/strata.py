"""The strata of customers, to read (CUS-15)."""

from rest_framework import mixins

from customers.api.axes import StratumSerializer
from customers.api.resource import VIEW, ResourceViewSet
from customers.models import Stratum


class StratumViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ResourceViewSet):
    """Strata: list and read; customers are filtered by ``stratum``."""

    queryset = Stratum.objects.all()
    serializer_class = StratumSerializer
    permissions = {"list": VIEW, "retrieve": VIEW}
