"""The same request twice has one effect and one answer; a key never covers two requests."""

import json
import threading
import time

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from crm_site.common.idempotency import (
    KeyConflictError,
    KeyMissingError,
    forget_answers,
    idempotent,
)
from crm_site.common.models import AnsweredRequest

pytestmark = pytest.mark.django_db
KEY = "3f0c0a2e-0001"


@idempotent()
def make_group(request):
    """Create a row that has no constraint of its own against doubles: the name is counted up."""
    name = request.POST.get("name", "")
    if not name:
        return HttpResponse("name is missing", status=422)
    group = Group.objects.create(name=f"{name}-{Group.objects.count()}")
    return HttpResponse(f"made {group.name}", status=201, headers={"HX-Trigger": "made"})


class GroupView(APIView):
    @idempotent(required=True)
    def post(self, request):
        if not request.data.get("name"):
            raise ValidationError({"name": ["missing"]})
        group = Group.objects.create(name=f"{request.data['name']}-{Group.objects.count()}")
        return Response({"name": group.name, "说明": "客户"}, status=201)


def form(user, data, key=KEY, path="/groups/"):
    extra = {"headers": {"Idempotency-Key": key}} if key else {}
    request = RequestFactory().post(path, data, **extra)
    request.user = user
    return request


def api(user, data, key=KEY):
    extra = {"headers": {"Idempotency-Key": key}} if key else {}
    request = APIRequestFactory().post("/api/v1/groups/", data, format="json", **extra)
    force_authenticate(request, user)
    response = GroupView.as_view()(request)
    response.render() if hasattr(response, "render") else None
    return response


def names():
    return list(Group.objects.order_by("id").values_list("name", flat=True))


def test_ten_repeats_have_one_effect_and_one_answer(consultant):
    answers = [make_group(form(consultant, {"name": "a"})) for _ in range(10)]

    assert names() == ["a-0"]
    assert {answer.content for answer in answers} == {b"made a-0"}
    assert {answer.status_code for answer in answers} == {201}
    assert {answer["HX-Trigger"] for answer in answers} == {"made"}
    assert [("Idempotency-Replayed" in answer) for answer in answers] == [False] + [True] * 9


def test_without_a_key_each_request_counts(consultant):
    for _ in range(2):
        make_group(form(consultant, {"name": "a"}, key=""))
    assert names() == ["a-0", "a-1"]


def test_key_in_the_form_works_like_the_header(consultant):
    for token in ("one", "two"):  # the CSRF token differs on every page
        data = {"name": "a", "idempotency_key": KEY, "csrfmiddlewaretoken": token}
        make_group(form(consultant, data, key=""))
    assert names() == ["a-0"]


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"name": "b"}, "/groups/"),
        ({"name": "a", "more": "1"}, "/groups/"),
        ({"name": "a"}, "/others/"),
        ({"name": "a", "file": SimpleUploadedFile("x.csv", b"other")}, "/groups/"),
    ],
)
def test_another_request_under_the_same_key_is_refused(data, path, consultant):
    make_group(form(consultant, {"name": "a"}))
    with pytest.raises(KeyConflictError) as refusal:
        make_group(form(consultant, data, path=path))
    assert refusal.value.status == 409
    assert names() == ["a-0"]


def test_files_count_by_content(consultant):
    def upload(content):
        file = SimpleUploadedFile("x.csv", content)
        return make_group(form(consultant, {"name": "a", "file": file}))

    upload(b"one")
    assert upload(b"one")["Idempotency-Replayed"] == "true"
    with pytest.raises(KeyConflictError):
        upload(b"two")


def test_keys_of_two_people_are_apart(consultant, supervisor):
    make_group(form(consultant, {"name": "a"}))
    make_group(form(supervisor, {"name": "a"}))
    assert names() == ["a-0", "a-1"]


def test_refusal_is_not_remembered(consultant):
    assert make_group(form(consultant, {})).status_code == 422
    assert not AnsweredRequest.objects.exists()
    assert make_group(form(consultant, {"name": "a"})).status_code == 201


@pytest.mark.parametrize("key", ["x" * 81, "with space", "键", "a\tb"])
def test_what_cannot_be_a_key_is_refused(key, consultant):
    with pytest.raises(KeyMissingError):
        make_group(form(consultant, {"name": "a", "idempotency_key": key}, key=""))
    assert names() == []


def test_safe_and_anonymous_requests_pass_through(consultant):
    request = RequestFactory().get("/groups/", headers={"Idempotency-Key": KEY})
    request.user = consultant
    assert make_group(request).status_code == 422
    guest = form(AnonymousUser(), {"name": "a"})
    assert make_group(guest).status_code == 201
    assert not AnsweredRequest.objects.exists()


def test_api_answers_a_repeat_with_the_same_document(consultant):
    first, second = (api(consultant, {"name": "a"}) for _ in range(2))

    assert names() == ["a-0"]
    assert (first.status_code, second.status_code) == (201, 201)
    assert (
        json.loads(first.content)
        == json.loads(second.content)
        == {
            "name": "a-0",
            "说明": "客户",
        }
    )
    assert second["Content-Type"] == "application/json"
    assert second["Idempotency-Replayed"] == "true"


def test_api_refuses_missing_key_other_body_and_forgets_errors(consultant):
    assert api(consultant, {"name": "a"}, key="").status_code == 400
    assert api(consultant, {}).status_code == 400
    assert api(consultant, {"name": "a"}).status_code == 201
    assert api(consultant, {"name": "b"}).status_code == 409
    assert names() == ["a-0"]


def test_stored_answer_is_encrypted_and_forgotten_in_time(consultant):
    make_group(form(consultant, {"name": "zhangsan"}))
    with connection.cursor() as cursor:
        cursor.execute("SELECT body, fingerprint FROM common_answeredrequest")
        body, _fingerprint = cursor.fetchone()
    assert b"zhangsan" not in bytes(body)
    assert forget_answers(before=timezone.now()) == 1
    make_group(form(consultant, {"name": "zhangsan"}))
    assert len(names()) == 2


@pytest.mark.check("A-48")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_double_click_runs_once(guarded, consultant):
    """The unguarded view is the negative control: the same two clicks make two rows."""
    started = threading.Barrier(2, timeout=10)

    def slow(request):
        group = Group.objects.create(name=f"row-{threading.get_ident()}")
        time.sleep(0.4)
        return HttpResponse(group.name)

    view = idempotent()(slow) if guarded else slow
    answers = []

    def click():
        try:
            started.wait()
            answers.append(view(form(consultant, {"name": "a"})).content)
        finally:
            connections.close_all()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()

    assert len(answers) == 2
    assert Group.objects.count() == (1 if guarded else 2)
    assert len(set(answers)) == (1 if guarded else 2)
