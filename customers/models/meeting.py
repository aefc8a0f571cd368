"""Meetings, visits and the upkeep plans they come from (CUS-55, CUS-59)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers import choices
from customers.models.customer import Customer
from customers.models.project import Project
from customers.querysets import MeetingQuerySet


class UpkeepPlan(TimeStamped):
    """Regular care by a fixed person, at a fixed place, time and area (CUS-55)."""

    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="upkeep_plans"
    )
    title = models.CharField(_("title"), max_length=120)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="upkeep_plans",
        verbose_name=_("fixed person"),
    )
    place = models.CharField(_("fixed place"), max_length=120)
    area = models.CharField(_("fixed area"), max_length=120)
    every_days = models.PositiveSmallIntegerField(_("every"), help_text="days")
    time_of_day = models.TimeField(_("fixed time"))
    minutes = models.PositiveSmallIntegerField(_("length"), default=60, help_text="minutes")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    next_on = models.DateField(null=True, help_text="the next day without a visit yet")
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        default_permissions = ()
        permissions = [("plan_meetings", "Plan meetings, visits and upkeep")]
        constraints = [
            models.CheckConstraint(
                name="upkeep_interval_given", condition=Q(every_days__gte=1, minutes__gte=5)
            )
        ]
        indexes = [models.Index(fields=["next_on"], name="upkeep_due", condition=Q(is_active=True))]

    def __str__(self) -> str:
        return self.title


class Meeting(TimeStamped):
    """A customer meeting or a personal visit, with who came, minutes and actions (CUS-59)."""

    kind = models.CharField(_("kind"), max_length=10, choices=choices.MEETING_KINDS)
    title = models.CharField(_("title"), max_length=120)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="meetings"
    )
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    plan = models.ForeignKey(
        UpkeepPlan, null=True, on_delete=models.SET_NULL, related_name="visits"
    )
    occurrence = models.DateField(null=True, help_text="the day of the plan this visit stands for")
    place = models.CharField(_("place"), max_length=120, blank=True)
    area = models.CharField(_("area"), max_length=120, blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    state = models.CharField(max_length=10, choices=choices.MEETING_STATES, default="planned")
    minutes_text = models.TextField(_("minutes"), max_length=8000, blank=True)
    result = models.CharField(_("result"), max_length=300, blank=True)
    alerted_at = models.DateTimeField(null=True, help_text="when the owner was told it was missed")
    seat = models.PositiveSmallIntegerField(
        null=True, help_text="of a viewing: which of the slot's places it takes (CUS-61)"
    )
    confirmed_at = models.DateTimeField(null=True, help_text="of a viewing: the customer comes")
    link = models.CharField(
        max_length=32,
        blank=True,
        db_default="",
        default="",
        help_text="of a viewing booked online: the mark of the link, which works once",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[MeetingQuerySet] = MeetingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "occurrence"],
                name="meeting_once_per_occurrence",
                condition=Q(plan__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["project", "starts_at", "seat"],
                name="viewing_seat_once",
                condition=Q(kind="viewing") & ~Q(state="cancelled"),
            ),
            models.UniqueConstraint(
                fields=["link"], name="viewing_link_once", condition=~Q(link="")
            ),
            models.CheckConstraint(
                name="viewing_takes_a_seat",
                condition=~Q(kind="viewing") | Q(seat__isnull=False, project__isnull=False),
            ),
            models.CheckConstraint(
                name="meeting_ends_after_start", condition=Q(ends_at__gt=models.F("starts_at"))
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "starts_at"], name="meeting_by_owner"),
            models.Index(fields=["ends_at"], name="meeting_planned", condition=Q(state="planned")),
        ]

    def __str__(self) -> str:
        return self.title


class MeetingGuest(models.Model):
    """A customer invited to a meeting, and whether they came."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="guests")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="invitations")
    attended = models.BooleanField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["meeting", "customer"], name="meeting_guest_once")
        ]
        indexes = [models.Index(fields=["customer"], name="meeting_by_guest")]

    def __str__(self) -> str:
        return f"{self.meeting_id} · {self.customer_id}"
