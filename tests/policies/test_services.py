"""What is in force when, and the way of a change."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from crm_site.audit.models import AuditEvent
from crm_site.policies.errors import (
    OpenProposalError,
    PolicyStateError,
    SelfApprovalError,
    ShapeError,
    UnknownPolicyError,
)
from crm_site.policies.models import PolicyVersion
from crm_site.policies.services import (
    approve,
    at_version,
    in_force,
    propose,
    reject,
    submit,
    withdraw,
)
from crm_site.policies.shapes import to_json
from tests.policies.samples import KEY, Sample

pytestmark = pytest.mark.django_db


def payload(**changes):
    return to_json(Sample()) | changes


def submitted(author, now, **more):
    values = {"payload": payload(cap=20), "valid_from": None, "reason": "busier season"} | more
    draft = propose(key=KEY, author=author, now=now, **values)
    return submit(version_id=draft.pk, author=author, now=now)


def test_without_a_version_the_default_comes_into_force_as_version_1(now):
    found = in_force(KEY, at=now)
    assert (found.version, found.value) == (1, Sample())
    row = PolicyVersion.objects.get(key=KEY)
    assert (row.version, row.state, row.author) == (1, "approved", None)


def test_reading_again_takes_one_query(now, django_assert_num_queries):
    in_force(KEY, at=now)
    with django_assert_num_queries(1):
        in_force(KEY, at=now)


def test_unregistered_key_is_refused(now):
    with pytest.raises(UnknownPolicyError):
        in_force("no.such", at=now)


def test_approved_version_is_in_force_from_the_approval_and_the_old_one_before(
    executive, head_office, now
):
    version = submitted(executive, now)
    later = now + timedelta(hours=1)
    approve(version_id=version.pk, approver=head_office, now=later)
    assert in_force(KEY, at=later).version == 2
    assert in_force(KEY, at=later).value.cap == 20
    assert in_force(KEY, at=later - timedelta(seconds=1)).version == 1
    assert at_version(KEY, 1) == Sample()


def test_future_start_waits_and_a_past_start_never_reaches_back(executive, head_office, now):
    start = now + timedelta(days=7)
    version = submitted(executive, now, valid_from=start)
    approve(version_id=version.pk, approver=head_office, now=now)
    assert in_force(KEY, at=start - timedelta(seconds=1)).version == 1
    assert in_force(KEY, at=start).version == 2
    early = submitted(executive, now, valid_from=now - timedelta(days=3))
    assert approve(version_id=early.pk, approver=head_office, now=now).valid_from == now


def test_of_two_versions_with_one_start_the_higher_wins(executive, head_office, now):
    for cap in (30, 40):
        version = submitted(executive, now, payload=payload(cap=cap))
        approve(version_id=version.pk, approver=head_office, now=now)
    assert in_force(KEY, at=now).value.cap == 40


def test_a_payload_that_does_not_fit_leaves_nothing(executive, now):
    with pytest.raises(ShapeError) as caught:
        propose(
            key=KEY,
            payload=payload(cap=0, shares={"x": 1, "y": 1}),
            valid_from=None,
            reason="x",
            author=executive,
            now=now,
        )
    assert set(caught.value.errors) == {"cap"}
    assert not PolicyVersion.objects.filter(key=KEY).exists()


def test_second_open_proposal_is_refused(executive, now):
    submitted(executive, now)
    with pytest.raises(OpenProposalError):
        submitted(executive, now)
    assert PolicyVersion.objects.filter(key=KEY).count() == 2


def test_author_cannot_approve_and_nothing_changes(executive, now):
    version = submitted(executive, now)
    for decide in (approve, lambda **values: reject(reason="no", **values)):
        with pytest.raises(SelfApprovalError):
            decide(version_id=version.pk, approver=executive, now=now)
    version.refresh_from_db()
    assert (version.state, version.approver) == ("submitted", None)


def test_the_database_refuses_an_approver_who_is_the_author(executive, now):
    version = submitted(executive, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.filter(pk=version.pk).update(approver=executive)


def test_decided_versions_do_not_move_again(executive, head_office, now):
    version = submitted(executive, now)
    reject(version_id=version.pk, approver=head_office, reason="too much", now=now)
    with pytest.raises(PolicyStateError):
        approve(version_id=version.pk, approver=head_office, now=now)
    with pytest.raises(PolicyStateError):
        submit(version_id=version.pk, author=executive, now=now)
    with pytest.raises(PolicyStateError):
        withdraw(version_id=version.pk, author=executive, now=now)
    version.refresh_from_db()
    assert (version.state, version.approver, version.valid_from) == ("rejected", head_office, None)
    assert in_force(KEY, at=now).version == 1


def test_withdrawing_makes_room_for_another_and_only_the_author_may(executive, head_office, now):
    version = submitted(executive, now)
    with pytest.raises(PolicyStateError):
        withdraw(version_id=version.pk, author=head_office, now=now)
    withdraw(version_id=version.pk, author=executive, now=now)
    assert submitted(executive, now).version == 3


def test_only_the_author_submits(executive, head_office, now):
    draft = propose(
        key=KEY, payload=payload(), valid_from=None, reason="x", author=executive, now=now
    )
    with pytest.raises(PolicyStateError):
        submit(version_id=draft.pk, author=head_office, now=now)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_every_step_is_audited_with_key_and_version_only(executive, head_office, now):
    version = submitted(executive, now)
    approve(version_id=version.pk, approver=head_office, now=now)
    events = AuditEvent.objects.filter(subject_kind="policy").order_by("pk")
    assert [(event.kind, event.actor_id) for event in events] == [
        ("policy.proposed", executive.pk),
        ("policy.submitted", executive.pk),
        ("policy.approved", head_office.pk),
    ]
    assert {tuple(event.facts.items()) for event in events} == {(("key", KEY), ("version", 2))}


@pytest.mark.django_db(transaction=True)
def test_readers_at_once_write_the_default_once(now):
    barrier, found, failures = threading.Barrier(6), [], []

    def read():
        try:
            barrier.wait(10)
            found.append(in_force(KEY, at=now).version)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    assert found == [1] * 6
    assert PolicyVersion.objects.filter(key=KEY).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_approve_once(executive, head_office, service_manager, now):
    version = submitted(executive, now)
    barrier, outcomes = threading.Barrier(2), []

    def decide(user):
        try:
            barrier.wait(10)
            approve(version_id=version.pk, approver=user, now=now)
            outcomes.append("approved")
        except PolicyStateError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[u]) for u in (head_office, service_manager)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["approved", "refused"]
    assert AuditEvent.objects.filter(kind="policy.approved").count() == 1


def test_what_everybody_is_handed_is_changed_by_nobody(now):
    """The same values answer every question, so whoever changed them would change the policy."""
    shares = in_force(KEY, at=now).value.shares
    before = dict(shares)
    for change in (
        lambda: shares.update(a=1),
        lambda: shares.__setitem__("a", 1),
        lambda: shares.pop(next(iter(shares))),
        shares.clear,
    ):
        with pytest.raises(TypeError, match="propose a version"):
            change()
    assert in_force(KEY, at=now).value.shares == before
    assert shares | {"a": 1} == {**before, "a": 1}
    assert Sample().shares == before
    with pytest.raises(TypeError):
        Sample().shares.clear()
