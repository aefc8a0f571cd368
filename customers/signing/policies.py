"""Desks, target time and the life of an online signature, as versions of a policy."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting

# han: names of desks, and of the signed contract in the file
SIGNING: Final = "signing.rules"


@dataclass(frozen=True, slots=True)
class SigningRules:
    """How quickly a contract is to be signed, and where (CUS-65, CUS-66)."""

    target_hours: int = setting(
        _("From subscription to signature at most"),
        default=72,
        unit=_("hours"),
        low=1,
        high=2160,
    )
    desks: tuple[str, ...] = setting(
        _("Signing desks"), default=("1号签约台", "2号签约台", "3号签约台")
    )
    desk_minutes: int = setting(
        _("A desk is booked for"), default=60, unit=_("minutes"), low=15, high=240
    )
    desk_from: int = setting(_("Desks open at"), default=9, unit=_("o'clock"), low=0, high=23)
    desk_until: int = setting(_("Desks close at"), default=18, unit=_("o'clock"), low=1, high=24)
    valid_days: int = setting(
        _("An online signature can be given for"), default=7, unit=_("days"), low=1, high=60
    )
    contract_paper: str = setting(_("The signed copy is kept in the file as"), default="购房合同")

    def __post_init__(self) -> None:
        if not self.desks or any(not desk.strip() or len(desk) > 40 for desk in self.desks):
            raise FieldError("desks", _("Name at least one desk, each with at most 40 characters."))
        if self.desk_until * 60 < self.desk_from * 60 + self.desk_minutes:
            raise FieldError("desk_until", _("The desks close before the first booking ends."))
        if not 0 < len(self.contract_paper.strip()) <= 40:
            raise FieldError(
                "contract_paper", _("A name has at most %(count)s characters.") % {"count": 40}
            )


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=SIGNING,
            label=pgettext_lazy("purchase", "Signing"),
            area=PolicyArea.UNITS,
            help=_("How quickly contracts are signed, at which desks, how long online."),
            shape=SigningRules,
            default=SigningRules(),
        )
    )
