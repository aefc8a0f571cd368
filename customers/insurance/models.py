"""Policies that pay for the repair of defects, and the claims on them."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.insurance import choices
from customers.insurance.rules import ClaimState
from customers.models.project import Project
from customers.property.models import Unit
from customers.property.querysets import InProjectQuerySet, project_condition


class RepairPolicy(TimeStamped):
    """A policy that pays for the repair of hidden defects of a project (SVC-98)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="repair_policies")
    insurer = models.CharField(_("insurer"), max_length=120)
    number = models.CharField(_("policy number"), max_length=60)
    covers = models.CharField(_("what is covered"), max_length=300)
    cover = models.DecimalField(_("cover (yuan)"), max_digits=14, decimal_places=2)
    covers_from = models.DateField(_("covers from"))
    covers_until = models.DateField(_("covers until"))

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [("keep_insurance", "Keep repair insurance and its claims")]
        constraints = [
            models.UniqueConstraint(
                fields=["insurer", "number"],
                name="repair_policy_once",
                violation_error_message=_("This policy is on file already."),
            ),
            models.CheckConstraint(name="repair_policy_cover_positive", condition=Q(cover__gt=0)),
            models.CheckConstraint(
                name="repair_policy_days_in_order",
                condition=Q(covers_until__gte=F("covers_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.insurer} · {self.number}"


class OfPolicyQuerySet(models.QuerySet[Any]):
    """Questions about claims on repair insurance."""

    def visible_to(self, user: Any) -> Self:
        """Return the claims of the projects ``user`` may see."""
        condition = project_condition(user, prefix="policy__project__")
        return self.all() if condition is None else self.filter(condition)


class RepairClaim(TimeStamped):
    """A defect that a policy is to pay for: claimed, assessed, paid, repaired."""

    policy = models.ForeignKey(RepairPolicy, on_delete=models.PROTECT, related_name="claims")
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="repair_claims"
    )
    defect = models.CharField(_("defect"), max_length=200)
    found_on = models.DateField(_("found on"))
    repair_case = models.CharField(_("number of the repair case"), max_length=40, blank=True)
    claimed = models.DecimalField(_("claimed (yuan)"), max_digits=14, decimal_places=2)
    assessed = models.DecimalField(
        _("assessed (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    state = models.CharField(
        max_length=10, choices=choices.STATES, default=ClaimState.CLAIMED.value
    )
    assessed_on = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    repaired_on = models.DateField(null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[OfPolicyQuerySet] = OfPolicyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="repair_claim_amounts",
                condition=Q(claimed__gt=0) & (Q(assessed__isnull=True) | Q(assessed__gte=0)),
            ),
            models.CheckConstraint(
                name="repair_claim_paid_was_assessed",
                condition=Q(paid_on__isnull=True) | Q(assessed__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["policy", "state"], name="repair_claim_by_policy")]

    def __str__(self) -> str:
        return self.defect
