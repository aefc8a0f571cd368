"""Files as offices keep them: titles, merged headers, other encodings, rows to be mended."""

import csv
import io

import pytest
from openpyxl import load_workbook

from crm_site.exchange import tasks
from crm_site.exchange.models import ImportJob
from crm_site.exchange.reading.table import open_table
from customers.models import Customer, DuplicateSuggestion, Lead, SourceEvent
from customers.services.duplicates import find_duplicates
from tests.customers.importing import shared_file
from tests.exchange.files import csv_bytes, leads_with_faults, merged_xlsx, xlsx_bytes
from tests.exchange.test_wizard import form_of

TITLE = ["五月来访登记表"]
GROUPS = ["客户信息", None, "需求", None, "登记时间"]
NAMES = ["姓名", "电话", "预算", "户型", None]
DATA = ["王浩然", "15400000001", "300-350万", "三房", "2026-05-19"]
MERGED = ["A1:E1", "A2:B2", "C2:D2", "E2:E3"]
HEADERS = ["客户信息 · 姓名", "客户信息 · 电话", "需求 · 预算", "需求 · 户型", "登记时间"]


def through(page, stream, *, name, kind="customer", **changed):
    """Take a file through the wizard, as the worker would; return its job."""
    stream.name = name
    data = {"kind": kind, "file": stream, "idempotency_key": f"u{ImportJob.objects.count()}"}
    url = page.post("/imports/", data)["Location"]
    job = ImportJob.objects.latest("pk")
    assert url == f"/imports/{job.pk}/"
    tasks.check_import(job.pk)
    job.refresh_from_db()
    if changed:
        assert page.post(f"{url}check/", form_of(page, job) | changed).status_code == 302
        tasks.check_import(job.pk)
        job.refresh_from_db()
    assert job.state == "checked"
    data = form_of(page, job) | {"action": "write", "idempotency_key": f"w{job.pk}"}
    assert page.post(f"{url}check/", data).status_code == 302
    tasks.run_import(job.pk)
    job.refresh_from_db()
    assert job.state == "done"
    return job


def test_a_merged_header_of_two_rows_below_a_title_goes_in(page) -> None:
    stream = merged_xlsx([TITLE, GROUPS, NAMES, DATA], MERGED)
    job = through(page, stream, name="来访.xlsx")
    assert [column["header"] for column in job.columns] == HEADERS
    assert [job.mapping[header] for header in HEADERS] == [
        "name",
        "phone",
        "budget",
        "layout",
        "received_at",
    ]
    assert job.counts == {"created": 1}
    customer = Customer.objects.get()
    assert (customer.name, customer.phone) == ("王浩然", "+8615400000001")
    assert int(customer.budget_max) == 3_500_000


@pytest.mark.parametrize(
    ("rows", "merged", "headers", "first"),
    [
        ([GROUPS, NAMES, DATA], ["A1:B1", "C1:D1", "E1:E2"], HEADERS, 3),
        ([TITLE, [], GROUPS, NAMES, DATA], ["A1:E1", "A3:B3", "C3:D3", "E3:E4"], HEADERS, 5),
        ([TITLE, ["姓名", "电话"], DATA[:2]], ["A1:B1"], ["姓名", "电话"], 3),
        ([["姓名", "电话", "备注", None], [*DATA[:2], "周末", "上午"]], ["C1:D1"],
         ["姓名", "电话", "备注", "备注 (2)"], 2),
        ([["姓名", "电话"], ["王", "15400000001"], ["合计", None]], ["A3:B3"], ["姓名", "电话"], 2),
    ],
    ids=["no-title", "blank-row", "title-only", "wide-column", "merged-data"],
)  # fmt: skip
def test_headers_of_merged_cells(rows, merged, headers, first) -> None:
    table = open_table(merged_xlsx(rows, merged))
    assert table.headers == headers
    assert next(table.rows)[0] == first


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_three_percent_of_broken_rows_come_back_are_mended_and_go_in_once(page, kind) -> None:
    sheet = leads_with_faults(400, every=33)
    make = csv_bytes if kind == "csv" else xlsx_bytes
    job = through(page, make(sheet), name=f"线索.{kind}")
    assert job.counts == {"created": 388, "bad": 12}
    back = page.get(f"/imports/{job.pk}/errors.{kind}").content
    lines = _read(back, kind)
    assert len(lines) == 13
    good = dict(enumerate(_healthy(400), start=2))
    mended = [lines[0], *([row[0], row[1], *good[int(row[0])]] for row in lines[1:])]
    again = through(page, make(mended), name=f"nachtrag.{kind}")
    assert again.counts == {"created": 12}
    assert [Customer.objects.count(), Lead.objects.count(), SourceEvent.objects.count()] == [
        400,
        400,
        400,
    ]
    third = through_dry(page, make(mended), kind)
    assert third.counts == {"unchanged": 12}


def through_dry(page, stream, kind):
    stream.name = f"x.{kind}"
    page.post("/imports/", {"kind": "customer", "file": stream, "idempotency_key": "again"})
    job = ImportJob.objects.latest("pk")
    tasks.check_import(job.pk)
    job.refresh_from_db()
    return job


def _healthy(rows):
    return leads_with_faults(rows, every=rows + 1)[1:]


def _read(content, kind):
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(content)).active
    return [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]


def test_the_real_file_in_gb18030_is_read_as_the_one_in_utf8(page, executive, client_for) -> None:
    text = shared_file("re_crm_leads.csv").read_bytes().decode("utf-8-sig")
    chinese = text.replace("Villa", "别墅").replace("Mumbai", "孟买")
    assert chinese != text
    plain = open_table(io.BytesIO(chinese.encode()))
    office = open_table(io.BytesIO(chinese.encode("gb18030")))
    assert (plain.encoding, office.encoding) == ("utf-8", "gb18030")
    assert list(office.rows) == list(plain.rows)
    boss = client_for(executive)
    job = through(boss, io.BytesIO(chinese.encode("gb18030")), name="线索.csv")
    assert (job.encoding, job.counts) == ("gb18030", {"created": 15_000})
    assert Customer.objects.count() == Lead.objects.count() == 15_000
    assert Customer.objects.get(external_id="L000001").layout == "villa"


def test_a_file_of_variants_taken_through_the_wizard_fills_the_queue(
    page,
    executive,
    client_for,
    now,
) -> None:
    boss = client_for(executive)
    stream = io.BytesIO(shared_file("dedupe_cn_synthetic.csv").read_bytes())
    stream.name = "客户.csv"
    boss.post("/imports/", {"kind": "customer", "file": stream, "idempotency_key": "u"})
    job = ImportJob.objects.get()
    headers = [column["header"] for column in job.columns]
    used = {"record_id": "external_id", "name": "name", "phone": "phone", "wechat": "wechat"}
    used |= {"project": "project_name", "source": "source"}
    chosen = {f"map-{n}": used.get(header, "") for n, header in enumerate(headers)}
    url = f"/imports/{job.pk}/check/"
    for action in ("check", "write"):
        tasks.check_import(job.pk)
        data = form_of(boss, job) | chosen | {"action": action, "idempotency_key": action}
        assert boss.post(url, data).status_code == 302
    tasks.run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.rows_done, job.counts.get("bad", 0)) == ("done", 4105, 0)
    assert not DuplicateSuggestion.objects.exists()
    done = find_duplicates(now=now)
    assert done.proposed == DuplicateSuggestion.objects.filter(state="open").count() > 200
    assert boss.get("/duplicates/").context["page"].rows
