import pytest

from crm_site.exchange.rules.text import clean_cell, safe_for_spreadsheet


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  张伟 ", "张伟"),
        ("张\x00伟\x07", "张伟"),
        ("a\r\nb\tc", "a b c"),
        ("张\ud800伟", "张伟"),
        ("赵\u202e国栋\u202c", "赵国栋"),
        ("\ufeff姓名", "姓名"),
        ("𠮷野家👨‍👩‍👧", "𠮷野家👨‍👩‍👧"),
        ("李" + "\u0301" * 100_000, "李" + "\u0301" * 4),
    ],
    ids=["blanks", "control", "breaks", "surrogate", "bidi", "bom", "emoji", "marks"],
)
def test_cells_are_cleaned(raw: str, clean: str) -> None:
    assert clean_cell(raw) == clean


@pytest.mark.check("A-22")
@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+86 138",
        "-3+2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "＝1+1",
        "＋1+1",
        "－cmd",
        "＠x",
        " =1",
        "\u3000＝1",
    ],
)
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe_for_spreadsheet(text) == f"'{text}"


@pytest.mark.parametrize("text", ["张伟", "-3", "-3.5", "3+2", "a=b", ""])
def test_other_text_and_numbers_stay(text: str) -> None:
    assert safe_for_spreadsheet(text) == text
