"""Adverts: every wording kept with what the scan found, its claims and opinions (MKT-25 to 28)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.approvals.models import Approval
from marketing.content import choices
from marketing.content.models.assets import Asset
from marketing.content.models.base import USER, Placed
from marketing.content.querysets import ContentQuerySet
from marketing.content.rules.adverts import RELEASED, SCANNED

IN_REVIEW_AND_ON = sorted(one.value for one in SCANNED)
OUT = sorted(one.value for one in RELEASED)


class Advert(Placed):
    """One advert on its way from the plan to the effect (MKT-27)."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=120)
    medium = models.CharField(_("medium"), max_length=10, choices=choices.MEDIA)
    campaign_code = models.CharField(_("campaign code"), max_length=80, blank=True)
    plan = models.TextField(_("what it is for, for whom, when and where"), max_length=2000)
    owner = models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("responsible")
    )
    state = models.CharField(max_length=10, choices=choices.ADVERT_STATES, default="planned")
    version = models.ForeignKey(
        "AdvertVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    passes = models.BooleanField(default=False, help_text="the scan of the latest wording")
    approval = models.OneToOneField(Approval, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    effect = models.TextField(_("effect"), max_length=2000, blank=True)
    effect_leads = models.PositiveIntegerField(null=True, help_text="of its code, when evaluated")
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[ContentQuerySet] = ContentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_content", "See assets, adverts, stories and groups"),
            ("keep_content", "Keep assets, adverts, stories and groups"),
            ("review_advert_marketing", "Review adverts for marketing"),
            ("review_advert_design", "Review adverts for design"),
            ("review_advert_engineering", "Review adverts for engineering"),
            ("review_advert_legal", "Review adverts for their lawfulness"),
            ("review_advert_relations", "Review adverts for customer relations"),
            ("sign_advert", "Give adverts their final approval"),
            ("sign_appreciation", "Approve claims about keeping value"),
            ("answer_communities", "Answer questions in groups"),
        ]
        constraints = [
            models.CheckConstraint(
                name="advert_reviewed_only_when_scanned",
                condition=~Q(state__in=IN_REVIEW_AND_ON) | Q(passes=True, version__isnull=False),
            ),
            models.CheckConstraint(
                name="advert_released_with_approval",
                condition=Q(
                    state__in=OUT,
                    approval__isnull=False,
                    released_at__isnull=False,
                    released_by__isnull=False,
                )
                | (~Q(state__in=OUT) & Q(released_at__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["project", "-id"], name="advert_by_project")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """Return the page of the advert."""
        return reverse("marketing:advert", args=[self.pk])


class AdvertVersion(models.Model):
    """One wording of an advert; never changed, the next one follows (MKT-28)."""

    advert = models.ForeignKey(Advert, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(_("text"), max_length=8000)
    facts = models.TextField(_("facts used, and where they come from"), max_length=4000)
    asset = models.ForeignKey(Asset, null=True, on_delete=models.PROTECT, related_name="adverts")
    asset_digest = models.CharField(max_length=64, blank=True, help_text="of the picture used")
    digest = models.CharField(max_length=64, help_text="SHA-256 of all that is signed")
    findings = models.JSONField(default=list, help_text="what the scan found")
    unproven = models.JSONField(default=list, help_text="words that lack a proof")
    policy_version = models.PositiveIntegerField(help_text="of the list of risk words")
    passes = models.BooleanField()
    written_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["advert", "number"], name="advert_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.advert_id} V{self.number}"


class AdvertClaim(models.Model):
    """A statement of a wording that can be checked, with the proof (MKT-25)."""

    version = models.ForeignKey(AdvertVersion, on_delete=models.PROTECT, related_name="claims")
    kind = models.CharField(max_length=12, choices=choices.CLAIM_KINDS)
    text = models.CharField(max_length=200)
    evidence = models.CharField(max_length=300, blank=True, help_text="address or paper")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.text


class AdvertOpinion(models.Model):
    """What a reviewer says about exactly one wording."""

    version = models.ForeignKey(AdvertVersion, on_delete=models.PROTECT, related_name="opinions")
    reviewer = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.text


class AdvertEvent(models.Model):
    """A step of an advert; rows are only added."""

    advert = models.ForeignKey(Advert, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    from_state = models.CharField(max_length=10, choices=choices.ADVERT_STATES, blank=True)
    to_state = models.CharField(max_length=10, choices=choices.ADVERT_STATES)
    note = models.CharField(max_length=300, blank=True)
    actor = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.advert_id} {self.to_state}"
