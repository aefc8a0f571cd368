"""How the company speaks to customers: its texts per channel, its news, and who was told."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers import choices
from customers.models.customer import Customer
from customers.models.project import Project
from customers.querysets import CustomerRowQuerySet


class ContactTemplate(TimeStamped):
    """An approved text for one occasion and one channel, in the company's tone (CUS-46)."""

    key = models.SlugField(max_length=40, help_text="the occasion: news, welcome, appointment …")
    channel = models.CharField(_("channel"), max_length=12, choices=choices.CONTACT_CHANNELS)
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("text"), max_length=2000, help_text="{name}, {consultant}, {project}")
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        default_permissions = ()
        permissions = [("edit_templates", "Edit texts for customers and news")]
        constraints = [
            models.UniqueConstraint(fields=["key", "channel"], name="contact_template_once")
        ]

    def __str__(self) -> str:
        return self.title


class NewsQuerySet(models.QuerySet[Any]):
    """Questions about news."""

    def visible_to(self, user: Any) -> Self:
        """Return the news of one's project or region; drafts only for those who write news."""
        node = user.node if user.is_authenticated else None
        if node is None or not user.has_perm("customers.view_customer"):
            return self.none()
        seen = self
        if not user.has_perm("customers.edit_templates"):
            seen = seen.filter(published_at__isnull=False)
        if node.project_id:
            mine = Q(project=node.project_id) | Q(
                project__isnull=True, audience__region=node.region_id
            )
            return seen.filter(mine)
        if node.region_id:
            mine = Q(project__node__region=node.region_id) | Q(
                project__isnull=True, audience__region=node.region_id
            )
            return seen.filter(mine)
        return seen


class NewsItem(TimeStamped):
    """News of a project, the company or the market for those it concerns (CUS-45)."""

    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"), max_length=4000)
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    audience = models.JSONField(
        default=dict, help_text="classes, buying stages and layouts it is for; empty means all"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[NewsQuerySet] = NewsQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["-published_at"], name="news_by_day")]

    def __str__(self) -> str:
        return self.title


class NewsTelling(models.Model):
    """One customer told of one piece of news: over what, by whom, and whether it was read."""

    news = models.ForeignKey(NewsItem, on_delete=models.CASCADE, related_name="tellings")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=12, choices=choices.CONTACT_CHANNELS)
    told_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[CustomerRowQuerySet] = CustomerRowQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["news", "customer"], name="news_told_once"),
            models.CheckConstraint(
                name="news_read_after_told",
                condition=Q(read_at__isnull=True) | Q(read_at__gte=models.F("told_at")),
            ),
        ]
        indexes = [models.Index(fields=["customer", "-told_at"], name="news_told_by_customer")]

    def __str__(self) -> str:
        return f"{self.news_id} · {self.customer_id}"
