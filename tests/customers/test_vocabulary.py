"""One word per thing, whatever it was called (CUS-05)."""

import pytest
from django.utils.translation import override

from customers import vocabulary
from customers.models import VocabularyTerm

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("list_key", "text", "code"),
    [
        ("source", "抖音", "short_video"),
        ("source", " 老客户推荐 ", "referral"),
        ("source", "Google Ads", "search_engine"),
        ("source", "Walk-in", "walk_in"),
        ("source", "walk_in", "walk_in"),
        ("source", "火星", None),
        ("layout", "３室", "bed3"),
        ("layout", "三室两厅", "bed3"),
        ("layout", "Villa", "villa"),
        ("lost_reason", "太贵", "price"),
        ("city", "杭州市", "hangzhou"),
    ],
)
def test_spellings_lead_to_one_code(list_key, text, code):
    assert vocabulary.code_of(list_key, text) == code


def test_labels_follow_the_language_and_retired_words_are_not_offered():
    VocabularyTerm.objects.filter(list_key="source", code="advertising").update(is_active=False)
    vocabulary.forget()
    with override("zh-hans"):
        assert vocabulary.labels("source")["advertising"] == "广告"
        assert ("walk_in", "自然来访") in vocabulary.options("source")
    with override("en"):
        assert vocabulary.options("source")[0] == ("walk_in", "Walk-in")
    assert "advertising" not in dict(vocabulary.options("source"))


def test_no_spelling_means_two_things():
    for list_key, _label in VocabularyTerm.LISTS:
        seen = {}
        for term in VocabularyTerm.objects.filter(list_key=list_key):
            for text in {
                vocabulary.spelling_key(s)
                for s in (term.code, term.label_zh, term.label_en, *term.aliases)
            }:
                assert seen.setdefault(text, term.code) == term.code, (list_key, text)
