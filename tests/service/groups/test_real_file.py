"""The groups hidden in the real file of complaints are found, by their words alone."""

from collections import Counter

import pytest

from service.groups.rules.clustering import LARGEST, cluster
from service.groups.rules.text import counts_of, vector_of, words_of
from tests.service.groups.scores import bcubed, pairwise

GOAL = 0.93


@pytest.fixture(scope="module")
def vectors(real_messages):
    counts = [counts_of(row["留言主题"], row["留言详情"]) for row in real_messages]
    shared = Counter()
    for one in counts:
        shared.update(one.keys())
    return [vector_of(one, shared, len(counts)) for one in counts]


@pytest.fixture(scope="module")
def groups(real_messages, vectors):
    return [{real_messages[place]["留言编号"] for place in group} for group in cluster(vectors)]


def test_known_groups_are_found(groups, real_groups):
    known = list(real_groups.values())
    assert pairwise(groups, known) >= GOAL
    assert bcubed(groups, known) >= GOAL


def test_each_known_group_is_one_group(groups, real_groups):
    for members in real_groups.values():
        best = max(groups, key=lambda group: len(group & members))
        assert len(best & members) >= 0.9 * len(members)


def test_no_group_is_a_heap(groups):
    assert max(map(len, groups)) <= LARGEST
    assert sum(len(group) for group in groups) == len(set().union(*groups))


def test_same_texts_give_the_same_groups(vectors):
    some = vectors[:1200]
    assert cluster(some) == cluster([dict(reversed(vector.items())) for vector in some])


def test_words_say_what_a_group_is_about(real_messages, real_groups):
    texts = [
        f"{row['留言主题']}\n{row['留言详情'][:300]}"
        for row in real_messages
        if row["留言编号"] in real_groups["G1"]
    ]
    words = words_of(texts)
    assert any("滨河苑" in word for word in words)
    assert any("捆绑" in word for word in words)
