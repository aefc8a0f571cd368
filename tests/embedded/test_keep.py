"""Servers whose data stay for the next run, with the keys that read them."""

import subprocess
import sys

from crm_site.embedded.instance import Instance
from tests.embedded.conftest import ROOT, SECONDS

ASK = """
import os, psycopg2
held = psycopg2.connect(os.environ["DATABASE_URL"])
with held, held.cursor() as cursor:
    cursor.execute("CREATE TABLE IF NOT EXISTS visits (at timestamptz)")
    cursor.execute("INSERT INTO visits SELECT now()")
    cursor.execute("SELECT count(*) FROM visits")
    print(cursor.fetchone()[0], os.environ["INDEX_KEY"])
"""


def run_in(folder) -> subprocess.CompletedProcess[str]:
    command = ("-m", "crm_site.embedded", "run", "--keep", str(folder), "--")
    return subprocess.run(
        [sys.executable, *command, sys.executable, "-c", ASK],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=4 * SECONDS,
        check=False,
    )


def test_a_kept_folder_is_found_again_with_its_keys_and_held_by_one_run_at_a_time(data_dir):
    first, second = run_in(data_dir), run_in(data_dir)
    count, key = first.stdout.split()
    assert count == "1"
    assert second.stdout.split() == ["2", key]
    holder = Instance(data_dir / "run")
    try:
        third = run_in(data_dir)
    finally:
        holder.release()
    assert third.returncode == 1
    assert "is in use" in third.stderr
