"""Typed readers of environment variables that remember what is missing.

A missing required variable does not break ``manage.py check``: the check names every missing
one at once (``crm_site.common.checks``). Servers call ``require_complete`` and refuse to start.
"""

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

# name -> what it is for, in words an operator understands
MISSING: dict[str, str] = {}
READ: dict[str, bool] = {}  # every variable the settings read -> is it required


def required_text(name: str, purpose: str) -> str:
    """Return the variable ``name``; note it as missing and return ``""`` when it is empty."""
    READ[name] = True
    value: str = env.str(name, default="")
    if not value:
        MISSING[name] = purpose
    return value


def required_list(name: str, purpose: str) -> list[str]:
    """Return the comma-separated variable ``name``; note it as missing when it is empty."""
    READ[name] = True
    value: list[str] = [part for part in env.list(name, default=[]) if part]
    if not value:
        MISSING[name] = purpose
    return value


def optional_text(name: str, *, default: str) -> str:
    """Return the variable ``name`` or ``default``."""
    READ[name] = False
    value: str = env.str(name, default=default)
    return value


def optional_list(name: str, *, default: list[str]) -> list[str]:
    """Return the comma-separated variable ``name`` or ``default``."""
    READ[name] = False
    value: list[str] = env.list(name, default=default)
    return value


def optional_bool(name: str, *, default: bool) -> bool:
    """Return the variable ``name`` read as yes/no, or ``default``."""
    READ[name] = False
    value: bool = env.bool(name, default=default)
    return value


def optional_int(name: str, *, default: int) -> int:
    """Return the variable ``name`` as a whole number, or ``default``."""
    READ[name] = False
    value: int = env.int(name, default=default)
    return value


def require_complete() -> None:
    """Raise ``ImproperlyConfigured`` that names every missing variable and its purpose."""
    if MISSING:
        lines = "; ".join(f"{name} ({purpose})" for name, purpose in sorted(MISSING.items()))
        raise ImproperlyConfigured(f"Missing environment variables: {lines}. See .env.example.")
