"""The record forms of the programme, as they are first written; managers change them."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from crm_site.questionnaires.defaults import Default, register_default
from crm_site.questionnaires.rules import Outline, Question, Scale, Section

ITEM: Final = "care-item"
SALES_SERVICE: Final = "sales-service-callback"
LIVING: Final = "living-experience"
INSPECTION: Final = "one-year-inspection"
FURTHER: Final = "care-callback"


def _rated(key: str, label: Any) -> Question:
    return Question(key=key, label=label, scale=Scale.TEN)


def _asked(key: str, label: Any) -> Question:
    return Question(key=key, label=label, scale=Scale.YES)


def _told(key: str, label: Any) -> Question:
    return Question(key=key, label=label, scale=Scale.LONG, required=False)


def _default(key: str, title: Any, *questions: Question, use: str = "survey") -> Default:
    outline = Outline((Section("", questions),))
    return Default(key=key, title=title, use=use, subject_kind=ITEM, outline=outline)


DEFAULTS: Final = (
    _default(
        SALES_SERVICE,
        _("Sales-service callback"),
        _rated("q1", _("How satisfied are you with the consultant?")),
        _rated("q2", _("How clearly were contract and price explained?")),
        _rated("q3", _("How smooth were subscription and signing?")),
        _told("q4", _("What should we do better?")),
    ),
    _default(
        LIVING,
        _("Living-experience callback"),
        _rated("q1", _("How satisfied are you with your home?")),
        _rated("q2", _("How satisfied are you with the public areas?")),
        _rated("q3", _("How satisfied are you with the property service?")),
        _rated("q4", _("How satisfied are you with repairs?")),
        _told("q5", _("What should be improved?")),
    ),
    _default(
        FURTHER,
        _("Care callback"),
        _rated("q1", _("How satisfied are you living with us?")),
        _told("q2", _("What can we do for you?")),
    ),
    _default(
        INSPECTION,
        _("One-year quality inspection"),
        _asked("q1", _("Are walls, ceilings and floors in order?")),
        _asked("q2", _("Are doors and windows in order?")),
        _asked("q3", _("Are kitchen and bathroom dry and tight?")),
        _asked("q4", _("Do water, power and drainage work?")),
        _told("q5", _("What else was found")),
        use="checklist",
    ),
)


def register() -> None:
    """Bring the forms along."""
    for default in DEFAULTS:
        register_default(default)
