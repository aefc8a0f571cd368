"""Where source texts and catalogues lie."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent.parent
CATALOGUE = Path("locale/zh_Hans/LC_MESSAGES/django.po")
CODE_FOLDERS = ("crm_site", "customers", "marketing", "service", "analytics")
TEMPLATE_FOLDER = "templates"
SCRIPT_FOLDER = "static/js"
LEFT_OUT = {"migrations", "tests", "__pycache__"}


def code_files(root: Path) -> Iterator[Path]:
    """Yield the Python files whose texts people may read."""
    for folder in CODE_FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            if not LEFT_OUT & set(path.relative_to(root).parts):
                yield path


def template_files(root: Path) -> Iterator[Path]:
    """Yield pages and mail texts."""
    for pattern in ("*.html", "*.txt"):
        yield from sorted((root / TEMPLATE_FOLDER).rglob(pattern))


def script_files(root: Path) -> Iterator[Path]:
    """Yield the browser's scripts."""
    yield from sorted((root / SCRIPT_FOLDER).rglob("*.js"))
