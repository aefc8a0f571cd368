"""Where the drawing library comes from: one static file of an installed package.

Only that file is served, under a name of our own; the package itself is never imported. Without it
(it has no wheel for every Python) charts stay tables.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

PACKAGE = "instaui_echarts"
FILE = "echarts.esm.min.js"
FOLDER = "vendor"
LIBRARY = f"{FOLDER}/{FILE}"


@cache
def library_folder() -> Path | None:
    """Return the folder in which the installed package has the library, None without it."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "static"
    return folder if (folder / FILE).is_file() else None


class ChartLibraryFinder(BaseFinder):
    """Finds exactly one file, ``vendor/echarts.esm.min.js``."""

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:  # noqa: FBT001, FBT002 -- Django's signature
        """Return where the library lies if it is asked for, else nothing."""
        folder = library_folder()
        if path != LIBRARY or folder is None:
            return []
        found = str(folder / FILE)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """Yield the library for collecting, with its folder."""
        folder = library_folder()
        if folder is None or matches_patterns(FILE, list_of(ignore_patterns)):
            return
        storage = FileSystemStorage(location=folder)
        storage.prefix = FOLDER  # type: ignore[attr-defined]
        yield FILE, storage


def list_of(patterns: Iterable[str] | None) -> "list[str]":
    """Return patterns as a list, an empty one for none."""
    return [*patterns] if patterns else []
