"""What may be wrong with the words: untranslated, hard-coded, or blaming their reader."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import polib

from crm_site.common.i18n.extraction import Source, key_of, read_catalogue, sources
from crm_site.common.i18n.places import CATALOGUE, code_files, script_files, template_files

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
BLAMING_CHINESE = ("非法", "无效", "有误", "操作失败", "错误代码")  # han: the words looked for
BLAMING_ENGLISH = re.compile(r"\b(invalid|forbidden|oops|illegal)\b", re.IGNORECASE)
TEMPLATE_COMMENT = re.compile(r"\{% comment.*?%\}.*?\{% endcomment %\}|\{#.*?#\}", re.DOTALL)
SCRIPT_COMMENT = re.compile(r"/\*.*?\*/|(?<![:'\"])//[^\n]*", re.DOTALL)
PRAGMA = "# han:"

# Chinese that is data, not wording: place names, surnames, word lists, official day names, and the
# texts that customers read, which a company changes in the interface.
DATA_FILES = (
    "crm_site/demo/",
    "crm_site/exchange/rules/",
    "crm_site/management/",
    "crm_site/calendars/data/",
    "customers/consent_policy.py",
    "customers/contact_policies.py",
    "customers/default_texts.py",
    "customers/service_policy.py",
    "customers/rules/identity.py",
    "customers/rules/names.py",
    "customers/rules/phones.py",
    "customers/rules/search.py",
)
# Terms of the business that contain a blaming word (text of the entry, English).
TERMS: frozenset[str] = frozenset({"Invalid lead", "invalid lead"})


def complaints(root: Path) -> list[str]:
    """Return one line for each fault below `root`, none if all is well."""
    catalogue = read_catalogue(root / CATALOGUE)
    wanted = sources(root)
    return [
        *_incomplete(catalogue, wanted),
        *_blaming(catalogue),
        *_hard_coded(root),
    ]


def _incomplete(catalogue: polib.POFile, wanted: dict[tuple[str, str], Source]) -> Iterator[str]:
    known = {key_of(entry): entry for entry in catalogue if not entry.obsolete}
    for key, source in wanted.items():
        entry = known.get(key)
        if entry is None or not (entry.translated() or "fuzzy" in entry.flags):
            yield f"missing: {source.text!r} ({', '.join(sorted(source.files))})"
    for entry in catalogue:
        if entry.obsolete or key_of(entry) not in wanted:
            yield f"obsolete: {entry.msgid!r}"
        elif "fuzzy" in entry.flags:
            yield f"fuzzy: {entry.msgid!r}"
        elif entry.translated() and not _same_placeholders(entry):
            yield f"placeholders differ: {entry.msgid!r}"


def _same_placeholders(entry: polib.POEntry) -> bool:
    """Tell whether the translation fills the same blanks; a plural may leave the number out."""
    original = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    translated = set(PLACEHOLDER.findall(entry.msgstr_plural.get(0, "") or entry.msgstr))
    return translated == original


def _blaming(catalogue: polib.POFile) -> Iterator[str]:
    for entry in catalogue:
        if entry.obsolete or entry.msgid in TERMS:
            continue
        english = BLAMING_ENGLISH.search(f"{entry.msgid} {entry.msgid_plural}")
        chinese = entry.msgstr_plural.get(0, "") or entry.msgstr
        word = (
            english.group() if english else next((w for w in BLAMING_CHINESE if w in chinese), "")
        )
        if word:
            yield f"blaming word {word!r}: {entry.msgid!r}"


def _hard_coded(root: Path) -> Iterator[str]:
    for path in code_files(root):
        name = path.relative_to(root).as_posix()
        if not name.startswith(DATA_FILES):
            yield from _in_code(path, name)
    for path in template_files(root):
        yield from _in_text(path, root, _without(TEMPLATE_COMMENT))
    for path in script_files(root):
        yield from _in_text(path, root, _without(SCRIPT_COMMENT))


def _in_code(path: Path, name: str) -> Iterator[str]:
    """Yield Chinese in string literals; documentation and lines marked "# han:" are free."""
    text = path.read_text("utf-8")
    if not HAN.search(text):
        return
    lines = text.splitlines()
    if any(line.startswith(PRAGMA) for line in lines):
        return
    tree = ast.parse(text)
    documentation = {id(node) for node in _documentation(tree)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) in documentation or not HAN.search(node.value):
            continue
        if PRAGMA not in lines[node.lineno - 1]:
            yield f"hard-coded Chinese: {name}:{node.lineno}"


def _documentation(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _without(comment: re.Pattern[str]) -> Callable[[str], str]:
    return lambda text: comment.sub(lambda match: "\n" * match.group().count("\n"), text)


def _in_text(path: Path, root: Path, strip: Callable[[str], str]) -> Iterator[str]:
    for number, line in enumerate(strip(path.read_text("utf-8")).splitlines(), start=1):
        if HAN.search(line):
            yield f"hard-coded Chinese: {path.relative_to(root).as_posix()}:{number}"
