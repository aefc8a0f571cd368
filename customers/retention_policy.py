"""The policy of keeping: how long each category of customer data stays (CUS-02)."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting
from customers.data_categories import LABELS
from customers.rules.categories import CATEGORIES, RULES, TEN_YEARS

RETENTION: Final = "data.retention"


@dataclass(frozen=True, slots=True)
class Retention:
    """Months after the last contact, or after the end of the contract where there is one.

    What belongs to a sale is kept ten years at least (Anti-Money-Laundering Law 2024, art. 34);
    everything else as short as its purpose allows (Personal Information Protection Law, art. 19).
    """

    months: dict[str, int] = setting(  # noqa: RUF009 -- a dataclass field
        _("Kept for"),
        default={category.value: RULES[category].months for category in CATEGORIES},
        unit=_("months"),
        low=1,
        high=600,
        labels=LABELS,
        help=_("After the last contact, or after the end of the contract where there is one."),
    )

    def __post_init__(self) -> None:
        if set(self.months) != {category.value for category in CATEGORIES}:
            raise FieldError("months", _("Give the months for each of the seven categories."))
        for category in CATEGORIES:
            if RULES[category].law == "aml" and self.months[category.value] < TEN_YEARS:
                raise FieldError(
                    f"months.{category.value}",
                    _("The law asks for ten years here: give at least 120 months."),
                )


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=RETENTION,
            label=_("Keeping customer data"),
            area=PolicyArea.DATA,
            help=_("How long each category of personal data is kept."),
            shape=Retention,
            default=Retention(),
        )
    )
