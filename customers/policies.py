"""The policies of capture and ownership, changed by managers at run time (CUS-04, CUS-49)."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting
from customers.rules.entry import DEFAULT_SOURCE, CapturePoint, CustomerEntry

MANDATORY: Final = "capture.mandatory"
OWNERSHIP: Final = "ownership.rules"
FIELDS = frozenset(CustomerEntry.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class MandatoryFields:
    """Which fields an entry must have, by capture point; ``a|b`` asks for one of both."""

    points: dict[str, tuple[str, ...]] = setting(  # noqa: RUF009 -- a dataclass field
        _("Mandatory fields by capture point"),
        default={
            point.value: ("phone",) for point in CapturePoint if point is not CapturePoint.IMPORT
        }
        | {CapturePoint.IMPORT.value: ("phone|external_id",)},
    )

    def __post_init__(self) -> None:
        for point, rules in self.points.items():
            if point not in DEFAULT_SOURCE:
                raise FieldError("points", _("There is no capture point of this name."))
            if not {name for rule in rules for name in rule.split("|")} <= FIELDS:
                raise FieldError("points", _("There is no field of this name."))

    def of(self, capture_point: str) -> tuple[str, ...]:
        """Return the rules of one capture point; an unlisted one asks for a phone."""
        return self.points.get(capture_point, ("phone",))


@dataclass(frozen=True, slots=True)
class OwnershipRules:
    """How long a customer stays with whoever had the first contact, and how leads go out."""

    protect_days: int = setting(
        _("Protection of the owner"), default=30, unit=_("days"), low=0, high=365
    )
    daily_cap: int = setting(
        _("New leads per consultant and day"), default=20, unit=_("leads"), low=1, high=500
    )
    open_cap: int = setting(
        _("Open prospects per consultant"), default=200, unit=_("customers"), low=1, high=5000
    )
    neglect_days: int = setting(
        _("A prospect is neglected without contact for"),
        default=10,
        unit=_("days"),
        low=1,
        high=365,
    )
    neglect_share: int = setting(
        _("Managers are told from this share of neglected prospects"),
        default=30,
        unit="%",
        low=1,
        high=100,
    )
    handover_days: int = setting(
        _("A new consultant makes contact after a hand-over within"),
        default=3,
        unit=_("days"),
        low=1,
        high=30,
    )


def register() -> None:
    """Make both policies known."""
    register_policy(
        PolicyKind(
            key=MANDATORY,
            label=_("Mandatory fields on capture"),
            area=PolicyArea.TIME,
            help=_("Which fields each capture point asks for."),
            shape=MandatoryFields,
            default=MandatoryFields(),
        )
    )
    register_policy(
        PolicyKind(
            key=OWNERSHIP,
            label=_("Ownership of customers"),
            area=PolicyArea.OWNERSHIP,
            help=_(
                "Protection of the owner, most leads and customers per consultant, and when"
                " neglect is reported."
            ),
            shape=OwnershipRules,
            default=OwnershipRules(),
        )
    )
