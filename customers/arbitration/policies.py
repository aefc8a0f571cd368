"""The rules of claims, as versions of a policy: each day is judged by its own version."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting
from customers.arbitration import choices
from customers.arbitration.rules import Basis, Terms

CLAIMS: Final = "arbitration.claims"
DAYS = _("days")


@dataclass(frozen=True, slots=True)
class ClaimRules:
    """When a claim on a customer counts, and for how long."""

    basis: Basis = setting(  # noqa: RUF009 -- a dataclass field
        _("A claim counts"), default=Basis.REPORT_VISIT_DEAL, labels=dict(choices.BASES)
    )
    lead_minutes: int = setting(
        _("Reported before the first visit by"), default=30, unit=_("minutes"), low=0, high=1440
    )
    protection_days: int = setting(
        _("A report is protected for"), default=30, unit=DAYS, low=1, high=365
    )
    visit_days: int = setting(
        _("From the visit on it is protected for"), default=30, unit=DAYS, low=1, high=365
    )
    daily_quota: int = setting(
        _("Reports of one agency that count in a day"), default=20, low=1, high=1000
    )
    site_metres: int = setting(
        _("Customers addressed nearer to the site do not count"),
        default=1000,
        unit=_("m"),
        low=0,
        high=10_000,
    )
    known_days: int = setting(
        _("Own contact with the household counts for"), default=30, unit=DAYS, low=0, high=365
    )
    needs_surname: bool = setting(_("A report needs the surname"), default=True)
    needs_verification: bool = setting(
        _("A report has to be verified before the visit"), default=True
    )

    def terms(self, version: int) -> Terms:
        """Return the rules as the decision reads them."""
        return Terms(
            version=version,
            basis=self.basis,
            lead_minutes=self.lead_minutes,
            protection_days=self.protection_days,
            visit_days=self.visit_days,
            daily_quota=self.daily_quota,
            site_metres=self.site_metres,
            known_days=self.known_days,
            needs_surname=self.needs_surname,
            needs_verification=self.needs_verification,
        )


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=CLAIMS,
            label=_("Claims on customers"),
            area=PolicyArea.OWNERSHIP,
            help=_("Who counts as having brought a customer, agency or own staff."),
            shape=ClaimRules,
            default=ClaimRules(),
        )
    )
