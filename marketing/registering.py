"""What the registrations of marketing share."""

from typing import Any

from crm_site.common.navigation import Label
from crm_site.registers.registry import RegisterField


def must(key: str, label: Label, kind: str = "text", **more: Any) -> RegisterField:
    """Return a field of a register that has to be filled in."""
    return RegisterField(key=key, label=label, type=kind, required=True, **more)
