"""Log files: one a day, kept as long as the setting says, without personal data.

Source: Cybersecurity Law (2025), art. 23: network logs at least six months; six calendar months
have up to 184 days (A-33).
"""

import logging
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

FEWEST_DAYS = 184
HIDDEN = "****"
NAME = re.compile(r"[a-z]+-(\d{4}-\d\d-\d\d)\.log")
# What must never stand in a log, whoever wrote the message: numbers of people, and secrets.
PERSONAL = (
    re.compile(r"(?<![0-9])(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])"),
    re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9A-Za-z])"),
)
SECRET = re.compile(
    r"(?i)\b(bearer|token|password|passwd|secret|otp|sessionid|anju_session|csrftoken)"
    r"(\"?'?\s*[:=]\s*\"?'?|\s+)[^\s\"'&,;}]+"
)
LINK = re.compile(r"(/accounts/password/|/s/(?=[0-9A-Za-z]{22}))[^\s\"']+")


class CleanFormatter(logging.Formatter):
    """Formats a record, traceback included, and hides numbers of people and secrets in it."""

    def format(self, record: logging.LogRecord) -> str:
        return clean(super().format(record))


def clean(text: str) -> str:
    """Return ``text`` without phone and identity numbers, passwords, tokens and one-time links."""
    for pattern in PERSONAL:
        text = pattern.sub(HIDDEN, text)
    text = SECRET.sub(lambda found: f"{found[1]}{found[2]}{HIDDEN}", text)
    return LINK.sub(rf"\1{HIDDEN}", text)


class DailyFileHandler(logging.Handler):
    """Appends each line to the file of its day; any number of processes may share it."""

    def __init__(self, directory: str) -> None:
        super().__init__()
        self.directory = Path(directory)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; a full disk must not stop the work."""
        try:
            day = datetime.fromtimestamp(record.created, tz=UTC).astimezone().date()
            self.directory.mkdir(parents=True, exist_ok=True)
            path = self.directory / f"app-{day.isoformat()}.log"
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{self.format(record)}\n")
        except OSError:
            self.handleError(record)


def drop_old(*, directory: str, days: int, today: date) -> int:
    """Delete the files of days more than ``days`` ago; return how many."""
    last = today - timedelta(days=days)
    old = [path for path in Path(directory).glob("*.log") if _is_before(path, last)]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _is_before(path: Path, last: date) -> bool:
    found = NAME.fullmatch(path.name)
    return found is not None and date.fromisoformat(found[1]) < last
