"""Which policies exist: upper apps register theirs in ``AppConfig.ready()``."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import UnknownPolicyError
from crm_site.policies.shapes import from_json

Label = str | Promise


class PolicyArea(TextChoices):
    """Where a policy stands in the list of all policies, in the order of the list."""

    GRADES = "grades", _("Grades and value")
    TIME = "time", _("Enquiries, tasks and time limits")
    OWNERSHIP = "ownership", _("Who is responsible")
    CONTACT = "contact", _("Speaking to customers")
    UNITS = "units", _("Units and purchases")
    DATA = "data", _("Data")
    ACCOUNTS = "accounts", _("Accounts")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do: counts first, then who would move.

    ``matrix_heads`` and ``matrix`` are a table of counts (its first column are row labels);
    ``columns`` and ``rows`` are the first movers that the asker may see, a row's first cell may be
    ``(text, url)``.
    """

    counts: list[tuple[Label, int]] = field(default_factory=list)
    matrix_heads: list[Label] = field(default_factory=list)
    matrix: list[list[Any]] = field(default_factory=list)
    columns: list[Label] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)


PreviewFunction = Callable[[Any, Any, datetime], Preview]  # (value, asker, now)


@dataclass(frozen=True, slots=True)
class PolicyKind:
    """One policy: its key, words, shape, built-in default and who may change and approve it.

    ``help`` says in one sentence what the policy decides, in the list and on its page.
    ``preview(value, asker, now)`` writes nothing. ``panel`` names a template shown above the values
    on the policy's page, fed by ``panel_context(value, asker, now)``. ``form_class`` replaces the
    form made from the shape; it must offer ``payload()``.
    """

    key: str
    label: Label
    shape: type[Any]
    default: Any
    area: PolicyArea
    change_permission: str = "policies.change_policy"
    approve_permission: str = "policies.approve_policy"
    preview: PreviewFunction | None = None
    form_class: type[Any] | None = None
    help: Label = ""
    panel: str = ""
    panel_context: Callable[[Any, Any, datetime], dict[str, Any]] | None = None

    def read(self, payload: Any) -> Any:
        """Return ``payload`` as this policy's shape; raise ShapeError that names wrong fields."""
        return from_json(self.shape, payload)


_KINDS: dict[str, PolicyKind] = {}


def register_policy(kind: PolicyKind) -> None:
    """Make ``kind`` known; its default must be of its shape. Registering again replaces it."""
    if not isinstance(kind.default, kind.shape):
        raise TypeError(f"the default of {kind.key} is not a {kind.shape.__name__}")
    _KINDS[kind.key] = kind


def policy_kind(key: str) -> PolicyKind:
    """Return the policy ``key``; raise UnknownPolicyError."""
    try:
        return _KINDS[key]
    except KeyError:
        raise UnknownPolicyError(key) from None


def policy_kinds() -> list[PolicyKind]:
    """Return all policies by key."""
    return [_KINDS[key] for key in sorted(_KINDS)]
