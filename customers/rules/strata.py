"""Which customers a stratum holds: by need, budget and credit status (CUS-15). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

FIRST_HOME: Final = "first_home"
# What a need is called where somebody typed it as the motive, folded to lower case.
NEED_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    FIRST_HOME: ("first_home", "first home", "首次置业", "首置", "刚需", "首套"),  # han: words read
    "own_use": ("own_use", "own use", "自住"),  # han: words read
    "upgrade": ("upgrade", "改善", "改善型"),  # han: words read
    "investment": ("investment", "投资"),  # han: words read
    "parents": ("parents", "for parents", "养老", "父母"),  # han: words read
    "children": ("children", "for children", "子女", "学区"),  # han: words read
    "business": ("business", "business use", "商用", "经营"),  # han: words read
}


@dataclass(frozen=True, slots=True)
class StratumRule:
    """The three criteria of a stratum; an empty one does not narrow. Amounts in yuan, inclusive."""

    need: str = ""
    budget_min: Decimal | None = None
    budget_max: Decimal | None = None
    credit_status: str = ""


@dataclass(frozen=True, slots=True)
class StratumFacts:
    """What of a customer is compared; ``purpose`` is that of the newest registered intent."""

    purpose: str = ""
    motive: str = ""
    has_bought: bool = False
    budget_min: Decimal | None = None
    budget_max: Decimal | None = None
    credit_status: str = ""


def has_need(need: str, facts: StratumFacts) -> bool:
    """Return whether the customer has this need.

    The registered purpose counts, else the typed motive. A first home is one for own use of
    somebody who has not bought from us, or a motive that says so.
    """
    motive = facts.motive.strip().lower()
    if need == FIRST_HOME:
        own = facts.purpose == "own_use" and not facts.has_bought
        return own or (facts.purpose in ("", "own_use") and motive in NEED_WORDS[FIRST_HOME])
    if facts.purpose:
        return facts.purpose == need
    return motive in NEED_WORDS[need]


def ceiling(facts: StratumFacts) -> Decimal | None:
    """Return what the customer would spend at most; one figure, so that bands do not overlap."""
    return facts.budget_min if facts.budget_max is None else facts.budget_max


def belongs(rule: StratumRule, facts: StratumFacts) -> bool:
    """Return whether the customer is in the stratum; an unknown value is in no band."""
    if rule.need and not has_need(rule.need, facts):
        return False
    if rule.credit_status and rule.credit_status != facts.credit_status:
        return False
    most = ceiling(facts)
    if rule.budget_min is None and rule.budget_max is None:
        return True
    if most is None:
        return False
    low, high = rule.budget_min, rule.budget_max
    return (low is None or most >= low) and (high is None or most <= high)
