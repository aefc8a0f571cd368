"""Cultural groups of a community, events, and who signed up for them."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models.customer import Customer
from customers.models.project import Project
from service.care import choices
from service.care.querysets import CareQuerySet
from service.care.rules import EventKind, EventState

YUAN: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class CommunityGroup(TimeStamped):
    """A group of owners who do something together, with who leads it (SVC-89)."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", verbose_name=_("project")
    )
    name = models.CharField(_("name"), max_length=60)
    leader = models.CharField(_("leader"), max_length=60)
    members = models.PositiveIntegerField(_("members"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    objects: ClassVar[CareQuerySet] = CareQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="community_group_once")
        ]

    def __str__(self) -> str:
        return self.name


class CareEvent(TimeStamped):
    """An open day or another event; ``taken`` places never exceed ``capacity`` (SVC-106)."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", verbose_name=_("project")
    )
    kind = models.CharField(
        _("kind"), max_length=12, choices=choices.EVENT_KINDS, default=EventKind.COMMUNITY.value
    )
    group = models.ForeignKey(
        CommunityGroup,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="events",
        verbose_name=_("community group"),
    )
    title = models.CharField(_("title"), max_length=120)
    place = models.CharField(_("place"), max_length=120)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    capacity = models.PositiveSmallIntegerField(_("places"))
    taken = models.PositiveSmallIntegerField(default=0, editable=False)
    safety = models.TextField(
        _("safety list"),
        max_length=2000,
        blank=True,
        help_text=_("One line each; asked for where guests come to the building site."),
    )
    budget = models.DecimalField(_("budget (yuan)"), **YUAN, default=0)
    state = models.CharField(
        max_length=10, choices=choices.EVENT_STATES, default=EventState.PLANNED.value
    )
    cost = models.DecimalField(_("cost (yuan)"), **YUAN, null=True)
    leads = models.PositiveSmallIntegerField(_("enquiries it brought"), default=0)
    summary = models.TextField(_("what it brought"), max_length=2000, blank=True)
    closed_at = models.DateTimeField(null=True)
    invited_at = models.DateTimeField(null=True)

    objects: ClassVar[CareQuerySet] = CareQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="care_event_not_overbooked", condition=Q(taken__lte=F("capacity"))
            ),
            models.CheckConstraint(
                name="care_event_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="care_event_closed_is_whole",
                condition=~Q(state=EventState.CLOSED.value)
                | Q(cost__isnull=False, closed_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["project", "-starts_at"], name="care_event_by_project")]

    def __str__(self) -> str:
        return self.title


class EventSignUp(models.Model):
    """Somebody's place at an event; asked, came, gave points from 1 to 10."""

    event = models.ForeignKey(CareEvent, on_delete=models.PROTECT, related_name="sign_ups")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    people = models.PositiveSmallIntegerField(_("people"), default=1)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    came_at = models.DateTimeField(null=True)
    score = models.PositiveSmallIntegerField(_("points from 1 to 10"), null=True)
    question = models.CharField(_("question or wish"), max_length=300, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["event", "customer"], name="event_sign_up_once"),
            models.CheckConstraint(
                name="event_sign_up_score_in_range",
                condition=Q(score__isnull=True) | Q(score__gte=1, score__lte=10),
            ),
            models.CheckConstraint(name="event_sign_up_people", condition=Q(people__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} · {self.customer_id}"
