"""``evaluate_churn``: any table through import, inputs and stored scores; the public sets."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from analytics.churn.models import ChurnLoss, ChurnScore
from benchmarks.churn_quality import cdnow, write
from customers.models import Customer, CustomField
from tests.analytics.scoring.data import world
from tests.golden.known_answers import data_path

pytestmark = pytest.mark.django_db


def run(*args):
    out = io.StringIO()
    call_command("evaluate_churn", *map(str, args), stdout=out)
    return dict(line.split(": ", 1) for line in out.getvalue().splitlines())


def figure(found, name):
    return float(found[name].split()[0])


def mapping_of(tmp_path, mapping):
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(mapping), encoding="utf-8")
    return path


@pytest.fixture
def table(tmp_path):
    rows, labels = world(600)
    names = list(rows.names)
    columns = [rows.values[name] for name in names]
    cells = [
        [f"C{place}", "yes" if labels[place] else "no", *(column[place] for column in columns)]
        for place in range(600)
    ]
    cells = [["" if one != one else one for one in row] for row in cells]
    return write(tmp_path / "table.csv", ["who", "gone", *names], cells)


def test_any_table_is_scored_and_nothing_stays(table, tmp_path):
    found = run(table, "--mapping", mapping_of(tmp_path, {"who": "external_id"}), "--label", "gone")
    assert found["rows"] == "600"
    assert figure(found, "AUC") > 0.7
    assert set(found) >= {"AUC", "PR-AUC", "Brier", "ECE", "lift@10%", "lost"}
    for model in (Customer, CustomField, ChurnLoss, ChurnScore):
        assert model.objects.count() == 0


def test_given_folds_are_used(table, tmp_path):
    folds = write(tmp_path / "folds.csv", ["who", "fold"], [[f"C{n}", n % 2] for n in range(600)])
    mapping = mapping_of(tmp_path, {"who": "external_id", "silence": "number", "gap": "number"})
    found = run(table, "--mapping", mapping, "--label", "gone", "--folds", folds)
    assert [part.split()[0] for part in found["engines by fold"].split(", ")] == ["0", "1"]
    short = write(tmp_path / "short.csv", ["who", "fold"], [["C1", 0]])
    with pytest.raises(CommandError, match="no fold for 599 rows"):
        run(table, "--mapping", mapping, "--label", "gone", "--folds", short)


def test_what_does_not_fit_is_said(table, tmp_path):
    mapping = mapping_of(tmp_path, {"who": "external_id"})
    with pytest.raises(CommandError, match="no column left"):
        run(table, "--mapping", mapping, "--label", "left")
    with pytest.raises(CommandError, match="--lost VALUE"):
        run(table, "--mapping", mapping, "--label", "channel")
    with pytest.raises(CommandError, match="unknown columns: nobody"):
        run(table, "--mapping", mapping_of(tmp_path, {"nobody": "number"}), "--label", "gone")
    mapping = mapping_of(tmp_path, {"who": "external_id"})
    with pytest.raises(CommandError, match="nobody_lost"):
        run(table, "--mapping", mapping, "--label", "gone", "--lost", "never")


def test_telco_through_the_real_path(tmp_path):
    mapping = mapping_of(tmp_path, {"customerID": "external_id"})
    path = data_path("data/telco_churn_ibm.csv")
    found = run(path, "--mapping", mapping, "--label", "Churn")
    assert found["rows"] == "7043"
    assert mean(found, "AUC") >= 0.8402
    assert figure(found, "ECE") <= 0.03
    assert figure(found, "Brier") <= 0.1355 + 0.003


def mean(found, name):
    return float(found[name].split("folds ")[1].rstrip(")"))


def test_payments_tell_who_falls_silent(tmp_path):
    """One in ten customers of CDNOW; all of them are measured by ``make bench``."""
    asked = cdnow(data_path("data/cdnow_sample.txt").parent, tmp_path, name="cdnow_sample.txt")
    found = run(
        *(asked.file, "--mapping", asked.mapping, "--label", asked.label),
        *("--cutoff", asked.cutoff, "--days", asked.days),
    )
    assert found["rows"] == "2357"
    assert abs(int(found["lost"]) / 2357 - 0.70) < 0.02
    assert mean(found, "AUC") >= 0.74
    assert figure(found, "Brier") < 0.18


def test_payments_after_the_day_are_not_seen(tmp_path):
    """Whoever pays in the second half only is silent before, and counts as paying."""
    rows = [[f"P{n}", "20250105", "10"] for n in range(40)]
    rows += [[f"P{n}", "20250810", "99"] for n in range(20)]
    path = write(tmp_path / "payments.csv", ["who", "day", "money"], rows)
    mapping = {"who": "external_id", "day": "payment.day", "money": "payment.amount"}
    found = run(
        *(path, "--mapping", mapping_of(tmp_path, mapping), "--label", "silent"),
        *("--cutoff", "2025-06-30", "--days", "90"),
    )
    assert (found["rows"], found["lost"]) == ("40", "20")
    assert figure(found, "AUC") < 0.75  # nothing known by that day tells them apart
