"""A real browser for tests: one Chromium per run, no tolerated error in any page.

    def test_list(open_page, live_server, anna):
        page = open_page("/customers/", user=anna, width=360, theme="dark", language="en")

Every page fails its test at the end if the console showed an error, the content policy was broken,
or a request failed, unless the test named the status with `page_errors.allow(404)`.
"""

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Response

INSTALL = "python -m playwright install --with-deps chromium"
SYSTEM_BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
HEIGHTS = {360: 640, 768: 1024}
NOT_FOUND_WORDS = "Failed to load resource"
FIRST_ERROR_STATUS = 400


@dataclass
class PageErrors:
    """What went wrong in the pages of one test."""

    found: list[str] = field(default_factory=list)
    allowed: set[int] = field(default_factory=set)

    def allow(self, *statuses: int) -> None:
        """Expect answers with these statuses in this test."""
        self.allowed.update(statuses)

    def watch(self, page: "Page") -> None:
        """Collect console errors, uncaught exceptions and failed answers of `page`."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"exception: {error}"))
        page.on("response", self._response)

    def _console(self, message: "ConsoleMessage") -> None:
        if message.type == "error" and NOT_FOUND_WORDS not in message.text:
            self.found.append(f"console: {message.text}")

    def _response(self, response: "Response") -> None:
        if response.status >= FIRST_ERROR_STATUS and response.status not in self.allowed:
            self.found.append(f"{response.status}: {response.request.method} {response.url}")


def chromium_path(bundled: str) -> str:
    """Return the path of a Chromium on this machine, empty if there is none."""
    candidates = [os.environ.get("CHROMIUM", ""), bundled]
    candidates += [shutil.which(name) or "" for name in SYSTEM_BROWSERS]
    return next((path for path in candidates if path and Path(path).exists()), "")


def link_fonts(data_home: Path) -> None:
    """Offer the Chinese fonts of the test dependencies to the browser."""
    found = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    if found is None or not found.submodule_search_locations:
        return
    (data_home / "fonts").mkdir(parents=True, exist_ok=True)
    for folder in found.submodule_search_locations:
        for font in Path(folder).rglob("*.[ot]tf"):
            target = data_home / "fonts" / font.name
            if not target.exists():
                target.symlink_to(font)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Browser"]:
    """One headless Chromium for the whole run."""
    playwright_api = pytest.importorskip("playwright.sync_api")
    data_home = tmp_path_factory.mktemp("browser")
    link_fonts(data_home)
    with playwright_api.sync_playwright() as playwright:
        path = chromium_path(playwright.chromium.executable_path)
        if not path:
            pytest.skip(f"no Chromium: run `{INSTALL}`")
        environment = {**os.environ, "XDG_DATA_HOME": str(data_home)}
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, env=environment)
        yield browser
        browser.close()


@pytest.fixture
def page_errors() -> Iterator[PageErrors]:
    """Collects errors of the test's pages and fails the test over them."""
    errors = PageErrors()
    yield errors
    assert errors.found == []


@pytest.fixture
def open_page(
    chromium: "Browser", live_server: Any, page_errors: PageErrors
) -> Iterator[Callable[..., "Page"]]:
    """Open a path of the live server as `user` in a given width, theme and language."""
    contexts = []

    def opened(
        path: str,
        *,
        user: Any = None,
        width: int = 1440,
        theme: str = "light",
        language: str = "zh-hans",
        **options: Any,
    ) -> "Page":
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            color_scheme=theme,
            locale="en-GB" if language == "en" else "zh-CN",
            timezone_id=options.pop("timezone_id", "Asia/Shanghai"),
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        context.add_cookies(cookies_for(live_server.url, user=user, language=language))
        page = context.new_page()
        page_errors.watch(page)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


def cookies_for(url: str, *, user: Any, language: str) -> list[dict[str, str]]:
    """Return the cookies of a signed-in session of `user` in `language`."""
    from django.conf import settings
    from django.test import Client

    from tests.signing_in import sign_in

    cookies = [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": url}]
    if user is not None:
        client = sign_in(Client(), user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies.append({"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url})
    return cookies
