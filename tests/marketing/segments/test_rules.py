"""The pure rules of segments, opportunities, recommendations, shares and shifts of spend."""

from datetime import date
from decimal import Decimal

import pytest

from crm_site.common.fields import EncryptedTextField
from customers.data_categories import FIELDS as CATEGORIES
from customers.data_categories import SENSITIVE_FIELDS
from customers.models import Customer
from customers.rules.categories import DataCategory
from customers.rules.derived import TenureView
from marketing.segments.rules.chances import KINDS, Home, Known, Limits, chances
from marketing.segments.rules.fields import FIELDS, MASKED, PRESETS
from marketing.segments.rules.recommend import Candidate, Past, choose
from marketing.segments.rules.relation import ACTIONS, gross_yield, points, support_level
from marketing.segments.rules.share import Spend, Trap, traps, whole
from marketing.segments.rules.shift import Placed, advise
from marketing.segments.rules.tree import Fault, TreeError, matches, read, write

TODAY = date(2026, 5, 20)


def tree(*parts, way="all"):
    return {"way": way, "parts": list(parts)}


def leaf(field, op, value=None):
    return {"field": field, "op": op, "value": value}


def rule(data):
    return read(data, fields=FIELDS, masked=MASKED)


GRADE_A = leaf("grade", "in", ["A"])


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (None, Fault.SHAPE),
        ([], Fault.SHAPE),
        (GRADE_A, Fault.SHAPE),
        ({"way": "all"}, Fault.SHAPE),
        (tree(way="all"), Fault.EMPTY),
        (tree(GRADE_A, way="most"), Fault.SHAPE),
        (tree(leaf("phone", "in", ["+8613900000000"])), Fault.MASKED),
        (tree(leaf("annual_income", "at_least", 1)), Fault.MASKED),
        (tree(tree(tree(leaf("credit_status", "in", ["good"])))), Fault.MASKED),
        (tree(leaf("custom:passport", "in", ["x"])), Fault.MASKED),
        (tree(leaf("id", "in", [1])), Fault.UNKNOWN),
        (tree(leaf("owner__password", "in", ["x"])), Fault.UNKNOWN),
        (tree(leaf("grade", "at_least", 1)), Fault.OP),
        (tree(leaf("grade", "in", [])), Fault.VALUE),
        (tree(leaf("grade", "in", "A")), Fault.VALUE),
        (tree(leaf("tag", "in", ["x"])), Fault.VALUE),
        (tree(leaf("tag", "in", [True])), Fault.VALUE),
        (tree(leaf("intent", "at_least", "NaN")), Fault.VALUE),
        (tree(leaf("intent", "between", [3, 1])), Fault.VALUE),
        (tree(leaf("contacted", "within", -1)), Fault.VALUE),
        (tree(leaf("bought", "is", "yes")), Fault.VALUE),
        (tree(tree(tree(tree(tree(GRADE_A))))), Fault.DEEP),
        (tree(*[GRADE_A] * 31), Fault.LONG),
    ],
)
def test_what_is_no_rule_is_refused_with_its_reason(data, fault) -> None:
    with pytest.raises(TreeError) as refused:
        rule(data)
    assert refused.value.fault is fault


def test_a_rule_is_written_as_it_was_read() -> None:
    data = tree(
        leaf("budget_max", "between", ["1000000", "2000000.5"]),
        tree(leaf("tag", "in", [3, 1, 3]), leaf("contacted", "never"), way="none"),
    )
    once = write(rule(data))
    assert write(rule(once)) == once
    assert once["parts"][1]["parts"][0]["value"] == [3, 1]


@pytest.mark.parametrize(
    ("part", "facts", "held"),
    [
        (leaf("grade", "in", ["A", "B"]), {"grade": "B"}, True),
        (leaf("grade", "in", ["A"]), {}, False),
        (leaf("grade", "not_in", ["A"]), {}, True),
        (leaf("grade", "not_in", ["A"]), {"grade": "A"}, False),
        (leaf("tag", "in", [1, 2]), {"tag": {2, 9}}, True),
        (leaf("tag", "not_in", [1, 2]), {"tag": {2, 9}}, False),
        (leaf("intent", "at_least", 2), {"intent": 2}, True),
        (leaf("intent", "at_most", 2), {"intent": 3}, False),
        (leaf("intent", "at_most", 2), {}, False),
        (leaf("budget_max", "between", [1, 5]), {"budget_max": Decimal(5)}, True),
        (leaf("contacted", "within", 30), {"contacted": 30}, True),
        (leaf("contacted", "within", 30), {"contacted": 31}, False),
        (leaf("contacted", "longer", 30), {"contacted": 31}, True),
        (leaf("contacted", "longer", 30), {}, False),
        (leaf("contacted", "never"), {}, True),
        (leaf("contacted", "never"), {"contacted": 0}, False),
        (leaf("bought", "is", True), {}, False),
        (leaf("bought", "is", False), {}, True),
    ],
)
def test_who_belongs(part, facts, held) -> None:
    assert matches(rule(tree(part)), facts) is held
    assert matches(rule(tree(part, way="none")), facts) is not held


def test_groups_hold_all_any_or_none() -> None:
    parts = (leaf("intent", "at_least", 2), leaf("grade", "in", ["A"]))
    facts = {"intent": 3, "grade": "B"}
    held = {way: matches(rule(tree(*parts, way=way)), facts) for way in ("all", "any", "none")}
    assert held == {"all": False, "any": True, "none": False}


def test_no_protected_field_is_on_the_allow_list() -> None:
    protected = {
        name
        for name, category in CATEGORIES["Customer"].items()
        if category in (DataCategory.CONTACT, DataCategory.CREDIT, DataCategory.PAYMENT)
    } | set(SENSITIVE_FIELDS)
    protected |= {
        field.name
        for field in Customer._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
    }
    assert protected <= MASKED
    assert not MASKED & FIELDS.keys()
    for preset in PRESETS.values():
        rule(preset)


def home(area=80, total=1_000_000, year=2023, project=1):
    return Home(
        Decimal(area) if area else None,
        Decimal(total) if total else None,
        date(year, 5, 1),
        project,
    )


@pytest.mark.spec("CUS-76")
@pytest.mark.spec("CUS-75")
@pytest.mark.parametrize(
    ("known", "rules"),
    [
        (Known(), []),
        (Known(is_tenant=True, wants_to_buy=True), ["tenant_buys"]),
        (Known(is_tenant=True), []),
        (Known(homes=(home(),), wants_to_rent=True), ["buyer_rents"]),
        (Known(wants_to_rent=True), []),
        (Known(homes=(home(),), wished_project=2), ["other_project"]),
        (Known(homes=(home(),), wished_project=1), []),
        (Known(homes=(home(area=89),), has_newborn=True), ["growth"]),
        (Known(homes=(home(area=90),), has_newborn=True), ["growth"]),
        (Known(homes=(home(area=91),), has_newborn=True), []),
        (Known(homes=(home(area=60), home(area=140)), has_newborn=True), []),
        (Known(homes=(home(area=60),)), []),
        (Known(homes=(home(year=2021),)), ["tenure"]),
        (Known(homes=(home(year=2015), home(year=2025))), []),
        (Known(homes=(home(),), budget_max=Decimal(1_200_000)), ["price_up"]),
        (Known(homes=(home(),), budget_max=Decimal(1_199_999)), []),
        (Known(homes=(home(total=None),), budget_max=Decimal(9_000_000)), []),
    ],
)
def test_which_second_deals_the_rules_see(known, rules) -> None:
    found = chances(known, limits=Limits(), today=TODAY)
    assert [one.rule for one in found] == rules
    assert all(one.kind == KINDS[one.rule] for one in found)


def thing(item, score, *traits, kind="unit"):
    return Candidate(kind, item, item, (("户型", Decimal(score)),), frozenset(traits))


def test_reactions_lift_and_lower_what_is_alike() -> None:
    past = [
        Past("unit", "a", "rejected", frozenset({"layout:3"})),
        Past("unit", "b", "liked", frozenset({"layout:4"})),
    ]
    offered = [thing("a", 90), thing("c", 80, "layout:3"), thing("d", 70, "layout:4")]
    chosen = choose(offered, past, lift="+", drop="-")
    assert [(one.item, one.score) for one in chosen] == [("d", Decimal(80)), ("c", Decimal(60))]
    assert chosen[0].reasons[-1] == ("+", Decimal(10))
    assert chosen[1].reasons[-1] == ("-", Decimal(-20))


def test_at_most_five_of_a_kind_and_nothing_without_points() -> None:
    offered = [thing(f"u{n}", 50) for n in range(8)] + [
        thing("n", 5, kind="article"),
        thing("z", 0),
    ]
    chosen = choose(reversed(offered), [], lift="+", drop="-")
    assert [one.item for one in chosen] == ["u0", "u1", "u2", "u3", "u4", "n"]


def test_the_share_and_its_traps() -> None:
    spends = {
        "purchase": Spend(Decimal(900), Decimal(100)),
        "lease": Spend(Decimal(0), Decimal(0)),
        "parking": Spend(Decimal(50), Decimal(50)),
    }
    assert spends["purchase"].share == Decimal("90.0")
    assert spends["lease"].share is None
    assert whole(spends).share == Decimal("86.4")
    found = traps(spends, declared=2026, year=2026, has_household=False)
    assert found == []
    found = traps(spends, declared=2024, year=2026, has_household=True)
    assert found == [Trap.OLD, Trap.HOUSEHOLD]
    alone = {"purchase": Spend(Decimal(2000)), "parking": Spend(Decimal(100))}
    found = traps(alone, declared=None, year=2026, has_household=False)
    assert found == [Trap.NOTHING_DECLARED, Trap.ONE_BIG_DEAL]
    assert traps({}, declared=None, year=2026, has_household=True) == []


def test_spend_moves_to_where_deals_are_cheap_if_the_data_suffice() -> None:
    cheap, dear = Placed("甲", Decimal(3000), 3), Placed("乙", Decimal(6000), 3)
    found = advise([cheap, dear])
    assert (found.source, found.target, found.amount) == (dear, cheap, Decimal("1200.00"))
    assert advise([cheap, Placed("乙", Decimal(4499), 3)]) is None
    assert advise([Placed("甲", Decimal(3000), 2), dear]) is None
    assert advise([]) is None
    idle = Placed("丙", Decimal(3000), 0)
    assert advise([cheap, idle]).source is idle
    assert advise([cheap, Placed("丙", Decimal(2999), 0)]) is None
    assert advise([cheap, Placed("乙", Decimal(9000), 2)]) is None


def test_three_actions_for_each_relation_and_the_figures_of_care() -> None:
    assert set(ACTIONS) == set(TenureView)
    assert all(len(set(actions)) == 3 for actions in ACTIONS.values())
    assert points(3, 2) == 23
    assert [support_level(grade) for grade in ("A", "C", "E", "")] == [
        "personal",
        "regular",
        "basic",
        "basic",
    ]
    assert gross_yield(Decimal(3000), Decimal(1_200_000)) == Decimal("3.00")
    assert gross_yield(None, Decimal(1)) is None
