"""Appraisals, the bonus fund, incentives, honours and the service star."""

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from analytics.improvement import choices
from analytics.improvement.querysets import (
    AppraisalQuerySet,
    BonusQuerySet,
    PersonQuerySet,
    RegionalRows,
)
from analytics.reviews.rules.periods import Span, quarter_name
from crm_site.common.models import TimeStamped
from crm_site.ledger.models import AMOUNT, LedgerAccount, LedgerEntry
from crm_site.staff.models import OrgNode

USER = settings.AUTH_USER_MODEL
SCORE: dict[str, Any] = {"max_digits": 6, "decimal_places": 2}
FIGURE: dict[str, Any] = {"max_digits": 20, "decimal_places": 6}


class Appraisal(TimeStamped):
    """How a person did in a period: frozen figures, marks with evidence, weights of the post."""

    person = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=20, help_text="role at that time")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="the last day")
    quantity = models.PositiveSmallIntegerField(help_text="percentage of the figures")
    policy_version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=choices.APPRAISAL_STATES, default="draft")
    quantitative = models.DecimalField(null=True, **SCORE)
    qualitative = models.DecimalField(null=True, **SCORE)
    total = models.DecimalField(null=True, **SCORE)
    frozen_at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)

    objects: ClassVar[AppraisalQuerySet] = AppraisalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["person", "starts_on", "ends_on"], name="appraised_once"
            ),
            models.CheckConstraint(
                name="appraisal_published_has_total",
                condition=Q(state="draft") | Q(total__isnull=False, published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {quarter_name(Span(self.starts_on, self.ends_on))}"

    def get_absolute_url(self) -> str:
        """Return the page of the appraisal."""
        return reverse("analytics:appraisal", args=[self.pk])


class AppraisalLine(models.Model):
    """One dimension of an appraisal."""

    appraisal = models.ForeignKey(Appraisal, on_delete=models.CASCADE, related_name="lines")
    dimension = models.CharField(max_length=12, choices=choices.DIMENSIONS)
    weight = models.PositiveSmallIntegerField()
    kpi = models.CharField(max_length=60)
    unit = models.CharField(max_length=12, blank=True)
    good = models.CharField(max_length=4, default="up")
    value = models.DecimalField(null=True, **FIGURE)
    goal = models.DecimalField(null=True, **FIGURE)
    mark = models.DecimalField(null=True, **SCORE)
    evidence = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["appraisal", "dimension"], name="appraisal_line_once"),
            models.CheckConstraint(
                name="appraisal_mark_has_evidence", condition=Q(mark__isnull=True) | ~Q(evidence="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appraisal_id} {self.dimension}"


class Appeal(models.Model):
    """What the person said against an appraisal, what was decided; both scores stay (ANA-35)."""

    appraisal = models.OneToOneField(Appraisal, on_delete=models.PROTECT, related_name="appeal")
    text = models.TextField(_("reason"), max_length=2000)
    original = models.DecimalField(max_digits=6, decimal_places=2, help_text="total at that time")
    at = models.DateTimeField()
    decided = models.DecimalField(null=True, **SCORE, help_text="total after the decision")
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="appeal_decided_is_whole",
                condition=Q(decided_at__isnull=True)
                | (Q(decided__isnull=False, decided_by__isnull=False) & ~Q(answer="")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.appraisal_id}"


class IncentiveAccount(TimeStamped, LedgerAccount):
    """What one person has been granted: bonus, commission, reward (ANA-37)."""

    person = models.OneToOneField(USER, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[PersonQuerySet] = PersonQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(LedgerAccount.Meta):
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.person)


class IncentiveEntry(LedgerEntry):
    """One grant or its reversal; rows are only added."""

    account = models.ForeignKey(IncentiveAccount, on_delete=models.PROTECT, related_name="entries")

    class Meta(LedgerEntry.Meta):
        default_permissions = ()
        indexes = [models.Index(fields=["account", "-id"], name="incentive_statement")]

    def __str__(self) -> str:
        return f"{self.account_id} · {self.amount}"


class BonusRun(TimeStamped):
    """The bonus fund of a period: share of pay, floor, division, approval, pay list (ANA-36)."""

    region = models.ForeignKey(
        OrgNode, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("region")
    )
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="the last day")
    total_pay = models.DecimalField(_("total pay (yuan)"), **AMOUNT)
    factor = models.DecimalField(max_digits=6, decimal_places=2)
    computed = models.DecimalField(max_digits=6, decimal_places=2, help_text="percent of pay")
    share = models.DecimalField(max_digits=6, decimal_places=2, help_text="with the floor")
    is_below = models.BooleanField(help_text="the computation was below the floor")
    pool = models.DecimalField(**AMOUNT)
    facts = models.JSONField(help_text="attainment of CAE, CSAT and CLV as they stood")
    policy_version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=choices.BONUS_STATES, default="draft")
    approval = models.ForeignKey(
        "approvals.Approval", null=True, on_delete=models.PROTECT, related_name="+"
    )
    paid_on = models.DateField(null=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[BonusQuerySet] = BonusQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["region", "starts_on", "ends_on"],
                name="bonus_run_once",
                condition=~Q(state="refused"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="bonus_run_pays", condition=Q(total_pay__gt=0)),
        ]

    def __str__(self) -> str:
        return quarter_name(Span(self.starts_on, self.ends_on))

    def get_absolute_url(self) -> str:
        """Return the page of the fund."""
        return reverse("analytics:bonus-run", args=[self.pk])


class BonusLine(models.Model):
    """One person's part of a bonus fund."""

    run = models.ForeignKey(BonusRun, on_delete=models.CASCADE, related_name="lines")
    person = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    score = models.DecimalField(max_digits=6, decimal_places=2)
    amount = models.DecimalField(**AMOUNT)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["run", "person"], name="bonus_line_once")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.person_id}"


class Honour(models.Model):
    """A distinction without money: chance of promotion, title, commendation (ANA-38)."""

    person = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=choices.HONOURS)
    title = models.CharField(_("title"), max_length=120)
    reason = models.CharField(_("for what"), max_length=300)
    given_on = models.DateField(_("given on"))
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[PersonQuerySet] = PersonQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.title


class StarNomination(models.Model):
    """Somebody names a colleague for an act in the mind of the customer (ANA-40)."""

    region = models.ForeignKey(OrgNode, null=True, on_delete=models.PROTECT, related_name="+")
    month_on = models.DateField(help_text="the first day of the month")
    person = models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("colleague")
    )
    act = models.CharField(_("what they did"), max_length=300)
    happened_on = models.DateField(_("when"))
    act_key = models.CharField(max_length=64, help_text="digest of person, day and act")
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[RegionalRows] = RegionalRows.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["month_on", "act_key"], name="star_named_once"),
            models.CheckConstraint(name="star_names_another", condition=~Q(person=models.F("by"))),
        ]

    def __str__(self) -> str:
        return self.act


class StarVote(models.Model):
    """One vote a month for one nomination."""

    month_on = models.DateField()
    voter = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    nomination = models.ForeignKey(StarNomination, on_delete=models.CASCADE, related_name="votes")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["month_on", "voter"], name="star_one_vote_a_month")
        ]

    def __str__(self) -> str:
        return f"{self.month_on} {self.voter_id}"


class StarAward(models.Model):
    """The service star of a month: one act, one reward."""

    region = models.ForeignKey(OrgNode, null=True, on_delete=models.PROTECT, related_name="+")
    month_on = models.DateField()
    nomination = models.OneToOneField(
        StarNomination, on_delete=models.PROTECT, related_name="award"
    )
    act_key = models.CharField(max_length=64, unique=True)
    amount = models.DecimalField(**AMOUNT, default=Decimal(0))
    entry = models.OneToOneField(IncentiveEntry, on_delete=models.PROTECT, related_name="+")
    votes = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[RegionalRows] = RegionalRows.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["region", "month_on"], name="star_of_the_month", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.month_on} {self.nomination_id}"
