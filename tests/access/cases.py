"""What a case of the table of references says (A-03)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests.access.conftest import World


def in_days(days: int) -> Any:
    return timezone.localtime() + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Case:
    """One reference: who sends what where; ``of`` is what it points to, ``many`` a list of them."""

    who: str
    path: str
    name: str
    of: str
    body: Callable[[World], dict[str, Any]] = field(default=lambda _world: {})
    many: bool = False
