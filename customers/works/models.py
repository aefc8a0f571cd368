"""Nodes of building with outside reports, payments and the notice that tells customers."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.approvals.models import Approval
from crm_site.common.files import StoredFile
from crm_site.common.models import TimeStamped
from customers.models.project import Project
from customers.property.models import Building, ProofPhoto
from customers.property.querysets import InProjectQuerySet
from customers.works import choices
from customers.works.querysets import OfNodeQuerySet
from customers.works.rules import NoticeState, PaymentState


class ConstructionNode(TimeStamped):
    """A moment of building, of a building or the whole project, such as topping-out (SVC-75)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="nodes")
    building = models.ForeignKey(
        Building,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="nodes",
        verbose_name=_("building"),
    )
    kind = models.CharField(_("node"), max_length=16, choices=choices.NODES)
    name = models.CharField(_("name, for other nodes"), max_length=60, blank=True)
    planned_on = models.DateField(_("planned for"))
    is_key = models.BooleanField(_("needs an outside report to pass"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True)
    reached_on = models.DateField(_("reached on"), null=True)
    result = models.CharField(max_length=8, choices=choices.RESULTS, blank=True)
    accepted_on = models.DateField(null=True, help_text="the day of the result")
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    findings = models.TextField(_("what the acceptance found"), max_length=2000, blank=True)

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("keep_nodes", "Keep building nodes, their reports and acceptances"),
            ("pay_nodes", "Plan, release and hold back payments by node"),
            ("write_notices", "Write notices of progress and of changes to customers"),
            ("approve_notices", "Sign notices to customers"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "building", "kind", "name"],
                name="construction_node_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="construction_node_result_has_day",
                condition=Q(result="", accepted_on__isnull=True)
                | (~Q(result="") & Q(accepted_on__isnull=False, reached_on__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["project", "planned_on"], name="node_by_plan")]

    def __str__(self) -> str:
        return " ".join(part for part in (self.place, self.title) if part)

    @property
    def title(self) -> str:
        """What the node is called."""
        return self.name or str(self.get_kind_display())

    @property
    def place(self) -> str:
        """The building it is about; empty for the whole project."""
        return str(self.building) if self.building is not None else ""


class NodeReport(StoredFile):
    """What an outside body found at a node, as the paper it wrote (SVC-97)."""

    node = models.ForeignKey(ConstructionNode, on_delete=models.PROTECT, related_name="reports")
    body = models.CharField(_("kind of body"), max_length=12, choices=choices.BODIES)
    organisation = models.CharField(_("organisation"), max_length=120)
    reported_on = models.DateField(_("reported on"))
    has_passed = models.BooleanField(_("it passes the node"), default=False)
    issues = models.TextField(_("issues to be closed"), max_length=2000, blank=True)
    issues_closed_on = models.DateField(null=True)
    closure = models.CharField(max_length=300, blank=True, help_text="how the issues were closed")
    is_shown = models.BooleanField(_("shown to customers"), default=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[OfNodeQuerySet] = OfNodeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="node_report_closed_says_how",
                condition=Q(issues_closed_on__isnull=True) | ~Q(closure=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.reported_on:%Y-%m-%d}"

    @property
    def has_open_issues(self) -> bool:
        """Whether something it found is not closed yet."""
        return bool(self.issues) and self.issues_closed_on is None


class NodePayment(TimeStamped):
    """Money for a contractor that flows once its node is accepted (SVC-96)."""

    node = models.ForeignKey(ConstructionNode, on_delete=models.PROTECT, related_name="payments")
    contractor = models.CharField(_("contractor"), max_length=120)
    work = models.CharField(_("for what"), max_length=200)
    amount = models.DecimalField(_("amount (yuan)"), max_digits=14, decimal_places=2)
    state = models.CharField(
        max_length=10, choices=choices.PAYMENTS, default=PaymentState.PLANNED.value
    )
    reason = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[OfNodeQuerySet] = OfNodeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="node_payment_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="node_payment_decided_has_time",
                condition=Q(state=PaymentState.PLANNED, decided_at__isnull=True)
                | (~Q(state=PaymentState.PLANNED) & Q(decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contractor} · {self.work}"


class ProgressNotice(TimeStamped):
    """What signed customers are told about a node that was reached: text and photo (SVC-75)."""

    node = models.OneToOneField(ConstructionNode, on_delete=models.PROTECT, related_name="notice")
    title = models.CharField(_("title"), max_length=80)
    body = models.TextField(_("text"), max_length=1000)
    photo = models.OneToOneField(
        ProofPhoto, null=True, on_delete=models.PROTECT, related_name="notice"
    )
    state = models.CharField(max_length=8, choices=choices.NOTICES, default=NoticeState.DRAFT.value)
    approval = models.OneToOneField(Approval, null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)
    told = models.PositiveIntegerField(default=0, help_text="customers a message was written to")

    objects: ClassVar[OfNodeQuerySet] = OfNodeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="progress_notice_sent_has_time",
                condition=Q(state=NoticeState.SENT, sent_at__isnull=False)
                | (~Q(state=NoticeState.SENT) & Q(sent_at__isnull=True)),
            )
        ]

    def __str__(self) -> str:
        return self.title
