"""Templates of plans and when payments are called up, as versions of a policy (CUS-70)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting
from customers.choices import PAYMENT_METHODS

PAYMENTS: Final = "payment.rules"
METHODS = dict(PAYMENT_METHODS)
MOST_LINES = 24


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """One instalment of a template: its share of the price, days after the signature."""

    template: str
    method: str
    label: str
    percent: Decimal
    days: int


# han: names of plans as contracts write them
LINES = (
    TemplateLine("一次性付款", "full", "全部房款", Decimal(100), 7),
    TemplateLine("分期付款", "instalments", "首期房款", Decimal(50), 0),
    TemplateLine("分期付款", "instalments", "二期房款", Decimal(30), 90),
    TemplateLine("分期付款", "instalments", "尾款", Decimal(20), 180),
    TemplateLine("商业按揭", "mortgage", "首付款", Decimal(30), 0),
    TemplateLine("商业按揭", "mortgage", "银行贷款", Decimal(70), 60),
    TemplateLine("公积金贷款", "fund", "首付款", Decimal(30), 0),
    TemplateLine("公积金贷款", "fund", "公积金贷款", Decimal(70), 90),
    TemplateLine("组合贷款", "combined", "首付款", Decimal(30), 0),
    TemplateLine("组合贷款", "combined", "公积金贷款", Decimal(30), 90),
    TemplateLine("组合贷款", "combined", "银行贷款", Decimal(40), 60),
)


@dataclass(frozen=True, slots=True)
class PaymentRules:
    """Templates of plans, and how often somebody is reminded of one instalment."""

    lines: tuple[TemplateLine, ...] = setting(
        _("Instalments of templates"),
        default=LINES,
        help=_("Lines with the same name make one template; their shares add up to 100."),
        labels={
            "template": _("Template"),
            "method": _("Method of payment"),
            "label": _("Instalment"),
            "percent": _("Share of the price in %"),
            "days": _("Days after the signature"),
        },
    )
    days_before: int = setting(
        _("Remind before an instalment is due"), default=7, unit=_("days"), low=0, high=60
    )
    late_days: tuple[int, ...] = setting(
        _("Remind of arrears after"), default=(1, 7, 30), unit=_("days"), low=1, high=365
    )
    mortgage_days: int = setting(
        _("Remind of a mortgage that stands still every"),
        default=5,
        unit=_("days"),
        low=1,
        high=90,
    )

    def __post_init__(self) -> None:
        if not self.lines:
            raise FieldError("lines", _("Give at least one template."))
        for name, lines in self.templates().items():
            if sum((line.percent for line in lines), Decimal(0)) != Decimal(100):
                raise FieldError(
                    "lines", _("The shares of %(name)s do not add up to 100.") % {"name": name}
                )
            if len(lines) > MOST_LINES:
                raise FieldError("lines", _("A template has too many lines."))
        if any(line.method not in METHODS or line.percent <= 0 for line in self.lines):
            allowed = ", ".join(METHODS)
            raise FieldError(
                "lines",
                _("Give each line a share above 0 and one of these methods: %(allowed)s.")
                % {"allowed": allowed},
            )
        if any(not 0 <= line.days <= 3650 or not line.label.strip() for line in self.lines):
            raise FieldError("lines", _("Give each line a name and 0 to 3,650 days."))

    def templates(self) -> Mapping[str, list[TemplateLine]]:
        """Return the lines of each template by its name, in their order."""
        found: dict[str, list[TemplateLine]] = {}
        for line in self.lines:
            found.setdefault(line.template, []).append(line)
        return found


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=PAYMENTS,
            label=_("Payment plans"),
            area=PolicyArea.UNITS,
            help=_("Which plans are offered, when payments are called up."),
            shape=PaymentRules,
            default=PaymentRules(),
        )
    )
