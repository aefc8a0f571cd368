"""A questionnaire written at run time lives its whole life in the pages, without its own code."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm_site.audit.models import AuditEvent
from crm_site.questionnaires.defaults import Default, forget_default, register_default
from crm_site.questionnaires.models import (
    Answer,
    AnswerPhoto,
    AnswerSheet,
    Questionnaire,
    QuestionnaireVersion,
)
from crm_site.questionnaires.rules import Condition, Outline, Question, Scale, Section
from crm_site.questionnaires.services import begin_sheet, ensure_default
from tests.common.test_pictures import PLACE, jpeg, png
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
ADD = "/questionnaires/add/"
ROWS = {
    "q1": {"section": "客厅", "label": "墙面平整", "scale": "yes-partly-no", "required": "on"},
    "q2": {"label": "哪里不平", "scale": "text", "required": "on", "only_question": "q1"},
    "q3": {
        "section": "厨房",
        "label": "整体印象",
        "scale": "1-10",
        "required": "on",
        "weight": "3",
    },
    "q4": {"label": "现场照片", "scale": "photo", "required": "on"},
    "q5": {"label": ""},
}


def posted(rows=ROWS, **more) -> dict[str, str]:
    data = {"title": "查验表", "use": "inspection", "subject_kind": "unit", "is_offered": "on"}
    data["codes"] = ",".join(rows)
    for place, (code, parts) in enumerate(rows.items(), start=1):
        whole = {"place": str(place * 10), "scale": "1-5", "weight": "1"} | parts
        if whole.get("only_question"):
            whole.setdefault("only_values", "No, partly")
        data |= {f"{code}-{part}": value for part, value in whole.items()}
    return data | more


@pytest.fixture
def editor(client_for, marketing):
    return client_for(marketing)


@pytest.fixture
def walker(client_for, consultant):
    return client_for(consultant)


@pytest.fixture
def form(editor) -> Questionnaire:
    """An inspection sheet, written by a manager in the browser."""
    answer = editor.post(ADD, posted(), headers=ENGLISH)
    assert answer.status_code == 302
    return Questionnaire.objects.get()


def begin(client, form, subject) -> AnswerSheet:
    client.post(f"/questionnaires/{form.key}/begin/", {"subject": str(subject.pk)})
    return AnswerSheet.objects.latest("pk")


def fill(client, sheet, button="keep", **answers):
    url = f"/questionnaires/sheets/{sheet.pk}/fill/"
    base = client.get(url).context["form"].edit_base
    data = {f"q-{key}": value for key, value in answers.items()}
    return client.post(url, data | {"edit_base": base, button: "1"}, headers=ENGLISH)


def photo(name="看房.jpg", data=None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or jpeg())


def test_manager_writes_consultant_fills_in_and_both_read_the_score(
    editor, walker, form, unit, consultant
) -> None:
    begun = walker.get(f"/questionnaires/{form.key}/begin/", headers=ENGLISH)
    assert str(unit) in begun.content.decode()
    sheet = begin(walker, form, unit)
    page = walker.get(f"/questionnaires/sheets/{sheet.pk}/fill/", headers=ENGLISH)
    text = page.content.decode()
    assert 'accept="image/*"' in text
    assert 'capture="environment"' in text
    assert 'data-only-if="q1"' in text
    assert fill(walker, sheet, q1="partly", q3="10").status_code == 302
    assert fill(walker, sheet, q1="partly", q2="东墙", q3="10", q4=photo()).status_code == 302
    kept = {"q1": "partly", "q2": "东墙", "q3": "10"}
    assert fill(walker, sheet, "complete", **kept).status_code == 302
    sheet.refresh_from_db()
    assert (sheet.state, sheet.score) == ("complete", Decimal("87.5"))  # (50 + 3 x 100) / 4
    assert list(Answer.objects.order_by("question").values_list("question", "scale", "value")) == [
        ("q1", "yes-partly-no", "partly"),
        ("q2", "text", "东墙"),
        ("q3", "1-10", "10"),
    ]
    read = editor.get(f"/questionnaires/sheets/{sheet.pk}/", headers=ENGLISH).content.decode()
    assert "87.5 %" in read
    assert "Partly" in read
    listed = editor.get(f"/questionnaires/{form.key}/", headers=ENGLISH).content.decode()
    assert str(unit) in listed
    trail = AuditEvent.objects.filter(kind__startswith="questionnaire.").order_by("pk")
    assert [event.kind for event in trail] == ["questionnaire.saved", "questionnaire.completed"]


def test_answers_stay_with_the_version_they_were_given_to(editor, walker, form, unit) -> None:
    old = begin(walker, form, unit)
    fill(walker, old, q1="yes", q3="4")
    url = f"/questionnaires/{form.key}/edit/"
    base = editor.get(url).context["form"].edit_base
    rows = {"q3": ROWS["q3"] | {"label": "厨房印象"}, "q5": {"label": "水压", "scale": "nps"}}
    rows |= {"q1": ROWS["q1"] | {"remove": "on"}, "q2": ROWS["q2"] | {"remove": "on"}}
    rows |= {"q4": ROWS["q4"] | {"remove": "on"}}
    assert editor.post(url, posted(rows, edit_base=base), headers=ENGLISH).status_code == 302
    assert QuestionnaireVersion.objects.count() == 2
    page = walker.get(f"/questionnaires/sheets/{old.pk}/fill/").content.decode()
    assert "整体印象" in page
    assert "水压" not in page
    assert fill(walker, old, q1="yes", q3="4", q4=photo()).status_code == 302
    assert fill(walker, old, "complete", q1="yes", q3="4").status_code == 302
    new = begin(walker, form, unit)
    assert new.version.number == 2
    assert "水压" in walker.get(f"/questionnaires/sheets/{new.pk}/fill/").content.decode()
    read = walker.get(f"/questionnaires/sheets/{old.pk}/").content.decode()
    assert "整体印象" in read
    form.refresh_from_db()
    assert form.codes_used == 5  # a number is never given to another question
    again = editor.get(url).context["form"]
    assert [row.code for row in again.rows()] == ["q3", "q5", "q6", "q7", "q8"]


def test_saving_the_same_makes_no_version(editor, form) -> None:
    url = f"/questionnaires/{form.key}/edit/"
    base = editor.get(url).context["form"].edit_base
    assert editor.post(url, posted(edit_base=base), headers=ENGLISH).status_code == 302
    assert QuestionnaireVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"q1": {"label": ""}}, "at least one question"),
        ({"q1": {"label": "选", "scale": "choice", "options": "一"}}, "at least two"),
        ({"q1": {"label": "甲", "weight": "101"}}, "less than or equal to 100"),
        ({"q1": {"label": "甲", "only_question": "q9"}}, "no question that stands before"),
        (
            {"q1": {"label": "甲"}, "q2": {"label": "乙", "only_question": "q1"}},
            "does not offer",
        ),
    ],
)
def test_questionnaire_that_cannot_be_filled_in_is_not_saved(editor, rows, message) -> None:
    page = editor.post(ADD, posted(rows), headers=ENGLISH)
    assert page.status_code == 422
    assert message in page.content.decode()
    assert not Questionnaire.objects.exists()


def test_more_rows_are_offered_without_saving(editor) -> None:
    page = editor.post(ADD, posted(more="1"), headers=ENGLISH)
    assert page.status_code == 200
    assert len(page.context["form"].rows()) == 8
    assert "墙面平整" in page.content.decode()
    assert not Questionnaire.objects.exists()


def test_incomplete_sheet_keeps_its_draft_and_photos_and_says_what_is_missing(
    walker, form, unit
) -> None:
    sheet = begin(walker, form, unit)
    answer = fill(walker, sheet, "complete", q1="no", q4=photo())
    assert answer.status_code == 302
    page = walker.get(answer.url, headers=ENGLISH).content.decode()
    assert "2 answers are missing; the draft is kept" in page
    assert 'href="#row-q2"' in page
    sheet.refresh_from_db()
    assert (sheet.state, sheet.score) == ("draft", None)
    assert AnswerPhoto.objects.get().question == "q4"
    assert Answer.objects.get().value == "no"


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"q3": "11"}, "valid choice"),
        ({"q2": "长" * 301, "q1": "no"}, "too long"),
        ({"q4": SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>")}, "Only photos"),
        ({"q4": SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + b"0" * (9 << 20))}, "larger than"),
    ],
)
def test_wrong_answer_is_named_and_nothing_is_kept(walker, form, unit, answers, message) -> None:
    sheet = begin(walker, form, unit)
    page = fill(walker, sheet, **answers)
    assert page.status_code == 422
    assert message in page.content.decode()
    assert not Answer.objects.exists()
    assert not AnswerPhoto.objects.exists()


def test_answers_to_hidden_questions_are_not_kept(walker, form, unit) -> None:
    sheet = begin(walker, form, unit)
    fill(walker, sheet, q1="no", q2="东墙")
    fill(walker, sheet, q1="yes", q2="东墙")
    assert list(Answer.objects.values_list("question", flat=True)) == ["q1"]


def test_photo_is_stripped_encrypted_and_only_for_who_sees_the_subject(
    client_for, walker, form, unit, consultant_b, consultant_c, auditor
) -> None:
    sheet = begin(walker, form, unit)
    fill(walker, sheet, q1="yes", q3="9", q4=photo())
    held = AnswerPhoto.objects.get()
    url = f"/questionnaires/sheets/{sheet.pk}/photos/{held.pk}/"
    answer = walker.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")
    assert PLACE not in answer.content
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM questionnaires_answerphoto")
        assert held.content.encode()[:40] not in bytes(cursor.fetchone()[0])
    assert client_for(consultant_b).get(url).status_code == 404  # a draft is one's own
    fill(walker, sheet, "complete", q1="yes", q3="9")
    assert client_for(consultant_b).get(url).status_code == 200
    assert client_for(consultant_c).get(url).status_code == 404
    assert client_for(auditor).get(url).status_code == 403


def test_photos_are_limited_repeated_ones_kept_once_and_removed_on_request(
    walker, form, unit
) -> None:
    sheet = begin(walker, form, unit)
    for _time in range(2):
        fill(walker, sheet, q4=photo(data=png()))
    assert AnswerPhoto.objects.count() == 1
    for number in range(1, 6):
        fill(walker, sheet, q4=photo(data=jpeg(number)))
    assert AnswerPhoto.objects.count() == 6
    page = fill(walker, sheet, q4=photo(data=jpeg(7)))
    assert page.status_code == 422
    assert "at most 6 photos" in page.content.decode()
    url = f"/questionnaires/sheets/{sheet.pk}/fill/"
    base = walker.get(url).context["form"].edit_base
    gone = AnswerPhoto.objects.first()
    walker.post(url, {"edit_base": base, f"drop-{gone.pk}": "on", "keep": "1"})
    assert AnswerPhoto.objects.count() == 5
    assert not AnswerPhoto.objects.filter(pk=gone.pk).exists()


def test_one_draft_per_person_and_subject_and_a_finished_sheet_stays(
    client_for, walker, form, unit, make_units, consultant, consultant_b, consultant_c, now
) -> None:
    sheet = begin(walker, form, unit)
    assert begin(walker, form, unit) == sheet
    other = begin_sheet(questionnaire=form, subject_id=unit.pk, author=consultant_b, now=now)
    assert other != sheet
    fill(walker, sheet, q1="yes", q3="9", q4=photo())
    fill(walker, sheet, "complete", q1="yes", q3="9")
    url = f"/questionnaires/sheets/{sheet.pk}/fill/"
    assert walker.post(url, {"q-q3": "1", "complete": "1"}).status_code == 409
    discard = f"/questionnaires/sheets/{sheet.pk}/discard/"
    assert walker.post(discard).status_code == 409
    assert Answer.objects.get(question="q3").value == "9"
    assert begin(walker, form, unit) != sheet
    outside = client_for(consultant_c)
    page = outside.post(f"/questionnaires/{form.key}/begin/", {"subject": str(unit.pk)})
    assert page.status_code == 422
    assert not AnswerSheet.objects.filter(author=consultant_c).exists()


def test_consultant_does_not_write_questionnaires(walker, form) -> None:
    assert walker.post(ADD, posted()).status_code == 403
    assert walker.get(f"/questionnaires/{form.key}/edit/").status_code == 403
    assert Questionnaire.objects.count() == 1


DEFAULT = Default(
    key="comfort",
    title="Comfort check",
    use="checklist",
    outline=Outline(
        (
            Section(
                "Hall",
                (
                    Question(key="noise", label="Is it quiet?", scale=Scale.YES),
                    Question(
                        key="where",
                        label="Where not?",
                        scale=Scale.TEXT,
                        only_if=Condition("noise", ("no",)),
                    ),
                ),
            ),
        )
    ),
)


def test_default_of_an_upper_app_is_there_and_can_be_changed(editor, walker) -> None:
    register_default(DEFAULT)
    try:
        assert "Comfort check" in walker.get("/questionnaires/").content.decode()
        found = ensure_default("comfort")
        assert (found.number, found.latest().author) == (1, None)
        walker.post("/questionnaires/comfort/begin/", {})
        sheet = AnswerSheet.objects.get()
        assert fill(walker, sheet, "complete", noise="yes").status_code == 302
        sheet.refresh_from_db()
        assert sheet.score == Decimal("100.0")
        url = "/questionnaires/comfort/edit/"
        shown = editor.get(url).context["form"]
        data = {bound.html_name: bound.value() for bound in shown if bound.value() is not None}
        data = {key: value for key, value in data.items() if value not in ("", False)}
        data |= {"edit_base": shown.edit_base, "noise-label": "够安静吗"}
        assert editor.post(url, data, headers=ENGLISH).status_code == 302
        assert ensure_default("comfort").latest().body["sections"][0]["questions"][0] == {
            "key": "noise",
            "label": "够安静吗",
            "scale": "yes-partly-no",
            "required": True,
            "help": "",
            "options": [],
            "only_if": None,
            "weight": 1,
        }
    finally:
        forget_default("comfort")


def test_lists_cost_the_same_for_one_and_twenty(walker, form, unit, org, now) -> None:
    begin(walker, form, unit)
    url = f"/questionnaires/{form.key}/"
    walker.get(url)
    with CaptureQueriesContext(connection) as one:
        walker.get(url)
    sheet = AnswerSheet.objects.get()
    values = {"questionnaire": form, "version": sheet.version, "subject_kind": "unit"}
    values |= {"subject_id": unit.pk, "state": "complete", "completed_at": now}
    people = UserFactory.create_batch(19, node=org.team_a)
    AnswerSheet.objects.bulk_create(AnswerSheet(author=user, **values) for user in people)
    with CaptureQueriesContext(connection) as twenty:
        page = walker.get(url)
    assert len(page.context["rows"]) == 20
    assert len(twenty) == len(one)
