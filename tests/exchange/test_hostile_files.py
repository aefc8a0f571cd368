"""Files that are made to break an import, or are broken: each gets its words, nothing is kept."""

import errno
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import OperationalError, connection
from django.test import override_settings

from crm_site.exchange import tasks
from crm_site.exchange.errors import UnreadableFileError
from crm_site.exchange.models import ImportJob, ImportPart, ImportSeen
from crm_site.exchange.reading import workbook
from crm_site.exchange.reading.table import open_table
from customers.models import Customer, Lead
from tests.customers.importing import causes, checked, imported, uploaded
from tests.exchange.files import csv_bytes, sheet_xml, with_sheet, xlsx_bytes
from tests.exchange.test_wizard import ROWS, form_of, ready, upload

HEAD = ["姓名", "电话"]
GOOD = [HEAD, ["王浩然", "15400000001"]]
SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LAUGHS = "<!DOCTYPE lolz [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
ENGLISH = {"accept-language": "en"}


def added(name: str, body: bytes) -> io.BytesIO:
    """Return a good workbook with one more part."""
    found = xlsx_bytes(GOOD)
    with zipfile.ZipFile(found, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    found.seek(0)
    return found


def encrypted() -> io.BytesIO:
    """Return a workbook whose parts say that they are encrypted."""
    content = bytearray(xlsx_bytes(GOOD).getvalue())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    return io.BytesIO(bytes(content))


def formatted_to_the_end() -> io.BytesIO:
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(1, 1_048_577))
    return with_sheet(f'<worksheet xmlns="{SPACE}"><sheetData>{rows}</sheetData></worksheet>')


def lorem(kind: str) -> io.BytesIO:
    return with_sheet(sheet_xml([("A1", "&b;")], f"<!--{'x' * 9000}-->{kind}"))


REFUSED = {
    "truncated": (lambda: io.BytesIO(xlsx_bytes(GOOD).getvalue()[:-300]), "damaged"),
    "part-cut": (lambda: with_sheet(sheet_xml([("A1", "姓名")])[:-40]), "damaged"),
    "encrypted": (encrypted, "has a password. Save it without one"),
    "xls": (lambda: io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096)), "old .xls"),
    "empty-rows": (formatted_to_the_end, "too large once unpacked"),
    "bomb-250": (lambda: added("xl/media/a.bin", bytes(20 << 20)), "too large once unpacked"),
    "laughs": (lambda: lorem(LAUGHS), "damaged"),
    "laughs-elsewhere": (lambda: added("xl/x.xml", LAUGHS.encode()), "damaged"),
    "utf16-xml": (lambda: added("xl/x.xml", LAUGHS.encode("utf-16")), "damaged"),
    "macros": (lambda: added("xl/vbaProject.bin", b"x"), "macros"),
    "png": (lambda: io.BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(3000)), "neither a table"),
    "gif-and-zip": (lambda: io.BytesIO(b"GIF89a\x00" + xlsx_bytes(GOOD).getvalue()), "neither"),
    "svg": (lambda: io.BytesIO(b"<svg onload='alert(1)'><script>x</script></svg>"), "no rows"),
    "surrogate": (
        lambda: io.BytesIO(("姓名,电话\n" + "王浩然,1\n" * 30).encode() + b"\xed\xa0\x80,3\n"),
        "Some characters of the file are broken",
    ),
    "surrogate-utf16": (
        lambda: io.BytesIO(b"\xff\xfe" + "姓名,电话\n".encode("utf-16-le") + b"\x00\xd8,\x00"),
        "neither a table",
    ),
    "header-only": (lambda: csv_bytes([HEAD]), "no rows"),
}  # fmt: skip


@pytest.mark.check("A-60")
@pytest.mark.check("A-61")
def test_each_hostile_file_is_refused_in_words_and_nothing_is_kept(page) -> None:
    said = {}
    for name, (make, words) in REFUSED.items():
        content = make().getvalue()
        for language in ("en", "zh-hans"):
            stream = io.BytesIO(content)
            stream.name = "..\\..\\名.xlsx"
            data = {"kind": "customer", "file": stream, "idempotency_key": f"{name}{language}"}
            answer = page.post("/imports/", data, headers={"accept-language": language})
            assert answer.status_code == 422, name
            said[name, language] = " ".join(answer.context["form"].errors.get("file", [name]))
        assert words in said[name, "en"], said[name, "en"]
        chinese = said[name, "zh-hans"]
        assert any("\u4e00" <= char <= "\u9fff" for char in chinese), chinese
    assert not ImportJob.objects.exists()
    assert not ImportPart.objects.exists()


@pytest.mark.check("A-61")
@pytest.mark.parametrize("name", ["truncated", "encrypted", "xls", "bomb-250", "laughs", "macros"])
def test_they_are_refused_before_anything_parses_them(monkeypatch, name) -> None:
    monkeypatch.setattr(workbook, "PARSER", ("/nowhere/parser",))
    with pytest.raises(UnreadableFileError):
        open_table(REFUSED[name][0]())
    with pytest.raises(FileNotFoundError):  # the control: a good one is parsed
        open_table(xlsx_bytes(GOOD))


@pytest.mark.check("A-61")
def test_the_parser_is_a_process_of_its_own_with_bounded_memory_and_time() -> None:
    folder = str(Path(workbook.__file__).parent)
    program = (
        "import sys, resource; sys.path.insert(0, sys.argv[1]); import workbook_rows as w; "
        "w.main(); print([*map(resource.getrlimit, (resource.RLIMIT_AS, resource.RLIMIT_CPU))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, folder],
        input=b"no workbook", capture_output=True, check=True,
    )  # fmt: skip
    memory = 512 << 20
    assert done.stdout.decode().splitlines() == [
        '{"error": "damaged"}',
        str([(memory, memory), (60, 60)]),
    ]


@pytest.mark.check("A-61")
@pytest.mark.parametrize("said", ["", '{"spans": []}\n["姓名", "电话"]\n["王", "15400000001"]\n'])
def test_a_parser_that_dies_leaves_nothing(supervisor, now, monkeypatch, said) -> None:
    program = "import sys; sys.stdin.buffer.read(); sys.stdout.write(sys.argv[1]); sys.exit(1)"
    command = (sys.executable, "-X", "utf8", "-c", program, said)
    monkeypatch.setattr(workbook, "PARSER", command)
    with pytest.raises(UnreadableFileError) as caught:
        uploaded(xlsx_bytes(GOOD), actor=supervisor, now=now)
    assert caught.value.code == "too_big"
    assert not ImportJob.objects.exists()


def memory_peak() -> int:
    """Return the largest resident memory in bytes since it was last forgotten."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) << 10


@pytest.mark.check("A-60")
def test_a_large_workbook_takes_little_memory_of_the_process_that_reads_it() -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>王浩然{n}</t></is></c>'
        f'<c r="B{n}"><v>{15_400_000_000 + n}</v></c><c r="C{n}"><v>{n}</v></c></row>'
        for n in range(2, 120_001)
    )
    head = "".join(
        f'<c r="{place}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for place, name in zip("ABC", ("姓名", "电话", "面积"), strict=True)
    )
    sheet = f'<worksheet xmlns="{SPACE}"><sheetData><row r="1">{head}</row>{rows}</sheetData>'
    stream = with_sheet(f"{sheet}</worksheet>")
    del rows, sheet
    Path("/proc/self/clear_refs").write_text("5")
    before = memory_peak()
    assert sum(1 for _row in open_table(stream).rows) == 119_999
    assert memory_peak() - before < 50 << 20


@pytest.mark.check("A-60")
def test_a_body_above_the_limit_is_refused_unread(page) -> None:
    upload(page, ROWS[:2])
    ImportJob.objects.all().delete()
    boundary = b"--x\r\n"

    class Unread(io.BytesIO):
        def read(self, *_size: int) -> bytes:
            raise AssertionError("the body was read")

    kind = "multipart/form-data; boundary=x"
    for length in (100 << 20, settings.IMPORT_MAX_BYTES + (2 << 20)):
        for headers, words in ((ENGLISH, "At most 50 MB"), ({}, "50")):
            answer = page.generic(
                "POST", "/imports/", boundary, content_type=kind, headers=headers,
                CONTENT_LENGTH=str(length), **{"wsgi.input": Unread()},
            )  # fmt: skip
            assert answer.status_code == 413
            assert words in answer.content.decode()
    assert not ImportJob.objects.exists()


@pytest.mark.check("A-60")
def test_many_fields_long_fields_and_a_body_without_a_length_are_refused(page) -> None:
    fields = {f"f{n}": "x" for n in range(10_000)}
    assert page.post("/imports/", fields).status_code == 400
    assert page.post("/imports/", {"kind": "x" * (6 << 20)}).status_code == 413
    unannounced = page.generic(
        "POST", "/imports/", b"", content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH="", **{"wsgi.input": io.BytesIO(bytes(1 << 20))},
    )  # fmt: skip
    assert unannounced.status_code == 400
    with override_settings(IMPORT_MAX_BYTES=1000):
        stream = csv_bytes([HEAD, *[["王", "15400000001"]] * 200])
        stream.name = "x.csv"
        data = {"kind": "customer", "file": stream, "idempotency_key": "k"}
        assert page.post("/imports/", data).status_code == 422
    assert not ImportJob.objects.exists()


@pytest.mark.check("A-60")
def test_an_upload_is_named_harmlessly_and_what_comes_back_is_a_download(page) -> None:
    stream = csv_bytes(ROWS)
    stream.name = "..\\..\\名\u202e.xlsx"
    page.post("/imports/", {"kind": "customer", "file": stream, "idempotency_key": "n"})
    job = ImportJob.objects.get()
    assert job.file_name == "名.xlsx"
    tasks.check_import(job.pk)
    for kind in ("csv", "xlsx"):
        answer = page.get(f"/imports/{job.pk}/errors.{kind}")
        assert answer["Content-Disposition"].startswith("attachment; filename=")
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_no_room_on_the_servers_disk(page, monkeypatch) -> None:
    real = TemporaryUploadedFile.__init__

    def without_room(self, *args, **kwargs):
        real(self, *args, **kwargs)
        self.file.write = full

    def full(_data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(TemporaryUploadedFile, "__init__", without_room)
    for headers, words in ((ENGLISH, "no room left for the file"), ({}, "磁盘空间")):
        stream = csv_bytes([HEAD, *[["王浩然", "x" * 3000]] * 1200])
        stream.name = "x.csv"
        data = {"kind": "customer", "file": stream, "idempotency_key": words}
        answer = page.post("/imports/", data, headers=headers)
        assert answer.status_code == 503
        assert words in answer.content.decode()
    assert not ImportJob.objects.exists()


def full_after(table: str, rows: int) -> None:
    """Let the database answer as with a full disk from some row of a table on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"  # noqa: S608
            f" IF (SELECT count(*) FROM {table}) >= {rows} THEN"
            " RAISE EXCEPTION 'could not extend file: No space left on device'"
            " USING ERRCODE = '53100'; END IF; RETURN NEW; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER no_room BEFORE INSERT ON {table} FOR EACH ROW"
            " EXECUTE FUNCTION no_room()"
        )


def room_again(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER no_room ON {table}")
        cursor.execute("DROP FUNCTION no_room()")


def test_no_room_in_the_database_while_a_file_is_taken_in(page, monkeypatch) -> None:
    monkeypatch.setattr("crm_site.exchange.services.upload.PART_ROWS", 1)
    full_after("exchange_importpart", 1)
    answer = upload(page)
    assert answer.status_code == 422
    assert "磁盘空间" in " ".join(answer.context["form"].errors["file"])
    assert not ImportJob.objects.exists()
    room_again("exchange_importpart")
    assert upload(page, key="again").status_code == 302
    assert ImportPart.objects.count() == 2


@pytest.mark.parametrize("step", ["check", "write"])
def test_no_room_in_the_database_while_it_works_is_told_and_gone_on_from(
    page, monkeypatch, step
) -> None:
    monkeypatch.setattr("crm_site.exchange.services.upload.PART_ROWS", 2)
    rows = [HEAD, *[["王浩然", f"154{n:08d}"] for n in range(6)]]
    table, work = {
        "check": ("exchange_importseen", tasks.check_import),
        "write": ("customers_lead", tasks.run_import),
    }[step]
    if step == "write":
        job = ready(page, rows)
        page.post(f"/imports/{job.pk}/check/", form_of(page, job) | {"action": "write"})
    else:
        upload(page, rows)
        job = ImportJob.objects.get()
    full_after(table, 3)
    with pytest.raises(OperationalError):
        work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.rows_done) == ("failed", 2)
    assert "磁盘空间" in job.error
    assert Customer.objects.count() == Lead.objects.count() == (2 if step == "write" else 0)
    assert job.error in page.get(f"/imports/{job.pk}/").content.decode()
    room_again(table)
    assert page.post(f"/imports/{job.pk}/resume/").status_code == 302
    work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.counts) == ({"check": "checked", "write": "done"}[step], {"created": 6})
    assert Customer.objects.count() == Lead.objects.count() == (6 if step == "write" else 0)
    assert not ImportSeen.objects.exists()


MIXED = [
    ["姓名", "电话", "登记时间", "备注"],
    ["王\u0301浩然" + "\u0301" * 100_000, "15400000001", "2026-05-19", "＝cmd|calc"],
    ["李\x00娜", "１５４００００００２２", "2026年5月18日", "=1+1"],
    ["陈雨桐", "154 0000 0003", "２０２６/５/１７ 09:30", "+86"],
    ["李娜", "15400000022", "2026.5.16", "-3"],
    ["赵敏", "15400000005", "20260515", "@x"],
    ["钱伟", "15400000006", "31/02/2026", "\u202e开"],
]


@pytest.mark.check("A-61")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_odd_spellings_are_read_and_a_wrong_cell_costs_its_row_only(
    supervisor, now, encoding
) -> None:
    rows = [[cell.replace("\x00", "") for cell in row] for row in MIXED]
    stream = csv_bytes(rows if encoding == "gb18030" else MIXED, encoding)
    job = checked(uploaded(stream, actor=supervisor, now=now), now=now)
    assert (job.encoding, job.counts) == (encoding, {"created": 4, "repeated": 1, "bad": 1})
    found = causes(job)
    assert found["repeated"] == [5]
    assert 7 in [row for rows in found.values() for row in rows]


@pytest.mark.check("A-61")
def test_what_looks_like_a_formula_is_kept_as_text(supervisor, now) -> None:
    imported(csv_bytes(MIXED[:5]), actor=supervisor, now=now)
    remarks = set(Customer.objects.values_list("remark", flat=True))
    assert {"＝cmd|calc", "=1+1", "+86"} <= remarks
    names = set(Customer.objects.values_list("name", flat=True))
    assert all(len(name) <= 80 and "\x00" not in name for name in names)
    assert len(names) == 3
