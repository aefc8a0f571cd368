"""Panels that upper apps add to the page of an account."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from crm_site.staff.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPanel:
    """A part of the page: its heading, its template, and what the template reads."""

    key: str
    title: str | Promise
    template: str
    build: Callable[["User"], dict[str, Any]]


_panels: dict[str, PersonPanel] = {}


def register_person_panel(panel: PersonPanel) -> None:
    """Show ``panel`` on the page of every account; again replaces it."""
    _panels[panel.key] = panel


def panels_of(person: "User") -> list[tuple[PersonPanel, dict[str, Any]]]:
    """Return the panels of an account with what their templates read, as registered."""
    return [(panel, panel.build(person)) for panel in _panels.values()]
