"""The record of a person or organisation, and its grade."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.fields import EncryptedTextField, TokenField
from crm_site.common.models import TimeStamped
from crm_site.staff.models import OrgNode
from customers import choices
from customers.models.project import Project
from customers.querysets import CustomerQuerySet
from customers.rules.axes import BuyingStage, CustomerClass, CustomerKind, Phase


class Household(TimeStamped):
    """People who buy as one; figures count a household as one buyer (CUS-37)."""

    label = models.CharField(max_length=80, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.label


class Customer(TimeStamped):
    """A person or organisation from the first contact on, whoever captured it (CUS-01)."""

    kind = models.CharField(
        _("kind"), max_length=12, choices=choices.CUSTOMER_KINDS, default=CustomerKind.PERSON.value
    )
    name = models.CharField(_("name"), max_length=80)
    sort_key = models.CharField(max_length=160, editable=False, help_text="pinyin of the name")
    tokens = TokenField(editable=False, help_text="1- and 2-grams of the name, pinyin initials")
    phone = EncryptedTextField(_("phone"), null=True, blank=True)
    phone_index = models.BinaryField(null=True, editable=False)
    phone_tail_index = models.BinaryField(null=True, editable=False)
    gender = models.CharField(_("gender"), max_length=1, choices=choices.GENDERS, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    id_number = EncryptedTextField(_("ID number"), null=True, blank=True)
    id_number_index = models.BinaryField(null=True, editable=False)
    annual_income = EncryptedTextField(_("annual income"), null=True, blank=True)
    city = models.CharField(_("city"), max_length=40, blank=True)
    district = models.CharField(_("district"), max_length=60, blank=True)
    address = EncryptedTextField(_("address"), null=True, blank=True)
    occupation = models.CharField(_("occupation"), max_length=60, blank=True)
    family = models.CharField(_("family structure"), max_length=60, blank=True)
    household = models.ForeignKey(
        Household, null=True, blank=True, on_delete=models.SET_NULL, related_name="members"
    )
    nature = models.CharField(
        _("customer group"),
        max_length=16,
        choices=choices.NATURES,
        blank=True,
        db_default="",
        help_text="family, investor, enterprise, government (CUS-07)",
    )
    needs = models.JSONField(
        default=dict, blank=True, db_default={}, help_text="need fields of the group, key -> text"
    )
    credit_status = models.CharField(
        _("credit status"), max_length=12, choices=choices.CREDIT_STATES, blank=True, db_default=""
    )
    payment_method = models.CharField(
        _("payment method"),
        max_length=12,
        choices=choices.PAYMENT_METHODS,
        blank=True,
        db_default="",
    )
    managed_estate = models.CharField(
        _("estate we only manage"),
        max_length=80,
        blank=True,
        db_default="",
        help_text="an estate built by others in which the customer lives (CUS-18)",
    )
    channel_wish = models.CharField(
        _("preferred channel"),
        max_length=12,
        choices=choices.CONTACT_CHANNELS,
        blank=True,
        db_default="",
    )

    # What the customer wants
    budget_min = models.DecimalField(
        _("budget from"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    budget_max = models.DecimalField(
        _("budget to"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    layout = models.CharField(_("preferred layout"), max_length=60, blank=True)
    motive = models.CharField(_("purchase motive"), max_length=60, blank=True)
    intent = models.PositiveSmallIntegerField(
        _("intent"), choices=choices.INTENTS, null=True, blank=True
    )
    project_role = models.CharField(
        _("role in the purchase"), max_length=12, choices=choices.PROJECT_ROLES, blank=True
    )
    spending_power = models.PositiveSmallIntegerField(
        _("spending power"), null=True, blank=True, help_text="band 1 to 5, from the income"
    )
    contribution = models.DecimalField(
        _("contribution so far"), max_digits=14, decimal_places=2, default=0
    )
    remark = models.TextField(_("remark"), blank=True, max_length=2000)
    custom = models.JSONField(default=dict, blank=True)

    # Where it stands
    customer_class = models.CharField(
        _("class"),
        max_length=16,
        choices=choices.CUSTOMER_CLASSES,
        default=CustomerClass.POTENTIAL.value,
    )
    class_is_manual = models.BooleanField(default=False)
    buying_stage = models.CharField(
        _("buying stage"),
        max_length=12,
        choices=choices.BUYING_STAGES,
        default=BuyingStage.PREPARING.value,
        db_default=BuyingStage.PREPARING.value,
    )
    stage_since = models.DateTimeField(null=True)
    phase = models.CharField(
        _("lifecycle phase"),
        max_length=12,
        choices=choices.PHASES,
        default=Phase.POTENTIAL.value,
        db_default=Phase.POTENTIAL.value,
    )
    source = models.CharField(_("first source"), max_length=60)
    external_source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    is_unreachable = models.BooleanField(_("unreachable"), default=False)
    completeness = models.PositiveSmallIntegerField(_("completeness"), default=0)
    referrer = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="referred"
    )

    # Who is responsible (CUS-49); without an owner the customer is in the pool of its project
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="customers",
    )
    backup = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owned_since = models.DateTimeField(null=True)
    protected_until = models.DateTimeField(null=True, help_text="the dispute rule, CUS-49")
    team = models.ForeignKey(OrgNode, null=True, on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(OrgNode, null=True, on_delete=models.PROTECT, related_name="+")

    pooled_at = models.DateTimeField(null=True, help_text="when it last fell to the pool")
    pool_reason = models.CharField(max_length=40, blank=True, db_default="")
    hidden_until = models.DateTimeField(
        null=True, help_text="not offered in the pool before (complaint, do not call)"
    )

    # The record this one was merged into; it is then seen nowhere but in the merge (BEY-01)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    last_contact_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, help_text="guards against lost updates")

    objects: ClassVar[CustomerQuerySet] = CustomerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        permissions = [
            ("assign_customer", "Assign customers to consultants"),
            ("reveal_phone", "See a masked phone number, with a reason"),
            ("lock_grade", "Lock a grade"),
            ("override_class", "Set the class by hand"),
            ("log_interaction", "Log interactions"),
            ("work_tasks", "Work on tasks"),
            ("view_team_work", "See the work of the team"),
        ]
        default_permissions = ("view", "add", "change")
        constraints = [
            models.UniqueConstraint(
                fields=["phone_index"],
                name="customer_phone_once",
                condition=Q(phone_index__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["external_source", "external_id"],
                name="customer_external_id_once",
                condition=~Q(external_id=""),
            ),
            models.CheckConstraint(
                name="customer_phone_has_index",
                condition=Q(phone__isnull=True, phone_index__isnull=True)
                | Q(phone__isnull=False, phone_index__isnull=False),
            ),
            models.CheckConstraint(
                name="customer_backup_is_not_owner",
                condition=Q(backup__isnull=True)
                | Q(owner__isnull=True)
                | ~Q(backup=models.F("owner")),
            ),
            models.CheckConstraint(
                name="customer_owner_has_since",
                condition=Q(owner__isnull=True) | Q(owned_since__isnull=False),
            ),
            models.CheckConstraint(
                name="customer_class_known",
                condition=Q(customer_class__in=[c.value for c in CustomerClass]),
            ),
            models.CheckConstraint(
                name="customer_stage_known",
                condition=Q(buying_stage__in=[stage.value for stage in BuyingStage]),
            ),
            models.CheckConstraint(
                name="customer_phase_known",
                condition=Q(phase__in=[phase.value for phase in Phase]),
            ),
            models.CheckConstraint(
                name="customer_budget_in_order",
                condition=Q(budget_min__isnull=True)
                | Q(budget_max__isnull=True)
                | Q(budget_max__gte=models.F("budget_min")),
            ),
        ]
        indexes = [
            GinIndex(fields=["tokens"], name="customer_tokens"),
            models.Index(fields=["phone_tail_index"], name="customer_phone_tail"),
            # The orders of the list, for those who see the whole company.
            models.Index(fields=["sort_key", "id"], name="customer_by_name"),
            models.Index(
                models.F("last_contact_at").desc(nulls_last=True),
                models.F("id").desc(),
                name="customer_by_last_contact",
            ),
            models.Index(fields=["last_contact_at", "id"], name="customer_by_silence"),
            models.Index(fields=["owner", "-id"], name="customer_by_owner"),
            models.Index(fields=["team", "-id"], name="customer_by_team"),
            models.Index(fields=["project", "-id"], name="customer_by_project"),
            models.Index(fields=["region", "-id"], name="customer_by_region"),
            models.Index(fields=["backup"], name="customer_by_backup"),
            models.Index(
                fields=["project", "id"], name="customer_in_pool", condition=Q(owner__isnull=True)
            ),
            models.Index(
                fields=["household"],
                name="customer_by_household",
                condition=Q(household__isnull=False),
            ),
            models.Index(
                fields=["id_number_index"],
                name="customer_by_id_number",
                condition=Q(id_number_index__isnull=False),
            ),
            models.Index(
                fields=["merged_into"],
                name="customer_by_merge",
                condition=Q(merged_into__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("customers:customer-detail", args=[self.pk])


class CustomerContact(models.Model):
    """A further way to reach a customer: second phone, e-mail, WeChat, account in the app."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")
        WECHAT = "wechat", _("WeChat")
        APP = "app", _("Account in the app")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=8, choices=Kind)
    value = EncryptedTextField()
    value_index = models.BinaryField()
    label = models.CharField(max_length=40, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "value_index"], name="contact_once_per_customer"
            )
        ]
        indexes = [models.Index(fields=["value_index"], name="contact_by_value")]

    def __str__(self) -> str:
        return self.get_kind_display()


class CustomerGrade(models.Model):
    """The grade of one customer and the points it is made of; rewritten by the regrade (CUS-11)."""

    customer = models.OneToOneField(
        Customer, primary_key=True, on_delete=models.CASCADE, related_name="grading"
    )
    grade = models.CharField(max_length=1, choices=choices.GRADES)
    score = models.DecimalField(max_digits=5, decimal_places=2)
    points = ArrayField(
        models.DecimalField(max_digits=5, decimal_places=2),
        help_text="one per factor, in the order of rules.grades.FACTORS; they add up to the score",
    )
    policy_version = models.PositiveIntegerField()
    graded_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)
    lock_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="customer_grade_lock_has_reason",
                condition=Q(locked_until__isnull=True) | ~Q(lock_reason=""),
            ),
            models.CheckConstraint(
                name="customer_grade_score_in_range", condition=Q(score__gte=0, score__lte=100)
            ),
        ]
        indexes = [models.Index(fields=["grade", "-customer"], name="customer_by_grade")]

    def __str__(self) -> str:
        return self.grade
