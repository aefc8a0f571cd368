"""PostgreSQL stopped at once under eight writers (A-55): what was acknowledged is there."""

import os

import pytest
from django.conf import settings
from django.db import connection

from benchmarks.faulty.crashes import HEALED_WITHIN, crash_database
from benchmarks.faulty.rig import rig
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(consultant):
    return [customer.pk for customer in CustomerFactory.create_batch(8, owner=consultant)]


@pytest.fixture
def installation(people, cookie):
    """Return web and database of their own, filled with what the test's database holds."""
    place = connection.settings_dict
    address = f"{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}"
    environment = os.environ | {"DATABASE_URL": f"postgres://{address}/{place['NAME']}"}
    with rig(environment, own_database=True) as found:
        yield found


@pytest.fixture
def cookie(consultant, client_for):
    client = client_for(consultant)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


@pytest.mark.check("A-55")
def test_no_acknowledged_writing_is_lost_and_the_site_heals_by_itself(installation, cookie, people):
    installation.start("web")

    def crash(times):
        return crash_database(
            installation, cookie=cookie, customers=people, times=times, load_seconds=1, down=0.5
        )

    found = crash(2)
    assert found.kept > 30
    assert found.errors > 0
    assert (found.lost, found.doubled, found.late_errors, found.restarted) == (0, 0, 0, 0)
    assert max(found.healed) < HEALED_WITHIN
    assert found.ugly_errors == 0, found.first_ugly
    status, headers, body = found.page
    assert (status, headers["retry-after"]) == (503, "30")
    assert "系统暂时不可用" in body
    assert found.ready[0] == 503
    assert '"database": "down"' in found.ready[1]

    # The negative control: the same crash with commits that do not wait for the disk.
    name = installation.one("SELECT current_database()")
    installation.rows(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    installation.rows("ALTER SYSTEM SET wal_writer_delay = '10s'")
    installation.rows("ALTER SYSTEM SET wal_writer_flush_after = '1GB'")
    installation.crash_postgres()
    installation.start_postgres()
    found = crash(3)  # one alone now and then falls right after another session's flush
    assert found.kept > 10
    assert found.lost > 0
