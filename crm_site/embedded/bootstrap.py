"""Makes `.venv` and keeps it at the locked versions. Runs before anything is installed.

Run as a file: `python3 crm_site/embedded/bootstrap.py demo|test`. Only the first run and those
after a change of the locks take time; a stamp in `.venv` tells.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
EMBEDDED = "crm_site/embedded/requirements.txt"
LOCKS = {"demo": [EMBEDDED], "test": [EMBEDDED, "tests/requirements.txt"]}
UV = "uv==0.13.9"


def main(kind: str) -> int:
    """Install what `kind` needs and return the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 -- older ones are who this is for
        return fail(
            f"Python {sys.version.split()[0]} is too old: 3.11 or later is needed. "
            f"Name one: make {kind} PYTHON=python3.11"
        )
    stamp = os.path.join(VENV, "anju-" + kind)
    wanted = fingerprint(kind)
    if read(stamp) == wanted and os.path.exists(PYTHON):
        return 0
    if not works(PYTHON) and not make_venv():
        return 1
    if not install(LOCKS[kind]):
        return fail(
            "The packages could not be installed. Is the package index reachable? For a mirror set "
            "PIP_INDEX_URL, then run the command again."
        )
    with open(stamp, "w") as file:
        file.write(wanted)
    return 0


def make_venv() -> bool:
    """Make `.venv` anew; return whether that worked."""
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.call([sys.executable, "-m", "venv", VENV]) == 0:
        return True
    shutil.rmtree(VENV, ignore_errors=True)
    fail(
        "The virtual environment could not be made. On Debian and Ubuntu install the package "
        "python3-venv (`apt-get install python3-venv`), then run the command again."
    )
    return False


def install(locks: list[str]) -> bool:
    """Install the locked packages, with uv where it can be had; return whether that worked."""
    files = [part for lock in locks for part in ("-r", os.path.join(ROOT, lock))]
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.call([*pip, UV], stderr=subprocess.DEVNULL) == 0:
        uv = [os.path.join(VENV, "bin", "uv"), "pip", "install", "--quiet", "--python", PYTHON]
        if subprocess.call([*uv, *files], cwd=ROOT, env=uv_environment()) == 0:
            return True
    return subprocess.call([*pip, *files], cwd=ROOT) == 0


def uv_environment() -> dict[str, str]:
    """Return our environment with pip's index and certificate under the names that uv reads."""
    environment = dict(os.environ)
    listing = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    names = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        name = names.get(key.rpartition(".")[2])
        if name:
            environment.setdefault(name, value.strip("'"))
    return environment


def fingerprint(kind: str) -> str:
    """Return a text that changes with the locks and with this Python."""
    digest = hashlib.sha256(sys.version.encode())
    for lock in LOCKS[kind]:
        with open(os.path.join(ROOT, lock), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def works(python: str) -> bool:
    """Return whether this interpreter starts."""
    try:
        return subprocess.call([python, "-c", ""], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def read(path: str) -> str:
    """Return the text of a file, nothing if there is none."""
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def fail(message: str) -> int:
    """Say what went wrong and return the exit code for it."""
    sys.stderr.write("\n" + message + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
