"""What buyers want changed in their homes, and what is changed of homes already sold."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.approvals.models import Approval
from crm_site.common.files import StoredFile
from crm_site.common.models import TimeStamped
from customers.changes import choices
from customers.changes.rules import ChangeState
from customers.models.customer import Customer
from customers.models.project import Project
from customers.property.models import Building, Unit
from customers.property.querysets import InProjectQuerySet
from customers.purchase.models import Purchase
from customers.works.models import ConstructionNode


class OfPurchaseQuerySet(models.QuerySet[Any]):
    """Questions about rows that belong to a purchase."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of the customers ``user`` may see."""
        return self.filter(purchase__customer__in=Customer.objects.visible_to(user))


class IndividualChange(TimeStamped):
    """What a buyer wants built differently: item, price, until which building node (SVC-77)."""

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="changes")
    node = models.ForeignKey(
        ConstructionNode,
        on_delete=models.PROTECT,
        related_name="changes",
        verbose_name=_("before which building node"),
    )
    item = models.CharField(_("item"), max_length=120)
    wish = models.TextField(_("what is to be different"), max_length=2000)
    price = models.DecimalField(_("price (yuan)"), max_digits=14, decimal_places=2)
    state = models.CharField(max_length=10, choices=choices.STATES, default=ChangeState.ASKED.value)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    approval = models.OneToOneField(Approval, null=True, on_delete=models.PROTECT, related_name="+")
    signed_on = models.DateField(null=True)
    executed_on = models.DateField(null=True)
    checked_on = models.DateField(null=True)
    findings = models.CharField(max_length=300, blank=True, help_text="what the check found")

    objects: ClassVar[OfPurchaseQuerySet] = OfPurchaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("ask_change", "Ask for individual changes of homes"),
            ("sign_change_design", "Sign individual changes for design"),
            ("sign_change_engineering", "Sign individual changes for engineering"),
            ("sign_change_cost", "Sign individual changes for cost"),
            ("decide_changes", "Write down changes of sold homes"),
        ]
        constraints = [
            models.CheckConstraint(name="individual_change_price", condition=Q(price__gte=0)),
            models.CheckConstraint(
                name="individual_change_checked_has_day",
                condition=~Q(state=ChangeState.CHECKED) | Q(checked_on__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["purchase", "state"], name="change_by_purchase")]

    def __str__(self) -> str:
        return self.item


class ChangeDrawing(StoredFile):
    """The drawing of an individual change."""

    change = models.OneToOneField(
        IndividualChange, on_delete=models.CASCADE, related_name="drawing"
    )

    class Meta:
        default_permissions = ()


class HomeChange(TimeStamped):
    """A change of requirement, design or engineering that affects sold homes (SVC-102)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="home_changes")
    building = models.ForeignKey(
        Building,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="home_changes",
        verbose_name=_("building"),
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="home_changes"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=choices.KINDS)
    title = models.CharField(_("change"), max_length=80)
    text = models.TextField(_("what buyers are told"), max_length=1000)
    decided_on = models.DateField(_("decided on"))
    needs_consent = models.BooleanField(_("buyers have to agree"), default=False)
    compensation = models.CharField(_("compensation offered"), max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [("check_claims", "Compare claims with what was built")]
        constraints = [
            models.CheckConstraint(
                name="home_change_of_unit_names_building",
                condition=Q(unit__isnull=True) | Q(building__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["project", "-decided_on"], name="home_change_by_project")]

    def __str__(self) -> str:
        return self.title


class ChangeNotice(TimeStamped):
    """One contract that a change affects: when its buyer was told, what was answered and paid."""

    change = models.ForeignKey(HomeChange, on_delete=models.PROTECT, related_name="notices")
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="change_notices")
    told_at = models.DateTimeField(null=True)
    way = models.CharField(_("told how"), max_length=8, choices=choices.WAYS, blank=True)
    answer = models.CharField(_("answer"), max_length=8, choices=choices.ANSWERS, blank=True)
    answered_on = models.DateField(null=True)
    compensation = models.DecimalField(
        _("compensation (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects: ClassVar[OfPurchaseQuerySet] = OfPurchaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["change", "purchase"], name="change_notice_once"),
            models.CheckConstraint(
                name="change_notice_answer_after_telling",
                condition=Q(answer="", answered_on__isnull=True)
                | (~Q(answer="") & Q(answered_on__isnull=False, told_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="change_notice_told_says_how",
                condition=Q(told_at__isnull=True, way="") | (Q(told_at__isnull=False) & ~Q(way="")),
            ),
            models.CheckConstraint(
                name="change_notice_compensation",
                condition=Q(compensation__isnull=True) | Q(compensation__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change_id} · {self.purchase_id}"
