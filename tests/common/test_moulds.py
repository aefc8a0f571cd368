"""What is drawn once says the right thing to everybody: language, values, gaps, no key kept."""

import re

import pytest
from django.test import Client
from django.utils.translation import override

from crm_site.common.moulds import cast, forget, gap, mould
from crm_site.staff.models import User
from tests.access.knocking import undrawn
from tests.factories import CustomerFactory


def test_gaps_are_filled_and_escaped() -> None:
    drawn = cast(f'<a href="{gap("url")}">{gap("name")}</a>{gap("name")}')
    text = drawn.fill({"url": '/x?"><script>', "name": "<b>'"})
    assert text == '<a href="/x?&quot;&gt;&lt;script&gt;">&lt;b&gt;&#x27;</a>&lt;b&gt;&#x27;'


def test_a_name_cannot_be_a_gap() -> None:
    drawn = mould("components/watermark.html", gaps=("watermark",))
    marked = drawn.fill({"watermark": "\ue000watermark\ue001"})
    assert marked.count("\ue000watermark\ue001") == 2


def test_each_language_is_drawn_for_itself() -> None:
    texts = []
    for language in ("en", "zh-hans", "en"):
        with override(language):
            texts.append(mould("components/search.html", gaps=(), search_url="/s/").fill({}))
    assert texts[0] == texts[2] != texts[1]
    assert "Name / pinyin" in texts[0]


def test_a_template_with_a_key_of_one_request_is_refused() -> None:
    with pytest.raises(ValueError, match="one request"):
        mould("components/dialog.html", gaps=(), id="a", title="b", text="c", action="/")


@pytest.mark.parametrize(("keys", "is_checked"), [("", True), ("off", False)])
def test_a_value_decides_what_is_drawn(keys: str, is_checked: bool) -> None:
    shortcuts = mould("components/shortcuts.html", gaps=(), keys=keys).fill({})
    assert ('data-act="keys" checked' in shortcuts) is is_checked


def test_a_drawing_kept_while_pages_were_left_empty_is_forgotten() -> None:
    forget()
    with undrawn():
        assert mould("components/shortcuts.html", gaps=(), keys="").fill({}) == ""
    assert "data-act" in mould("components/shortcuts.html", gaps=(), keys="").fill({})


@pytest.mark.django_db
def test_keys_and_tokens_differ_from_request_to_request(consultant: User) -> None:
    CustomerFactory(owner=consultant)
    client = Client()
    client.force_login(consultant, backend="crm_site.staff.backends.RoleBackend")
    pages = [client.get("/customers/").content.decode() for _ in range(2)]
    for name in ("csrfmiddlewaretoken", "idempotency_key"):
        found = [set(re.findall(f'name="{name}" value="([^"]+)"', page)) for page in pages]
        assert all(found), name
        assert not found[0] & found[1], name
