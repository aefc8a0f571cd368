"""How customers change hands: pool warnings, hand-overs and offers to other projects."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.lead import Lead
from customers.models.project import Project


class PoolWarning(models.Model):
    """The owner was warned before a customer falls to the pool, once per silence (CUS-52)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    silent_since = models.DateTimeField(help_text="last contact the spell counts from")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    falls_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "silent_since", "owner"], name="pool_warning_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.falls_at:%Y-%m-%d}"


class Handover(models.Model):
    """All open work of a leaving consultant given to others in one go (CUS-50)."""

    leaver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    plan = models.JSONField(default=dict, help_text="id of the receiver -> number of customers")
    counts = models.JSONField(default=dict, help_text="customers, leads, tasks, promises moved")
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        permissions = [("hand_over", "Hand over the customers of a consultant")]

    def __str__(self) -> str:
        return f"{self.leaver_id} · {self.at:%Y-%m-%d}"


class CustomerShare(models.Model):
    """A customer offered to another project, and how the credit is split (CUS-53)."""

    class State(models.TextChoices):
        OFFERED = "offered", _("Offered")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="shares")
    from_project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="+")
    to_project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    introduced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    lead = models.ForeignKey(Lead, null=True, on_delete=models.SET_NULL, related_name="+")
    introducer_share = models.DecimalField(
        _("share of the introducing consultant"),
        max_digits=5,
        decimal_places=2,
        help_text="percent of the commission; the rest goes to the closing consultant",
    )
    policy_version = models.PositiveIntegerField()
    reason = models.CharField(_("why this project does not fit"), max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.OFFERED)
    offered_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        permissions = [("share_customer", "Offer customers to other projects")]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "to_project"],
                name="share_open_once",
                condition=Q(state="offered"),
            ),
            models.CheckConstraint(
                name="share_to_another_project",
                condition=Q(from_project__isnull=True) | ~Q(from_project=F("to_project")),
            ),
            models.CheckConstraint(
                name="share_percent_in_range",
                condition=Q(introducer_share__gte=0, introducer_share__lte=100),
            ),
        ]
        indexes = [models.Index(fields=["to_project", "state"], name="share_by_project")]

    def __str__(self) -> str:
        return f"{self.customer_id} → {self.to_project_id}"
