"""The value of one customer step by step, by the version of the policy it was worked out with."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from analytics.value.models import CustomerValue
from analytics.value.policies import ValueRules, value_rules
from analytics.value.rules.clv import OLDEST, Factors, Rates, factors
from analytics.value.services.fitting import rates_from
from crm_site.common.display import money, percent


@dataclass(frozen=True, slots=True)
class Step:
    """One part: what it is, how it is worked out, the amount in yuan."""

    label: Any
    working: str
    amount: Decimal


def steps_of(row: CustomerValue) -> list[Step]:
    """Return the parts in order; their sum is gross, what is taken off at last gives net."""
    rules: ValueRules = value_rules(row.computed_at).value
    rates = rates_from(row.model.rates)
    steps = [
        Step(
            _("Margin of fees and returns received"),
            f"{money(row.fees)} × {_p(rules.fee_margin)} + {money(row.returns)}",
            row.received_margin,
        )
    ]
    if row.contracts:
        steps = _owner(row, rules, rates) + steps
    else:
        chance = rates.first.get(row.stage, Decimal(0))
        wished = rates.price if row.wish is None else row.wish
        words = _("%(price)s × margin %(margin)s × chance of the stage %(chance)s")
        working = words % {
            "price": money(wished),
            "margin": _p(rules.margin),
            "chance": percent(chance),
        }
        steps.insert(0, Step(_("Expected first purchase"), working, row.expected_first))
    return steps


def _owner(row: CustomerValue, rules: ValueRules, rates: Rates) -> list[Step]:
    found: Factors = factors(rules.terms, rates)
    age = min(row.age or 0, OLDEST)
    own = row.agreed / row.contracts
    return [
        Step(
            _("Margin of contracts"),
            f"{money(row.agreed)} × {_p(rules.margin)}",
            row.contract_margin,
        ),
        Step(
            _("Expected further purchase"),
            _("%(price)s × margin %(margin)s × %(factor)s expected in %(years)s years")
            % _with(rules, money(own), found.second[age]),
            row.expected_second,
        ),
        Step(
            _("Expected referrals"),
            _("%(price)s × margin %(margin)s × %(factor)s expected in %(years)s years")
            % _with(rules, money(rates.price), found.referral[age]),
            row.expected_referral,
        ),
        Step(
            _("Expected service fees"),
            _("%(homes)s homes × %(fee)s a year × margin %(margin)s × %(factor)s")
            % {
                "homes": row.homes,
                "fee": money(rules.fee_per_home),
                "margin": _p(rules.fee_margin),
                "factor": f"{found.fees:.4f}",
            },
            row.expected_fees,
        ),
    ]


def _with(rules: ValueRules, price: str, factor: Decimal) -> dict[str, Any]:
    return {
        "price": price,
        "margin": _p(rules.margin),
        "factor": f"{factor:.4f}",
        "years": rules.horizon,
    }


def _p(per_cent: Decimal) -> str:
    return f"{per_cent.normalize():f}%"
