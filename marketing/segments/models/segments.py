"""Segments of customers, and what they held when a campaign began (MKT-77)."""

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from crm_site.staff.models import OrgNode
from customers.models import Customer, Project
from marketing.segments import choices
from marketing.segments.lookups import narrowed
from marketing.segments.querysets import SegmentQuerySet, SegmentSnapshotQuerySet
from marketing.segments.rules.fields import FIELDS, MASKED
from marketing.segments.rules.tree import Group, read

USER = settings.AUTH_USER_MODEL


class Segment(TimeStamped):
    """Customers meant by a rule, or picked by a cluster analysis, within one place.

    With a project it holds customers of that project only, with a region those of the region;
    without either, of the company. ``rules`` is empty for a cluster: its customers are picks.
    """

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=8, choices=choices.KINDS, default="rules")
    preset = models.CharField(max_length=20, choices=choices.PRESETS, blank=True)
    rules = models.JSONField(default=dict, help_text="see marketing.segments.rules.tree")
    note = models.CharField(_("what it is for"), max_length=300, blank=True)
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    region = models.ForeignKey(OrgNode, null=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    source_key = models.CharField(
        max_length=80, blank=True, help_text="of a cluster: the run it comes from"
    )
    is_active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1, help_text="counts changes of the rule")

    objects: ClassVar[SegmentQuerySet] = SegmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_segments", "See segments of customers"),
            ("keep_segments", "Keep segments and freeze them"),
            ("export_segments", "Export segments in hashed form"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source_key"], name="segment_of_run_once", condition=~Q(source_key="")
            ),
            models.CheckConstraint(
                name="segment_rules_unless_cluster",
                condition=Q(kind="cluster", rules={}) | (~Q(kind="cluster") & ~Q(rules={})),
            ),
            models.CheckConstraint(
                name="segment_project_in_region",
                condition=Q(project__isnull=True) | Q(region__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-id"], name="segment_by_project"),
            models.Index(fields=["region", "-id"], name="segment_by_region"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return its page."""
        return reverse("marketing:segment", args=[self.pk])

    @property
    def tree(self) -> Group:
        """The rule; raise TreeError where the allow-list no longer holds one of its fields."""
        return read(self.rules, fields=FIELDS, masked=MASKED)

    def queryset(self, user: Any, *, now: datetime | None = None) -> QuerySet[Any]:
        """Return the customers of the segment that ``user`` may see."""
        return self.within(Customer.objects.visible_to(user), now=now)

    def within(self, customers: QuerySet[Any], *, now: datetime | None = None) -> QuerySet[Any]:
        """Return those of ``customers`` who lie in its place and are meant."""
        if self.project_id:
            customers = customers.filter(project=self.project_id)
        elif self.region_id:
            customers = customers.filter(region=self.region_id)
        if self.kind == "cluster":
            picks = SegmentPick.objects.filter(segment=self.pk, customer=OuterRef("pk"))
            return customers.filter(Exists(picks))
        return narrowed(customers, self.tree, now=now)


class SegmentPick(models.Model):
    """One customer of a segment that a cluster analysis made."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="picks")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="segment_picks")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["segment", "customer"], name="segment_pick_once")
        ]

    def __str__(self) -> str:
        return f"{self.segment_id} · {self.customer_id}"


class SegmentSnapshot(models.Model):
    """What a segment held at one moment; later changes of rule or customers do not touch it."""

    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="snapshots")
    rules = models.JSONField(default=dict, help_text="the rule as it was")
    version = models.PositiveIntegerField(help_text="of the segment")
    count = models.PositiveIntegerField()
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    use = models.CharField(
        max_length=80, blank=True, help_text="what it was frozen for, campaign:<code>; once each"
    )

    objects: ClassVar[SegmentSnapshotQuerySet] = SegmentSnapshotQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "use"], name="segment_frozen_once_per_use", condition=~Q(use="")
            )
        ]
        indexes = [models.Index(fields=["segment", "-taken_at"], name="snapshot_by_segment")]

    def __str__(self) -> str:
        return f"{self.segment} · {self.taken_at:%Y-%m-%d %H:%M}"


class SnapshotMember(models.Model):
    """One customer of a snapshot."""

    snapshot = models.ForeignKey(SegmentSnapshot, on_delete=models.CASCADE, related_name="members")
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="segment_memberships"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "customer"], name="snapshot_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_id} · {self.customer_id}"
