"""A hundred messages through real workers that are killed, doubled or slower than the broker waits.

The broker's visibility timeout is three seconds here, fifteen minutes in production.
"""

import os

import pytest
from django.db import connection

from benchmarks.faulty.batches import BATCH, doubled, killed
from benchmarks.faulty.rig import rig

pytestmark = pytest.mark.django_db(transaction=True)
VISIBILITY = 3


@pytest.fixture
def installation():
    """Return a broker of its own and the test's database."""
    place = connection.settings_dict
    address = f"{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}"
    environment = os.environ | {
        "DATABASE_URL": f"postgres://{address}/{place['NAME']}",
        "FAULT_VISIBILITY": str(VISIBILITY),
        "CONN_MAX_AGE": "0",
    }
    with rig(environment, own_database=False) as found:
        yield found


@pytest.mark.check("A-52")
@pytest.mark.check("A-53")
def test_a_task_longer_than_the_visibility_timeout_and_its_copies_send_each_message_once(
    installation, supervisor
):
    found = doubled(installation, person=supervisor.pk, copies=3, seconds=0.1)
    assert (found.sent, found.delivered, found.doubled) == (BATCH, BATCH, 0)
    assert found.runs > 3  # the three copies, and at least one that came back


def test_without_the_row_lock_the_same_messages_leave_twice(installation, supervisor):
    """The negative control of doubled delivery."""
    found = doubled(installation, person=supervisor.pk, copies=3, seconds=0.1, careless="lock")
    assert found.delivered == BATCH
    assert found.doubled > 0


def test_acknowledged_before_the_work_the_rest_of_a_killed_batch_stays_behind(
    installation, supervisor
):
    """The negative control of the killed child: nobody goes on without the schedule."""
    found = killed(
        installation, person=supervisor.pk, whole=False, careless="ack", patience=VISIBILITY + 5
    )
    assert found.delivered < BATCH
    assert found.sent < BATCH
