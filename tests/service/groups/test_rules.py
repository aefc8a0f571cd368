"""What complaints share, when it is an alert, what a decision stands for, what a crisis needs."""

from datetime import UTC, datetime, timedelta

import pytest

from service.groups.rules import clustering, crisis, linking, text
from service.groups.rules.linking import Fact, Facts

START = datetime(2026, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("one", "other"),
    [("伊景园·滨河苑车位", "伊景园滨河苑车位"), ("ABC噪音", "abc噪音"), ("A2区", "Ａ２区")],
)
def test_spellings_of_a_name_are_one(one, other):
    assert text.pairs_of(one) == text.pairs_of(other)


def test_name_of_the_project_says_nothing():
    assert "云栖" not in text.pairs_of("云栖里漏水", without=("云栖里",))
    assert "漏水" in text.pairs_of("云栖里漏水", without=("云栖里",))


def test_phrases_of_letters_do_not_count():
    assert not text.pairs_of("您好") & text.pairs_of("谢谢")
    assert "您好" not in text.pairs_of("您好")


def test_vector_has_length_one_and_leaves_out_what_is_common_or_alone():
    counts = {"漏水": 2.0, "噪音": 1.0, "到处": 1.0, "孤字": 3.0}
    vector = text.vector_of(counts, {"漏水": 5, "噪音": 20, "到处": 900, "孤字": 1}, 1000)
    assert set(vector) == {"漏水", "噪音"}
    assert sum(weight * weight for weight in vector.values()) == pytest.approx(1)
    assert vector["漏水"] > vector["噪音"]
    assert text.likeness(vector, vector) == pytest.approx(1)
    assert "孤字" in text.vector_of(counts, {"孤字": 1}, 1000, lone=text.LONE)


def test_chance_likeness_does_not_chain_two_matters():
    links = [{} for _ in range(6)]
    for one, other, value in [(0, 1, 0.6), (0, 2, 0.6), (1, 2, 0.6), (3, 4, 0.6), (3, 5, 0.6)]:
        links[one][other] = links[other][one] = value
    links[4][5] = links[5][4] = 0.6
    links[2][3] = links[3][2] = 0.5
    assert clustering.grow(links, least=0.07) == [[0, 1, 2], [3, 4, 5]]


def test_group_never_passes_the_largest_size():
    size = clustering.LARGEST + 20
    links = [{other: 0.9 for other in range(size) if other != one} for one in range(size)]
    groups = clustering.grow(links, least=0.07)
    assert max(map(len, groups)) <= clustering.LARGEST
    assert sum(map(len, groups)) <= size


def test_fewer_texts_need_more_likeness():
    limits = [clustering.threshold(texts) for texts in (0, 100, 300, 9000)]
    assert limits == sorted(limits, reverse=True)
    assert limits[0] == clustering.LINKED_FEW
    assert limits[2] == limits[3] == pytest.approx(clustering.LINKED)


def test_one_shared_word_is_little_among_few_texts():
    counts = {"写明": 1.0} | {f"词{place}": 1.0 for place in range(20)}
    shared = {"写明": 2}
    few = text.vector_of(counts, shared, 7, lone=clustering.lone_share(7))
    assert text.likeness(few, few | dict.fromkeys(set(few) - {"写明"}, 0.0)) < 0.5
    assert clustering.lone_share(clustering.MANY) == 0
    assert text.vector_of(counts, shared, 9000, lone=clustering.lone_share(9000)) == {"写明": 1.0}


def test_new_text_joins_the_likest_group_only_if_it_fits():
    groups = {1: (3, 0.3), 2: (2, 0.9), 3: (clustering.LARGEST, 0.1)}
    shared = {1: 0.9, 2: 0.3, 3: 150.0}
    assert clustering.best_group(shared, groups, least=0.1) == 1  # 2 is far tighter, 3 full
    assert clustering.best_group({1: 0.2}, groups, least=0.1) is None


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (
            Facts(at=START, building=1, stack=(1, "2", "03"), cause=7),
            ["stack", "building", "cause"],
        ),
        (Facts(at=START + 3 * DAY, building=1), ["building"]),
        (Facts(at=START + 30 * DAY, building=1, cause=7), []),
        (Facts(at=START, contractors=frozenset({"乙建"})), ["contractor"]),
        (Facts(at=START), []),
    ],
)
def test_shared_facts(other, shared):
    one = Facts(
        at=START,
        building=1,
        stack=(1, "2", "03"),
        cause=7,
        contractors=frozenset({"甲建", "乙建"}),
    )
    assert linking.shared_facts(one, other, within=14 * DAY) == shared


def test_same_building_and_cause_make_a_group_without_words():
    assert linking.points([Fact.BUILDING, Fact.CAUSE], least=0.07) >= 0.07
    assert linking.points([Fact.STACK, Fact.BUILDING], least=0.07) >= 0.07
    assert linking.points([Fact.CAUSE], least=0.07) < 0.07
    alone = linking.points([Fact.BUILDING], least=0.07)
    assert linking.points([Fact.BUILDING, Fact.CONTRACTOR], least=0.07) == alone  # implied by it
    assert linking.points([Fact.CONTRACTOR], least=0.07) > 0


def test_burst_is_the_most_in_any_period():
    days = [0, 1, 2, 20, 21, 22, 23, 60]
    assert linking.burst([START + DAY * day for day in days], within=14 * DAY) == 4
    assert linking.burst([], within=DAY) == 0


@pytest.mark.parametrize(
    ("state", "size", "decided", "most", "then"),
    [
        ("growing", 4, 0, 4, "growing"),
        ("growing", 5, 0, 5, "open"),
        ("growing", 9, 0, 4, "growing"),
        ("open", 5, 0, 5, "open"),
        ("rejected", 9, 5, 9, "rejected"),
        ("rejected", 10, 5, 9, "open"),
        ("accepted", 50, 5, 50, "accepted"),
    ],
)
def test_state_after_growth(state, size, decided, most, then):
    found = linking.next_state(state, size=size, decided=decided, most=most, needed=5)
    assert found == then


def test_groups_are_carried_on_by_their_members():
    old = {7: [1, 2, 3], 8: [4, 5]}
    assert linking.same_groups(old, [[4, 5, 6], [1, 2, 9], [10, 11]]) == {0: 8, 1: 7}
    assert linking.same_groups(old, [[1, 2, 3, 4, 5]]) == {0: 7}


@pytest.mark.parametrize(
    ("level", "held", "missing"),
    [
        (3, ["lead"], []),
        (2, ["lead"], ["spokesperson"]),
        (1, ["lead"], ["spokesperson", "legal", "customers"]),
        (1, ["lead", "spokesperson", "legal", "customers"], []),
    ],
)
def test_duties_a_level_needs(level, held, missing):
    assert crisis.missing_duties(level, held) == missing


def test_words_go_out_only_after_approval():
    assert crisis.may_step("asked", "approved")
    assert crisis.may_step("approved", "out")
    assert not crisis.may_step("asked", "out")
    assert not crisis.may_step("refused", "out")
    assert not crisis.may_approve(3, 3)
    assert not crisis.may_go_out(is_drill=True)


def test_words_of_a_group_are_no_pieces_between_two_words():
    texts = ["延期交付要说明", "为何延期", "交付日过了", "交付又延期交付", "延期, 再延期, 交付无期"]
    words = text.words_of(texts)
    assert set(words) >= {"延期", "交付"}
    assert "期交" not in words
