"""What keeps an account from being closed: the work that would be left without anybody (A-08).

Upper apps register what they count; the floor knows no customers.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import RefusedError
from crm_site.staff.models import User


@dataclass(frozen=True, slots=True)
class Blocker:
    """Open work of one kind: how much of it, in words and as a number."""

    key: str
    label: str | Promise
    count: int


class WorkOpenError(RefusedError):
    """The account still has open work; somebody who leads the team hands it over first."""

    code = "work-open"
    title = _("This person still has open work")

    def __init__(self, found: Iterable[Blocker]) -> None:
        self.blockers = list(found)
        super().__init__(
            _("Let the supervisor hand it over first; then deactivate the account."),
            open={one.key: one.count for one in self.blockers},
        )


_checks: dict[str, Callable[[User], Iterable[Blocker]]] = {}


def register_leaving_check(key: str, check: Callable[[User], Iterable[Blocker]]) -> None:
    """Ask ``check`` before an account is closed; called from ``AppConfig.ready``."""
    _checks[key] = check


def blockers(user: User) -> list[Blocker]:
    """Return the open work that ``user`` would leave behind, without what is zero."""
    return [one for check in _checks.values() for one in check(user) if one.count]
