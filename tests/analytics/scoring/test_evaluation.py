"""``evaluate_churn``: any table through import, inputs and stored scores; the public sets."""

import csv
import io
import json

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from analytics.churn.models import ChurnLoss, ChurnScore
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


def write(path, header, rows):
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)
    return path


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


def test_cdnow_from_payments(tmp_path):
    lines = data_path("data/cdnow_master.txt").read_text().splitlines()[1:]
    cells = [[line.split()[place] for place in (0, 1, 3)] for line in lines if line.strip()]
    path = write(tmp_path / "payments.csv", ["who", "day", "dollars"], cells)
    mapping = {"who": "external_id", "day": "payment.day", "dollars": "payment.amount"}
    found = run(
        *(path, "--mapping", mapping_of(tmp_path, mapping), "--label", "silent"),
        *("--cutoff", "1997-09-30", "--days", "273"),
    )
    assert found["rows"] == "23570"
    assert found["lost"] == "16515" or abs(int(found["lost"]) / 23570 - 0.701) < 0.002
    assert mean(found, "AUC") >= 0.7658
    assert figure(found, "ECE") <= 0.03


def test_real_estate_leads_through_the_real_path(tmp_path):
    with data_path("data/re_crm_leads.csv").open(encoding="utf-8-sig") as stream:
        leads = list(csv.DictReader(stream))
    with data_path("data/re_crm_bookings.csv").open(encoding="utf-8-sig") as stream:
        booked = {row["lead_id"] for row in csv.DictReader(stream)}
    header = [*leads[0], "lost"]
    cells = [[*lead.values(), "no" if lead["lead_id"] in booked else "yes"] for lead in leads]
    path = write(tmp_path / "leads.csv", header, cells)
    mapping = dict.fromkeys(leads[0], "text") | {
        "lead_id": "external_id",
        "lead_created_ts": "received_at",
        "budget_min": "number",
        "budget_max": "number",
        "lead_score": "number",
    }
    found = run(path, "--mapping", mapping_of(tmp_path, mapping), "--label", "lost")
    assert np.isclose(int(found["lost"]) / int(found["rows"]), 0.946, atol=0.002)
    assert mean(found, "AUC") >= 0.6494
    assert figure(found, "ECE") <= 0.03
