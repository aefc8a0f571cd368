"""A small application under the real supervisor: `python -m tests.embedded.stand_in`.

It answers `/readyz` on PORT with the settings it was given. STAND_IN asks for a fault: `dies` ends
the program at once, `step fails` lets the only step fail.
"""

import json
import os
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from crm_site.embedded.demo import Options, read_options, supervise
from crm_site.embedded.errors import StartError
from crm_site.embedded.process import Command
from crm_site.embedded.supervisor import Plan

NAMES = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "DATA_DIR")
TABLE = "CREATE TABLE IF NOT EXISTS kept (number integer PRIMARY KEY)"


class Pages(BaseHTTPRequestHandler):
    """The only page."""

    def do_GET(self) -> None:
        """Answer with the settings."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({name: os.environ[name] for name in NAMES}).encode())


def plan(options: Options, environment: Mapping[str, str]) -> Plan:
    """Return one step that makes a table, and two programs."""

    def command(name: str, *argv: str) -> Command:
        log = options.data_dir / "log" / f"{name}.log"
        return Command(name, (sys.executable, *argv), log, environment, Path.cwd())

    step = "import sys; sys.exit('the step failed')"
    if os.environ.get("STAND_IN") != "step fails":
        step = (
            "import os, psycopg2; c = psycopg2.connect(os.environ['DATABASE_URL']); "
            f"c.cursor().execute({TABLE!r}); c.commit()"
        )
    sleeper = "import time; time.sleep(600)"
    web = "raise SystemExit(7)" if os.environ.get("STAND_IN") == "dies" else ""
    return Plan(
        steps=(command("prepare", "-c", step),),
        programs=(
            command("worker", "-c", sleeper),
            command("web", *(("-c", web) if web else ("-m", "tests.embedded.stand_in", "serve"))),
        ),
        ready_url=f"http://127.0.0.1:{options.port}/readyz",
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Pages).serve_forever()
    try:
        sys.exit(supervise(read_options(os.environ), os.environ, plan))
    except StartError as error:
        sys.exit(str(error))
