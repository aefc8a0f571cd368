"""Commission, appraisal and conduct of partners, as versions of policies."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import InForce, in_force
from crm_site.policies.shapes import setting
from marketing.channels.rules.commission import Terms
from marketing.channels.rules.scorecard import Weights

COMMISSION: Final = "channels.commission"
APPRAISAL: Final = "channels.appraisal"
CONDUCT: Final = "channels.conduct"
PERCENT = _("percent")
DAYS = _("days")


def _percent(label: object, default: str) -> Decimal:
    found: Decimal = setting(label, default=Decimal(default), unit=PERCENT, low=0, high=200)  # type: ignore[arg-type]
    return found


@dataclass(frozen=True, slots=True)
class CommissionRules:
    """What a partner earns of the price of a contract: by volume, speed and quality (MKT-68)."""

    base: Decimal = _percent(_("Commission of the price"), "1.5")  # noqa: RUF009
    second_from: int = setting(
        _("More from this deal of the quarter on"), default=4, low=2, high=1000
    )
    second_plus: Decimal = _percent(_("and this much more"), "0.2")  # noqa: RUF009
    third_from: int = setting(
        _("Still more from this deal of the quarter on"), default=11, low=3, high=1000
    )
    third_plus: Decimal = _percent(_("and this much more than at the start"), "0.5")  # noqa: RUF009
    fast_days: int = setting(
        _("A quick deal is signed after the lead within"), default=30, unit=DAYS, low=1, high=365
    )
    fast_plus: Decimal = _percent(_("A quick deal earns more by"), "0.1")  # noqa: RUF009
    grade_a: Decimal = _percent(_("After a quarter of grade A the rate counts"), "110")  # noqa: RUF009
    grade_b: Decimal = _percent(_("After a quarter of grade B the rate counts"), "100")  # noqa: RUF009
    grade_c: Decimal = _percent(_("After a quarter of grade C the rate counts"), "90")  # noqa: RUF009
    grade_d: Decimal = _percent(_("After a quarter of grade D the rate counts"), "70")  # noqa: RUF009
    cap: Decimal = _percent(_("Never more than, of the price"), "3")  # noqa: RUF009

    def terms(self) -> Terms:
        """Return the rules as the computation reads them."""
        return Terms(
            base=self.base,
            tiers=((self.second_from, self.second_plus), (self.third_from, self.third_plus)),
            fast_days=self.fast_days,
            fast_plus=self.fast_plus,
            grades={"A": self.grade_a, "B": self.grade_b, "C": self.grade_c, "D": self.grade_d},
            cap=self.cap,
        )


@dataclass(frozen=True, slots=True)
class AppraisalRules:
    """How channels and partners are scored; weights count against those that have data."""

    deals: int = setting(_("Weight of deals"), default=25, low=0, high=100)
    conversion: int = setting(_("Weight of conversion"), default=25, low=0, high=100)
    visits: int = setting(_("Weight of leads that visit"), default=15, low=0, high=100)
    cost: int = setting(_("Weight of cost per deal"), default=15, low=0, high=100)
    satisfaction: int = setting(_("Weight of satisfaction"), default=10, low=0, high=100)
    complaints: int = setting(_("Weight of few complaints"), default=10, low=0, high=100)
    target_conversion: Decimal = _percent(_("Full marks for a conversion of"), "10")  # noqa: RUF009
    target_visits: Decimal = _percent(_("Full marks where leads visit in"), "40")  # noqa: RUF009
    target_deals: int = setting(
        _("Full marks for deals in a quarter"), default=10, low=1, high=10_000
    )
    target_cost: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Full marks for a cost per deal up to"), default=Decimal(10_000), unit=_("yuan"), low=1
    )
    grade_a: int = setting(_("Grade A from a score of"), default=80, low=1, high=100)
    grade_b: int = setting(_("Grade B from a score of"), default=60, low=1, high=100)
    grade_c: int = setting(_("Grade C from a score of"), default=40, low=1, high=100)
    dependence: Decimal = _percent(_("Warn where one channel brings more of the deals than"), "50")  # noqa: RUF009

    def weights(self) -> Weights:
        """Return the rules as the computation reads them."""
        return Weights(
            weights={
                "deals": self.deals,
                "conversion": self.conversion,
                "visits": self.visits,
                "cost": self.cost,
                "satisfaction": self.satisfaction,
                "complaints": self.complaints,
            },
            target_conversion=self.target_conversion,
            target_visits=self.target_visits,
            target_deals=self.target_deals,
            target_cost=self.target_cost,
            cuts=(self.grade_a, self.grade_b, self.grade_c),
        )


@dataclass(frozen=True, slots=True)
class ConductRules:
    """When a partner is suspended, when an agency is looked at again (MKT-72, MKT-73)."""

    breaches: int = setting(_("Suspended at breach number"), default=2, low=1, high=20)
    breach_days: int = setting(_("Breaches count for"), default=365, unit=DAYS, low=1, high=3650)
    least_score: int = setting(
        _("A check of the service asks for a score of"), default=60, low=1, high=100
    )
    times_below: int = setting(
        _("Looked at again after so many checks below in a row"), default=2, low=1, high=10
    )
    review_days: int = setting(
        _("The agency is looked at again within"), default=7, unit=DAYS, low=1, high=90
    )
    daily_leads: int = setting(
        _("Leads a partner may register on a day"), default=50, low=1, high=10_000
    )


def commission_rules(at: datetime) -> InForce:
    """Return the rules of commission in force at a moment, with their version."""
    return in_force(COMMISSION, at=at)


def appraisal_rules(at: datetime) -> InForce:
    """Return the rules of appraisal in force at a moment, with their version."""
    return in_force(APPRAISAL, at=at)


def conduct_rules(at: datetime) -> ConductRules:
    """Return the rules of conduct in force at a moment."""
    found: ConductRules = in_force(CONDUCT, at=at).value
    return found


def register() -> None:
    """Make the policies known."""
    for key, label, words, shape in (
        (
            COMMISSION,
            _("Commission of partners"),
            _("What agencies and distributors earn with a contract."),
            CommissionRules,
        ),
        (
            APPRAISAL,
            _("Appraisal of channels"),
            _("How channels and partners are scored and graded."),
            AppraisalRules,
        ),
        (
            CONDUCT,
            _("Conduct of partners"),
            _("When partners are suspended or looked at again."),
            ConductRules,
        ),
    ):
        register_policy(
            PolicyKind(
                key=key,
                label=label,
                area=PolicyArea.OWNERSHIP,
                help=words,
                shape=shape,
                default=shape(),
            )
        )
