"""What other apps may do with registers."""

from crm_site.registers.services.entries import (
    EntryDraft,
    add_entry,
    change_entry,
    close_entry,
    review_entry,
)
from crm_site.registers.services.moving import move_open_entries, move_subject

__all__ = [
    "EntryDraft",
    "add_entry",
    "change_entry",
    "close_entry",
    "move_open_entries",
    "move_subject",
    "review_entry",
]
