"""Groups, rules and forecasts that jobs find, and what people decided about them."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from analytics.value import choices
from crm_site.common.models import TimeStamped
from customers.models import Customer, Project
from customers.property.querysets import InProjectQuerySet
from customers.querysets import CustomerRowQuerySet


class ClusterRun(models.Model):
    """One search for groups of customers alike (ANA-42); a month has one run."""

    slot = models.CharField(max_length=20, unique=True)
    run_at = models.DateTimeField()
    seed = models.PositiveIntegerField()
    features = ArrayField(models.CharField(max_length=20))
    customers = models.PositiveIntegerField()
    k = models.PositiveSmallIntegerField()
    silhouette = models.DecimalField(max_digits=5, decimal_places=4)
    tried = models.JSONField(help_text="[k, silhouette] of each number tried")
    stayed = models.DecimalField(
        max_digits=5, decimal_places=4, null=True, help_text="share in the same group as before"
    )

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.slot


class Cluster(models.Model):
    """A group of one run; its members are frozen. ``words`` name it and go on to its successor."""

    run = models.ForeignKey(ClusterRun, on_delete=models.CASCADE, related_name="clusters")
    number = models.PositiveSmallIntegerField(help_text="kept by its successors")
    words = models.JSONField(help_text="[feature, high or low], what stood out when it was named")
    centre = models.JSONField(help_text="mean of each feature, in its own unit")
    off = models.JSONField(help_text="mean of each feature, in standard deviations off the mean")
    size = models.PositiveIntegerField()
    before = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="cluster_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.run_id} · {self.number}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("analytics:value-cluster", args=[self.pk])


class ClusterMember(models.Model):
    """A customer in a group, as it was when the group was found."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="members")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

    objects: ClassVar[CustomerRowQuerySet] = CustomerRowQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["cluster", "customer"], name="cluster_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.cluster_id} · {self.customer_id}"


class BasketRule(TimeStamped):
    """Who wants ``given`` also wants ``then`` (ANA-43); used for advice once approved."""

    given = ArrayField(models.CharField(max_length=60))
    then = models.CharField(max_length=60)
    support = models.DecimalField(max_digits=7, decimal_places=6)
    confidence = models.DecimalField(max_digits=7, decimal_places=6)
    lift = models.DecimalField(max_digits=9, decimal_places=4)
    count = models.PositiveIntegerField()
    baskets = models.PositiveIntegerField()
    mined_at = models.DateTimeField()
    is_found = models.BooleanField(default=True, help_text="by the last run")
    state = models.CharField(max_length=8, choices=choices.RULE_STATES, default=choices.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["given", "then"], name="basket_rule_once"),
            models.CheckConstraint(
                name="basket_rule_decided_by_somebody",
                condition=Q(state=choices.PROPOSED)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["-lift", "-id"], name="basket_rule_by_lift")]

    def __str__(self) -> str:
        return f"{', '.join(self.given)} → {self.then}"


class Forecast(models.Model):
    """What comes next in one monthly series of a project, or of all (ANA-46)."""

    series = models.CharField(max_length=8, choices=choices.SERIES)
    project = models.ForeignKey(Project, null=True, on_delete=models.CASCADE, related_name="+")
    first_on = models.DateField(null=True, help_text="the first month of the history")
    history = ArrayField(models.FloatField(), default=list)
    state = models.CharField(max_length=8, choices=choices.FORECAST_STATES)
    method = models.CharField(max_length=20, blank=True)
    points = models.JSONField(default=list, help_text="[value, low, high] of the months ahead")
    errors = models.JSONField(default=dict, help_text="method -> mean absolute error on the past")
    folds = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["series", "project"], name="forecast_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="forecast_ready_has_points",
                condition=~Q(state=choices.READY) | ~Q(method=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} · {self.project_id or ''}"
