"""What can be signed off: upper apps describe their kinds in ``AppConfig.ready()``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured

from crm_site.common.navigation import Label

if TYPE_CHECKING:
    from crm_site.approvals.models import Approval

Content = Mapping[str, Any]
Steps = tuple[str, ...] | Callable[[Content], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalKind:
    """One thing that needs signatures before it is done.

    ``steps`` are the permissions that sign, one after the other, or all in any order where
    ``joint``; a function of the content sets them by threshold. ``describe(content)`` says in words
    what is asked. ``on_decided(approval, now)`` runs in the transaction that signs it fully,
    refuses it, withdraws it or lets it expire. ``places(content)`` names the places whose people
    may sign besides those above the requester: those of the project it is about.
    """

    key: str
    label: Label
    steps: Steps
    valid_for: timedelta
    describe: Callable[[Content], list[tuple[Label, Any]]]
    joint: bool = False
    request_permission: str = ""
    on_decided: Callable[["Approval", datetime], None] = lambda _approval, _now: None
    signers: tuple[str, ...] = ()
    places: Callable[[Content], list[int]] = lambda _content: []

    def steps_for(self, content: Content) -> tuple[str, ...]:
        """Return the permissions that have to sign this content."""
        found = self.steps(content) if callable(self.steps) else self.steps
        if not found:
            raise ImproperlyConfigured(f"approval {self.key} asks nobody")
        return found

    @property
    def permissions(self) -> tuple[str, ...]:
        """Every permission that may be asked to sign."""
        return self.signers or (() if callable(self.steps) else self.steps)


_kinds: dict[str, ApprovalKind] = {}


def register_approval(kind: ApprovalKind) -> None:
    """Make ``kind`` known and offer its people the page of approvals; again replaces it."""
    from crm_site.approvals.registrations import offer_page

    if not kind.permissions:
        raise ImproperlyConfigured(f"approval {kind.key} does not name who may sign")
    _kinds[kind.key] = kind
    offer_page(kind)


def forget_approval(key: str) -> None:
    """Take a kind out again."""
    _kinds.pop(key, None)


def approval_kind(key: str) -> ApprovalKind:
    """Return the kind ``key``; raise LookupError where no app describes it."""
    return _kinds[key]


def known_kind(key: str) -> ApprovalKind | None:
    """Return the kind ``key`` or None."""
    return _kinds.get(key)


def may_sign_anything(user: Any) -> bool:
    """Return whether the role of ``user`` signs any kind."""
    return any(user.has_perm(one) for kind in _kinds.values() for one in kind.permissions)


def takes_part(user: Any) -> bool:
    """Return whether the role of ``user`` signs or asks for any kind."""
    asks = any(user.has_perm(kind.request_permission) for kind in _kinds.values())
    return asks or may_sign_anything(user)
