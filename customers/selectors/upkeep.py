"""Which plans of regular care somebody sees (CUS-55)."""

from django.db.models import Q, QuerySet

from crm_site.staff.models import User
from customers.care_forms import doers
from customers.models import Customer, UpkeepPlan


def visible_plans(user: User) -> QuerySet[UpkeepPlan]:
    """Return the plans of customers one sees, and the rounds of oneself and of those in reach."""
    if not user.is_authenticated:
        return UpkeepPlan.objects.none()
    seen = Customer.objects.visible_to(user).values("pk")
    rounds = Q(customer__isnull=True, person__in=doers(user).values("pk"))
    return UpkeepPlan.objects.filter(rounds | Q(customer__in=seen))
