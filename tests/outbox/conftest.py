import pytest
from django.utils.translation import gettext_lazy as _

from crm_site.outbox import kinds
from crm_site.outbox.kinds import MessageKind

SAMPLE = MessageKind(
    key="test.sample",
    title="Call %(customer)s",
    body="Due %(due)s.",
    url_name="policies:policy-list",
)
LOUD = MessageKind(key="test.loud", title="Hello %(customer)s", channels=("in_app", "sms"))
WORDS = MessageKind(key="test.words", title=_("Yes"), body=_("Failed"))


@pytest.fixture(autouse=True)
def _sample_kinds(monkeypatch):
    for kind in (SAMPLE, LOUD, WORDS):
        monkeypatch.setitem(kinds._KINDS, kind.key, kind)
