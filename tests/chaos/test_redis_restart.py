"""Redis killed, restarted and emptied in a batch (A-54): the outbox sends what is left, once."""

import os

import pytest
from django.db import connection

from benchmarks.faulty.batches import BATCH, batch, publish
from benchmarks.faulty.outages import break_broker
from benchmarks.faulty.rig import rig, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def installation():
    """Return a broker of its own and the test's database."""
    place = connection.settings_dict
    address = f"{place['USER']}:{place['PASSWORD']}@{place['HOST']}:{place['PORT']}"
    environment = os.environ | {
        "DATABASE_URL": f"postgres://{address}/{place['NAME']}",
        "CONN_MAX_AGE": "0",
    }
    with rig(environment, own_database=False) as found:
        yield found


@pytest.mark.check("A-54")
def test_a_batch_outlives_its_broker(installation, supervisor):
    found = break_broker(installation, person=supervisor.pk, down=2)
    assert (found.delivered, found.doubled) == (BATCH, 0)


def test_without_the_outbox_an_emptied_broker_has_forgotten(installation, supervisor):
    """The negative control: the message of the broker alone, and nobody who asks again."""
    with batch(installation, person=supervisor.pk) as got:
        publish(installation)
        installation.empty_redis()
        installation.start("worker")
        assert len(got.copies) == 0
        publish(installation)  # the rows were there all the time
        wait_for(lambda: len(got.copies) == BATCH, 60)
    assert len(got.copies) == BATCH
