"""When a delay is told, and what the contract owes for it, as versions of a policy (SVC-43)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.services import in_force
from crm_site.policies.shapes import setting
from service.delays import choices
from service.delays.rules import Base, Clause

DELAYS: Final = "service.delays"
MOST_STEPS: Final = 12


@dataclass(frozen=True, slots=True)
class DelayRules:
    """Forecast, steps of the alert, and the clause of the contract."""

    handover_days: int = setting(
        _("The handover follows the completion after"),
        default=30,
        unit=_("days"),
        low=0,
        high=365,
        help=_("Filing, inspection and notices; used where no batch is planned yet."),
    )
    steps: tuple[int, ...] = setting(
        _("The customer centre is told when the delay reaches"),
        default=(1, 30, 60, 90, 180),
        unit=_("days"),
        low=1,
        high=3650,
    )
    task_days: int = setting(_("Buyers are told within"), default=3, unit=_("days"), low=1, high=30)
    rate: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Compensation for each day, in parts of ten thousand"),
        default=Decimal(1),
        low=0,
        high=100,
        help=_("1 means one part of ten thousand a day."),
    )
    base: Base = setting(  # noqa: RUF009 -- a dataclass field
        _("Counted from"), default=Base.PAID, labels=dict(choices.BASES)
    )
    cap: Decimal = setting(  # noqa: RUF009 -- a dataclass field
        _("Compensation is at most"),
        default=Decimal(10),
        unit="%",
        low=0,
        high=100,
        help=_("Of the same sum; 0 means that there is no limit."),
    )
    grace: int = setting(
        _("Days of delay that cost nothing"), default=0, unit=_("days"), low=0, high=365
    )

    def __post_init__(self) -> None:
        """Refuse steps that would never, or too often, tell anybody."""
        if not self.steps or len(self.steps) > MOST_STEPS:
            raise FieldError("steps", _("Give one to twelve steps."))

    @property
    def clause(self) -> Clause:
        """What the contract says, as the pure rules take it."""
        return Clause(rate=self.rate, cap=self.cap, grace=self.grace)


def rules_at(now: datetime) -> DelayRules:
    """Return the rules in force."""
    found: DelayRules = in_force(DELAYS, at=now).value
    return found


def register() -> None:
    """Make the policy known."""
    register_policy(
        PolicyKind(
            key=DELAYS,
            label=_("Late handovers"),
            area=PolicyArea.UNITS,
            help=_("When the customer centre is told of a delay and what the contract owes."),
            shape=DelayRules,
            default=DelayRules(),
        )
    )
