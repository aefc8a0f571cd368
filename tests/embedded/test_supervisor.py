"""The supervisor over real servers and a stand-in application."""

import json
import os
import signal
import socket
import stat
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest

from tests.embedded.conftest import Run, is_alive, wait_for

Start = Callable[..., Run]
EVERYTHING = {"postgres", "redis", "worker", "web"}


def count_kept(run: Run) -> int:
    connection = psycopg2.connect(run.environment["DATABASE_URL"])
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM kept")
            return cursor.fetchone()[0]
    finally:
        connection.close()


def keep(run: Run, numbers: range) -> None:
    connection = psycopg2.connect(run.environment["DATABASE_URL"])
    try:
        for number in numbers:
            with connection, connection.cursor() as cursor:
                cursor.execute("INSERT INTO kept VALUES (%s)", (number,))
    finally:
        connection.close()


def settings_seen(run: Run) -> dict[str, str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{run.port}/readyz", timeout=5) as answer:
        return json.load(answer)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all_in_order_and_leaves_no_process(
    start: Start, number: signal.Signals
) -> None:
    run = start().ready()
    children = run.children()
    assert set(children) == EVERYTHING
    assert all(is_alive(pid) for pid in children.values())

    assert run.end(number) == 0

    assert not [name for name, pid in children.items() if is_alive(pid)]
    stopped = [line.split()[1] for line in run.text.splitlines() if line.startswith("Stopped ")]
    assert stopped == ["web", "worker", "redis", "postgres"]
    assert not (run.data_dir / "run" / "children.json").exists()
    secrets = [
        run.data_dir / "keys.json",
        run.data_dir / "run" / "environment.json",
        (run.data_dir / "servers").resolve() / "postgres-password",
    ]
    assert [stat.S_IMODE(file.stat().st_mode) for file in secrets] == [0o600] * 3


def test_kill_leaves_nothing_behind_and_the_next_start_has_every_acknowledged_row(
    start: Start,
) -> None:
    first = start().ready()
    keep(first, range(200))
    children = first.children()
    first.process.kill()
    first.process.wait()
    wait_for(lambda: not any(is_alive(pid) for pid in children.values()))

    second = start().ready()  # takes over the lock file, which still names the first

    assert count_kept(second) == 200
    assert second.environment["FIELD_KEYS"] == first.environment["FIELD_KEYS"]
    children = second.children()
    second.process.kill()

    third = start().ready()  # at once, while the others may still be stopping

    assert not [name for name, pid in children.items() if is_alive(pid)]
    assert count_kept(third) == 200


def test_a_second_instance_on_the_same_folder_is_refused(start: Start) -> None:
    first = start().ready()

    second = start()

    assert second.process.wait(20) == 1
    assert f"another instance runs as process {first.process.pid}" in second.text
    assert all(is_alive(pid) for pid in first.children().values())
    assert set(settings_seen(first)) >= {"DATABASE_URL"}


def test_a_taken_port_is_named_with_the_way_out(start: Start, data_dir: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        run = start(PORT=str(port))

        assert run.process.wait(20) == 1
    assert f"Port {port} is taken" in run.text
    assert f"PORT={port + 1} make demo" in run.text
    assert not (data_dir / "servers").exists()


def test_named_servers_are_used_with_own_keys_and_none_is_started(
    start: Start, data_dir: Path
) -> None:
    urls = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}

    run = start(**urls).ready()

    assert set(run.children()) == {"worker", "web"}
    assert not (data_dir / "servers").exists()
    seen = settings_seen(run)
    assert {name: seen[name] for name in urls} == urls
    keys = json.loads((data_dir / "keys.json").read_text())
    assert seen["SECRET_KEY"] == keys["SECRET_KEY"]
    assert seen["FIELD_KEYS"].split(",") == keys["FIELD_KEYS"]
    assert seen["INDEX_KEY"] == keys["INDEX_KEY"]


def test_a_dead_program_and_a_dead_server_are_restarted(start: Start) -> None:
    run = start().ready()
    keep(run, range(5))
    before = run.children()
    os.kill(before["web"], signal.SIGKILL)
    run.until("Restarting web (1 of 3)")
    os.kill(before["postgres"], signal.SIGKILL)
    run.until("Restarting postgres (1 of 3)")
    wait_for(lambda: run.children().get("postgres", before["postgres"]) != before["postgres"])

    wait_for(lambda: answers(run))

    assert count_kept(run) == 5
    after = run.children()
    assert after["worker"] == before["worker"]
    assert after["web"] != before["web"]


def answers(run: Run) -> bool:
    try:
        return bool(settings_seen(run))
    except OSError:
        return False


def test_a_program_that_keeps_dying_stops_everything_and_is_named(start: Start) -> None:
    run = start(STAND_IN="dies")

    assert run.process.wait(30) == 1
    assert "web died 4 times" in run.text
    assert "Stopped postgres" in run.text


def test_a_failing_step_is_named_with_its_last_lines(start: Start) -> None:
    run = start(STAND_IN="step fails")

    assert run.process.wait(30) == 1
    assert "prepare ended with code 1" in run.text
    assert "    the step failed" in run.text
    assert "Stopped postgres" in run.text
