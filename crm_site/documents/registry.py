"""Which kinds of controlled documents exist: upper apps describe theirs in ``ready()``."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured

from crm_site.approvals.registry import (
    ApprovalKind,
    forget_approval,
    register_approval,
)
from crm_site.common.navigation import Label
from crm_site.staff.models import OrgNode

if TYPE_CHECKING:
    from crm_site.documents.models import Document

VIEW = "documents.view_documents"
APPROVAL_LASTS = timedelta(days=14)
MAX_KEY = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKind:
    """One kind of controlled document.

    ``approvers`` are the permissions that sign a version, one after the other or, where ``joint``,
    in any order; without any a version counts once its author publishes it. Whoever has one of
    ``reader_roles`` at ``place(document)`` (None: anywhere) acknowledges every version.
    ``sections`` are the headings a new document begins with; where ``is_complete`` each of them has
    to be there with a text before anybody signs. ``needs_end``: no version without a last day.
    """

    key: str
    label: Label
    prefix: str
    edit_permission: str
    view_permission: str = VIEW
    approvers: tuple[str, ...] = ()
    joint: bool = False
    subject_kind: str = ""
    reader_roles: frozenset[str] = field(default_factory=frozenset)
    place: Callable[["Document"], OrgNode | None] = lambda _document: None
    sections: tuple[Label, ...] = ()
    is_complete: bool = False
    needs_end: bool = False
    help: Label = ""

    @property
    def approval(self) -> str:
        """The key of its approvals."""
        return f"document:{self.key}"

    @property
    def is_acknowledged(self) -> bool:
        """Whether its readers confirm that they have read it."""
        return bool(self.reader_roles)

    def works_on(self, user: Any) -> bool:
        """Return whether ``user`` writes or signs this kind, and so sees it before it counts."""
        return any(user.has_perm(one) for one in (self.edit_permission, *self.approvers))


_kinds: dict[str, DocumentKind] = {}


def register_kind(kind: DocumentKind) -> None:
    """Make ``kind`` known with its pages and its approval; again replaces it."""
    from crm_site.documents.services.approving import decided, described

    if len(kind.key) > MAX_KEY:
        raise ImproperlyConfigured(f"the key {kind.key} is longer than {MAX_KEY} characters")
    same = [one.key for one in _kinds.values() if one.prefix == kind.prefix and one.key != kind.key]
    if same:
        raise ImproperlyConfigured(f"{kind.key} and {same[0]} share the prefix {kind.prefix}")
    _kinds[kind.key] = kind
    if kind.approvers:
        register_approval(
            ApprovalKind(
                key=kind.approval,
                label=kind.label,
                steps=kind.approvers,
                joint=kind.joint,
                valid_for=APPROVAL_LASTS,
                describe=described,
                request_permission=kind.edit_permission,
                on_decided=decided,
            )
        )


def forget_kind(key: str) -> None:
    """Take a kind out again; its documents stay in the database and are shown nowhere."""
    kind = _kinds.pop(key, None)
    if kind is not None:
        forget_approval(kind.approval)


def document_kind(key: str) -> DocumentKind | None:
    """Return the kind ``key``, None where no app describes it."""
    return _kinds.get(key)


def kinds() -> list[DocumentKind]:
    """Return all kinds by key."""
    return [_kinds[key] for key in sorted(_kinds)]


def kinds_for(user: Any) -> list[DocumentKind]:
    """Return the kinds ``user`` may look at."""
    return [kind for kind in kinds() if user.has_perm(kind.view_permission)]


def written_by(user: Any) -> list[DocumentKind]:
    """Return the kinds ``user`` may write."""
    return [kind for kind in kinds_for(user) if user.has_perm(kind.edit_permission)]
