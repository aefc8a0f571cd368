"""Surveys, who was asked, what was answered."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from crm_site.questionnaires.models import Questionnaire, QuestionnaireVersion
from crm_site.staff.models import OrgNode
from customers.models import Customer, Project
from service.surveys import choices, report_models  # noqa: F401 -- makes the tables known
from service.surveys.querysets import ResponseQuerySet, SurveyQuerySet
from service.tickets.models import Ticket


class Survey(TimeStamped):
    """Whom we ask what, and when (SVC-45); the questionnaire's version is fixed by the opening."""

    title = models.CharField(_("title"), max_length=120)
    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.PROTECT, related_name="surveys"
    )
    version = models.ForeignKey(
        QuestionnaireVersion,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="empty until it is opened",
    )
    trigger = models.CharField(_("sent"), max_length=10, choices=choices.TRIGGERS)
    stage = models.CharField(_("stage"), max_length=12, choices=choices.STAGES, blank=True)
    method = models.CharField(
        _("read as"), max_length=6, choices=choices.METHODS, default=choices.Method.PLAIN.value
    )
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    region = models.ForeignKey(
        OrgNode,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="empty: the whole company",
    )
    audience = models.JSONField(default=dict, help_text="classes and buying stages; empty: all")
    sample_size = models.PositiveIntegerField(_("sample size"), null=True, blank=True)
    seed = models.PositiveIntegerField(_("seed"), default=1, help_text="draws the same sample")
    link_days = models.PositiveSmallIntegerField(_("links are valid for"), default=14)
    remind_days = models.PositiveSmallIntegerField(_("remind after"), default=3, help_text="0: no")
    state = models.CharField(max_length=8, choices=choices.STATES, default="draft")
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    year = models.PositiveSmallIntegerField(null=True, help_text="of the yearly survey (SVC-48)")
    contractor = models.CharField(
        _("contractor"), max_length=80, blank=True, help_text="empty: run by ourselves"
    )
    left_out = models.JSONField(default=dict, help_text="by the opening: reason -> customers")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[SurveyQuerySet] = SurveyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_surveys", "See surveys and satisfaction"),
            ("manage_surveys", "Make surveys, plans and reports of satisfaction"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["year"], name="survey_one_a_year", condition=Q(year__isnull=False)
            ),
            models.CheckConstraint(
                name="survey_open_has_version",
                condition=Q(state="draft") | Q(version__isnull=False, opened_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["trigger"], name="survey_open", condition=Q(state="open"))]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of the survey."""
        return reverse("service:survey-detail", args=[self.pk])

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.state == choices.SurveyState.DRAFT

    @property
    def is_open(self) -> bool:
        """Whether answers are taken."""
        return self.state == choices.SurveyState.OPEN

    @property
    def of_staff(self) -> bool:
        """Whether our own people are asked, without their names."""
        return self.trigger == choices.Trigger.STAFF

    @property
    def asked_id(self) -> int:
        """The key of the version that is asked."""
        return self.version_id or self.questionnaire.latest().pk

    def asked_version(self) -> QuestionnaireVersion:
        """Return what is asked: the fixed version, before the opening the latest one."""
        return self.version or self.questionnaire.latest()


class SurveyInvitation(models.Model):
    """One person asked once; answered by one of two links, of which only hashes are kept."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="invitations")
    source = models.CharField(max_length=40, help_text="what it follows: customer:7, purchase:3 …")
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.PROTECT, related_name="survey_invitations"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="of a survey of the staff",
    )
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(OrgNode, null=True, on_delete=models.PROTECT, related_name="+")
    adviser = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="who served the customer",
    )
    token_hash = models.CharField(max_length=64, unique=True)
    second_hash = models.CharField(max_length=64, blank=True, help_text="of the reminder")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True, help_text="of the staff: the day only")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["survey", "source"], name="survey_asked_once"),
            models.UniqueConstraint(
                fields=["second_hash"], name="survey_second_link_once", condition=~Q(second_hash="")
            ),
            models.CheckConstraint(
                name="survey_invitation_of_somebody",
                condition=Q(customer__isnull=True) | Q(person__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["survey", "invited_at"],
                name="survey_to_remind",
                condition=Q(used_at__isnull=True, reminded_at__isnull=True),
            ),
            models.Index(fields=["customer", "-invited_at"], name="survey_asked_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} · {self.source}"


class SurveyResponse(models.Model):
    """One answered questionnaire; of the staff it names nobody."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="responses")
    version = models.ForeignKey(QuestionnaireVersion, on_delete=models.PROTECT, related_name="+")
    invitation = models.OneToOneField(
        SurveyInvitation, null=True, on_delete=models.PROTECT, related_name="response"
    )
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.PROTECT, related_name="survey_responses"
    )
    of_staff = models.BooleanField(default=False)
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(OrgNode, null=True, on_delete=models.PROTECT, related_name="+")
    adviser = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    trigger = models.CharField(max_length=10, choices=choices.TRIGGERS)
    stage = models.CharField(max_length=12, choices=choices.STAGES, blank=True)
    at = models.DateTimeField(_("when"))
    month_on = models.DateField(help_text="first day of the month of the answer")
    score = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, help_text="percent; empty: nothing to score"
    )
    rating = models.DecimalField(
        max_digits=4, decimal_places=2, null=True, help_text="satisfaction out of ten"
    )
    recommends = models.PositiveSmallIntegerField(null=True, help_text="0 to 10")
    is_low = models.BooleanField(default=False)
    ticket = models.ForeignKey(
        Ticket,
        null=True,
        on_delete=models.SET_NULL,
        related_name="survey_responses",
        help_text="the care it opened",
    )

    objects: ClassVar[ResponseQuerySet] = ResponseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="survey_staff_is_anonymous",
                condition=Q(of_staff=False)
                | Q(customer__isnull=True, invitation__isnull=True, adviser__isnull=True),
            ),
            models.CheckConstraint(
                name="survey_rating_out_of_ten",
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=10),
            ),
        ]
        indexes = [
            models.Index(fields=["survey", "-id"], name="survey_answers"),
            models.Index(fields=["project", "month_on"], name="survey_answers_by_month"),
            models.Index(fields=["at"], name="survey_answers_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} · {self.pk}"


class SurveyAnswer(models.Model):
    """The answer to one question as given, its scale, and its points 0 to 100 (SVC-46)."""

    response = models.ForeignKey(SurveyResponse, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=60)
    scale = models.CharField(max_length=20)
    value = models.TextField(max_length=5000)
    points = models.DecimalField(max_digits=5, decimal_places=2, null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["response", "question"], name="survey_answered_once")
        ]

    def __str__(self) -> str:
        return f"{self.response_id} · {self.question}"
