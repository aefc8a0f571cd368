"""Tickets, their classes and their events."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.fields import EncryptedTextField
from crm_site.common.models import TimeStamped
from crm_site.staff.models import User
from customers.models.customer import Customer
from customers.models.project import Project
from customers.property.models import Unit
from customers.purchase.models import Purchase
from service.tickets import choices, rules
from service.tickets.querysets import CategoryQuerySet, OfTicketQuerySet, TicketQuerySet


class TicketCategory(models.Model):
    """A class of the tree of a kind, with the process, form and answer it chooses (SVC-07)."""

    kind = models.CharField(_("kind"), max_length=16, choices=choices.KINDS)
    axis = models.CharField(
        _("tree"), max_length=8, choices=choices.AXES, default=rules.Axis.OBJECT.value
    )
    code = models.SlugField(_("code"), max_length=40, db_index=False)
    name = models.CharField(_("name"), max_length=60)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("below"),
    )
    process = models.CharField(
        _("process"), max_length=12, choices=choices.PROCESSES, help_text="how it is handled"
    )
    feedback = models.SlugField(
        _("feedback form"), max_length=60, blank=True, help_text="key of a questionnaire"
    )
    queue = models.CharField(
        _("department"), max_length=16, choices=choices.DEPARTMENTS, default="service_centre"
    )
    answer = models.TextField(_("usual answer"), max_length=1000, blank=True)
    urgency = models.CharField(
        _("urgency"), max_length=8, choices=choices.URGENCIES, default=rules.Urgency.ROUTINE.value
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("can be chosen"), default=True)

    objects: ClassVar[CategoryQuerySet] = CategoryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["kind", "axis", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "axis", "code"], name="ticket_category_code_once"
            ),
            models.CheckConstraint(name="ticket_category_has_process", condition=~Q(process="")),
        ]

    def __str__(self) -> str:
        return self.name


class Ticket(TimeStamped):
    """A service matter from its first word to its closed loop (SVC-05, SVC-27)."""

    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=choices.KINDS)
    state = models.CharField(
        max_length=14, choices=choices.STATES, default=rules.TicketState.RECEIVED.value
    )
    resume_state = models.CharField(
        max_length=14, choices=choices.STATES, blank=True, help_text="while waiting or merged"
    )
    category = models.ForeignKey(
        TicketCategory,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
        verbose_name=_("class"),
    )
    cause = models.ForeignKey(
        TicketCategory,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="caused",
        verbose_name=_("cause"),
    )
    urgency = models.CharField(
        _("urgency"), max_length=8, choices=choices.URGENCIES, default=rules.Urgency.ROUTINE.value
    )
    rank = models.PositiveSmallIntegerField(default=2, help_text="order of lists: urgent first")
    severity = models.CharField(
        _("severity"), max_length=8, choices=choices.SEVERITIES, default=rules.Severity.NORMAL.value
    )
    stage = models.CharField(
        _("stage"), max_length=10, choices=choices.STAGES, default=rules.Stage.AFTER_SALE.value
    )
    channel = models.CharField(
        _("channel"), max_length=8, choices=choices.CHANNELS, default=rules.Channel.PHONE.value
    )
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets"
    )
    contact_name = models.CharField(_("contact"), max_length=80, blank=True)
    contact_phone = EncryptedTextField(_("phone"), null=True, blank=True)
    contact_phone_index = models.BinaryField(null=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="tickets")
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets"
    )
    purchase = models.ForeignKey(
        Purchase, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets"
    )
    subject = models.CharField(_("subject"), max_length=120)
    body = models.TextField(_("what happened"), max_length=4000, blank=True)
    first_responder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="responsible until somebody else accepts (SVC-03)",
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    department = models.CharField(
        _("department"), max_length=16, choices=choices.DEPARTMENTS, default="service_centre"
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="next limit, kept by the clocks")
    step_due_at = models.DateTimeField(null=True, help_text="limit of the state it is in")
    waiting_since = models.DateTimeField(null=True)
    reopened = models.PositiveSmallIntegerField(default=0, help_text="how often")
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged_tickets"
    )
    group = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="members")
    plan = models.TextField(_("plan"), max_length=4000, blank=True)
    solution = models.TextField(_("solution"), max_length=4000, blank=True)
    told_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=8, choices=choices.ANSWERS, blank=True)
    source = models.CharField(max_length=40, blank=True, help_text="what opened it")
    source_id = models.CharField(max_length=80, blank=True)
    occurred_on = models.DateField(_("happened on"), null=True, blank=True)
    is_proactive = models.BooleanField(default=False, help_text="opened by us, not asked (SVC-35)")
    is_demanding = models.BooleanField(
        _("demanding opinion"), default=False, help_text="collected, never held against (SVC-41)"
    )
    version = models.PositiveIntegerField(default=1, help_text="guards against lost updates")

    objects: ClassVar[TicketQuerySet] = TicketQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_tickets", "See tickets"),
            ("log_ticket", "Receive tickets"),
            ("work_tickets", "Handle tickets"),
            ("lead_tickets", "Assign, merge and close tickets, edit their classes"),
            ("direct_tickets", "Watch tickets and direct how they are handled"),
            ("mediate_prices", "Mediate price disputes"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"],
                name="ticket_source_once",
                condition=~Q(source_id=""),
            ),
            models.CheckConstraint(
                name="ticket_state_known",
                condition=Q(state__in=[state.value for state in rules.TicketState]),
            ),
            models.CheckConstraint(
                name="ticket_kind_known",
                condition=Q(kind__in=[kind.value for kind in rules.TicketKind]),
            ),
            models.CheckConstraint(
                name="ticket_merged_says_where",
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(
                name="ticket_closed_has_time",
                condition=~Q(state="closed") | Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="ticket_phone_has_index",
                condition=Q(contact_phone__isnull=True, contact_phone_index__isnull=True)
                | Q(contact_phone__isnull=False, contact_phone_index__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["rank", "-opened_at", "-id"], name="ticket_by_rank"),
            models.Index(fields=["project", "state", "rank"], name="ticket_by_project"),
            models.Index(fields=["handler", "state"], name="ticket_by_handler"),
            models.Index(fields=["state", "rank", "opened_at", "id"], name="ticket_by_state"),
            models.Index(fields=["customer", "-opened_at"], name="ticket_by_customer"),
            models.Index(fields=["kind", "-opened_at"], name="ticket_by_kind"),
            models.Index(fields=["-opened_at", "-id"], name="ticket_by_opening"),
            models.Index(
                fields=["contact_phone_index"],
                name="ticket_by_phone",
                condition=Q(contact_phone_index__isnull=False),
            ),
            models.Index(
                fields=["due_at"], name="ticket_by_due", condition=Q(closed_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.subject}"

    def get_absolute_url(self) -> str:
        return reverse("service:ticket-detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in rules.OPEN_STATES

    @property
    def responsible(self) -> User | None:
        """Who answers for the ticket now: the handler, before that the first responder."""
        return self.handler or self.first_responder


class TicketEvent(models.Model):
    """One thing that happened to a ticket; rows are only added."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=choices.EVENTS)
    from_state = models.CharField(max_length=14, choices=choices.STATES, blank=True)
    to_state = models.CharField(max_length=14, choices=choices.STATES, blank=True)
    note = models.TextField(max_length=4000, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    data = models.JSONField(default=dict, help_text="no personal data")

    objects: ClassVar[OfTicketQuerySet] = OfTicketQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["ticket", "at"], name="ticket_event_by_ticket"),
            models.Index(fields=["kind", "at"], name="ticket_event_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} · {self.kind}"
