"""What the public reads about a project, each change as a version (MKT-40)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.project import Project
from marketing.content.models.base import USER


class PublicFeed(models.Model):
    """Whether a project is shown in public, and the words that go with it."""

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="public_feed")
    is_open = models.BooleanField(_("shown in public"), default=False)
    steps = models.TextField(_("steps of buying, one a line"), max_length=4000, blank=True)
    changed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="feed_open_has_steps", condition=Q(is_open=False) | ~Q(steps="")
            )
        ]

    def __str__(self) -> str:
        return str(self.project)


class FeedVersion(models.Model):
    """What was shown from a moment on, and what changed with it; rows are only added."""

    feed = models.ForeignKey(PublicFeed, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    price_list = models.PositiveIntegerField(null=True, help_text="number of the list in force")
    content = models.JSONField()
    changes = models.JSONField(default=list)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["feed", "number"], name="feed_version_once")]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.feed_id} V{self.number}"
