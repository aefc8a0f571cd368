"""A change of a policy through its pages: propose, look who moves, submit, decide."""

import re

import pytest

from crm_site.policies import registry
from crm_site.policies.models import PolicyVersion
from crm_site.policies.registry import PolicyArea, PolicyKind, Preview
from crm_site.policies.services import in_force, propose, submit
from crm_site.policies.shapes import to_json
from tests.policies.samples import KEY, Sample

pytestmark = pytest.mark.django_db
URL = f"/policies/{KEY}/"


def entered(**changes):
    """The propose form as a browser sends it, unchanged but for ``changes``."""
    return {
        "cap": "10",
        "rate": "0.25",
        "mode": "soft",
        "is_open": "on",
        "steps": "50, 80",
        "shares.x": "60",
        "shares.y": "40",
        "part.days": "3",
        "note": "",
        "reason": "旺季",
        "valid_from": "",
    } | changes


@pytest.fixture
def draft(executive, now):
    return propose(
        key=KEY,
        payload=to_json(Sample(cap=20)),
        valid_from=None,
        reason="busier",
        author=executive,
        now=now,
    )


def version():
    return PolicyVersion.objects.filter(key=KEY).order_by("-version").first()


def test_the_list_shows_every_policy_and_writes_nothing(supervisor, client_for):
    answer = client_for(supervisor).get("/policies/")
    assert answer.status_code == 200
    assert "Sample policy" in answer.content.decode()
    assert not PolicyVersion.objects.exists()


def test_as_many_queries_for_the_list_whatever_is_open(
    supervisor, client_for, draft, django_assert_max_num_queries
):
    client = client_for(supervisor)
    client.get("/policies/")
    with django_assert_max_num_queries(7):
        assert "busier" not in client.get("/policies/").content.decode()


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("consultant", 403),
        ("supervisor", 200),
        ("service_manager", 200),
        ("executive", 200),
        ("head_office", 200),
        ("secadmin", 200),
        ("auditor", 403),
        ("sysadmin", 403),
    ],
)
def test_who_may_read_a_policy(cast, client_for, key, status):
    client = client_for(cast[key])
    assert client.get("/policies/").status_code == status
    assert client.get(URL).status_code == status


def test_unknown_policies_and_versions_are_not_found(executive, client_for):
    client = client_for(executive)
    assert client.get("/policies/no.such/").status_code == 404
    assert client.post(f"{URL}versions/99/submit/").status_code == 404


def test_the_form_starts_from_what_is_in_force(executive, client_for):
    form = client_for(executive).get(f"{URL}propose/").context["form"]
    assert {name: form[name].initial for name in ("cap", "mode", "steps", "shares.x")} == {
        "cap": 10,
        "mode": "soft",
        "steps": "50, 80",
        "shares.x": 60,
    }
    assert [str(group) for group, _fields in form.groups()] == ["", "Shares", "Part", ""]


def test_a_change_goes_from_draft_to_in_force_through_the_pages(
    executive, head_office, client_for, now
):
    author, approver = client_for(executive), client_for(head_office)
    sent = author.post(f"{URL}propose/", entered(cap="20", **{"shares.x": "70", "shares.y": "30"}))
    assert (sent.status_code, sent.url) == (302, URL)
    row = version()
    assert (row.state, row.payload) == ("draft", to_json(Sample(cap=20, shares={"x": 70, "y": 30})))
    page = author.get(URL)
    assert [(c.label, c.before, c.after) for c in page.context["proposal_changes"]] == [
        ("Cap", "10", "20"),
        ("Shares · x", "60", "70"),
        ("Shares · y", "40", "30"),
    ]
    assert author.post(f"{URL}versions/{row.version}/submit/").url == URL
    assert approver.get(URL).context["may_decide"] is True
    assert approver.post(f"{URL}versions/{row.version}/approve/").url == URL
    row.refresh_from_db()
    assert (row.state, row.approver) == ("approved", head_office)
    assert in_force(KEY, at=row.valid_from).value.cap == 20
    lines = author.get(URL).context["history"]
    assert [(line.version.version, line.is_in_force) for line in lines] == [(2, True), (1, False)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cap": "0"}, "cap"),
        ({"cap": "many"}, "cap"),
        ({"cap": ""}, "cap"),
        ({"mode": "rude"}, "mode"),
        ({"steps": "50, x"}, "steps"),
        ({"shares.x": "61"}, "shares.x"),
        ({"part.days": "91"}, "part.days"),
        ({"reason": ""}, "reason"),
        ({"valid_from": "2020-01-01T00:00"}, "valid_from"),
    ],
)
def test_a_wrong_setting_is_named_beside_its_field_and_nothing_is_saved(
    executive, client_for, changes, field
):
    answer = client_for(executive).post(f"{URL}propose/", entered(**changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not PolicyVersion.objects.filter(version__gt=1).exists()


def test_only_those_with_the_right_propose_and_decide(
    supervisor, draft, executive, client_for, now
):
    client = client_for(supervisor)
    assert client.post(f"{URL}propose/", entered()).status_code == 403
    assert client.post(f"{URL}versions/{draft.version}/submit/").status_code == 403
    submit(version_id=draft.pk, author=executive, now=now)
    assert client.post(f"{URL}versions/{draft.version}/approve/").status_code == 403
    assert client.post(f"{URL}versions/{draft.version}/reject/", {"reason": "x"}).status_code == 403
    assert client_for(executive).post(f"{URL}versions/{draft.version}/approve/").status_code == 403
    draft.refresh_from_db()
    assert draft.state == "submitted"


def test_a_second_proposal_and_a_step_out_of_turn_are_conflicts(
    executive, head_office, client_for, draft
):
    client = client_for(executive)
    assert client.post(f"{URL}propose/", entered()).status_code == 409
    assert client_for(head_office).post(f"{URL}versions/2/approve/").status_code == 409
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_rejecting_needs_a_reason(executive, head_office, client_for, draft, now):
    submit(version_id=draft.pk, author=executive, now=now)
    client = client_for(head_office)
    assert client.post(f"{URL}versions/2/reject/", {"reason": ""}).status_code == 422
    assert client.post(f"{URL}versions/2/reject/", {"reason": "太多"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.approver) == ("rejected", head_office)


def test_withdrawing_ones_own(executive, client_for, draft):
    assert client_for(executive).post(f"{URL}versions/2/withdraw/").status_code == 302
    draft.refresh_from_db()
    assert draft.state == "rejected"


def test_the_preview_counts_and_lists_who_moves_and_writes_nothing(
    executive, client_for, draft, monkeypatch
):
    def moves(value, asker, now):
        return Preview(
            counts=[("would move", value.cap)],
            matrix_heads=["From", "A"],
            matrix=[["B", 7]],
            columns=["Customer", "Then"],
            rows=[[("张三", "/customers/7/"), "A"]],
        )

    kind = PolicyKind(
        key=KEY, label="Sample", shape=Sample, default=Sample(), area=PolicyArea.DATA, preview=moves
    )
    monkeypatch.setitem(registry._KINDS, KEY, kind)
    before = list(PolicyVersion.objects.values())
    client = client_for(executive)
    page = client.get(f"{URL}versions/2/preview/").content.decode()
    assert "<html" in page
    part = client.get(f"{URL}versions/2/preview/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert re.search(r"would move<span[^>]*>20<", part)
    assert '<a href="/customers/7/">张三</a>' in part
    assert list(PolicyVersion.objects.values()) == before


def test_a_policy_without_preview_has_none(executive, client_for, draft):
    assert client_for(executive).get(f"{URL}versions/2/preview/").status_code == 404


def test_the_same_form_sent_twice_makes_one_draft(executive, client_for):
    client = client_for(executive)
    data = entered(idempotency_key="0f8fad5b-d9cb-469f-a165-70867728950e")
    assert client.post(f"{URL}propose/", data).status_code == 302
    assert client.post(f"{URL}propose/", data).status_code == 302
    assert PolicyVersion.objects.filter(key=KEY, state="draft").count() == 1


@pytest.mark.parametrize("key", ["sla.lead", "task.reminders", "capture.mandatory"])
def test_every_registered_policy_can_be_proposed_unchanged(executive, client_for, key):
    """The form made from the shape gives back exactly what is in force."""
    client = client_for(executive)
    form = client.get(f"/policies/{key}/propose/").context["form"]
    data = {"reason": "x", "valid_from": ""}
    for leaf in form.leaves:
        value = form[leaf.name].initial
        if value is not None and value is not False:
            data[leaf.name] = value
    answer = client.post(f"/policies/{key}/propose/", data)
    assert answer.status_code == 302, answer.context["form"].errors
    row = PolicyVersion.objects.get(key=key, state="draft")
    assert row.payload == to_json(registry.policy_kind(key).default)
