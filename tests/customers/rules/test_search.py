"""Which tokens a name has and which a search asks for."""

import pytest

from customers.rules.search import name_tokens, query_tokens, sort_key, ts_query


@pytest.mark.parametrize(
    ("name", "tokens"),
    [
        ("张三", [" s", " san", " zhangsan", " zs", "三", "张", "张三"]),
        ("𠮷三", [" s", " san", "三", "𠮷", "𠮷三"]),
        ("Tom", ["m", "o", "om", "t", "to"]),
        ("Ａ_%", ["%", "_", "_%", "a", "a_"]),
        ("", []),
    ],
)
def test_tokens_of_a_name(name, tokens):
    assert name_tokens(name) == tokens


@pytest.mark.parametrize(
    ("name", "reading"),
    [("曾国藩", " zengguofan"), ("单雄信", " shanxiongxin"), ("尉迟恭", " yuchigong")],
)
def test_family_names_are_also_found_by_how_they_are_read(name, reading):
    assert reading in name_tokens(name)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("张", "('张')"),
        ("张三丰", "('张三' & '三丰')"),
        ("ZS", "(('zs') | ' zs':*)"),
        ("张 san", "('张') & (('sa' & 'an') | ' san':*)"),
        ("O'N\\", "('o''' & '''n' & 'n\\\\')"),
        ("%", "('%')"),
    ],
)
def test_query_quotes_every_lexeme(text, query):
    assert ts_query(query_tokens(text)) == query


def test_blank_and_endless_searches_stay_small():
    assert query_tokens("  \n") == []
    assert len(query_tokens("a " * 5_000)) == 8
    assert sum(len(word.text) for word in query_tokens("长" * 5_000)) == 80


def test_names_sort_by_pinyin():
    names = ["张三", "阿宝", "曾国藩", "李四", "Bob"]
    assert sorted(names, key=sort_key) == ["阿宝", "Bob", "李四", "曾国藩", "张三"]
    assert len(sort_key("张" * 80)) == 160
