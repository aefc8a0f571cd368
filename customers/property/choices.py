"""The words of projects and units in the language of the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.property.rules import (
    AdverseKind,
    CertificateKind,
    DisclosureKind,
    Orientation,
    PhaseKind,
    UnitKind,
    UnitState,
)

KINDS = [
    (UnitKind.FLAT.value, _("Flat")),
    (UnitKind.HOUSE.value, _("House")),
    (UnitKind.SHOP.value, _("Shop")),
    (UnitKind.PARKING.value, _("Parking space")),
]
STATES = [
    (UnitState.AVAILABLE.value, pgettext_lazy("unit", "Available")),
    (UnitState.HELD.value, pgettext_lazy("unit", "Held")),
    (UnitState.PRESUBSCRIBED.value, pgettext_lazy("unit", "Pre-subscribed")),
    (UnitState.SUBSCRIBED.value, pgettext_lazy("unit", "Subscribed")),
    (UnitState.SIGNED.value, pgettext_lazy("unit", "Signed")),
    (UnitState.HANDED_OVER.value, pgettext_lazy("unit", "Handed over")),
    (UnitState.WITHHELD.value, pgettext_lazy("unit", "Withheld")),
]
ORIENTATIONS = [
    (Orientation.SOUTH.value, _("South")),
    (Orientation.SOUTH_NORTH.value, _("South and north")),
    (Orientation.SOUTH_EAST.value, _("South-east")),
    (Orientation.SOUTH_WEST.value, _("South-west")),
    (Orientation.EAST.value, _("East")),
    (Orientation.WEST.value, _("West")),
    (Orientation.EAST_WEST.value, _("East and west")),
    (Orientation.NORTH.value, _("North")),
]
CERTIFICATES = [
    (CertificateKind.LAND_USE.value, _("State-owned land use certificate")),
    (CertificateKind.LAND_PLANNING.value, _("Construction land planning permit")),
    (CertificateKind.WORKS_PLANNING.value, _("Construction works planning permit")),
    (CertificateKind.CONSTRUCTION.value, _("Construction works permit")),
    (CertificateKind.PRESALE.value, _("Pre-sale permit")),
]
PHASES = [
    (PhaseKind.START_UP.value, pgettext_lazy("project phase", "Start-up")),
    (PhaseKind.PREPARATION.value, pgettext_lazy("project phase", "Preparation")),
    (PhaseKind.IMPLEMENTATION.value, pgettext_lazy("project phase", "Implementation")),
    (PhaseKind.ACCEPTANCE.value, pgettext_lazy("project phase", "Acceptance")),
    (PhaseKind.PRE_LAUNCH.value, pgettext_lazy("project phase", "Before the launch")),
    (PhaseKind.PEAK.value, pgettext_lazy("project phase", "Peak of sales")),
    (PhaseKind.POST_HANDOVER.value, pgettext_lazy("project phase", "After handover")),
]
ADVERSE_KINDS = [
    (AdverseKind.NOISE.value, _("Noise")),
    (AdverseKind.PLANT_ROOM.value, _("Plant room or pump nearby")),
    (AdverseKind.HIGH_VOLTAGE.value, _("High-voltage line or substation")),
    (AdverseKind.REFUSE.value, _("Refuse station")),
    (AdverseKind.SEWAGE.value, _("Sewage works or septic tank")),
    (AdverseKind.SHADE.value, _("Shade")),
    (AdverseKind.VIEW.value, _("Blocked view")),
    (AdverseKind.TRAFFIC.value, _("Traffic or railway")),
    (AdverseKind.OTHER.value, _("Other")),
]
UNIT_EVENTS = [
    ("added", _("Added")),
    ("withheld", _("Withheld")),
    ("offered", _("Offered again")),
    ("measured", _("Measured")),
    ("changed", _("Changed")),
]
DISCLOSURES = [
    (DisclosureKind.PRICES.value, _("Prices of all units")),
    (DisclosureKind.ADVERSE.value, _("Adverse factors")),
    (DisclosureKind.CONTRACT.value, _("Purchase contract")),
    (DisclosureKind.CERTIFICATES.value, _("Five certificates")),
    (DisclosureKind.CHANGES.value, _("Individual-change content")),
    (DisclosureKind.PARKING.value, _("Parking information")),
]
