"""The programme of owner care: its steps, the actions of each, and what is due for whom."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models import Customer, Playbook, Project, Purchase
from service.care.event_models import CareEvent, CommunityGroup, EventSignUp
from service.care.fund_models import CareFund, CareFundEntry, FundProposal
from service.care.greeting_models import CareGift, CareGiftList, CareGreeting, CareOccasion
from service.care.plan_models import CareActivity, CareIssue, CarePlan
from service.care.querysets import ItemQuerySet

__all__ = [
    "CareAction",
    "CareActivity",
    "CareEvent",
    "CareFund",
    "CareFundEntry",
    "CareGift",
    "CareGiftList",
    "CareGreeting",
    "CareIssue",
    "CareItem",
    "CareOccasion",
    "CarePlan",
    "CareStep",
    "CommunityGroup",
    "EventSignUp",
    "FundProposal",
]


class CareStep(TimeStamped):
    """A step of the programme; a further one needs no code (SVC-68)."""

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    purpose = models.CharField(_("what it is for"), max_length=200, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["number"]
        permissions = [
            ("view_care", "See owner care: programme, plans, funds, events"),
            ("plan_care", "Plan owner care: plans, proposals, events, gifts, greetings"),
            ("approve_care", "Sign care plans, gifts and proposals"),
            ("approve_fund", "Sign proposals of care funds"),
            ("book_fund", "Pay into care funds, pay proposals and reverse entries"),
            ("edit_care", "Write the steps of the care programme"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class CareAction(TimeStamped):
    """One action of a step: a playbook does it, or another part of the product (``carrier``).

    ``form`` is the questionnaire that is its record.
    """

    step = models.ForeignKey(
        CareStep, on_delete=models.PROTECT, related_name="actions", verbose_name=_("step")
    )
    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    playbook = models.OneToOneField(
        Playbook,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="care_action",
        verbose_name=_("playbook"),
    )
    carrier = models.SlugField(max_length=20, blank=True, help_text="a key of carriers.CARRIERS")
    form = models.SlugField(_("record form"), max_length=60, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["step__number", "pk"]
        constraints = [
            models.CheckConstraint(
                name="care_action_done_by_one",
                condition=Q(playbook__isnull=False, carrier="")
                | (Q(playbook__isnull=True) & ~Q(carrier="")),
            )
        ]

    def __str__(self) -> str:
        return self.name


class CareItem(models.Model):
    """One thing of the programme due for a project or a buyer; its task tells how it stands.

    ``source`` and ``source_id`` are those of the task that does it.
    """

    action = models.ForeignKey(CareAction, on_delete=models.PROTECT, related_name="items")
    source = models.CharField(max_length=40)
    source_id = models.CharField(max_length=40)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    purchase = models.ForeignKey(
        Purchase, null=True, on_delete=models.PROTECT, related_name="care_items"
    )
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.PROTECT, related_name="care_items"
    )
    title = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)

    objects: ClassVar[ItemQuerySet] = ItemQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], name="care_item_once")
        ]
        indexes = [
            models.Index(fields=["project", "action"], name="care_item_by_project"),
            models.Index(fields=["due_at", "id"], name="care_item_by_due"),
            models.Index(fields=["purchase"], name="care_item_by_purchase"),
            models.Index(fields=["customer"], name="care_item_by_customer"),
        ]

    def __str__(self) -> str:
        return self.title
