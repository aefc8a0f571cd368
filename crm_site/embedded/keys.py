"""The secrets of an embedded installation, made once and kept in `keys.json`."""

import json
import os
import secrets
from pathlib import Path

from crm_site.embedded.errors import StartError

NOTICE = (
    "Keys of this installation. FIELD_KEYS (newest first) encrypt personal data in the database "
    "and INDEX_KEY finds it again: without this file that data is lost for good. Keep a copy apart "
    "from the database's backups, and show it to nobody."
)
NAMES = ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY")


def new_keys() -> dict[str, str]:
    """Return fresh keys as environment values; FIELD_KEYS is a comma list of 32-byte hex keys."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": secrets.token_hex(32),
        "INDEX_KEY": secrets.token_hex(32),
    }


def load_or_create(path: Path) -> tuple[dict[str, str], bool]:
    """Return the keys in `path` as environment values and whether they were made just now.

    The file is readable by its owner only; a file that others can read is refused.
    """
    if not path.exists():
        keys = new_keys()
        _write(path, keys)
        return keys, True
    if path.stat().st_mode & 0o077:
        raise StartError(f"{path} can be read by others. Run `chmod 600 {path}`, then start again.")
    try:
        content = json.loads(path.read_text())
        keys = {
            "SECRET_KEY": str(content["SECRET_KEY"]),
            "FIELD_KEYS": ",".join(content["FIELD_KEYS"]),
            "INDEX_KEY": str(content["INDEX_KEY"]),
        }
    except (ValueError, KeyError, TypeError) as error:
        raise StartError(
            f"{path} is damaged ({error!r}). Restore it from a copy: without these keys the "
            "personal data in the database cannot be read. To start anew without that data, choose "
            "another DATA_DIR."
        ) from error
    return keys, False


def _write(path: Path, keys: dict[str, str]) -> None:
    content = {"notice": NOTICE, **keys, "FIELD_KEYS": keys["FIELD_KEYS"].split(",")}
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
