"""What is set for owner care: how often owners are called, which festivals are greeted."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind, register_policy
from crm_site.policies.shapes import setting
from service.care import choices

CALLBACKS: Final = "care.callbacks"
GREETINGS: Final = "care.greetings"
MONTHS = _("months")


@dataclass(frozen=True, slots=True)
class CallbackRules:
    """How many months lie between two regular calls to an owner, by grade (SVC-65)."""

    grade_a: int = setting(_("Grade A"), default=3, unit=MONTHS, low=1, high=60)
    grade_b: int = setting(_("Grade B"), default=6, unit=MONTHS, low=1, high=60)
    others: int = setting(
        _("Grades C to E, and without a grade"), default=12, unit=MONTHS, low=1, high=60
    )
    per_day: int = setting(
        _("New calls of a project in a day, at most"), default=30, low=1, high=1000
    )

    def months(self, grade: str) -> int:
        """Return the months between two calls for a grade, empty for none."""
        return {"A": self.grade_a, "B": self.grade_b}.get(grade, self.others)


@dataclass(frozen=True, slots=True)
class GreetingRules:
    """Which days are greeted by message; who did not agree or chose no channel gets none."""

    birthdays: bool = setting(_("Birthdays and days of joy"), default=True)
    festivals: tuple[str, ...] = setting(
        _("Festivals"),
        default=("spring", "mid_autumn"),
        help=_("Keys: new_year, spring, lantern, dragon_boat, mid_autumn, double_ninth, national."),
    )

    def __post_init__(self) -> None:
        if any(each not in dict(choices.FESTIVALS) for each in self.festivals):
            raise FieldError("festivals", _("There is no festival of this name."))


def register() -> None:
    """Make the policies known."""
    register_policy(
        PolicyKind(
            key=CALLBACKS,
            label=_("Regular callbacks to owners"),
            area=PolicyArea.CONTACT,
            help=_("How often owners are called, by their grade."),
            shape=CallbackRules,
            default=CallbackRules(),
        )
    )
    register_policy(
        PolicyKind(
            key=GREETINGS,
            label=_("Greetings to owners"),
            area=PolicyArea.CONTACT,
            help=_("Which days owners are greeted by message."),
            shape=GreetingRules,
            default=GreetingRules(),
        )
    )
