"""The life of a controlled document: written, approved, read, run out."""

from crm_site.documents.services.approving import submit_version
from crm_site.documents.services.reading import acknowledge, missing_readers, readers_of
from crm_site.documents.services.writing import (
    Draft,
    change_document,
    create_document,
    discard_draft,
)

__all__ = [
    "Draft",
    "acknowledge",
    "change_document",
    "create_document",
    "discard_draft",
    "missing_readers",
    "readers_of",
    "submit_version",
]
