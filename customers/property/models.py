"""Projects' phases and certificates, buildings, layouts, units and what speaks against a unit."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.fields import EncryptedTextField
from crm_site.common.models import TimeStamped
from customers.models.project import Project
from customers.property import choices
from customers.property.querysets import InProjectQuerySet, UnitQuerySet
from customers.property.rules import UnitKind


class ProjectPhase(TimeStamped):
    """One of the seven phases of a project, as planned and as it went (MKT-07)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="phases")
    kind = models.CharField(_("phase"), max_length=16, choices=choices.PHASES)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("responsible"),
    )
    planned_from = models.DateField(_("planned from"))
    planned_until = models.DateField(_("planned until"))
    started_on = models.DateField(_("started on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    budget = models.DecimalField(
        _("budget (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    resources = models.TextField(_("resources"), max_length=1000, blank=True)
    risks = models.TextField(_("risks"), max_length=1000, blank=True)

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "kind"], name="project_phase_once"),
            models.CheckConstraint(
                name="project_phase_planned_in_order",
                condition=Q(planned_until__gte=F("planned_from")),
            ),
            models.CheckConstraint(
                name="project_phase_ends_after_start",
                condition=Q(ended_on__isnull=True)
                | Q(started_on__isnull=False, ended_on__gte=F("started_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.get_kind_display()}"


class Certificate(TimeStamped):
    """One of the five certificates 五证 of a project, with the day it runs out (MKT-61)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="certificates")
    kind = models.CharField(_("certificate"), max_length=16, choices=choices.CERTIFICATES)
    number = models.CharField(_("number"), max_length=60)
    issued_on = models.DateField(_("issued on"))
    expires_on = models.DateField(_("runs out on"), null=True, blank=True)
    covers = models.CharField(_("covers"), max_length=200, blank=True)
    alerted_for = models.DateField(null=True, help_text="the last day it was warned about")

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "kind", "number"], name="certificate_once"),
            models.CheckConstraint(
                name="certificate_runs_out_after_issue",
                condition=Q(expires_on__isnull=True) | Q(expires_on__gt=F("issued_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Building(TimeStamped):
    """A building or a car park of a project."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="buildings")
    name = models.CharField(_("building"), max_length=40)
    sort_key = models.PositiveSmallIntegerField(_("place in the row"), default=0)
    section = models.CharField(
        _("section"), max_length=20, blank=True, help_text="part of the project opened together"
    )
    floors = models.PositiveSmallIntegerField(_("floors"), default=1)
    handover_on = models.DateField(_("handover promised for"), null=True, blank=True)

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["sort_key", "name"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="building_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class Layout(TimeStamped):
    """A layout 户型 of a project: rooms, usual area, plan and the tour that shows it."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="layouts")
    name = models.CharField(_("layout"), max_length=40)
    code = models.CharField(
        _("kind of layout"), max_length=40, blank=True, help_text="a word of the list of layouts"
    )
    bedrooms = models.PositiveSmallIntegerField(_("bedrooms"), default=0)
    living_rooms = models.PositiveSmallIntegerField(_("living rooms"), default=0)
    bathrooms = models.PositiveSmallIntegerField(_("bathrooms"), default=0)
    note = models.CharField(_("note"), max_length=200, blank=True)
    tour_url = models.URLField(_("VR tour"), max_length=300, blank=True)

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="layout_name_once")]

    def __str__(self) -> str:
        return self.name


class Unit(TimeStamped):
    """What is sold once: a flat, a house, a shop or a parking space.

    Its state is not a column: it is withheld, or it is what its one active purchase says, or it is
    available (``customers.property.selectors.board``).
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="units")
    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="units")
    kind = models.CharField(_("kind"), max_length=8, choices=choices.KINDS, default=UnitKind.FLAT)
    entrance = models.CharField(_("entrance"), max_length=10, blank=True, help_text="the stairwell")
    floor = models.SmallIntegerField(_("floor"))
    number = models.CharField(_("number"), max_length=20)
    layout = models.ForeignKey(
        Layout, null=True, blank=True, on_delete=models.PROTECT, related_name="units"
    )
    forecast_area = models.DecimalField(_("forecast area (m²)"), max_digits=8, decimal_places=2)
    measured_area = models.DecimalField(
        _("measured area (m²)"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    inner_area = models.DecimalField(
        _("inner area (m²)"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    shared_area = models.DecimalField(
        _("shared area (m²)"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    orientation = models.CharField(
        _("orientation"), max_length=12, choices=choices.ORIENTATIONS, blank=True
    )
    tour_url = models.URLField(_("VR tour"), max_length=300, blank=True)
    withheld_at = models.DateTimeField(null=True, help_text="null: for sale")
    withheld_reason = models.CharField(_("why it is withheld"), max_length=200, blank=True)

    clock: datetime  # the time of the database; only on rows from lock_units()

    objects: ClassVar[UnitQuerySet] = UnitQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_units", "See projects, buildings and units"),
            ("edit_units", "Keep projects, buildings and units"),
            ("sell_unit", "Hold, subscribe and cancel units for customers"),
            ("sign_purchase", "Sign contracts and take a signature back"),
            ("control_units", "Withhold units and override holds"),
            ("hand_over_unit", "Hand units over"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["building", "entrance", "number"], name="unit_once"),
            models.CheckConstraint(
                name="unit_areas_positive",
                condition=Q(forecast_area__gt=0)
                & (Q(measured_area__isnull=True) | Q(measured_area__gt=0))
                & (Q(inner_area__isnull=True) | Q(inner_area__gt=0))
                & (Q(shared_area__isnull=True) | Q(shared_area__gte=0)),
            ),
        ]
        indexes = [
            models.Index(fields=["project", "building"], name="unit_by_building"),
            models.Index(fields=["project", "number"], name="unit_by_number"),
        ]

    def __str__(self) -> str:
        return "-".join(part for part in (str(self.building), self.entrance, self.number) if part)

    @property
    def area(self) -> object:
        """The measured area in m², the forecast while it is not measured."""
        return self.measured_area or self.forecast_area


class UnitEvent(models.Model):
    """What happened to a unit besides its purchases: withheld, released, areas measured."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=choices.UNIT_EVENTS)
    facts = models.JSONField(default=dict)
    reason = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["unit", "-at"], name="unit_event_by_unit")]

    def __str__(self) -> str:
        return f"{self.unit_id} · {self.kind}"


class AdverseFactor(TimeStamped):
    """A fact that speaks against a unit, a building or the project, and must be told (MKT-62)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="adverse_factors")
    building = models.ForeignKey(
        Building, null=True, blank=True, on_delete=models.PROTECT, related_name="adverse_factors"
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="adverse_factors"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=choices.ADVERSE_KINDS)
    text = models.TextField(_("what buyers are told"), max_length=1000)
    since = models.DateField(_("known since"))
    ended_on = models.DateField(_("gone since"), null=True, blank=True)

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="adverse_factor_of_unit_names_building",
                condition=Q(unit__isnull=True) | Q(building__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["project", "building"], name="adverse_by_building")]

    def __str__(self) -> str:
        return self.text[:60]


class ProofPhoto(models.Model):
    """A photo that proves something, encrypted and freed of what a camera writes into it."""

    content = EncryptedTextField(help_text="base64 of the picture")
    media_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField(help_text="bytes of the picture")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the picture as it was sent")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.media_type} · {self.size}"


class Disclosure(models.Model):
    """One of the six things shown in the sales hall: who saw it hang there, when, and the photo.

    A row that was taken back stays and says why; one row for each thing stands (MKT-61).
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="disclosures")
    kind = models.CharField(_("item"), max_length=20, choices=choices.DISCLOSURES)
    photo = models.OneToOneField(ProofPhoto, on_delete=models.PROTECT, related_name="disclosure")
    note = models.CharField(_("note"), max_length=200, blank=True)
    ticked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ticked_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [("disclose_project", "Keep the checklist of the sales hall")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind"],
                condition=Q(withdrawn_at__isnull=True),
                name="disclosure_stands_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.get_kind_display()}"


class ProjectLaunch(models.Model):
    """That a project went on sale, once, with the state of every gate at that moment (MKT-61).

    Nobody launched a project that was on sale before it was kept here; ``facts`` say who noted it.
    """

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="launch")
    launched_at = models.DateTimeField()
    launched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    facts = models.JSONField(default=dict, help_text="gates that were asked, disclosures shown")

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [("note_launch", "Note that a project was on sale before it was kept here")]

    def __str__(self) -> str:
        return f"{self.project} · {self.launched_at:%Y-%m-%d}"
