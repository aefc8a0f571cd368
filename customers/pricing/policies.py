"""What managers may set about prices, as versions of policies (MKT-46, 47, 48, 50, 51)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting

DISCOUNTS: Final = "pricing.discounts"
CHANGES: Final = "pricing.changes"
STATEMENT: Final = "pricing.statement"
PERCENT = _("%")


@dataclass(frozen=True, slots=True)
class DiscountRules:
    """Who signs which discount, and how long an approved one can be used."""

    supervisor_percent: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("The supervisor alone signs up to"), default=Decimal(1), unit=PERCENT, low=0, high=100
    )
    executive_percent: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("The executive signs up to; above it head office"),
        default=Decimal(3),
        unit=PERCENT,
        low=0,
        high=100,
    )
    valid_days: int = setting(
        _("An approved discount can be used for"), default=7, unit=_("days"), low=1, high=90
    )

    def __post_init__(self) -> None:
        if self.executive_percent < self.supervisor_percent:
            raise FieldError(
                "executive_percent", _("This is less than what the supervisor alone may sign.")
            )


@dataclass(frozen=True, slots=True)
class ChangeRules:
    """How often prices may change, and what a change is expected to do."""

    restraint: int = setting(
        _("The director signs from this change of a quarter on"), default=3, low=1, high=20
    )
    buyer_months: int = setting(
        _("Recent buyers are those who signed within"),
        default=6,
        unit=_("months"),
        low=1,
        high=60,
    )
    loss_percent: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Interested customers lost from that change on"),
        default=Decimal(25),
        unit=PERCENT,
        low=0,
        high=100,
    )
    usual_loss_percent: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Interested customers lost by any change before"),
        default=Decimal(5),
        unit=PERCENT,
        low=0,
        high=100,
    )
    complaint_percent: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Recent buyers with a loss who complain"),
        default=Decimal(20),
        unit=PERCENT,
        low=0,
        high=100,
    )
    compensation_percent: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Share of their loss that is paid back"),
        default=Decimal(30),
        unit=PERCENT,
        low=0,
        high=100,
    )
    compare_days: int = setting(
        _("Compare with what followed for"), default=90, unit=_("days"), low=7, high=365
    )
    remedy_days: int = setting(
        _("A broken letter is made good within"), default=3, unit=_("days"), low=1, high=60
    )


@dataclass(frozen=True, slots=True)
class StatementRules:
    """The rates that a statement of a price names beside the price itself."""

    vat_percent: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Value-added tax within the price"), default=Decimal(9), unit=PERCENT, low=0, high=30
    )
    deed_tax_percent: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Deed tax, up to the area below"), default=Decimal(1), unit=PERCENT, low=0, high=10
    )
    deed_tax_percent_large: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Deed tax above it"), default=Decimal("1.5"), unit=PERCENT, low=0, high=10
    )
    deed_tax_area: int = setting(
        _("Area up to which the lower deed tax is due"),
        default=140,
        unit=_("m²"),
        low=1,
        high=1000,
        help=_("First home; Ministry of Finance notice 2024 no. 16."),
    )
    fund_per_m2: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Maintenance fund"), default=Decimal(80), unit=_("yuan/m²"), low=0, high=1000
    )


def register() -> None:
    """Make the policies known."""
    for key, label, words, shape in (
        (DISCOUNTS, _("Discounts"), _("Who signs a discount of which size."), DiscountRules),
        (CHANGES, _("Price changes"), _("How often, and what to expect of one."), ChangeRules),
        (STATEMENT, _("Statement of a price"), _("Taxes and fees it names."), StatementRules),
    ):
        register_policy(
            PolicyKind(
                key=key,
                label=label,
                area=PolicyArea.UNITS,
                help=words,
                shape=shape,
                default=shape(),
            )
        )
