"""Work calendars, official years, and the abstract clock that leads and tickets make concrete."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm_site.calendars.rules.plans import PlanError, plan_from_json
from crm_site.calendars.rules.states import Basis, ClockState

CHINA = "cn"
DEFAULT_REMINDER_PERCENTS = (50, 80, 100)

BASIS_CHOICES = [
    (Basis.NATURAL.value, _("Natural time")),
    (Basis.WORKING.value, _("Working time")),
]
CLOCK_STATE_CHOICES = [
    (ClockState.RUNNING.value, _("Running")),
    (ClockState.PAUSED.value, _("Paused")),
    (ClockState.MET.value, _("Met")),
    (ClockState.BREACHED.value, _("Breached")),
    (ClockState.CANCELLED.value, _("Cancelled")),
]


def default_reminder_percents() -> list[int]:
    """Return the shares of the limit, in percent, at which a reminder fires (CUS-42)."""
    return list(DEFAULT_REMINDER_PERCENTS)


def validate_plan(payload: object) -> None:
    """Raise ValidationError, which names the place, if the JSON is not a work plan."""
    try:
        plan_from_json(payload)
    except PlanError as error:
        raise ValidationError(
            _("Correct the working hours: %(reason)s"),
            code="invalid_plan",
            params={"reason": str(error)},
        ) from error


class WorkCalendar(models.Model):
    """The working hours of one kind of desk; a row overrides the built-in plan of the same key."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    plan = models.JSONField(_("working hours"), validators=[validate_plan])
    is_default = models.BooleanField(_("default calendar"), default=False)

    class Meta:
        default_permissions = ()
        verbose_name = _("work calendar")
        verbose_name_plural = _("work calendars")
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="one_default_work_calendar",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarYear(models.Model):
    """The official days off and make-up working days of one year, as announced; newest wins."""

    family = models.CharField(_("calendar family"), max_length=8, default=CHINA)
    year = models.PositiveSmallIntegerField(_("year"))
    version = models.PositiveIntegerField(_("version"))
    days = models.JSONField(_("days"))
    source = models.CharField(_("source"), max_length=200)
    loaded_at = models.DateTimeField(_("loaded at"))

    class Meta:
        default_permissions = ()
        verbose_name = _("official calendar year")
        verbose_name_plural = _("official calendar years")
        ordering = ["family", "year", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["family", "year", "version"],
                name="one_calendar_year_per_version",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1), name="calendar_year_version_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family} {self.year} v{self.version}"


class Clock(models.Model):
    """One time limit that runs for one subject, from the enquiry until it is met (CUS-39 to 42).

    A concrete clock that needs its own ``Meta`` inherits it: ``class Meta(Clock.Meta)``, else the
    constraints and indexes are lost. ``step`` is the number of reminders already fired;
    ``next_step_at`` the moment of the next one, null while paused, when closed and after the last.
    ``pauses`` holds finished pauses as pairs of ISO instants, so that a due time can be computed
    again when an official year is loaded; ``paused_for`` is their total in natural time.
    """

    kind = models.CharField(_("kind"), max_length=40)
    started_at = models.DateTimeField(_("started at"))
    due_at = models.DateTimeField(_("due at"))
    basis = models.CharField(_("basis"), max_length=8, choices=BASIS_CHOICES)
    limit_minutes = models.PositiveIntegerField(_("limit in minutes"))
    reminder_percents = models.JSONField(_("reminders at"), default=default_reminder_percents)
    policy_version = models.PositiveIntegerField(_("policy version"))
    calendar_key = models.CharField(_("work calendar"), max_length=40)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=CLOCK_STATE_CHOICES,
        default=ClockState.RUNNING.value,
    )
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True)
    paused_for = models.DurationField(_("paused for"), default=dt.timedelta)
    pauses = models.JSONField(_("pauses"), default=list, blank=True)
    met_at = models.DateTimeField(_("met at"), null=True, blank=True)
    breached_at = models.DateTimeField(_("breached at"), null=True, blank=True)
    is_provisional = models.BooleanField(_("provisional"), default=False)
    next_step_at = models.DateTimeField(_("next reminder at"), null=True, blank=True)
    step = models.PositiveSmallIntegerField(_("reminders fired"), default=0)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at__gt=F("started_at")),
                name="%(app_label)s_%(class)s_due_after_start",
            ),
            models.CheckConstraint(
                condition=Q(limit_minutes__gt=0),
                name="%(app_label)s_%(class)s_has_limit",
            ),
            models.CheckConstraint(
                condition=Q(state="met", met_at__isnull=False)
                | (~Q(state="met") & Q(met_at__isnull=True)),
                name="%(app_label)s_%(class)s_met_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="breached") | Q(breached_at__isnull=False),
                name="%(app_label)s_%(class)s_breached_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="paused", paused_at__isnull=False)
                | (~Q(state="paused") & Q(paused_at__isnull=True)),
                name="%(app_label)s_%(class)s_paused_has_time",
            ),
            models.CheckConstraint(
                condition=Q(next_step_at__isnull=True) | Q(state__in=["running", "breached"]),
                name="%(app_label)s_%(class)s_reminds_while_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_step_at"],
                condition=Q(state__in=["running", "breached"]),
                name="%(app_label)s_%(class)s_next_step",
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(state="running"),
                name="%(app_label)s_%(class)s_due",
            ),
        ]
