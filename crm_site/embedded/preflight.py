"""What can be known to fail before anything starts."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from crm_site.embedded.errors import StartError
from crm_site.embedded.process import port_is_free

LOWEST_PYTHON = (3, 11)
LEAST_FREE_BYTES = 1_000_000_000


def check_python() -> None:
    """Refuse a Python that the project cannot run on."""
    if sys.version_info < LOWEST_PYTHON:
        raise StartError(
            f"Python {sys.version.split()[0]} is too old: 3.11 or later is needed. Name one with "
            "`make demo PYTHON=/path/to/python3.11`."
        )


def check_packages(names: Sequence[str]) -> None:
    """Refuse to start while one of the modules `names` is not installed."""
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        raise StartError(
            f"Not installed: {', '.join(missing)}. Run `make demo`, which installs what it needs, "
            "or `pip install -r crm_site/embedded/requirements.txt`."
        )


def check_port(port: int) -> None:
    """Refuse a port that is no port or that another program listens on."""
    if not 1 <= port <= 65535:
        raise StartError(f"PORT={port} is no port number: choose one from 1024 to 65535.")
    if not port_is_free(port):
        raise StartError(
            f"Port {port} is taken by another program, or not yours to use. Choose another: "
            f"`PORT={port + 1 if port < 65535 else 8001} make demo`."
        )


def prepare_folder(data_dir: Path) -> None:
    """Make `data_dir` if needed; refuse one that is unreadable or on a nearly full disk."""
    try:
        # Root's servers run as another account, which has to pass through.
        data_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StartError(
            f"DATA_DIR={data_dir} cannot be made ({error.strerror}). Choose a folder of yours: "
            "`DATA_DIR=/path/to/folder make demo`."
        ) from error
    servers = data_dir / "servers"
    if not os.access(data_dir, os.R_OK | os.W_OK | os.X_OK) or (
        servers.exists() and not os.access(servers, os.R_OK | os.W_OK | os.X_OK)
    ):
        raise StartError(
            f"DATA_DIR={data_dir} belongs to another account and cannot be read and written. Run "
            "the command as that account, or choose another folder: "
            "`DATA_DIR=/path/to/folder make demo`."
        )
    free = shutil.disk_usage(servers if servers.exists() else data_dir).free
    if free < LEAST_FREE_BYTES:
        raise StartError(
            f"Only {free // 1_000_000} MB are free on the disk of {data_dir}; at least "
            f"{LEAST_FREE_BYTES // 1_000_000} MB are needed. Free some space, or choose a DATA_DIR "
            "on another disk."
        )
