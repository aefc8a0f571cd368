"""How far an area may be off, when certificates are called up, as versions of a policy."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting

PROPERTY: Final = "property.rules"
# han: what stands in Chinese contracts
SETTLEMENT = (
    "误差比绝对值在 3% 以内（含 3%）的，按合同约定的单价据实结算；超出 3% 的，买受人可以解除合同；"
    "买受人不解除合同的，实测面积大于预测面积时，3% 以内部分的房价款由买受人补足，超出部分的房价款"
    "由出卖人承担；实测面积小于预测面积时，3% 以内部分的房价款由出卖人返还，超出部分的房价款由"
    "出卖人双倍返还。"
)


@dataclass(frozen=True, slots=True)
class PropertyRules:
    """Limits of areas (MKT-52) and of certificates (MKT-61)."""

    area_limit: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Measured and forecast area may differ by"), default=Decimal(3), unit="%", low=0, high=20
    )
    settlement: str = setting(_("How a difference is settled"), default=SETTLEMENT)
    certificate_days: int = setting(
        _("Certificates are called up before they run out"),
        default=30,
        unit=_("days"),
        low=1,
        high=365,
    )
    photo_megabytes: int = setting(
        _("A photo may have at most"), default=8, unit=_("MB"), low=1, high=20
    )

    @property
    def area_share(self) -> Decimal:
        """The limit of the areas as a share: 0.03 for 3 %."""
        return self.area_limit / 100


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=PROPERTY,
            label=_("Projects and units"),
            area=PolicyArea.UNITS,
            help=_("Which difference of areas is too much, when certificates are called up."),
            shape=PropertyRules,
            default=PropertyRules(),
        )
    )
