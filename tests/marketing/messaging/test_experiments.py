"""Experiments: the same person in the same arm, figures, decisions (MKT-41)."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest

from crm_site.common.proportions import Share, compare
from crm_site.outbox.models import Message
from marketing.messaging.errors import MessagingError
from marketing.messaging.models import Assignment, Reply
from marketing.messaging.results import figures_of, verdict_of
from marketing.messaging.rules.draw import arm_of, number_of
from marketing.messaging.rules.verdicts import Arm, Decision, Standing, judge
from marketing.messaging.services.batches import work_batches
from marketing.messaging.services.drawing import assign
from marketing.messaging.services.experiments import (
    Decided,
    ExperimentDraft,
    VariantDraft,
    decide_experiment,
    start_experiment,
    write_experiment,
)
from tests.factories import CustomerFactory

DAY = timedelta(days=1)


@pytest.fixture
def make_test(marketing, org, now, make_text):
    def make(starts=True, **values):
        texts = [make_text(body="{name}，来看看"), make_text(body="{name}，带家人来看看")]
        given = {
            "title": "提到家人会不会更好",
            "kind": "content",
            "metric": "reply",
            "base_rate": Decimal("0.1"),
            "goal_rate": Decimal("0.6"),
            "window_days": 7,
            "project": org.project_one,
            "variants": [
                VariantDraft(name="现在的写法", template=texts[0]),
                VariantDraft(name="提到家人", template=texts[1]),
            ],
        } | values
        row = write_experiment(draft=ExperimentDraft(**given), actor=marketing, now=now)
        return start_experiment(experiment=row, actor=marketing, now=now) if starts else row

    return make


@pytest.fixture
def crowd(consultant, now):
    return [CustomerFactory(owner=consultant) for _ in range(80)]


def answer(people, at):
    Reply.objects.bulk_create(
        Reply(customer=one, source="inbound", source_key=f"r{one.pk}", at=at, noted_at=at)
        for one in people
    )


def test_the_draw_is_even_and_the_same_each_time():
    numbers = [number_of("seed", person) for person in range(20_000)]
    assert numbers == [number_of("seed", person) for person in range(20_000)]
    counts = Counter(arm_of(number, [1, 1, 2]) for number in numbers)
    assert counts[0] == pytest.approx(5000, rel=0.05)
    assert counts[2] == pytest.approx(10_000, rel=0.05)
    other = [arm_of(number_of("other", person), [1, 1]) for person in range(2000)]
    same = sum(arm_of(number, [1, 1]) == arm for number, arm in zip(numbers, other, strict=False))
    assert 850 < same < 1150  # another experiment draws anew
    with pytest.raises(ValueError, match="weight"):
        arm_of(0.5, [])


@pytest.mark.spec("MKT-41")
@pytest.mark.django_db
def test_an_assignment_is_stable_and_the_result_matches_the_reference(
    make_test, crowd, marketing, now
):
    row = make_test()
    first = assign(row, crowd[:50], now=now)
    again = assign(row, crowd, now=now + DAY)
    assert {key: again[key] for key in first} == first
    assert Assignment.objects.filter(experiment=row).count() == 80
    assert set(Assignment.objects.filter(customer__in=crowd[:50]).values_list("at", flat=True)) == {
        now
    }
    control = [one for one in crowd if again[one.pk].is_control]
    variant = [one for one in crowd if not again[one.pk].is_control]
    won = len(variant) * 3 // 4
    answer([*control[:3], *variant[:won]], now + 2 * DAY)
    late = now + 9 * DAY
    arms = figures_of(row, now=late)
    shares = [arm.share for arm in arms]
    assert shares == [Share(3, len(control)), Share(won, len(variant))]
    verdict = verdict_of(row, arms)
    found = dict(verdict.compared)["B"]
    assert found == compare(Share(3, len(control)), Share(won, len(variant)))
    statistics = pytest.importorskip("statsmodels.stats.proportion")
    z, p = statistics.proportions_ztest([won, 3], [len(variant), len(control)])
    low, high = statistics.confint_proportions_2indep(
        won, len(variant), 3, len(control), method="newcomb", compare="diff"
    )
    assert (found.z, found.p) == pytest.approx((z, p))
    assert found.newcombe == pytest.approx((low, high))
    assert verdict.advised() == (Decision.ADOPT, "B")
    winner = row.variants.get(key="B")
    decided = Decided(decision="adopt", reason="明显更好", winner=winner, budget=Decimal(80000))
    row = decide_experiment(experiment=row, decided=decided, actor=marketing, now=late)
    assert (row.state, row.decision, row.winner, row.budget) == ("decided", "adopt", winner, 80000)
    assert row.result["compared"][0]["p"] == pytest.approx(p)
    assert row.result["arms"][1] == {
        "key": "B",
        "drawn": len(variant),
        "n": len(variant),
        "hits": won,
        "weight": 1,
    }
    with pytest.raises(MessagingError):
        decide_experiment(experiment=row, decided=decided, actor=marketing, now=late)


@pytest.mark.django_db
def test_before_the_days_are_over_nothing_is_decided_but_an_open_end(
    make_test, crowd, marketing, now
):
    row = make_test()
    assert row.least == 13
    assign(row, crowd, now=now)
    early = now + 3 * DAY
    assert verdict_of(row, figures_of(row, now=early)).standing is Standing.TOO_FEW
    keep = Decided(decision="keep", reason="看不出差别")
    with pytest.raises(MessagingError) as refusal:
        decide_experiment(experiment=row, decided=keep, actor=marketing, now=early)
    assert refusal.value.code == "too-few"
    adopt = Decided(decision="adopt", reason="感觉更好", winner=row.variants.get(key="B"))
    with pytest.raises(MessagingError) as refusal:
        decide_experiment(experiment=row, decided=adopt, actor=marketing, now=now + 9 * DAY)
    assert refusal.value.code == "not-clear"
    ended = Decided(decision="open", reason="提前结束")
    row = decide_experiment(experiment=row, decided=ended, actor=marketing, now=early)
    assert row.state == "decided"


def test_arms_unlike_their_draw_are_not_compared_into_a_decision():
    control, other = Arm("A", 1, 5000, Share(500, 5000)), Arm("B", 1, 4500, Share(900, 4500))
    verdict = judge(control, [other], least=100)
    assert verdict.standing is Standing.MISMATCH
    assert verdict.advised() == (Decision.OPEN, "")
    fine = judge(control, [Arm("B", 1, 4990, Share(900, 4990))], least=100)
    assert fine.standing is Standing.READY
    worse = judge(control, [Arm("B", 1, 4990, Share(300, 4990))], least=100)
    assert worse.advised() == (Decision.KEEP, "")
    even = judge(control, [Arm("B", 1, 4990, Share(505, 4990))], least=100)
    assert even.advised() == (Decision.OPEN, "")


def test_many_variants_share_the_five_percent_out():
    control = Arm("A", 1, 1000, Share(100, 1000))
    lucky = Arm("B", 1, 1000, Share(128, 1000))
    assert judge(control, [lucky], least=10).advised() == (Decision.ADOPT, "B")
    others = [lucky, Arm("C", 1, 1000, Share(100, 1000)), Arm("D", 1, 1000, Share(99, 1000))]
    assert judge(control, others, least=10).advised() == (Decision.OPEN, "")


@pytest.mark.django_db
def test_a_batch_writes_to_each_arm_in_its_words(make_test, people, make_batch, launch, now):
    row = make_test()
    batch = launch(make_batch(experiment=row, values={}, template=row.variants.first().template))
    work_batches(now=now)
    for message in Message.objects.all():
        arm = Assignment.objects.get(experiment=row, customer=message.addressee_id).variant
        assert ("家人" in message.params["body"]) is (arm.key == "B")
    assert batch.messages.filter(variant__isnull=False).count() == 5


@pytest.mark.django_db
def test_an_experiment_without_variants_is_not_started(make_test):
    with pytest.raises(MessagingError):
        make_test(variants=[VariantDraft(name="一个")])
    with pytest.raises(MessagingError):
        make_test(
            kind="channel",
            variants=[
                VariantDraft(name="甲", channel="sms"),
                VariantDraft(name="乙", channel="sms"),
            ],
        )
