"""Commands: `demo`, `manage ARGUMENTS`, `run [--keep FOLDER] -- PROGRAM`, `delete-data --yes`."""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from crm_site.embedded import demo
from crm_site.embedded.errors import StartError
from crm_site.embedded.servers import kept, throw_away


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m crm_site.embedded")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("demo", help="run the demo installation in the foreground")
    delete = commands.add_parser("delete-data", help="delete the demo's data and keys for good")
    delete.add_argument("--yes", action="store_true", help="without it nothing is deleted")
    manage = commands.add_parser("manage", help="run a manage.py command against the running demo")
    manage.add_argument("arguments", nargs=argparse.REMAINDER)
    run = commands.add_parser("run", help="run a program with throw-away servers and keys")
    run.add_argument("--keep", type=Path, help="folder for the servers' data, kept for later runs")
    run.add_argument("arguments", nargs=argparse.REMAINDER, metavar="-- program arguments")
    options = parser.parse_args(arguments)
    try:
        if options.command == "demo":
            return demo.run_demo(os.environ)
        if options.command == "delete-data":
            demo.delete_data(os.environ, sure=options.yes)
            return 0
        if options.command == "manage":
            return run_against_demo(options.arguments)
        program = options.arguments
        program = program[1:] if program[:1] == ["--"] else program
        return run_with_servers(program, keep=options.keep)
    except StartError as error:
        sys.stderr.write(f"\n{error}\n")
        return 1


def run_with_servers(program: Sequence[str], *, keep: Path | None = None) -> int:
    """Run `program` with throw-away servers and keys, or those in `keep`; return its exit code."""
    if not program:
        raise StartError("Name the program to run: python -m crm_site.embedded run -- PROGRAM")
    signal.signal(signal.SIGTERM, _leave)
    servers = throw_away(os.environ) if keep is None else kept(keep, os.environ)
    with servers as environment:
        return _run(program, {**os.environ, **environment})


def run_against_demo(arguments: Sequence[str]) -> int:
    """Run `manage.py` with the servers and keys of the running demo; return its exit code."""
    path = demo.read_options(os.environ).data_dir / "run" / "environment.json"
    try:
        environment = json.loads(path.read_text())
    except FileNotFoundError as error:
        raise StartError("The demo does not run here. Start it with `make demo` first.") from error
    return _run([sys.executable, str(demo.ROOT / "manage.py"), *arguments], environment)


def _run(program: Sequence[str], environment: dict[str, str]) -> int:
    try:
        process = subprocess.Popen(program, env=environment, cwd=Path.cwd())
    except OSError as error:
        raise StartError(f"{program[0]}: {error.strerror}") from error
    try:
        return process.wait()
    except KeyboardInterrupt:  # the program had it too
        return process.wait()
    finally:
        process.terminate()
        process.wait()


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
