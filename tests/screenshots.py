"""Takes the pictures in docs/screenshots from a demo of its own (`make screenshots`).

Runs with throw-away servers: `python -m crm_site.embedded run -- python -m tests.screenshots`.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.data.make_leads_cn import make_rows, write
from tests.plugins.browser import ARGUMENTS, INSTALL, chromium_path, link_fonts

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
PORT = int(os.environ.get("PORT", "8765"))
BASE = f"http://127.0.0.1:{PORT}"
CUSTOMERS = os.environ.get("DEMO_CUSTOMERS", "2000")
MOST_BYTES = 300_000
SECONDS_TO_START = 60
SIZES = {1440: 900, 360: 740}
PREPARATION = (
    ("migrate", "--no-input", "-v0"),
    ("sync_roles",),
    ("compile_translations",),
    ("collectstatic", "--no-input", "-v0"),
)


def main() -> int:
    """Seed a demo, serve it and write every picture; return the exit code."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        credentials = folder / "credentials.json"
        seed = ("seed_demo", "--customers", CUSTOMERS, "--credentials", str(credentials))
        os.environ["HTTPS"] = "false"  # loopback only
        for step in (*PREPARATION, seed):
            subprocess.run([sys.executable, "manage.py", *step], cwd=ROOT, check=True)
        with served():
            take_all(folder, json.loads(credentials.read_text(encoding="utf-8")))
    heavy = [path.name for path in FOLDER.glob("*.png") if path.stat().st_size > MOST_BYTES]
    if heavy:
        print(f"Larger than {MOST_BYTES} bytes: {', '.join(heavy)}", file=sys.stderr)
    return int(bool(heavy))


@contextmanager
def served() -> Iterator[None]:
    """Run the web server and one worker while the block lasts."""
    programs = (
        ("gunicorn", "crm_site.wsgi:application", "--bind", f"127.0.0.1:{PORT}", "--threads", "4"),
        ("celery", "-A", "crm_site", "worker", "-c", "1", "-l", "WARNING"),
    )
    running = [subprocess.Popen([sys.executable, "-m", *argv], cwd=ROOT) for argv in programs]
    try:
        wait_for(f"{BASE}/healthz")
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def wait_for(url: str) -> None:
    """Return once `url` answers; raise TimeoutError if it does not."""
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 -- our own address
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise TimeoutError(url)


def take_all(folder: Path, accounts: dict[str, dict[str, str]]) -> None:
    """Open each page as one of the demo's people and save it."""
    from playwright.sync_api import sync_playwright

    link_fonts(folder)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        path = chromium_path(playwright.chromium.executable_path)
        if not path:
            raise SystemExit(f"no Chromium: run `{INSTALL}`")
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[*ARGUMENTS, "--lang=zh-CN"],
            env={**os.environ, "XDG_DATA_HOME": str(folder), "LANGUAGE": "zh_CN"},
        )
        consultant, supervisor = accounts["consultant"], accounts["supervisor"]
        page = signed_in(browser, consultant)
        save(page, "today-zh", "/")
        save(page, "customers-zh", "/customers/")
        save(signed_in(browser, consultant, theme="dark", width=360), "today-phone-dark", "/")
        page = signed_in(browser, supervisor)
        save(page, "team-zh", "/team/")
        save(page, "import-zh", trial_run(page, folder))
        page = signed_in(browser, consultant, language="en")
        save(page, "customer-en", fullest_record(page))
        browser.close()


def signed_in(
    browser: Any,
    account: dict[str, str],
    *,
    language: str = "zh-hans",
    theme: str = "light",
    width: int = 1440,
) -> Any:
    """Return a page signed in as `account`."""
    context = browser.new_context(
        base_url=BASE,
        viewport={"width": width, "height": SIZES[width]},
        color_scheme=theme,
        locale="zh-CN" if language == "zh-hans" else "en-GB",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": "django_language", "value": language, "url": BASE}])
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("[name=username]", account["username"])
    page.fill("[name=password]", account["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    return page


def trial_run(page: Any, folder: Path) -> str:
    """Upload the generated lead file; return the address of its trial run."""
    path = folder / "leads_cn.csv"
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()  # noqa: TID251 -- a program
    write(path, make_rows(seed=7, rows=300, today=today))
    page.goto("/imports/")
    page.set_input_files("input[type=file]", path)
    page.click("#import-form button.btn-p")
    page.wait_for_selector("button[value=write]", timeout=SECONDS_TO_START * 1000)
    return str(page.url)


def fullest_record(page: Any) -> str:
    """Return the address of the most recently contacted customer of the list."""
    page.goto("/customers/")
    rows = page.locator("#customer-table tbody tr")
    planned = rows.filter(has=page.locator("td.c-next:not(:text-is('--'))"))
    link = (planned if planned.count() else rows).first.locator("td.c-name a")
    return str(link.get_attribute("href"))


def save(page: Any, name: str, path: str) -> None:
    """Write the visible part of the page at `path` to docs/screenshots/`name`.png."""
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")
    print(f"docs/screenshots/{name}.png", flush=True)


if __name__ == "__main__":
    sys.exit(main())
