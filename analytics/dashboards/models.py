"""Tables of dashboards: what is sent on schedule, and each thing that was sent."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.dashboards.querysets import OfReceiverQuerySet
from crm_site.common.files import StoredFile
from crm_site.common.models import TimeStamped

BOARDS = [
    ("executive", _("Overview")),
    ("region", _("Region")),
    ("project", _("Project")),
    ("team", _("Team")),
    ("consultant", _("Consultant")),
    ("service", _("Service")),
    ("marketing", _("Marketing")),
]
WEEKDAYS = [
    (0, _("every day")),
    (1, _("Mondays")),
    (2, _("Tuesdays")),
    (3, _("Wednesdays")),
    (4, _("Thursdays")),
    (5, _("Fridays")),
    (6, _("Saturdays")),
    (7, _("Sundays")),
]
RULES = [
    ("week", _("This week")),
    ("month", _("This month")),
    ("quarter", _("This quarter")),
    ("year", _("This year")),
]


class DashboardSubscription(TimeStamped):
    """A dashboard somebody wants to be sent: which, for which place and period, when.

    ``place`` is written as in the address (project-7). It stops by itself when its receiver may no
    longer see the dashboard or the place.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="dashboards_sent"
    )
    board = models.CharField(_("Dashboard"), max_length=12, choices=BOARDS)
    place = models.CharField(_("place"), max_length=40)
    period = models.CharField(
        pgettext_lazy("dashboard", "Period"), max_length=8, choices=RULES, default="month"
    )
    compare = models.CharField(max_length=6, default="before")
    weekday = models.PositiveSmallIntegerField(_("Day"), choices=WEEKDAYS, default=1)
    hour = models.PositiveSmallIntegerField(_("Hour"), default=8)
    is_active = models.BooleanField(default=True)
    stopped_why = models.CharField(max_length=20, blank=True, help_text="right, place, account")
    last_slot = models.DateTimeField(null=True, help_text="the due moment that was last sent")

    objects: ClassVar[OfReceiverQuerySet] = OfReceiverQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_dashboards", "See dashboards of one's own places"),
            ("see_executive_board", "See the overview of managers"),
            ("see_region_board", "See dashboards of regions"),
            ("see_project_board", "See dashboards of projects"),
            ("see_team_board", "See dashboards of teams"),
            ("see_consultant_board", "See dashboards of consultants"),
            ("see_service_board", "See dashboards of the service desk"),
            ("see_marketing_board", "See dashboards of marketing"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "board", "place", "period", "weekday", "hour"],
                name="dashboard_subscription_once",
            ),
            models.CheckConstraint(
                name="dashboard_subscription_time", condition=Q(hour__lte=23, weekday__lte=7)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_board_display()} {self.place}"


class DashboardSending(StoredFile):
    """A dashboard that was sent: the file as it was then, for its receiver only."""

    subscription = models.ForeignKey(
        DashboardSubscription, on_delete=models.CASCADE, related_name="sendings"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    slot = models.DateTimeField(help_text="the moment at which it was due")
    filters = models.JSONField(default=list, help_text="label and value of what it is narrowed to")

    objects: ClassVar[OfReceiverQuerySet] = OfReceiverQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["subscription", "slot"], name="dashboard_sending_once")
        ]
