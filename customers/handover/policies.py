"""When the steps of a handover fall due and how a batch is graded, as versions of a policy."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting

HANDOVER: Final = "delivery.rules"


@dataclass(frozen=True, slots=True)
class DeliveryRules:
    """Limits of grades (SVC-95), and how long before a handover things are done (SVC-79, 81)."""

    medium_points: int = setting(
        _("Points from which a batch is of medium risk"), default=2, low=1, high=8
    )
    high_points: int = setting(
        _("Points from which a batch is of high risk"), default=5, low=1, high=8
    )
    group_months: int = setting(
        _("The risk group is formed before the first handover"),
        default=3,
        unit=_("months"),
        low=1,
        high=12,
    )
    group_days: int = setting(
        _("Forming the risk group may take"), default=7, unit=_("days"), low=1, high=60
    )
    notice_days: int = setting(
        _("The handover notice is sent before the handover"),
        default=10,
        unit=_("days"),
        low=1,
        high=60,
    )

    def __post_init__(self) -> None:
        """Refuse a high grade that begins below the medium one."""
        if self.high_points <= self.medium_points:
            raise FieldError("high_points", _("Give more points than for medium risk."))


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=HANDOVER,
            label=_("Handover of units"),
            area=PolicyArea.UNITS,
            help=_(
                "How batches are graded: an area of medium risk is 1 point, one of high risk 2."
                " When the risk group is formed and when buyers are notified."
            ),
            shape=DeliveryRules,
            default=DeliveryRules(),
        )
    )
