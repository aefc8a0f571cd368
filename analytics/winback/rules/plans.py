"""The template of a plan by cause, and when it asks for signatures (CUS-104). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PlanTemplate:
    """What is proposed where a customer leaves for one cause."""

    cause: str
    offer: str
    actions: tuple[str, ...]
    ceiling: Decimal


def main_cause(blocks: Mapping[str, float], known: Sequence[str]) -> str:
    """Return the block that speaks most for leaving; ``other`` where none does."""
    speaking = [(share, name) for name, share in blocks.items() if share > 0 and name in known]
    return max(speaking)[1] if speaking else "other"


def template_for(cause: str, templates: Sequence[PlanTemplate]) -> PlanTemplate | None:
    """Return the template of a cause, else that of ``other``, else None."""
    by_cause = {one.cause: one for one in templates}
    return by_cause.get(cause) or by_cause.get("other")


def signers_for(
    ceiling: Decimal, *, limit: Decimal, director_limit: Decimal, rights: tuple[str, str]
) -> tuple[str, ...]:
    """Return whose rights sign a plan that may cost ``ceiling`` yuan; up to ``limit`` nobody's."""
    if ceiling <= limit:
        return ()
    return rights[:1] if ceiling <= director_limit else rights
