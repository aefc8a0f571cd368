"""Who sees which record of selling."""

from typing import Any, Final, Self

from django.db import models
from django.db.models import Q

from customers.property.querysets import project_condition

VIEW: Final = "marketing.view_sales_plan"
KEEP: Final = "marketing.keep_sales_plan"
SIGN: Final = "marketing.sign_sales_plan"
SEE_QUALITY: Final = "marketing.view_selling_quality"
CHECK: Final = "marketing.check_selling"
TESTS: Final = "marketing.take_selling_tests"
BRING: Final = "marketing.bring_third_party"
SEE_INTERVIEWS: Final = "marketing.view_interviews"
INTERVIEW: Final = "marketing.keep_interviews"
NONE: Final = Q(pk__in=[])


def of_project(user: Any, permission: str) -> Q:
    """Return the condition on ``project`` of what holders of ``permission`` see."""
    if not user.is_authenticated or not user.has_perm(permission):
        return NONE
    condition = project_condition(user, prefix="project__")
    return ~NONE if condition is None else condition


class SalesPlanQuerySet(models.QuerySet[Any]):
    """Questions about sales plans."""

    def visible_to(self, user: Any) -> Self:
        """Return the plans of the projects whose units ``user`` may see, with the right to."""
        return self.filter(of_project(user, VIEW))


class SellingCheckQuerySet(models.QuerySet[Any]):
    """Questions about checks of honest selling."""

    def visible_to(self, user: Any) -> Self:
        """Return the checks in one's projects; of oneself, what is done."""
        seen = of_project(user, SEE_QUALITY)
        if user.is_authenticated and user.has_perm(TESTS):
            seen |= Q(person=user, state="done")
        return self.filter(seen)


class SalesOfficeQuerySet(models.QuerySet[Any]):
    """Questions about sales offices."""

    def visible_to(self, user: Any) -> Self:
        """Return the offices of one's projects."""
        return self.filter(of_project(user, SEE_QUALITY))


class ThirdPartyQuerySet(models.QuerySet[Any]):
    """Questions about results of third parties."""

    def visible_to(self, user: Any) -> Self:
        """Return the results about customers whose credit ``user`` may see."""
        from customers.data_categories import where_sensitive_seen  # it reads models itself
        from customers.models import Customer

        customers = where_sensitive_seen(Customer.objects.visible_to(user), user)
        return self.filter(customer__in=customers)


class InterviewProgrammeQuerySet(models.QuerySet[Any]):
    """Questions about programmes of interviews."""

    def visible_to(self, user: Any) -> Self:
        """Return the programmes of one's projects."""
        return self.filter(of_project(user, SEE_INTERVIEWS))


class DepthInterviewQuerySet(models.QuerySet[Any]):
    """Questions about interviews."""

    def visible_to(self, user: Any) -> Self:
        """Return the interviews with customers ``user`` may see, of programmes one sees."""
        from customers.models import Customer
        from marketing.selling.customer_models import InterviewProgramme

        return self.filter(
            customer__in=Customer.objects.visible_to(user),
            programme__in=InterviewProgramme.objects.visible_to(user),
        )
