"""What is refused before or while servers start, and in which words."""

import os
import shutil
import stat
from collections import namedtuple
from pathlib import Path

import pytest

from crm_site.embedded import accounts, keys, preflight, servers
from crm_site.embedded.demo import read_options
from crm_site.embedded.errors import StartError
from crm_site.embedded.postgres import Place, Postgres

Usage = namedtuple("Usage", "total used free")


def test_a_full_disk_is_refused_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**10, 10**10, 999_999_999))

    with pytest.raises(StartError, match=r"Only 999 MB are free .* at least 1000 MB"):
        preflight.prepare_folder(tmp_path / "data")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StartError, match=r"DATA_DIR=.*/file/data cannot be made"):
        preflight.prepare_folder(tmp_path / "file" / "data")


def test_a_folder_of_another_account_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)

    with pytest.raises(StartError, match="belongs to another account"):
        preflight.prepare_folder(tmp_path)


def test_an_old_python_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.version_info", (3, 10, 9))
    monkeypatch.setattr("sys.version", "3.10.9 (main)")

    with pytest.raises(StartError, match=r"Python 3\.10\.9 is too old"):
        preflight.check_python()


def test_a_missing_package_is_named() -> None:
    with pytest.raises(StartError, match="Not installed: no_such_module"):
        preflight.check_packages(["json", "no_such_module"])


@pytest.mark.parametrize("port", [0, 65536])
def test_an_impossible_port_is_refused(port: int) -> None:
    with pytest.raises(StartError, match=f"PORT={port} is no port number"):
        preflight.check_port(port)


@pytest.mark.parametrize("text", ["80a", "-1", "８０００", "1.5"])
def test_a_wrong_number_names_its_variable(text: str) -> None:
    with pytest.raises(StartError, match=r"DEMO_CUSTOMERS=.* is no whole number"):
        read_options({"DEMO_CUSTOMERS": text})


def test_options_have_the_documented_defaults() -> None:
    options = read_options({"PORT": "", "DATA_DIR": ""})

    assert (options.port, options.customers, options.seed) == (8000, 2000, 20260101)
    assert options.data_dir.name == "var"


def test_data_of_another_major_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("15\n")
    postgres = Postgres(Place(tmp_path, tmp_path / "log", None))

    with pytest.raises(StartError, match="was made by PostgreSQL 15, but this release carries 18"):
        postgres.start()

    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"

    first, created = keys.load_or_create(path)
    second, created_again = keys.load_or_create(path)

    assert (created, created_again) == (True, False)
    assert first == second
    assert set(first) == {"SECRET_KEY", "FIELD_KEYS", "INDEX_KEY"}
    assert [len(bytes.fromhex(first[name])) for name in ("FIELD_KEYS", "INDEX_KEY")] == [32, 32]
    assert len(first["SECRET_KEY"]) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "lost for good" in path.read_text()


def test_older_field_keys_stay_behind_the_newest(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text('{"SECRET_KEY": "s", "FIELD_KEYS": ["new", "old"], "INDEX_KEY": "i"}')
    path.chmod(0o600)

    assert keys.load_or_create(path)[0]["FIELD_KEYS"] == "new,old"


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"SECRET_KEY": "s", "FIELD_KEYS": 5}'])
def test_damaged_keys_are_never_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    path.chmod(0o600)

    with pytest.raises(StartError, match="is damaged"):
        keys.load_or_create(path)

    assert path.read_text() == content


def test_keys_that_others_can_read_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keys.load_or_create(path)
    path.chmod(0o644)

    with pytest.raises(StartError, match="chmod 600"):
        keys.load_or_create(path)


def test_data_stays_in_place_unless_the_servers_account_cannot_enter(
    monkeypatch: pytest.MonkeyPatch, data_dir: Path
) -> None:
    monkeypatch.setattr(accounts, "ROOT_STORE", data_dir.parent / "store")
    data_dir.mkdir(mode=0o700)

    folder, account = accounts.server_folder(data_dir)
    again, _ = accounts.server_folder(data_dir)

    assert again == folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    if os.geteuid() == 0:
        assert account is not None
        assert account.uid == folder.stat().st_uid != 0
        assert folder.parent == data_dir.parent / "store"
        assert account.can_reach(folder)
        assert (data_dir / "servers").resolve() == folder
    else:
        assert account is None
        assert folder == data_dir / "servers"


def test_folders_of_killed_owners_are_swept_and_others_stay(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(servers, "temporary_root", lambda: tmp_path)
    abandoned, fresh, foreign = (
        tmp_path / f"{servers.THROW_AWAY_PREFIX}abandoned",
        tmp_path / f"{servers.THROW_AWAY_PREFIX}fresh",
        tmp_path / "something-else",
    )
    for folder in (abandoned, fresh, foreign):
        folder.mkdir()
        (folder / "lock").touch()
    for folder in (abandoned, foreign):
        os.utime(folder, (0, 0))

    with servers.throw_away({"DATABASE_URL": "given", "REDIS_URL": "given"}) as environment:
        running = Path(environment["DATA_DIR"])
        os.utime(running, (0, 0))
        servers.sweep_throw_away()
        assert running.exists()

    assert sorted(tmp_path.iterdir()) == sorted([fresh, foreign])
