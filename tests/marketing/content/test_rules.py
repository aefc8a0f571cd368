"""The scan of texts, the way of adverts, changes of feeds."""

import pytest

from marketing.content.policies import RiskWords
from marketing.content.rules import Claim, Level, Term, scan, unproven
from marketing.content.rules.adverts import AdvertState, may_move
from marketing.content.rules.feeds import changes

TERMS = RiskWords().terms()


def found(text: str, level: Level) -> list[str]:
    return [one.found for one in scan(text, TERMS).of(level)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("全城最佳人居", ["最佳"]),
        ("最 佳 户型", ["最 佳"]),
        ("最*佳", ["最*佳"]),
        ("全市第一", ["第一"]),
        ("第一时间通知您", []),
        ("距地铁仅5分钟直达", ["5分钟直达"]),
        ("８分钟车程", ["８分钟车程"]),
        ("No. 1 楼盘", ["No. 1"]),
        ("稳赚不赔", ["稳赚"]),
        ("89㎡三房", ["89㎡"]),
        ("建筑面积约89㎡三房", []),
        ("价格最。佳境", []),
        ("增值税由买方承担", []),
    ],
)
def test_banned_words_are_found_as_a_reader_sees_them(text: str, words: list[str]) -> None:
    assert found(text, Level.BANNED) == words


def test_every_word_names_its_rule_and_articles_9_and_26_are_there() -> None:
    assert all(term.law and term.advice for term in TERMS)
    laws = " ".join(term.law for term in TERMS)
    assert "第九条" in laws
    assert "第二十六条" in laws
    assert RiskWords().groups[0].level is Level.BANNED


def test_words_that_need_proof_are_proven_by_a_claim_with_evidence_only() -> None:
    seen = scan("绿化率35%", TERMS)
    assert {one.found for one in unproven(seen, [])} == {"绿化率", "35%"}
    assert unproven(seen, [Claim("绿化率35%", "许可证")]) == ()
    assert len(unproven(seen, [Claim("绿化率35%", " ")])) == 2


def test_claims_about_value_ask_for_a_special_signature() -> None:
    assert found("城市向东，保值潜力", Level.APPROVAL) == ["保值", "潜力"]


def test_a_longer_hit_of_one_level_hides_the_shorter() -> None:
    terms = [Term("地铁", Level.BANNED), Term("双地铁", Level.BANNED)]
    assert [one.word for one in scan("双地铁口", terms).findings] == ["双地铁"]


def test_release_follows_approval_and_nothing_leaves_the_archive() -> None:
    releasing = [one for one in AdvertState if may_move(one, AdvertState.RELEASED)]
    assert releasing == [AdvertState.APPROVED]
    assert not any(may_move(AdvertState.EVALUATED, one) for one in AdvertState)


def test_changes_of_a_feed_name_unit_field_and_both_values() -> None:
    before = {"units": [{"unit": "1-101", "unit_price": "20000.00"}, {"unit": "1-102"}]}
    after = {"units": [{"unit": "1-101", "unit_price": "19000.00"}, {"unit": "1-103"}]}
    lines = [tuple(one.values()) for one in changes(before, after)]
    assert lines == [
        ("unit", "1-102", "", "shown", "gone"),
        ("unit", "1-101", "unit_price", "20000.00", "19000.00"),
        ("unit", "1-103", "", "", "shown"),
    ]
