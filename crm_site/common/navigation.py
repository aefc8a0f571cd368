"""What the side navigation offers: upper apps register their entries, the frame draws them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

Label = str | Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """A registered place in the side navigation; `permission` empty means everyone."""

    key: str
    url_name: str
    label: Label
    icon: str
    order: int
    permission: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as one user sees it on one page; `count` None draws no badge."""

    key: str
    url: str
    label: Label
    icon: str
    count: int | None
    current: bool
    section: Label = ""  # the heading above it, where a new section begins


# Order from which a section reaches, and its heading; few entries need none.
SECTIONS: tuple[tuple[int, Label], ...] = (
    (0, pgettext_lazy("section", "Work")),
    (20, pgettext_lazy("section", "Customers")),
    (30, pgettext_lazy("section", "Management")),
    (600, pgettext_lazy("section", "Data and settings")),
    (900, pgettext_lazy("section", "System")),
)
ENTRIES_WITHOUT_SECTIONS = 7

_entries: dict[str, Entry] = {}
_counts: dict[str, Callable[[HttpRequest], int | None]] = {}


def register_entry(
    key: str, url_name: str, label: Label, icon: str, order: int, permission: str = ""
) -> None:
    """Offer `url_name` in the side navigation to users holding `permission` ("app.codename")."""
    _entries[key] = Entry(key, url_name, label, icon, order, permission)


def register_count(key: str, count: Callable[[HttpRequest], int | None]) -> None:
    """Show what `count(request)` returns as the badge of `key`; keep it one cheap query."""
    _counts[key] = count


def links_for(request: HttpRequest) -> list[Link]:
    """Return the entries `request.user` may use, in order; the deepest match is current."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    urls: dict[Entry, str] = {}
    for entry in sorted(_entries.values(), key=lambda entry: entry.order):
        url = url_or_blank(entry.url_name)
        if url not in urls.values() and (not entry.permission or user.has_perm(entry.permission)):
            urls[entry] = url  # two permissions may open the same place
    urls = _first_of_each(urls)
    current = _current(request.path, [url for url in urls.values() if url])
    links, above = [], ""
    for entry, url in urls.items():
        if not url:
            continue
        section = _section(entry.order) if len(urls) > ENTRIES_WITHOUT_SECTIONS else ""
        count = _count(request, entry)
        heading = section if section != above else ""
        links.append(
            Link(entry.key, url, entry.label, entry.icon, count, url == current, heading)
        )
        above = section
    return links


def _section(order: int) -> Label:
    """Return the heading of the section an entry of this order stands in."""
    return next(label for start, label in reversed(SECTIONS) if order >= start)


def pages_for(user: Any) -> list[tuple[Label, str]]:
    """Return label and address of every place of the navigation that ``user`` may open."""
    found = {
        url: entry.label
        for entry in sorted(_entries.values(), key=lambda entry: -entry.order)
        if (url := url_or_blank(entry.url_name))
        and (not entry.permission or user.has_perm(entry.permission))
    }
    return [(label, url) for url, label in reversed(found.items())]


def _first_of_each(urls: dict[Entry, str]) -> dict[Entry, str]:
    """Return the entries without those that lead where an earlier one leads."""
    first: dict[str, Entry] = {}
    for entry, url in urls.items():
        first.setdefault(url, entry)
    return {entry: url for entry, url in urls.items() if first[url] is entry}


def url_or_blank(name: str) -> str:
    """Return the path of the URL ``name``, empty while it is not wired."""
    return _url(name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())


@lru_cache(maxsize=256)
def _url(name: str, urlconf: str, _prefix: str) -> str:
    try:
        return reverse(name, urlconf=urlconf)
    except NoReverseMatch:
        return ""


def _current(path: str, urls: list[str]) -> str:
    """Return the longest of `urls` that `path` lies under; the root matches only itself."""
    matches = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(matches, key=len, default="")


def _count(request: HttpRequest, entry: Entry) -> int | None:
    count = _counts.get(entry.key)
    return count(request) if count else None
