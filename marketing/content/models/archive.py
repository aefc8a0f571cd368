"""What was published, word for word, for ever: checked against what is built (MKT-29)."""

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.fields import TokenField
from crm_site.common.files import StoredFile
from crm_site.staff.models import OrgNode
from customers.models.project import Project
from marketing.content import choices
from marketing.content.models.adverts import Advert
from marketing.content.models.base import USER
from marketing.content.querysets import ArchiveQuerySet


class PublishedAdvert(models.Model):
    """One appearance of an advert; the database refuses every change and removal."""

    advert = models.ForeignKey(Advert, on_delete=models.PROTECT, related_name="published")
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(OrgNode, null=True, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    text = models.TextField()
    campaign_code = models.CharField(max_length=80, blank=True)
    medium = models.CharField(_("medium"), max_length=10, choices=choices.MEDIA)
    outlet = models.CharField(_("paper, place or account"), max_length=120)
    size = models.CharField(_("size or length"), max_length=60)
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=2)
    published_on = models.DateField(_("published on"))
    link = models.URLField(_("address"), max_length=300, blank=True)
    folded = models.TextField(editable=False, help_text="text and claims as searched")
    tokens = TokenField(editable=False)
    noted_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    objects: ClassVar[ArchiveQuerySet] = ArchiveQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["advert", "published_on", "outlet"], name="advert_published_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.outlet} · {self.published_on}"

    def get_absolute_url(self) -> str:
        """Return the page of the record."""
        return reverse("marketing:published-advert", args=[self.pk])


class AdvertProof(StoredFile):
    """The proof that it appeared: the page, a photo of the board, a screenshot."""

    published = models.OneToOneField(
        PublishedAdvert, on_delete=models.PROTECT, related_name="proof"
    )

    class Meta:
        default_permissions = ()


class PublishedClaim(models.Model):
    """A claim as it was published."""

    published = models.ForeignKey(PublishedAdvert, on_delete=models.PROTECT, related_name="claims")
    kind = models.CharField(max_length=12, choices=choices.CLAIM_KINDS)
    text = models.CharField(max_length=200)
    evidence = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.text
