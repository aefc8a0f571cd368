import csv
import io

import pytest
from openpyxl import load_workbook

from crm_site.exchange import tasks
from crm_site.exchange.models import ImportJob
from customers.models import Customer, Lead
from tests.exchange.files import csv_bytes, xlsx_bytes

HEAD = ["客户姓名", "联系电话", "登记时间", "看房交通"]
ROWS = [
    HEAD,
    ["王浩然", "15400000001", "2026-05-19", "地铁"],
    ["=李娜", "1540000", "2026-05-19", "公交"],
]


def file_of(rows, name="五月 来访.csv"):
    stream = csv_bytes(rows)
    stream.name = name
    return stream


def upload(page, rows=ROWS, key="k1", **more):
    data = {"kind": "customer", "file": file_of(rows), "idempotency_key": key} | more
    return page.post("/imports/", data)


def ready(page, rows=ROWS) -> ImportJob:
    upload(page, rows)
    job = ImportJob.objects.get()
    tasks.check_import(job.pk)
    job.refresh_from_db()
    return job


def form_of(page, job) -> dict[str, str]:
    form = page.get(f"/imports/{job.pk}/").context["form"]
    return {name: field.initial or "" for name, field in form.fields.items()}


def test_the_whole_way_from_file_to_result(page, sent) -> None:
    answer = upload(page)
    job = ImportJob.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/imports/{job.pk}/")
    assert sent == [("check_import", job.pk)]
    working = page.get(f"/imports/{job.pk}/").content.decode()
    assert f'hx-get="/imports/{job.pk}/progress/"' in working
    assert '<meta http-equiv="refresh"' in working
    tasks.check_import(job.pk)
    assert (
        page.get(f"/imports/{job.pk}/progress/", headers={"hx-request": "true"})["HX-Redirect"]
        == f"/imports/{job.pk}/"
    )
    tried = page.get(f"/imports/{job.pk}/")
    text = tried.content.decode()
    assert [(s.key, s.count) for s in tried.context["report"].shares if s.count] == [
        ("created", 1),
        ("bad", 1),
    ]
    assert "1540000" in text
    assert "15400000001" not in text
    assert not Customer.objects.exists()
    answer = page.post(f"/imports/{job.pk}/check/", form_of(page, job) | {"action": "write"})
    assert answer.status_code == 302
    assert sent[-1] == ("run_import", job.pk)
    tasks.run_import(job.pk)
    done = page.get(f"/imports/{job.pk}/")
    assert done.context["step"] == 4
    assert done.context["report"].to_write == 1
    assert Customer.objects.get().name == "王浩然"


def test_a_changed_column_is_tried_again_before_it_is_written(page, sent) -> None:
    job = ready(page)
    data = form_of(page, job) | {"action": "write", "map-3": "remark"}
    assert page.post(f"/imports/{job.pk}/check/", data).status_code == 302
    job.refresh_from_db()
    assert (job.state, job.mapping["看房交通"]) == ("checking", "remark")
    assert sent[-1] == ("check_import", job.pk)
    assert not Customer.objects.exists()


@pytest.mark.check("A-48")
def test_sending_twice_has_one_effect(page, sent) -> None:
    first, second = upload(page, key="same"), upload(page, key="same")
    assert first["Location"] == second["Location"]
    job = ImportJob.objects.get()
    tasks.check_import(job.pk)
    data = form_of(page, job) | {"action": "write", "idempotency_key": "write-1"}
    for _attempt in range(3):
        assert page.post(f"/imports/{job.pk}/check/", data).status_code == 302
    assert sent.count(("run_import", job.pk)) == 1
    tasks.run_import(job.pk)
    tasks.run_import(job.pk)
    assert (Customer.objects.count(), Lead.objects.count()) == (1, 1)


def test_an_upload_without_a_key_is_refused(page) -> None:
    assert page.post("/imports/", {"kind": "customer", "file": file_of(ROWS)}).status_code == 400
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize(
    "content",
    [b"", bytes(range(256)) * 20, "姓名,电话\n".encode(), b"\xd0\xcf\x11\xe0" + bytes(600)],
    ids=["empty", "noise", "no-rows", "old-excel"],
)
def test_unreadable_files_get_words_and_422(page, content) -> None:
    stream = io.BytesIO(content)
    stream.name = "x.xlsx"
    answer = page.post("/imports/", {"kind": "customer", "file": stream, "idempotency_key": "k"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert not ImportJob.objects.exists()


def test_a_file_above_the_limit_is_refused(page, settings) -> None:
    settings.IMPORT_MAX_BYTES = 20
    assert upload(page).status_code == 422
    assert not ImportJob.objects.exists()


def test_columns_that_say_nobody_is_meant_wait_for_an_answer(page, sent) -> None:
    upload(page, [["备注", "城市"], ["x", "杭州"]])
    job = ImportJob.objects.get()
    assert (job.state, sent) == ("uploaded", [])
    answer = page.get(f"/imports/{job.pk}/")
    assert answer.context["question"]
    refused = page.post(f"/imports/{job.pk}/check/", form_of(page, job) | {"action": "check"})
    assert refused.status_code == 422
    assert refused.context["form"].non_field_errors()


def test_ambiguous_dates_are_asked_for(page, sent) -> None:
    upload(page, [["电话", "登记时间"], ["15400000001", "03/04/2026"]])
    job = ImportJob.objects.get()
    assert job.state == "uploaded"
    assert "登记时间" in page.get(f"/imports/{job.pk}/").context["question"]
    data = form_of(page, job) | {"action": "check", "order-1": "dmy"}
    assert page.post(f"/imports/{job.pk}/check/", data).status_code == 302
    assert sent == [("check_import", job.pk)]


def test_the_same_file_again_is_said(page) -> None:
    job = ready(page)
    page.post(f"/imports/{job.pk}/check/", form_of(page, job) | {"action": "write"})
    tasks.run_import(job.pk)
    upload(page, key="k2")
    again = ImportJob.objects.latest("pk")
    tasks.check_import(again.pk)
    answer = page.get(f"/imports/{again.pk}/")
    assert answer.context["report"].same_file_at
    assert answer.context["report"].to_write == 0
    assert 'value="write"' not in answer.content.decode()


@pytest.mark.check("A-22")
def test_bad_rows_come_back_with_reasons_and_without_formulas(page) -> None:
    job = ready(page)
    answer = page.get(f"/imports/{job.pk}/errors.csv")
    assert answer["Content-Disposition"] == f'attachment; filename="import-{job.pk}-errors.csv"'
    header, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert header[2:] == HEAD
    assert header[0].startswith("#")
    assert row[0] == "3"
    assert row[1].startswith("联系电话: ")
    assert row[2:] == ["'=李娜", "1540000", "2026-05-19", "公交"]
    book = load_workbook(io.BytesIO(page.get(f"/imports/{job.pk}/errors.xlsx").content))
    cells = next(book.active.iter_rows(min_row=2))
    assert [cell.value for cell in cells][2:] == ["=李娜", "1540000", "2026-05-19", "公交"]
    assert {cell.data_type for cell in cells} == {"s"}


def test_mended_rows_go_in_as_they_came_back(page) -> None:
    job = ready(page)
    page.post(f"/imports/{job.pk}/check/", form_of(page, job) | {"action": "write"})
    tasks.run_import(job.pk)
    text = page.get(f"/imports/{job.pk}/errors.csv").content.decode("utf-8-sig")
    mended = [
        [cell.replace("1540000", "15400000002") for cell in row]
        for row in csv.reader(io.StringIO(text))
    ]
    upload(page, mended, key="k2")
    again = ImportJob.objects.latest("pk")
    assert again.signature == job.signature
    assert [again.mapping[header] for header in mended[0][:2]] == ["", ""]
    assert again.mapping["客户姓名"] == "name"


def test_hidden_and_foreign_imports(page, executive, consultant, client_for) -> None:
    job = ready(page)
    paths = [f"/imports/{job.pk}/", f"/imports/{job.pk}/progress/", f"/imports/{job.pk}/errors.csv"]
    for path in paths:
        assert client_for(executive).get(path).status_code == 404
        assert client_for(consultant).get(path).status_code == 404
    for action in ("check", "cancel", "resume"):
        assert client_for(executive).post(f"/imports/{job.pk}/{action}/").status_code == 404
    assert client_for(consultant).get("/imports/").status_code == 403
    assert client_for(executive).get("/imports/").status_code == 200
    assert page.get(f"/imports/{job.pk}/errors.exe").status_code == 404
    job.refresh_from_db()
    assert job.state == "checked"


def test_cancelling_drops_the_rows(page) -> None:
    job = ready(page)
    assert page.post(f"/imports/{job.pk}/cancel/").status_code == 302
    job.refresh_from_db()
    assert (job.state, job.parts.count()) == ("cancelled", 0)
    assert page.get(f"/imports/{job.pk}/").status_code == 200
    assert page.post(f"/imports/{job.pk}/cancel/").status_code == 409


def test_each_is_offered_what_they_may_import(cast, client_for) -> None:
    def offered(key: str) -> list[str]:
        form = client_for(cast[key]).get("/imports/").context["form"]
        return sorted(kind for kind, _label in form.fields["kind"].choices)

    assert offered("supervisor") == ["customer", "price"]
    everything = ["complaints", "customer", "price", "purchase", "staff", "unit"]
    assert offered("executive") == everything
    assert offered("service_manager") == ["complaints"]
    assert offered("sysadmin") == ["staff"]


def test_hostile_file_names_and_cells_do_no_harm(page) -> None:
    rows = [["姓名<script>", "电话"], ["<svg onload=alert(1)>", "15400000001"], ["b", "<b>1</b>"]]
    stream = xlsx_bytes(rows)
    stream.name = "../..\\a<img src=x>.xlsx"
    page.post("/imports/", {"kind": "customer", "file": stream, "idempotency_key": "k"})
    job = ImportJob.objects.get()
    assert "/" not in job.file_name
    tasks.check_import(job.pk)
    text = page.get(f"/imports/{job.pk}/").content.decode()
    for tag in ("<script>", "<svg onload", "<img src=x", "<b>1</b>"):
        assert tag not in text.replace("<script src=", "").replace("<script id=", "")
