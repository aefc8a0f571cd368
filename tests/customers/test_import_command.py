import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from crm_site.exchange.models import ImportJob
from crm_site.staff.models import User
from customers.models import Customer, CustomField, Lead, LeadClock, Project, SourceEvent
from tests.customers.importing import shared_file
from tests.data import make_leads_cn
from tests.exchange.files import csv_bytes, xlsx_bytes

CHINESE = Path(__file__).parent.parent / "data" / "leads_cn.csv"


def run(*args: object) -> tuple[str, dict[str, int]]:
    out = io.StringIO()
    call_command("import_customers", *map(str, args), stdout=out)
    text = out.getvalue()
    pairs = (line.partition(": ") for line in text.splitlines())
    return text, {key: int(value) for key, _sign, value in pairs if value.isdigit()}


def refused(capsys: pytest.CaptureFixture[str], *args: object) -> str:
    with pytest.raises(SystemExit) as caught:
        run(*args)
    assert caught.value.code == 2
    return capsys.readouterr().err


def test_the_committed_file_is_what_its_generator_makes() -> None:
    made = make_leads_cn.make_rows(seed=7, rows=300, today=make_leads_cn.TODAY)
    assert csv_bytes(made, "utf-8-sig").getvalue() == CHINESE.read_bytes()


@pytest.mark.parametrize("spelling", ["utf-8-sig", "gb18030", "xlsx"])
def test_the_chinese_file_in_each_format(executive, consultant, tmp_path, spelling) -> None:
    rows = make_leads_cn.make_rows(seed=7, rows=300, today=make_leads_cn.TODAY)
    rows[20][1] = "154\u202e1897"  # unreadable in every spelling
    file = tmp_path / f"leads.{'xlsx' if spelling == 'xlsx' else 'csv'}"
    stream = xlsx_bytes(rows) if spelling == "xlsx" else csv_bytes(rows, spelling)
    file.write_bytes(stream.getvalue())
    text, counts = run(file, "--user", "executive")
    assert counts["rows"] == 300
    assert counts["created"] == Customer.objects.count()
    assert counts["created"] + counts["repeated"] + counts["bad"] == 300
    assert counts["repeated"] == 2
    assert 5 <= counts["bad"] <= 7
    assert "楼巴巡展" in text
    assert "不存在的楼盘" in text
    assert CustomField.objects.get().label == "看房交通"
    assert run(file, "--user", "executive")[1]["created"] == 0


def test_a_dry_run_prints_every_cause_and_writes_nothing(executive) -> None:
    text, counts = run(CHINESE, "--user", "executive", "--dry-run")
    assert counts["rows"] == 300
    assert counts["bad"] >= 5
    for word in ("联系电话", "登记时间", "预算"):
        assert f"× {word}:" in text
    assert not Customer.objects.exists()
    assert not Lead.objects.exists()


def test_a_mapping_file_decides(executive, tmp_path) -> None:
    file, mapping = tmp_path / "a.csv", tmp_path / "m.json"
    file.write_text("甲,乙\n王浩然,15400000001\n", encoding="utf-8")
    mapping.write_text(json.dumps({"甲": "name", "乙": "phone"}), encoding="utf-8")
    assert run(file, "--mapping", mapping, "--user", "executive")[1]["created"] == 1
    assert Customer.objects.get().name == "王浩然"


@pytest.mark.usefixtures("org")
def test_what_cannot_be_imported_ends_with_2_and_the_reason(tmp_path, capsys) -> None:
    good = tmp_path / "good.csv"
    good.write_text("姓名,电话\n王,15400000001\n", encoding="utf-8")
    noise = tmp_path / "noise.csv"
    noise.write_bytes(bytes(range(256)) * 20)
    dates = tmp_path / "dates.csv"
    dates.write_text("电话,登记时间\n15400000001,03/04/2026\n", encoding="utf-8")
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"电话": "nonsense"}', encoding="utf-8")
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    for arguments, word in [
        ((tmp_path / "absent.csv",), "absent.csv"),
        ((noise,), ""),
        ((dates,), "登记时间"),
        ((good, "--mapping", wrong), "nonsense"),
        ((good, "--mapping", broken), "broken.json"),
    ]:
        message = refused(capsys, *arguments)
        assert message.strip()
        assert word in message
    with pytest.raises(CommandError):
        run(good, "--user", "nobody")
    assert not Customer.objects.exists()


def test_an_answered_date_column_goes_in(executive, tmp_path) -> None:
    file = tmp_path / "dates.csv"
    file.write_text("电话,登记时间\n15400000001,03/04/2026\n", encoding="utf-8")
    run(file, "--user", "executive", "--option", "order:登记时间=dmy")
    assert f"{Lead.objects.get().received_at:%m-%d}" == "04-02"


def test_the_real_file_goes_in_with_its_owners_and_again_creates_nothing(executive) -> None:
    """15,000 leads with neither names nor phones, years old: no clock starts."""
    leads, staff = shared_file("re_crm_leads.csv"), shared_file("re_crm_executives.csv")
    assert run(staff, "--kind", "staff", "--user", "executive")[1]["created"] == 30
    dry, counts = run(leads, "--user", "executive", "--dry-run")
    assert (counts["rows"], counts["created"], counts["bad"]) == (15_000, 15_000, 0)
    assert "990 × budget_min" in dry
    assert not Customer.objects.exists()
    assert run(leads, "--user", "executive")[1]["created"] == 15_000
    tables = (Customer, Lead, SourceEvent)
    assert [table.objects.count() for table in tables] == [15_000] * 3
    assert not LeadClock.objects.exists()
    first = Customer.objects.get(external_id="L000001")
    assert first.is_unreachable
    assert first.phone is None
    assert first.owner.employee_no == "E12"
    assert first.custom == {"customer_type": "End User", "lead_score": "19"}
    assert (first.city, first.layout) == ("Pune", "villa")
    lead = first.leads.get()
    assert f"{lead.received_at:%Y-%m-%d %H:%M}" == "2025-05-17 23:59"
    assert lead.project.name == "UrbanNest"
    assert set(Project.objects.filter(code__startswith="p").values_list("code", flat=True)) == {
        f"p{n}" for n in range(1, 6)
    }
    owners = User.objects.filter(customers__isnull=False).distinct().count()
    assert owners == 30
    again = run(leads, "--user", "executive")[1]
    assert (again["created"], again["unchanged"]) == (0, 15_000)
    assert [table.objects.count() for table in tables] == [15_000] * 3
    assert ImportJob.objects.filter(state="done").count() == 3
