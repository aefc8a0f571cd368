"""What follows from messaging elsewhere; areas above register here."""

from collections.abc import Callable
from datetime import datetime

from crm_site.staff.models import User
from marketing.messaging.models import Experiment

Decided = Callable[[Experiment, User, datetime], None]
_decided: dict[str, Decided] = {}


def register_decided(name: str, follow: Decided) -> None:
    """Call ``follow(experiment, actor, now)`` in the transaction that decides an experiment."""
    _decided[name] = follow


def tell_decided(experiment: Experiment, actor: User, now: datetime) -> None:
    """Tell every area above that an experiment was decided."""
    for follow in _decided.values():
        follow(experiment, actor, now)
