"""What every page's frame needs: theme, navigation, watermark, addresses of the top bar."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from crm_site.common import navigation
from crm_site.common.words import words_element

THEMES = {"light": "not all", "dark": "screen"}
THEME_OF_SYSTEM = "screen and (prefers-color-scheme: dark)"
BOTTOM_BAR_LINKS = 4
PHONE_FIRST = ("today", "customers", "tasks", "meetings")  # what the thumb reaches at the site


class Frame:
    """The page around the page; each part is computed only when a template reads it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def lang(self) -> str:
        """Return the tag for <html lang>, with the script for Chinese glyphs."""
        return "en" if (get_language() or "").startswith("en") else "zh-Hans"

    @cached_property
    def theme(self) -> str:
        """Return "light", "dark" or "" (as the system says)."""
        return self._choice("anju_theme", THEMES)

    @property
    def dark_media(self) -> str:
        """Return the media condition under which the dark values apply."""
        return THEMES.get(self.theme, THEME_OF_SYSTEM)

    @cached_property
    def nav_state(self) -> str:
        """Return "fold", "open" or "" (as the width says)."""
        return self._choice("anju_nav", {"fold", "open"})

    @cached_property
    def density(self) -> str:
        """Return "loose", "compact" or "" (default rows), as the account prefers."""
        value = getattr(self._request.user, "density", "")
        return value if value in {"loose", "compact"} else ""

    @cached_property
    def keys(self) -> str:
        """Return "off" if this account switched single-letter shortcuts off, else ""."""
        return "" if getattr(self._request.user, "shortcuts", True) else "off"

    @cached_property
    def words(self) -> SafeString:
        """Return the sentences of the scripts as the element they read."""
        return words_element()

    @cached_property
    def nav(self) -> tuple[navigation.Link, ...]:
        """Return the navigation entries this user may use."""
        return navigation.links_for(self._request)

    @cached_property
    def strip(self) -> list[navigation.Link]:
        """Return the pages that stand beside this one in a strip, none on most pages."""
        return navigation.strip_for(self._request)

    @cached_property
    def bottom(self) -> tuple[navigation.Link, ...]:
        """Return the entries that fit into the phone's bottom bar."""
        if len(self.nav) == BOTTOM_BAR_LINKS + 1:
            return self.nav
        wanted = {key: place for place, key in enumerate(PHONE_FIRST)}
        first = sorted(self.nav, key=lambda link: wanted.get(link.key, len(wanted)))
        return tuple(first[:BOTTOM_BAR_LINKS])

    @property
    def bottom_more(self) -> tuple[navigation.Link, ...]:
        """Return the entries behind the bottom bar's "more"."""
        shown = {link.key for link in self.bottom}
        return tuple(link for link in self.nav if link.key not in shown)

    @cached_property
    def user_label(self) -> str:
        """Return the signed-in person's name, or the account name."""
        user = self._request.user
        return str(user) if user.is_authenticated else ""

    @cached_property
    def watermark(self) -> str:
        """Return name, end of the employee number and local time."""
        digits = str(getattr(self._request.user, "employee_no", "") or "")[-4:]
        now = timezone.localtime().strftime("%Y-%m-%d %H:%M")
        return " ".join(part for part in (self.user_label, digits, now) if part)

    @property
    def page_to_return_to(self) -> str:
        """Return the address of this page, empty where it is the answer to a form."""
        request = self._request
        return request.get_full_path() if request.method == "GET" else ""

    @cached_property
    def session_left(self) -> int:
        """Return the seconds until this session ends."""
        return self._request.session.get_expiry_age()

    @cached_property
    def bell_url(self) -> str:
        """Return where the notification bell is drawn, empty while nothing serves it."""
        return navigation.url_or_blank("outbox:bell")

    @cached_property
    def remark_url(self) -> str:
        """Return where everybody notes what a customer said, empty while nothing serves it."""
        return navigation.url_or_blank("service:remark-add")

    @cached_property
    def search_url(self) -> str:
        """Return where the global search leads."""
        return navigation.url_or_blank("search")

    @cached_property
    def urls(self) -> dict[str, str]:
        """Return the addresses of account functions that are wired."""
        names = ("logout", "password_change", "set_language", "keep-session", "preferences")
        return {name.replace("-", "_"): navigation.url_or_blank(name) for name in names}

    @cached_property
    def other_language(self) -> str:
        """Return the code of the language the switch offers."""
        return "zh-hans" if self.lang == "en" else "en"

    def _choice(self, cookie: str, allowed: Any) -> str:
        value = self._request.COOKIES.get(cookie, "")
        return value if value in allowed else ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return `frame` and, as a shorthand, `nav`; a context processor."""
    page_frame = Frame(request)
    return {
        "frame": page_frame,
        "nav": SimpleLazyObject(lambda: page_frame.nav),
    }
