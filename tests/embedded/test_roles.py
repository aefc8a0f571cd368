"""The script that creates the production roles, run against a real server."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from crm_site.embedded.accounts import server_folder
from crm_site.embedded.postgres import USER, Place, Postgres
from crm_site.embedded.servers import temporary_root

SCRIPT = Path(__file__).parent.parent.parent / "crm_site" / "deploy" / "create_roles.sh"
PASSWORDS = {"anju_owner": 'owner\'s "secret"', "anju_app": "app $secret"}


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory(prefix="anju-test-", dir=temporary_root()) as name:
        folder = Path(name)
        folder.chmod(0o711)
        servers, account = server_folder(folder)
        postgres = Postgres(Place(servers, folder / "log", account, durable=False))
        postgres.start()
        try:
            administrator = psycopg2.connect(address(postgres, USER, "postgres"))
            administrator.autocommit = True
            administrator.cursor().execute("DROP DATABASE anju")
            administrator.close()
            run_script(postgres)
            yield postgres
        finally:
            postgres.stop()


def address(postgres: Postgres, role: str, database: str = "anju") -> str:
    password = PASSWORDS.get(role) or postgres.password_file.read_text()
    quoted = password.replace("\\", "\\\\").replace("'", "\\'")
    return f"host=127.0.0.1 port={postgres.port} user={role} password='{quoted}' dbname={database}"


def run_script(postgres: Postgres) -> None:
    environment = {
        "PATH": f"{postgres.programs}:{os.environ['PATH']}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(postgres.port),
        "PGPASSWORD": postgres.password_file.read_text(),
        "POSTGRES_USER": USER,
        "DATABASE_OWNER_PASSWORD": PASSWORDS["anju_owner"],
        "DATABASE_PASSWORD": PASSWORDS["anju_app"],
    }
    subprocess.run(["sh", str(SCRIPT)], env=environment, check=True, capture_output=True)


def execute(postgres: Postgres, role: str, statement: str) -> None:
    connection = psycopg2.connect(address(postgres, role))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def test_the_owner_makes_tables_and_extensions_and_the_application_works_in_them(
    server: Postgres,
) -> None:
    execute(server, "anju_owner", "CREATE EXTENSION pg_trgm")
    execute(server, "anju_owner", "CREATE TABLE kept (id serial PRIMARY KEY, name text)")

    execute(server, "anju_app", "INSERT INTO kept (name) VALUES ('阿里')")
    execute(server, "anju_app", "UPDATE kept SET name = '安居' WHERE name = '阿里'")

    connection = psycopg2.connect(address(server, "anju_app"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, name ~ '\\w' FROM kept")
        rows = cursor.fetchall()
    connection.close()
    assert rows == [("安居", True)]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE locked ADD COLUMN more int",
        "DROP TABLE locked",
        "TRUNCATE locked",
        "CREATE ROLE other",
        "ALTER ROLE anju_app SUPERUSER",
    ],
)
def test_the_application_cannot_change_the_schema(server: Postgres, statement: str) -> None:
    execute(server, "anju_owner", "CREATE TABLE IF NOT EXISTS locked (id int)")

    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        execute(server, "anju_app", statement)
