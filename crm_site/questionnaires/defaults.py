"""Questionnaires that the product brings along: upper apps register theirs in ``ready()``.

A default becomes version 1 the first time somebody needs it; from then on managers change it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from crm_site.common.navigation import Label
from crm_site.questionnaires.rules import Outline, faults

TAKEN_KEYS = ("add", "sheets")  # parts of addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Default:
    """A questionnaire as it is first written; its words are those of the default language.

    The sheets of an ``is_test`` are read by their author and by who writes questionnaires, so that
    nobody copies the answers. ``on_complete(sheet, actor, now)`` follows a finished sheet in the
    same transaction.
    """

    key: str
    title: Label
    use: str
    outline: Outline
    subject_kind: str = ""
    intro: Label = ""
    is_test: bool = False
    on_complete: Callable[[Any, Any, datetime], None] | None = None


_defaults: dict[str, Default] = {}


def register_default(default: Default) -> None:
    """Bring ``default`` along; raise ImproperlyConfigured where it could not be filled in."""
    found = faults(default.outline)
    if found or default.key in TAKEN_KEYS:
        raise ImproperlyConfigured(f"questionnaire {default.key}: {found}")
    _defaults[default.key] = default


def forget_default(key: str) -> None:
    """Bring a default along no more; what was written of it stays."""
    _defaults.pop(key, None)


def default_of(key: str) -> Default | None:
    """Return the default ``key`` or None."""
    return _defaults.get(key)


def keys_of_tests() -> set[str]:
    """Return the keys of all tests."""
    return {default.key for default in _defaults.values() if default.is_test}


def default_keys() -> set[str]:
    """Return the keys of all defaults."""
    return set(_defaults)
