"""Parts of the frame that are drawn once are drawn once for each language and setting."""

import pytest
from django.template import Context, Template
from django.utils.translation import override

LIST = '{% load crm %}{% fixed "components/shortcuts.html" keys=keys %}'


def drawn(language: str, keys: str) -> str:
    with override(language):
        return Template(LIST).render(Context({"keys": keys}))


def test_each_language_has_its_own_words() -> None:
    english = drawn("en", "")
    chinese = drawn("zh-hans", "")
    assert "Keyboard shortcuts" in english
    assert "Keyboard shortcuts" not in chinese
    assert drawn("en", "") == english


@pytest.mark.parametrize(("keys", "is_checked"), [("", True), ("off", False)])
def test_the_box_shows_what_the_account_chose(keys: str, is_checked: bool) -> None:
    assert ('data-act="keys" checked' in drawn("en", keys)) is is_checked
