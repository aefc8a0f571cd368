"""A campaign, its channels, its events, what it says and what comes back."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from crm_site.registers.models import RegisterEntry
from crm_site.staff.models import OrgNode
from customers.models.project import Project
from marketing.campaigns import choices
from marketing.campaigns.querysets import CampaignQuerySet, OfCampaignQuerySet
from marketing.campaigns.rules.states import CampaignState

USER = settings.AUTH_USER_MODEL
MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}
NO_CAMPAIGN = "none"  # what a lead without a campaign holds


class Campaign(TimeStamped):
    """One campaign from draft to review; leads name it by its code (MKT-21)."""

    code = models.SlugField(_("code"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=choices.KINDS)
    project = models.ForeignKey(
        Project,
        null=True,
        on_delete=models.PROTECT,
        related_name="campaigns",
        verbose_name=_("project"),
    )
    region = models.ForeignKey(
        OrgNode, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("region")
    )
    phase = models.CharField(_("sales phase"), max_length=16, choices=choices.PHASES)
    state = models.CharField(
        _("state"), max_length=10, choices=choices.STATES, default=CampaignState.DRAFT.value
    )
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    begun_on = models.DateField(_("began on"), null=True)
    over_on = models.DateField(_("was over on"), null=True)
    review_due_on = models.DateField(_("review due on"), null=True)
    goal = models.ForeignKey(
        RegisterEntry,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("goal"),
    )
    aim = models.CharField(_("what it is to reach"), max_length=300, blank=True)
    message = models.CharField(_("what it says"), max_length=500, blank=True)
    segment_id = models.BigIntegerField(_("segment"), null=True)
    owner = models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("responsible")
    )
    is_unplanned = models.BooleanField(_("unplanned"), default=False)
    ordered_by = models.CharField(_("ordered by"), max_length=120, blank=True)
    budget = models.DecimalField(_("budget (yuan)"), default=0, **MONEY)
    expected_exposure = models.PositiveBigIntegerField(_("expected exposure"), default=0)
    expected_leads = models.PositiveIntegerField(_("expected leads"), default=0)
    expected_visits = models.PositiveIntegerField(_("expected visits"), default=0)
    expected_deals = models.PositiveIntegerField(_("expected deals"), default=0)
    counted_exposure = models.PositiveBigIntegerField(_("counted exposure"), null=True)
    approval_id = models.BigIntegerField(null=True, help_text="the approval it waits for or had")
    override_reason = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[CampaignQuerySet] = CampaignQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_campaigns", "See campaigns, their calendar and their results"),
            ("keep_campaigns", "Plan, run and review campaigns"),
            ("approve_campaign", "Approve campaigns"),
            ("approve_large_campaign", "Approve campaigns above the limit"),
            ("view_budgets", "See budgets and cost of marketing and sales"),
            ("set_budgets", "Set budgets of marketing and sales"),
            ("approve_budget_move", "Approve moves between budgets"),
            ("request_cost", "Request cost of marketing and sales"),
            ("approve_cost", "Approve cost of marketing and sales"),
            ("pay_cost", "Pay and allocate cost of marketing and sales"),
        ]
        constraints = [
            models.CheckConstraint(
                name="campaign_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="campaign_over_after_begin",
                condition=Q(over_on=None) | Q(over_on__gte=F("begun_on")),
            ),
            models.CheckConstraint(name="campaign_code_given", condition=~Q(code=NO_CAMPAIGN)),
            models.CheckConstraint(name="campaign_budget_positive", condition=Q(budget__gte=0)),
            models.CheckConstraint(
                name="campaign_unplanned_names_order",
                condition=Q(is_unplanned=False) | ~Q(ordered_by=""),
            ),
            models.CheckConstraint(
                name="campaign_state_known", condition=Q(state__in=choices.values(choices.STATES))
            ),
            models.CheckConstraint(
                name="campaign_phase_known", condition=Q(phase__in=choices.values(choices.PHASES))
            ),
        ]
        indexes = [
            models.Index(fields=["project", "starts_on"], name="campaign_by_project"),
            models.Index(fields=["state", "ends_on"], name="campaign_by_state"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of the campaign."""
        return reverse("marketing:campaign", args=[self.pk])

    def is_review_late(self, today: date) -> bool:
        """Return whether the campaign ended and its review is overdue."""
        due = self.review_due_on
        return self.state == CampaignState.ENDED and due is not None and due < today


class CampaignChannel(models.Model):
    """A channel a campaign uses and its share of the mix, in percent."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="channels")
    channel_code = models.CharField(_("channel"), max_length=60)
    share = models.DecimalField(_("share (%)"), max_digits=5, decimal_places=2)

    objects: ClassVar[OfCampaignQuerySet] = OfCampaignQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "channel_code"], name="campaign_channel_once"
            ),
            models.CheckConstraint(
                name="campaign_channel_share_of_hundred", condition=Q(share__gt=0, share__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} · {self.channel_code}"


class CampaignEvent(models.Model):
    """A step in the life of a campaign; rows are only added."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=20, help_text="drafted, changed, asked, state, looped …")
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10, blank=True)
    note = models.CharField(max_length=500, blank=True)
    facts = models.JSONField(default=dict)
    actor = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["campaign", "-at"], name="campaign_event_by_campaign")]

    def __str__(self) -> str:
        return f"{self.campaign_id} · {self.kind}"


class LoopItem(models.Model):
    """What went out, what customers said, what was changed because of it (MKT-39)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="loop")
    kind = models.CharField(_("kind"), max_length=10, choices=choices.LOOP_KINDS)
    text = models.CharField(_("text"), max_length=500)
    at = models.DateTimeField(_("when"))
    answers = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="answered_by",
        verbose_name=_("in answer to"),
    )
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="loop_message_answers_nothing", condition=~Q(kind="message") | Q(answers=None)
            )
        ]
        indexes = [models.Index(fields=["campaign", "at"], name="loop_item_by_campaign")]

    def __str__(self) -> str:
        return self.text


class CampaignReview(models.Model):
    """How a campaign is judged after its end; the figures of that day are kept (MKT-76)."""

    campaign = models.OneToOneField(Campaign, on_delete=models.PROTECT, related_name="review")
    figures = models.JSONField(default=dict, help_text="as they stood when it was reviewed")
    judgement = models.CharField(_("judgement"), max_length=2000)
    lessons = models.CharField(_("what is done differently"), max_length=2000, blank=True)
    has_no_feedback = models.BooleanField(_("no feedback came in"), default=False)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.campaign_id}"
