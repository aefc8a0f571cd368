"""The demo installation: servers, a company with data, web, worker and beat, in one terminal."""

import hmac
import json
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from crm_site.embedded import keys, preflight, prepare
from crm_site.embedded.errors import StartError, StopRequestedError
from crm_site.embedded.instance import Instance
from crm_site.embedded.process import Command
from crm_site.embedded.servers import choose
from crm_site.embedded.supervisor import Plan, Supervisor, save_environment, say

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("django", "celery", "gunicorn", "psycopg2", "redis")
# One worker has no neighbours to ask for: without the question it is ready a second earlier.
WORKER_OPTIONS = ("-c", "2", "-l", "INFO", "--without-mingle", "--without-gossip")


@dataclass(frozen=True)
class Options:
    """What the environment of `make demo` says."""

    port: int
    data_dir: Path
    customers: int
    seed: int
    has_own_database: bool

    @property
    def credentials(self) -> Path:
        """Where the names and passwords of the demo accounts are written."""
        return self.data_dir / "demo" / "credentials.json"


PlanMaker = Callable[[Options, Mapping[str, str]], Plan]


def read_options(environ: Mapping[str, str]) -> Options:
    """Return the options in `environ` with defaults; raise StartError for a wrong number."""
    return Options(
        port=_number(environ, "PORT", 8000),
        data_dir=(ROOT / (environ.get("DATA_DIR") or "var")).absolute(),
        customers=_number(environ, "DEMO_CUSTOMERS", 2000),
        seed=_number(environ, "DEMO_SEED", 20260101),
        has_own_database=not environ.get("DATABASE_URL"),
    )


def run_demo(environ: Mapping[str, str]) -> int:
    """Run the demo until it is stopped; return the exit code."""
    options = read_options(environ)
    preflight.check_packages(PACKAGES)
    return supervise(options, environ, demo_plan)


def supervise(options: Options, environ: Mapping[str, str], make_plan: PlanMaker) -> int:
    """Check the ground, start servers and `make_plan`'s programs, watch them; return the exit code.

    That is 0 after a stop that was asked for. What cannot start or keeps dying raises StartError
    once everything started before was stopped.
    """
    preflight.check_python()
    preflight.prepare_folder(options.data_dir)
    instance = Instance(options.data_dir / "run")
    preflight.check_port(options.port)
    own_keys = _keys(options.data_dir)
    servers = choose(options.data_dir, environ)
    supervisor = Supervisor(instance, servers)
    try:
        urls = supervisor.start_servers()
        own = _settings(options, environ) | _unset(own_keys, environ)
        environment = {**environ, **own, **urls}
        save_environment(options.data_dir / "run" / "environment.json", environment)
        supervisor.start(make_plan(options, environment))
        say(f"\nReady: http://127.0.0.1:{options.port}")
        show_accounts(options.credentials)
        say("Ctrl-C stops everything.")
        supervisor.watch()
    except StopRequestedError:
        say("\nStopping")
    finally:
        supervisor.stop()
    return 0


def demo_plan(options: Options, environment: Mapping[str, str]) -> Plan:
    """Return the steps and programs of the demo."""
    logs = options.data_dir / "log"

    def command(name: str, *argv: str, stop_seconds: float = 15) -> Command:
        return Command(
            name=name,
            argv=argv,
            log=logs / f"{name}.log",
            env=environment,
            cwd=ROOT,
            stop_seconds=stop_seconds,
        )

    celery = (sys.executable, "-m", "celery", "-A", "crm_site")
    seed = (
        *("seed_demo", "--if-empty", "--customers", str(options.customers)),
        *("--seed", str(options.seed), "--credentials", str(options.credentials)),
        *("--truth", str(options.credentials.with_name("truth.json"))),
    )
    stamp = options.data_dir / "prepared"
    steps = (
        ("migrate", "--no-input"),
        ("sync_roles",),
        ("compile_translations",),
        ("collectstatic", "--no-input"),
        seed,
    )
    is_prepared = options.has_own_database and prepare.is_current(stamp)
    return Plan(
        steps=() if is_prepared else (command("prepare", *prepare.command(stamp, steps)),),
        programs=(
            command("worker", *celery, "worker", *WORKER_OPTIONS, stop_seconds=20),
            command("beat", *celery, "beat", "-l", "INFO", "--pidfile="),
            command(
                "web",
                *(sys.executable, "-m", "gunicorn", "crm_site.wsgi:application"),
                *("--bind", f"127.0.0.1:{options.port}", "--no-control-socket"),
                *("--worker-class", "gthread", "--workers", "2", "--threads", "8"),
                *("--graceful-timeout", "8", "--preload"),
                stop_seconds=20,
            ),
        ),
        ready_url=f"http://127.0.0.1:{options.port}/readyz",
    )


def show_accounts(credentials: Path) -> None:
    """Print the demo accounts; nothing where the demo company was not seeded by us."""
    try:
        accounts = json.loads(credentials.read_text())
    except FileNotFoundError:
        return
    say(f"\nDemo accounts (also in {credentials}):")
    rows = [("role", "user name", "password", "second factor")]
    for role, account in accounts.items():
        otp = account.get("otp_secret", "")
        rows.append((role, account["username"], account["password"], otp))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        cells = zip(row, widths, strict=True)
        say("  " + "  ".join(text.ljust(width) for text, width in cells).rstrip())


def delete_data(environ: Mapping[str, str], *, sure: bool) -> None:
    """Delete the demo's data, keys and accounts for good if `sure`; refuse while the demo runs."""
    data_dir = read_options(environ).data_dir
    if not (data_dir / "run").exists():
        raise StartError(f"{data_dir} holds no demo.")
    if not sure:
        say(f"Would delete {data_dir} with its database and keys. Add --yes to do it.")
        return
    instance = Instance(data_dir / "run")
    instance.end_orphans()
    servers = data_dir / "servers"
    if servers.is_symlink():
        shutil.rmtree(servers.resolve(), ignore_errors=True)
    instance.release()
    shutil.rmtree(data_dir)
    say(f"Deleted {data_dir}")


def _settings(options: Options, environ: Mapping[str, str]) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "crm_site.settings",
        "DATA_DIR": str(options.data_dir),
        "PORT": str(options.port),
        "ALLOWED_HOSTS": environ.get("ALLOWED_HOSTS") or "127.0.0.1,localhost",
        "HTTPS": "false",  # loopback only, no proxy in front
        "PYTHONUNBUFFERED": "1",
    }


def _keys(data_dir: Path) -> dict[str, str]:
    path = data_dir / "keys.json"
    own_keys, created = keys.load_or_create(path)
    if created:
        say(f"Made the keys of this installation: {path}. Without them its data cannot be read.")
    telephone = hmac.new(own_keys["SECRET_KEY"].encode(), b"CTI_SECRET", "sha256").hexdigest()
    return own_keys | {"CTI_SECRET": telephone}  # so that `manage simulate_calls` is believed


def _unset(values: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if not environ.get(name)}


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdecimal():
        raise StartError(f"{name}={text} is no whole number.")
    return int(text)
