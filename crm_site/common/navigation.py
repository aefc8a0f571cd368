"""What the side navigation offers: upper apps register their entries, the frame draws them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy

Label = str | Promise


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A registered place in the side navigation; `permission` empty means everyone."""

    key: str
    url_name: str
    label: Label
    icon: str
    order: int
    permission: str | tuple[str, ...] = ()
    parent: str = ""

    def is_for(self, user: Any) -> bool:
        """Whether ``user`` holds what the entry asks for."""
        wanted = (self.permission,) if isinstance(self.permission, str) else self.permission
        return all(user.has_perm(each) for each in wanted if each)


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


SERVICE = 560  # from here to the next section lies what the service desk brings
# Order from which a section reaches, and its heading; few entries need none.
SECTIONS: tuple[tuple[int, Label], ...] = (
    (0, pgettext_lazy("section", "Work")),
    (20, pgettext_lazy("section", "Customers")),
    (30, pgettext_lazy("section", "Management")),
    (SERVICE, pgettext_lazy("section", "Service")),
    (600, pgettext_lazy("section", "Data and settings")),
    (900, pgettext_lazy("section", "System")),
)
ENTRIES_WITHOUT_SECTIONS = 7

_entries: dict[str, Entry] = {}
_counts: dict[str, Callable[[HttpRequest], int | None]] = {}


def register_entry(  # noqa: PLR0913 -- one flat line per entry
    key: str,
    url_name: str,
    label: Label,
    icon: str,
    order: int,
    permission: str | tuple[str, ...] = "",
    *,
    parent: str = "",
) -> None:
    """Offer `url_name` in the side navigation to users holding `permission` ("app.codename").

    Several permissions are all needed.

    An entry with a `parent` stands in the strip of that entry's page instead, for those who may
    open the parent.
    """
    _entries[key] = Entry(key, url_name, label, icon, order, permission, parent)


def register_count(key: str, count: Callable[[HttpRequest], int | None]) -> None:
    """Show what `count(request)` returns as the badge of `key`; keep it one cheap query."""
    _counts[key] = count


def links_for(request: HttpRequest) -> tuple[Link, ...]:
    """Return the entries `request.user` may use, in order; the deepest match is current."""
    allowed = _allowed(getattr(request, "user", None))
    place = get_urlconf() or settings.ROOT_URLCONF, get_script_prefix()
    current = _current(request.path, [*_addresses(allowed, *place).values()])
    links = _links(allowed, *place, current, get_language() or "")
    if not any(entry.key in _counts for entry in allowed):
        return links
    return tuple(
        replace(link, count=_counts[link.key](request)) if link.key in _counts else link
        for link in links
    )


@lru_cache(maxsize=512)
def _links(
    allowed: tuple[Entry, ...], urlconf: str, prefix: str, current: str, _language: str
) -> tuple[Link, ...]:
    """Return the entries without counts; drawn up once for each role, page and language."""
    urls = _addresses(allowed, urlconf, prefix)
    offered = {entry.key for entry in urls}
    above = next((entry.parent for entry, url in urls.items() if url == current), "")
    top = [entry for entry in urls if entry.parent not in offered]
    links, last = [], ""
    for entry in top:
        section = str(_section(entry.order)) if len(top) > ENTRIES_WITHOUT_SECTIONS else ""
        is_current = urls[entry] == current or (bool(above) and entry.key == above)
        links.append(
            Link(
                key=entry.key,
                url=urls[entry],
                label=str(entry.label),
                icon=entry.icon,
                count=None,
                current=is_current,
                section=section if section != last else "",
            )
        )
        last = section
    return tuple(links)


def strip_for(request: HttpRequest) -> list[Link]:
    """Return the page of an entry and those below it, where one of them is open; else nothing."""
    urls = _urls_for(getattr(request, "user", None))
    here = next((entry for entry, url in urls.items() if url == request.path), None)
    if here is None:
        return []
    head = here.parent or here.key
    family = [entry for entry in urls if head in (entry.key, entry.parent)]
    if len(family) == 1 or all(entry.key != head for entry in family):
        return []
    family.sort(key=lambda entry: entry.key != head)
    return [
        Link(entry.key, urls[entry], entry.label, entry.icon, None, entry is here)
        for entry in family
    ]


def _urls_for(user: Any) -> dict[Entry, str]:
    """Return the entries ``user`` may use with their addresses, in order; each place once."""
    place = get_urlconf() or settings.ROOT_URLCONF, get_script_prefix()
    return _addresses(_allowed(user), *place)


def _allowed(user: Any) -> tuple[Entry, ...]:
    """Return the entries whose permission ``user`` holds, in order."""
    if user is None or not user.is_authenticated:
        return ()
    entries = sorted(_entries.values(), key=attrgetter("order"))
    return tuple(entry for entry in entries if entry.is_for(user))


@lru_cache(maxsize=128)
def _addresses(allowed: tuple[Entry, ...], urlconf: str, prefix: str) -> dict[Entry, str]:
    """Return the addresses of those entries that are wired; never changed by its callers."""
    found: dict[Entry, str] = {}
    for entry in allowed:
        url = _url(entry.url_name, urlconf, prefix)
        if url and url not in found.values():  # two permissions may open one place
            found[entry] = url
    return found


def _section(order: int) -> Label:
    """Return the heading of the section an entry of this order stands in."""
    return next(label for start, label in reversed(SECTIONS) if order >= start)


def pages_for(user: Any) -> list[tuple[Label, str]]:
    """Return label and address of every place of the navigation that ``user`` may open."""
    found = {
        url: entry.label
        for entry in sorted(_entries.values(), key=lambda entry: -entry.order)
        if (url := url_or_blank(entry.url_name)) and entry.is_for(user)
    }
    return [(label, url) for url, label in reversed(found.items())]


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
