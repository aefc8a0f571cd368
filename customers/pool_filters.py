"""How the pool is narrowed."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.filters import CustomerFilter
from customers.rules.pool import PoolReason

REASONS = {
    PoolReason.SILENT.value: _("No contact for too long"),
    PoolReason.RETURNED.value: _("Returned by hand"),
    "": pgettext_lazy("pool", "Not assigned yet"),
}
CHOICES = [
    (PoolReason.SILENT.value, REASONS[PoolReason.SILENT.value]),
    (PoolReason.RETURNED.value, REASONS[PoolReason.RETURNED.value]),
]


class PoolFilter(CustomerFilter):
    """The filters of the customer list that make sense without an owner, and why it fell."""

    pool_reason = filters.ChoiceFilter(choices=CHOICES, label=_("Reason"))

    class Meta(CustomerFilter.Meta):
        exclude = ["owner", "pool", "due", "clock", "clock_kind"]

    @classmethod
    def get_filters(cls):  # type: ignore[no-untyped-def]
        """Leave out what asks about an owner's work."""
        hidden = set(cls.Meta.exclude)
        return {key: one for key, one in super().get_filters().items() if key not in hidden}
