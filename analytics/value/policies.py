"""What customer value is worked out with, as versions of a policy (ANA-09, CUS-81)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from analytics.value.rules.clv import Terms
from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import InForce, in_force
from crm_site.policies.shapes import setting

VALUE: Final = "analytics.value"
HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class ValueRules:
    """Margins, horizon and discount of the value; limits of its cells; thresholds of rules."""

    margin: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Margin of a contract"), default=Decimal(20), unit="%", low=0, high=100
    )
    fee_margin: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Margin of service fees"), default=Decimal(15), unit="%", low=0, high=100
    )
    fee_per_home: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Service fees of one home in a year"),
        default=Decimal(3600),
        unit=_("yuan"),
        low=0,
        high=1_000_000,
    )
    fee_stay: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Owners who still pay fees after a year"),
        default=Decimal(95),
        unit="%",
        low=0,
        high=100,
    )
    horizon: int = setting(_("Years looked ahead"), default=10, unit=_("years"), low=1, high=30)
    discount: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Discount rate a year"), default=Decimal(8), unit="%", low=0, high=100
    )
    high_from: int = setting(
        _("High value from"), default=500_000, unit=_("yuan"), low=1, high=1_000_000_000
    )
    middle_from: int = setting(
        _("Middle value from"), default=100_000, unit=_("yuan"), low=0, high=1_000_000_000
    )
    support: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("A rule of wishes holds for at least"),
        default=Decimal(2),
        unit="%",
        low=0,
        high=100,
        help=_("Share of the customers whose wishes are known."),
    )
    confidence: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("A rule of wishes is right in at least"),
        default=Decimal(40),
        unit="%",
        low=1,
        high=100,
    )

    def __post_init__(self) -> None:
        """Refuse limits that leave a cell nobody can be in."""
        if self.middle_from >= self.high_from:
            raise FieldError("middle_from", _("Give less than where high value begins."))
        if self.support <= 0:
            raise FieldError("support", _("Give more than 0."))

    @property
    def terms(self) -> Terms:
        """What the formula takes: shares of 1."""
        return Terms(
            margin=self.margin / HUNDRED,
            fee_margin=self.fee_margin / HUNDRED,
            fee_per_home=self.fee_per_home,
            fee_stay=self.fee_stay / HUNDRED,
            horizon=self.horizon,
            discount=self.discount / HUNDRED,
        )


def value_rules(now: datetime) -> InForce:
    """Return the rules in force, with their version."""
    return in_force(VALUE, at=now)


def rules_at(now: datetime) -> ValueRules:
    """Return the rules in force."""
    found: ValueRules = value_rules(now).value
    return found


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=VALUE,
            label=_("Customer value"),
            area=PolicyArea.GRADES,
            help=_("Margins, horizon and discount of lifetime value, and where high value begins."),
            shape=ValueRules,
            default=ValueRules(),
        )
    )
