"""Turn catalogues into what gettext reads. Needs no settings, so that it can run before Django."""

import os
from pathlib import Path

import polib


def compile_catalogues(root: Path) -> list[Path]:
    """Write the .mo beside every .po that is newer; return those written.

    Safe beside other processes: a reader sees the old file or the new one.
    """
    written = []
    for source in sorted((root / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        passing = target.with_suffix(f".{os.getpid()}.tmp")
        polib.pofile(str(source)).save_as_mofile(str(passing))
        passing.replace(target)
        written.append(target)
    return written
