"""Tables of kpis."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from analytics.kpis import choices
from analytics.kpis.kinds import Period, Place, Reading, ScopeKind
from analytics.kpis.querysets import SnapshotQuerySet
from crm_site.common.models import TimeStamped

FIGURE = {"max_digits": 24, "decimal_places": 4, "null": True}
KINDS = [(kind.value, choices.PLACES[kind]) for kind in ScopeKind]


class KpiSnapshot(models.Model):
    """One figure as it was frozen: value, rows, target, versions, moment (ANA-01, BEY-03).

    There is one for each KPI, place and period; building it again writes over the same row.
    ``place_id`` is 0 for the company, else the key of the node or the account.
    """

    kpi = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField(help_text="of the formula")
    place_kind = models.CharField(max_length=10, choices=KINDS)
    place_id = models.BigIntegerField(default=0)
    start = models.DateField()
    end = models.DateField(help_text="the day after the last one")
    value = models.DecimalField(**FIGURE)
    top = models.DecimalField(**FIGURE)
    bottom = models.DecimalField(**FIGURE)
    n = models.PositiveBigIntegerField(default=0)
    low = models.DecimalField(**FIGURE)
    high = models.DecimalField(**FIGURE)
    note = models.CharField(max_length=20, blank=True)
    target = models.JSONField(null=True, help_text="comparison, value, amber as they stood")
    target_version = models.PositiveIntegerField(null=True)
    light = models.CharField(max_length=5, default="none")
    taken_at = models.DateTimeField()
    is_final = models.BooleanField(default=False, help_text="the period was over")

    objects: ClassVar[SnapshotQuerySet] = SnapshotQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_kpis", "See the figures of one's own place"),
            ("enter_market_figures", "Enter figures of the market"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kpi", "place_kind", "place_id", "start", "end"], name="kpi_snapshot_once"
            ),
            models.CheckConstraint(name="kpi_snapshot_period", condition=Q(end__gt=F("start"))),
            models.CheckConstraint(
                name="kpi_snapshot_company_has_no_key",
                condition=Q(place_kind="company", place_id=0)
                | (~Q(place_kind="company") & Q(place_id__gt=0)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["place_kind", "place_id", "start", "end"], name="kpi_snapshot_by_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kpi} {self.place_kind} {self.place_id} {self.start}"

    @property
    def period(self) -> Period:
        """Return the days it is about."""
        return Period(self.start, self.end)

    @property
    def place(self) -> Place:
        """Return the place it is about."""
        return Place(ScopeKind(self.place_kind), self.place_id or None)

    @property
    def reading(self) -> Reading:
        """Return the figure as it was frozen."""
        figure = (self.value, self.top, self.bottom, self.n, self.low, self.high)
        return Reading(*figure, note=self.note)


class KpiDifference(models.Model):
    """A frozen figure that its rows no longer give, found by the nightly check (BEY-03)."""

    snapshot = models.OneToOneField(
        KpiSnapshot, on_delete=models.CASCADE, related_name="difference"
    )
    frozen = models.JSONField(help_text="top and n as frozen")
    counted = models.JSONField(help_text="top and n as counted from the rows")
    found_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.found_at:%Y-%m-%d}"


class MarketFigure(TimeStamped):
    """What was sold on the whole market of a city in a month, entered by head office (ANA-20)."""

    city = models.CharField(_("City"), max_length=40)
    month = models.DateField(_("Month"), help_text="its first day")
    homes = models.PositiveIntegerField(_("homes sold"))
    amount = models.DecimalField(
        _("money of sales (yuan)"), max_digits=18, decimal_places=2, null=True, blank=True
    )
    source = models.CharField(_("source"), max_length=120)
    version = models.PositiveIntegerField(default=1)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["city", "month"], name="market_figure_once"),
            models.CheckConstraint(name="market_figure_homes", condition=Q(homes__gt=0)),
            models.CheckConstraint(name="market_figure_month", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.city} {self.month:%Y-%m}"
