"""What the registrations of analytics share: events, marks with their words, subjects, places."""

from collections.abc import Iterable, Mapping
from typing import Any

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import Label, register_entry
from crm_site.common.subjects import Subject, register_subject
from crm_site.registers.registry import RegisterField

Tones = Mapping[str, Mapping[str, tuple[str, str]]]


def declare_events(events: Mapping[str, Any]) -> None:
    """Make the kinds of the audit trail known."""
    for kind, label in events.items():
        declare(kind, label)


def mark_states(tones: Tones, words: Mapping[str, Iterable[tuple[str, Any]]]) -> None:
    """Give each state its tone and shape, with the word of its list of choices."""
    for kind, found in tones.items():
        label = dict(words[kind])
        register_marks(kind, {key: Mark(*tone, label[key]) for key, tone in found.items()})


def offer_subjects(subjects: Iterable[tuple[str, Any, str, Any]]) -> None:
    """Make records known that messages, approvals and the trail point to: kind, model, page."""
    for kind, model, url_name, label in subjects:
        register_subject(
            Subject(
                kind=kind,
                model=f"analytics.{model.__name__}",
                visible_to=model.objects.visible_to,
                title=str,
                url_name=f"analytics:{url_name}",
                label=label,
            )
        )


def offer_pages(parent: str, icon: str, pages: Iterable[tuple[str, Any, int, str]]) -> None:
    """Put pages under one place of the menu: name of the address, label, order, right."""
    for key, label, order, right in pages:
        register_entry(key, f"analytics:{key}", label, icon, order, right, parent=parent)


def must(key: str, label: Label, kind: str = "text", **more: Any) -> RegisterField:
    """Return a field of a register that has to be filled in."""
    return RegisterField(key=key, label=label, type=kind, required=True, **more)
