"""Collect the texts marked for translation and bring the Chinese catalogue up to them.

Without the gettext programs: Babel reads Python, Django turns templates into it, polib writes.
"""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

from crm_site.common.i18n.places import CATALOGUE, code_files, template_files

CONTEXT_END = "\x04"
METADATA = {
    "Project-Id-Version": "Anju CRM",
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
ONE, TWO = (1,), (1, 2)
IN_CONTEXT, PLURAL_IN_CONTEXT = ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    "_": ONE,
    "_lazy": ONE,
    "gettext": ONE,
    "gettext_lazy": ONE,
    "gettext_noop": ONE,
    "ngettext": TWO,
    "ngettext_lazy": TWO,
    "pgettext": IN_CONTEXT,
    "pgettext_lazy": IN_CONTEXT,
    "npgettext": PLURAL_IN_CONTEXT,
    "npgettext_lazy": PLURAL_IN_CONTEXT,
}

Key = tuple[str, str]


@dataclass(slots=True)
class Source:
    """A text to translate: context (or ""), text, plural (or ""), the files it stands in."""

    context: str
    text: str
    plural: str = ""
    files: set[str] = field(default_factory=set)

    @property
    def key(self) -> Key:
        """Return what makes the text one entry."""
        return (self.context, self.text)


def sources(root: Path) -> dict[Key, Source]:
    """Return every marked text of the code and the templates below `root`."""
    found: dict[Key, Source] = {}
    for path in code_files(root):
        _collect(found, path.read_text("utf-8"), path.relative_to(root))
    for path in template_files(root):
        python = templatize(path.read_text("utf-8"), origin=str(path))
        # Blanked-out markup keeps its indentation, which is no Python indentation.
        flat = "\n".join(line.lstrip() for line in python.splitlines())
        _collect(found, flat, path.relative_to(root))
    return found


def _collect(found: dict[Key, Source], python: str, name: Path) -> None:
    for source in _texts(python):
        kept = found.setdefault(source.key, source)
        kept.plural = kept.plural or source.plural
        kept.files.add(name.as_posix())


def _texts(python: str) -> Iterator[Source]:
    stream = io.BytesIO(python.encode())
    for _line, message, _comments, context in extract(
        "python", stream, keywords=KEYWORDS, options={"encoding": "utf-8"}
    ):
        text, plural = message[:2] if isinstance(message, tuple) else (message, "")
        if text:
            yield Source(context or "", text, plural or "")


def read_catalogue(path: Path) -> polib.POFile:
    """Return the catalogue at `path`, an empty one if there is none."""
    catalogue = polib.pofile(str(path)) if path.exists() else polib.POFile()
    catalogue.metadata = dict(METADATA)
    catalogue.wrapwidth = 100
    return catalogue


def key_of(entry: polib.POEntry) -> Key:
    """Return the key of a catalogue entry."""
    return (entry.msgctxt or "", entry.msgid)


def update_catalogue(root: Path, *, merge: Iterable[Path] = ()) -> tuple[int, int, int]:
    """Rewrite the Chinese catalogue from the sources; return (entries, still missing, dropped).

    Known translations stay; those in the `merge` files (JSON, text to translation, a list for
    plurals, context before U+0004) win; entries no longer in the sources are dropped.
    """
    path = root / CATALOGUE
    old = {key_of(entry): entry for entry in read_catalogue(path)}
    words = _merged(merge)
    fresh = polib.POFile(wrapwidth=100)
    fresh.metadata = dict(METADATA)
    found = sources(root)
    for key in sorted(found, key=lambda item: (item[1].lower(), item[1], item[0])):
        fresh.append(_entry(found[key], old.get(key), words.get(key)))
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh.save(str(path))
    missing = sum(not entry.translated() for entry in fresh)
    return len(fresh), missing, len(set(old) - set(found))


def _entry(
    source: Source, old: polib.POEntry | None, word: str | list[str] | None
) -> polib.POEntry:
    entry = polib.POEntry(
        msgctxt=source.context or None,
        msgid=source.text,
        msgid_plural=source.plural,
        occurrences=[(name, "") for name in sorted(source.files)],
    )
    chosen = word if word is not None else _translation(old)
    first = chosen[0] if isinstance(chosen, list) else chosen
    if source.plural:
        entry.msgstr_plural = {0: first or ""}
    else:
        entry.msgstr = first or ""
    if old is not None and word is None and "fuzzy" in old.flags:
        entry.flags.append("fuzzy")
    return entry


def _translation(entry: polib.POEntry | None) -> str:
    if entry is None:
        return ""
    return str(entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr)


def _merged(files: Iterable[Path]) -> dict[Key, str | list[str]]:
    words: dict[Key, str | list[str]] = {}
    for path in files:
        for name, translation in json.loads(path.read_text("utf-8")).items():
            context, _mark, text = name.rpartition(CONTEXT_END)
            words[(context, text)] = translation
    return words
