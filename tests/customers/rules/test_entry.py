"""Entries are cleaned field by field; every fault is reported at once."""

import datetime as dt
import time
from decimal import Decimal

import pytest

from customers.rules.completeness import WEIGHTS, completeness, missing_fields
from customers.rules.entry import (
    EDITABLE,
    CustomerEntry,
    FaultsError,
    clean_changes,
    clean_entry,
    spending_power,
)
from customers.rules.identity import IdentityError, normalise_id_number
from customers.rules.matching import Identity, is_match, match_score
from customers.rules.text import clean_lines, clean_name, clean_text

TODAY = dt.date(2026, 5, 20)


def clean(**values):
    entry = CustomerEntry(**({"capture_point": "front_desk", "phone": "13800138000"} | values))
    return clean_entry(entry, mandatory=("phone",), today=TODAY)


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("张\x00三", "张三"),
        ("张\ud800三", "张三"),
        ("\u202e张三\u2066", "张三"),
        ("  张 \r\n 三 ", "张 三"),
        ("e\u0301", "é"),
        ("张" + "\u0301" * 100_000, "张" + "\u0301" * 3),
        ("👨\u200d👩", "👨\u200d👩"),
        ("𠮷野", "𠮷野"),
    ],
)
def test_hostile_text_is_stored_harmless(raw, stored):
    assert clean_text(raw) == stored
    stored.encode()


def test_lines_stay_and_full_width_letters_of_names_do_not():
    assert clean_lines("一\r\n二\r三\x07\n") == "一\n二\n三"
    assert clean_name("ＡＢＣ　１２，") == "ABC 12,"
    assert clean_name("张 三　丰 Tom Lee") == "张三丰 Tom Lee"


def test_a_megabyte_is_refused_with_the_limit():
    with pytest.raises(FaultsError) as caught:
        clean(name="长" * 1_000_000, remark="x" * 2001)
    assert caught.value.codes == {"name": ["too_long"], "remark": ["too_long"]}
    assert caught.value.faults["name"][0].params == {"limit": 80, "count": 1_000_000}


def test_all_faults_of_an_entry_at_once():
    with pytest.raises(FaultsError) as caught:
        clean(phone="138", email="x@", birthday="2027-01-01", budget_min="a", intent=7, gender="x")
    assert caught.value.codes == {
        "phone": ["phone_mobile_length"],
        "email": ["email"],
        "birthday": ["date_out_of_range"],
        "budget_min": ["number"],
        "intent": ["choice"],
        "gender": ["choice"],
    }


@pytest.mark.parametrize(
    ("mandatory", "values", "codes"),
    [
        (("phone",), {"phone": ""}, {"phone": ["required"]}),
        (("phone|external_id",), {"phone": ""}, {"phone": ["contact_needed"]}),
        (("phone", "name"), {"phone": ""}, {"phone": ["required"], "name": ["required"]}),
        ((), {"capture_point": "moon"}, {"capture_point": ["choice"], "source": ["required"]}),
    ],
)
def test_mandatory_fields_by_capture_point(mandatory, values, codes):
    entry = CustomerEntry(**({"capture_point": "web_form", "phone": "13800138000"} | values))
    with pytest.raises(FaultsError) as caught:
        clean_entry(entry, mandatory=mandatory, today=TODAY)
    assert caught.value.codes == codes


def test_external_id_stands_for_a_phone_where_the_policy_says_so():
    entry = CustomerEntry(capture_point="import", external_source="crm", external_id="L1")
    values = clean_entry(entry, mandatory=("phone|external_id",), today=TODAY)
    assert (values["phone"], values["external_id"], values["source"]) == (None, "L1", "import")


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("1,200,000", Decimal("1200000.00")),
        ("１２０００．５", Decimal("12000.50")),
        (3, Decimal("3.00")),
        ("", None),
        (None, None),
    ],
)
def test_amounts_are_yuan_with_two_decimals(raw, stored):
    assert clean(budget_max=raw)["budget_max"] == stored


@pytest.mark.parametrize("raw", ["NaN", "Infinity", "-1", "1e30", "9" * 5000])
def test_amounts_out_of_range_are_refused(raw):
    with pytest.raises(FaultsError) as caught:
        clean(budget_max=raw)
    assert caught.value.codes == {"budget_max": ["amount_range"]}


def test_budget_ends_at_or_above_its_start():
    assert clean(budget_min="5", budget_max="5")["budget_max"] == 5
    with pytest.raises(FaultsError) as caught:
        clean(budget_min="5.01", budget_max="5")
    assert caught.value.codes == {"budget_max": ["budget_order"]}


@pytest.mark.parametrize(
    "text", ["1990-05-20", "1990/5/20", "1990年5月20日", "19900520", "１９９０.5.20"]
)
def test_birthdays_become_one_date(text):
    assert clean(birthday=text)["birthday"] == dt.date(1990, 5, 20)


@pytest.mark.parametrize(
    ("income", "band"),
    [
        (None, None),
        ("", None),
        ("0", 1),
        ("99999.99", 1),
        ("100000", 2),
        ("200000", 3),
        ("500000", 4),
        ("999999.99", 4),
        ("1000000", 5),
    ],
)
def test_spending_power_is_the_band_of_the_income(income, band):
    assert spending_power(income) == band


@pytest.mark.parametrize(
    "field",
    [
        "owner",
        "owner_id",
        "customer_class",
        "contribution",
        "version",
        "created_at",
        "phone_index",
        "completeness",
        "source",
        "external_id",
        "protected_until",
        "spending_power",
        "__class__",
    ],
)
def test_only_the_allow_list_can_be_edited(field):
    assert field not in EDITABLE
    with pytest.raises(FaultsError) as caught:
        clean_changes({field: "1", "city": "杭州"}, today=TODAY)
    assert caught.value.codes == {field: ["unknown_field"]}


@pytest.mark.parametrize("raw", [{"a": 1}, ["a"], True])
def test_structures_are_no_text(raw):
    with pytest.raises(FaultsError) as caught:
        clean_changes({"city": raw, "phone": raw}, today=TODAY)
    assert caught.value.codes == {"city": ["choice"], "phone": ["choice"]}


def test_id_number_tells_birthday_and_gender():
    found = normalise_id_number("11010519491231002x", today=TODAY)
    assert (found.number, found.birthday, found.gender) == (
        "11010519491231002X",
        dt.date(1949, 12, 31),
        "f",
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("11010519491231002", "id_length"),
        ("11010519491231002Y", "id_characters"),
        ("110105194913310023", "id_date"),
        ("110105204912310025", "id_date"),
        ("110105194912310021", "id_check"),
        ("110105194912310²2X", "id_check"),
    ],
)
def test_id_numbers_that_cannot_be(text, code):
    with pytest.raises(IdentityError) as caught:
        normalise_id_number(text, today=TODAY)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "evil",
    [
        "a" * 30_000 + "@",
        "a@" + "b." * 15_000,
        "1" * 30_000 + "年",
        " " * 30_000 + "x",
        "(" * 30_000,
    ],
)
def test_no_cleaner_is_slow_on_hostile_input(evil):
    for field in ("phone", "email", "birthday", "id_number", "annual_income", "name", "remark"):
        begun = time.perf_counter()
        with pytest.raises(FaultsError):
            clean_changes({field: evil, "owner": 1}, today=TODAY)
        assert time.perf_counter() - begun < 0.05, field


def test_completeness_counts_weights():
    assert completeness({}) == 0
    assert completeness(dict.fromkeys(WEIGHTS, "x")) == 100
    assert completeness({"name": "张三", "phone": "+86"}) == 35
    assert completeness({"name": "张三", "phone": "+86", "budget_min": 1}) == 45
    assert missing_fields({"name": "张三"})[:2] == ["phone", "budget_max"]


@pytest.mark.parametrize(
    ("a", "b", "score", "same"),
    [
        ({"phone": b"1", "name": "张三"}, {"phone": b"1", "name": "李四"}, "1.00", True),
        ({"phone": b"1"}, {"contacts": frozenset({b"1"})}, "0.90", True),
        ({"external": ("crm", "7")}, {"external": ("crm", "7")}, "1.00", True),
        ({"external": ("crm", "")}, {"external": ("crm", "")}, "0", False),
        ({"id_number": b"1", "phone": b"9"}, {"id_number": b"2", "phone": b"9"}, "0", False),
        ({"name": "张三", "city": "杭州"}, {"name": "张三", "city": "杭州"}, "0.25", False),
    ],
)
def test_only_identifiers_decide_who_is_the_same(a, b, score, same):
    assert match_score(Identity(**a), Identity(**b)) == Decimal(score)
    assert is_match(Identity(**a), Identity(**b)) is same
