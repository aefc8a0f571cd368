"""One reference of a form or serializer, as the table of references tries it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.access.conftest import World


@dataclass(frozen=True, slots=True)
class Case:
    """One reference: who sends what where; ``of`` is what it points to, ``many`` a list of them."""

    who: str
    path: str
    name: str
    of: str
    body: Callable[[World], dict[str, Any]] = field(default=lambda _world: {})
    many: bool = False
