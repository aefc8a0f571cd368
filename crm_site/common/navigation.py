"""What the side navigation offers: upper apps register their entries, the frame draws them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

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
        url = _url(entry)
        if url not in urls.values() and (not entry.permission or user.has_perm(entry.permission)):
            urls[entry] = url  # two permissions may open the same place
    urls = _first_of_each(urls)
    current = _current(request.path, [url for url in urls.values() if url])
    return [
        Link(entry.key, url, entry.label, entry.icon, _count(request, entry), url == current)
        for entry, url in urls.items()
        if url
    ]


def _first_of_each(urls: dict[Entry, str]) -> dict[Entry, str]:
    """Return the entries without those that lead where an earlier one leads."""
    first: dict[str, Entry] = {}
    for entry, url in urls.items():
        first.setdefault(url, entry)
    return {entry: url for entry, url in urls.items() if first[url] is entry}


def _url(entry: Entry) -> str:
    """Return the entry's path, empty while no URL of that name is wired."""
    try:
        return reverse(entry.url_name)
    except NoReverseMatch:
        return ""


def _current(path: str, urls: list[str]) -> str:
    """Return the longest of `urls` that `path` lies under; the root matches only itself."""
    matches = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(matches, key=len, default="")


def _count(request: HttpRequest, entry: Entry) -> int | None:
    count = _counts.get(entry.key)
    return count(request) if count else None
