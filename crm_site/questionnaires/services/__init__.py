"""Questionnaires written and filled in."""

from crm_site.questionnaires.services.filling import (
    Filled,
    begin_sheet,
    discard_sheet,
    save_sheet,
)
from crm_site.questionnaires.services.writing import (
    Written,
    create_questionnaire,
    ensure_default,
    ensure_defaults,
    save_version,
)

__all__ = [
    "Filled",
    "Written",
    "begin_sheet",
    "create_questionnaire",
    "discard_sheet",
    "ensure_default",
    "ensure_defaults",
    "save_sheet",
    "save_version",
]
