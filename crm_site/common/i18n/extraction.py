"""Collect the texts marked for translation and bring the Chinese catalogue up to them.

Without the gettext programs: Babel reads Python, Django turns templates into it, polib writes.
"""

import io
import json
from collections.abc import Iterable, Iterator, Mapping
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
Words = str | list[str]


class TranslationsDifferError(Exception):
    """A file to merge translates texts otherwise than the catalogue or another file does."""

    def __init__(self, texts: list[str]) -> None:
        """Keep the ``texts``, each with both translations."""
        super().__init__("Translated otherwise already:\n" + "\n".join(texts))
        self.texts = texts


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

    Known translations stay; the `merge` files (JSON, text to translation, a list for plurals,
    context before U+0004) fill in what has none or only a fuzzy one; entries no longer in the
    sources are dropped. Raise TranslationsDifferError, and write nothing, if a file translates a
    text otherwise than the catalogue or a file before it.
    """
    path = root / CATALOGUE
    old = {key_of(entry): entry for entry in read_catalogue(path)}
    words = _merged(merge, old)
    fresh = polib.POFile(wrapwidth=100)
    fresh.metadata = dict(METADATA)
    found = sources(root)
    for key in sorted(found, key=lambda item: (item[1].lower(), item[1], item[0])):
        fresh.append(_entry(found[key], old.get(key), words.get(key)))
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh.save(str(path))
    missing = sum(not entry.translated() for entry in fresh)
    return len(fresh), missing, len(set(old) - set(found))


def _entry(source: Source, old: polib.POEntry | None, word: Words | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgctxt=source.context or None,
        msgid=source.text,
        msgid_plural=source.plural,
        occurrences=[(name, "") for name in sorted(source.files)],
    )
    chosen = word if word is not None else _translation(old)
    if source.plural:
        entry.msgstr_plural = {0: _first(chosen)}
    else:
        entry.msgstr = _first(chosen)
    if old is not None and word is None and "fuzzy" in old.flags:
        entry.flags.append("fuzzy")
    return entry


def _translation(entry: polib.POEntry | None) -> str:
    if entry is None:
        return ""
    return str(entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr)


def _merged(files: Iterable[Path], old: Mapping[Key, polib.POEntry]) -> dict[Key, Words]:
    """Return the words of the files; raise TranslationsDifferError."""
    words: dict[Key, Words] = {}
    known = {key: _translation(entry) for key, entry in old.items() if "fuzzy" not in entry.flags}
    differing: list[str] = []
    for path in files:
        for name, translation in json.loads(path.read_text("utf-8")).items():
            context, _mark, text = name.rpartition(CONTEXT_END)
            key, new = (context, text), _first(translation)
            before = known.get(key)
            if before and new != before:
                differing.append(f"{_named(key)}: {before!r}, in {path.name} {new!r}")
            known[key] = before or new
            words[key] = translation
    if differing:
        raise TranslationsDifferError(differing)
    return words


def _first(words: Words | None) -> str:
    """Return the one form Chinese has."""
    if isinstance(words, list):
        return words[0] if words else ""
    return words or ""


def _named(key: Key) -> str:
    context, text = key
    return f"{text!r} ({context})" if context else repr(text)
