"""A kind of known answers that nothing runs must be noticed, by name."""

import pytest

from tests.golden import known_answers


@pytest.mark.parametrize("kind", known_answers.kinds())
def test_the_kind_has_a_runner(kind):
    missing = known_answers.kinds_without_runner([kind], known_answers.runners())
    assert missing == [], f"known answers of the kind {kind} have no runner test_{kind}.py"


def test_the_folder_holds_cases():
    assert known_answers.kinds() != [], f"no case in {known_answers.golden_folder()}"


def test_an_unknown_kind_is_named():
    present, known = ["sla_cn", "tea_leaves"], known_answers.runners()
    assert known_answers.kinds_without_runner(present, known) == ["tea_leaves"]


def test_another_folder_is_read_without_a_change(tmp_path, monkeypatch):
    (tmp_path / "sla_cn.json").write_text('{"cases": [{"name": "a", "input": 1}]}')
    monkeypatch.setenv("GOLDEN_DIR", str(tmp_path))
    assert known_answers.kinds() == ["sla_cn"]
    params = known_answers.known_answers("sla_cn", {"cases": print, "elapsed": print})
    assert [param.values[1:] for param in params] == [("1 a", {"name": "a", "input": 1})]


def test_a_file_name_ends_at_the_first_space(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("x")
    monkeypatch.setenv("GOLDEN_DATA", str(tmp_path))
    assert known_answers.data_path("data/a.csv (first half)") == tmp_path / "data" / "a.csv"


def test_absent_data_skips_with_the_reason(tmp_path, monkeypatch):
    monkeypatch.setenv("GOLDEN_DATA", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match=r"shared data absent: b\.csv"):
        known_answers.data_path("data/b.csv")
