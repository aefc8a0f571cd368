"""Every regular expression of the product and of the validators it uses, and texts against it.

An expression works in step with the text if twice the text is about twice the work. Judged is the
time of the process alone; what takes no time worth measuring on a long text is not looked at again.
"""

import ast
import importlib
import pkgutil
import re
import signal
import string
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGES = ("crm_site", "customers", "marketing", "service", "analytics")
ROOT = Path(__file__).resolve().parents[2]
LONG = 30_000  # characters
SMALL = 26  # enough for what doubles with every character
FAST = 0.05  # seconds of the processor for the long text
TOO_LONG = 1.0  # seconds after which nothing is waited for
GROWS = 3.0  # linear is 2, quadratic 4
PIECES = ("a", "1", " ", "-", "@", "\n", "中", "ab ", "1-", "a.", "a@")
LIBRARIES = ("django.core.validators", "django.utils.dateparse")


USED = re.compile(r"(\w+)\.(match|fullmatch|search|sub|subn|split|findall|finditer)\(")
AT_THE_START = {"match", "fullmatch"}


class TooLongError(Exception):
    """An expression still worked after the time it was given."""


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression, where it stands, and whether it is looked for anywhere in a text."""

    pattern: re.Pattern[str]
    where: str
    is_searched: bool = True


def expressions() -> list[Expression]:
    """Return every expression in sight, each once."""
    used, found = _uses(), {}
    for module in _modules():
        for name, value in vars(module).items():
            ways = used.get(name, set()) if isinstance(value, re.Pattern) else set()
            is_searched = not ways or bool(ways - AT_THE_START)
            for pattern in _patterns_in(value):
                where = f"{module.__name__}.{name}"
                found.setdefault(pattern, Expression(pattern, where, is_searched))
    known = {pattern.pattern for pattern in found}
    for text, where in _written_in_place():
        if text not in known:
            found[re.compile(text)] = Expression(re.compile(text), where)
    return list(found.values())


def _uses() -> dict[str, set[str]]:
    """Return by the name of an expression how the product uses it."""
    uses: dict[str, set[str]] = {}
    for path in _sources():
        for name, way in USED.findall(path.read_text(encoding="utf-8")):
            uses.setdefault(name, set()).add(way)
    return uses


def _sources() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def _modules() -> Iterator[Any]:
    importlib.import_module("crm_site.urls")  # which makes the converters of addresses known first
    for package in PACKAGES:
        root = importlib.import_module(package)
        for info in pkgutil.walk_packages(root.__path__, f"{package}."):
            parts = set(info.name.split("."))
            if not parts & {"migrations", "settings", "embedded", "wsgi", "__main__"}:
                yield importlib.import_module(info.name)
    for name in LIBRARIES:
        yield importlib.import_module(name)


def _patterns_in(value: Any, depth: int = 0) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif depth < 3:
        yield from _nested(value, depth + 1)


def _nested(value: Any, depth: int) -> Iterator[re.Pattern[str]]:
    if isinstance(value, dict):
        inner: Any = value.values()
    elif isinstance(value, list | tuple | set | frozenset):
        inner = value
    elif isinstance(value, type) and value.__module__.split(".")[0] in (*PACKAGES, "django"):
        inner = [part for key, part in vars(value).items() if not key.startswith("__")]
    elif type(value).__name__.endswith("Validator") or hasattr(value, "_setupfunc"):
        inner = [getattr(value, "regex", None), getattr(value, "user_regex", None)]
    else:
        return
    for part in inner:
        if hasattr(part, "_setupfunc"):  # Django's lazy expression
            part = getattr(part, "_wrapped", None) if part.pattern else None
        yield from _patterns_in(part, depth)


def _written_in_place() -> Iterator[tuple[str, str]]:
    """Yield the expressions that are given as text where they are used."""
    for path in _sources():
        source = path.read_text(encoding="utf-8")
        if "re." not in source and "RegexValidator" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and node.args and _is_about_regex(node.func):
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, f"{path.relative_to(ROOT)}:{node.lineno}"


def _is_about_regex(called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute):
        return isinstance(called.value, ast.Name) and called.value.id == "re"
    return isinstance(called, ast.Name) and called.id == "RegexValidator"


def slow_text(one: Expression) -> str:
    """Return the piece of a text on which the work grows faster than its length; empty if none."""
    literal = "".join(dict.fromkeys(re.sub(r"\\.", "", one.pattern.pattern)))
    own = [c for c in literal if c in string.printable and c not in "()[]{}|?*+^$"][:5]
    return next((piece for piece in dict.fromkeys((*PIECES, *own)) if _is_slow(one, piece)), "")


def _is_slow(one: Expression, piece: str) -> bool:
    """Tell whether a short text takes any time, or twice the text much more than twice of it."""
    try:
        if _time(one, piece * SMALL + "\x00") > FAST:
            return True
        if _time(one, _text(piece, LONG)) < FAST:
            return False
        short, long = (
            min(_time(one, _text(piece, length)) for _ in range(3)) for length in (LONG // 2, LONG)
        )
    except TooLongError:
        return True
    return long > GROWS * short


def _text(piece: str, length: int) -> str:
    """Return a text of nothing but ``piece``, but for an end that fits nowhere."""
    return (piece * length)[:length] + "\x00"


def _time(one: Expression, text: str) -> float:
    def stop(*_: Any) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, TOO_LONG)
    try:
        started = time.process_time()
        one.pattern.match(text)
        one.pattern.fullmatch(text)
        if one.is_searched:
            one.pattern.sub("", text)
        return time.process_time() - started
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
