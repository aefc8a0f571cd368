"""The few sentences that scripts in the browser say, in the active language."""

from functools import lru_cache

from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def words_element() -> SafeString:
    """Return the words as the element that the scripts read them from."""
    return _element(get_language() or "")


@lru_cache(maxsize=8)
def _element(_language: str) -> SafeString:
    return json_script(_words(), "words")


def _words() -> dict[str, str]:
    """Return script key → sentence; `{n}` stands for a number the script fills in."""
    return {
        "close": _("Close"),
        "undo": _("Undo ({n} s)"),
        "copied": _("Copied"),
        "copy_failed": _("Copying is not allowed by this browser: select the text and copy it."),
        "draft_restored": _("Your draft was restored"),
        "draft_discard": _("Discard draft"),
        "offline": _("No connection. Your input is kept on this device."),
        "failed": _("The server did not finish this step. Try again in a moment."),
        "too_many": _("Too many requests. Try again in {n} s."),
        "session_ends": _("You will be signed out in 2 minutes. Unsaved input is kept as a draft."),
        "session_keep": _("Keep working"),
        "session_kept": _("You stay signed in"),
        "hours_minutes": _("{h} h {m} min"),
        "minutes_seconds": _("{m} min {s} s"),
        "overdue": _("overdue"),
        "error_prefix": _("Error:"),
    }
