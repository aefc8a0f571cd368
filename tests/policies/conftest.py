import pytest

from crm_site.policies import registry
from tests.policies.samples import KEY, KIND


@pytest.fixture(autouse=True)
def _sample_policy(monkeypatch):
    monkeypatch.setitem(registry._KINDS, KEY, KIND)
