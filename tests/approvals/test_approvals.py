"""Signatures step by step or joint: by the right people, to exactly one content, used once."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from crm_site.approvals.models import Approval, ApprovalSignature
from crm_site.approvals.registry import ApprovalKind, forget_approval, register_approval
from crm_site.approvals.services import (
    ApprovalNotUsableError,
    Asked,
    amend,
    expire,
    refuse,
    request_approval,
    sign,
    use,
    withdraw,
)
from crm_site.audit.models import AuditEvent
from crm_site.common.refusals import NotAllowedError, RefusedError, StaleError
from crm_site.outbox.models import Message
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
SUPERVISOR = "customers.lock_grade"  # supervisor and executive hold it
EXECUTIVE = "policies.change_policy"
HEAD = "policies.approve_policy"
CONTENT = {"discount": "2.0", "unit": "3-1801"}


def kind(key="discount", steps=(SUPERVISOR, EXECUTIVE), **more) -> ApprovalKind:
    return ApprovalKind(
        key=key,
        label="Discount",
        steps=steps,
        valid_for=timedelta(days=2),
        describe=lambda content: [("Discount", content["discount"])],
        **more,
    )


@pytest.fixture(autouse=True)
def kinds():
    register_approval(kind())
    register_approval(kind("joint", (EXECUTIVE, HEAD), joint=True))
    by_size = kind("by-size", steps_by_size, signers=(SUPERVISOR, EXECUTIVE))
    register_approval(by_size)
    yield
    for key in ("discount", "joint", "by-size"):
        forget_approval(key)


def steps_by_size(content) -> tuple[str, ...]:
    return (SUPERVISOR,) if float(content["discount"]) < 1 else (SUPERVISOR, EXECUTIVE)


@pytest.fixture
def people(consultant, supervisor, executive, head_office):
    return consultant, supervisor, executive, head_office


def ask(requester, now, key="discount", content=CONTENT) -> Approval:
    asked = Asked(kind=key, title="3-1801", content=content, reason="老客户")
    return request_approval(asked=asked, requester=requester, now=now)


def give(approval, signer, now) -> Approval:
    digest = Approval.objects.get(pk=approval.pk).digest
    return sign(approval_id=approval.pk, digest=digest, signer=signer, now=now)


def spend(approval, user, now, content=CONTENT):
    return use(approval_id=approval.pk, kind=approval.kind, content=content, user=user, now=now)


def state(approval) -> str:
    return Approval.objects.get(pk=approval.pk).state


def test_steps_are_signed_in_order_and_the_approval_is_used_once(people, now) -> None:
    consultant, supervisor, executive, _head = people
    second = UserFactory(role="executive", node=executive.node)
    approval = ask(consultant, now)
    with pytest.raises(ApprovalNotUsableError):
        spend(approval, consultant, now)
    give(approval, supervisor, now)
    assert state(approval) == "waiting"
    with pytest.raises(NotAllowedError) as again:
        give(approval, supervisor, now)
    assert again.value.code == "signed-before"
    give(approval, second, now)
    assert state(approval) == "approved"
    with pytest.raises(StaleError):
        give(approval, executive, now)
    assert spend(approval, consultant, now).used_at == now
    with pytest.raises(ApprovalNotUsableError) as refused:
        spend(approval, consultant, now)
    assert (refused.value.status, refused.value.code) == (403, "approval-used")
    kinds = ["requested", "signed", "signed", "used"]
    trail = AuditEvent.objects.filter(kind__startswith="approval.").order_by("pk")
    assert list(trail.values_list("kind", flat=True)) == [f"approval.{kind}" for kind in kinds]


def test_joint_signatures_come_in_any_order(people, now) -> None:
    consultant, _supervisor, executive, head = people
    approval = ask(consultant, now, "joint")
    give(approval, head, now)
    assert state(approval) == "waiting"
    give(approval, executive, now)
    assert state(approval) == "approved"


def test_the_content_sets_the_steps_by_threshold(people, now) -> None:
    consultant, supervisor, executive, _head = people
    small = ask(consultant, now, "by-size", {"discount": "0.5"})
    large = ask(consultant, now, "by-size", {"discount": "3"})
    for approval in (small, large):
        give(approval, supervisor, now)
    assert (state(small), state(large)) == ("approved", "waiting")
    give(large, executive, now)
    assert state(large) == "approved"


def test_nobody_signs_their_own_request(people, now) -> None:
    _consultant, supervisor, executive, _head = people
    approval = ask(supervisor, now)
    with pytest.raises(NotAllowedError) as refused:
        give(approval, supervisor, now)
    assert refused.value.code == "self-approval"
    assert not ApprovalSignature.objects.exists()
    row = {"approval": approval, "step": 0, "digest": approval.digest}
    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalSignature.objects.create(signer=supervisor, requester=supervisor, **row)
    give(approval, executive, now)
    assert ApprovalSignature.objects.get().signer == executive


def test_signers_stand_above_the_requester_or_everywhere(people, org, now) -> None:
    consultant, supervisor, _executive, _head = people
    stranger = UserFactory(role="supervisor", node=org.team_b)
    far = UserFactory(role="executive", node=org.region_south)
    approval = ask(consultant, now)
    for other in (stranger, far):
        with pytest.raises(NotAllowedError) as refused:
            give(approval, other, now)
        assert refused.value.code == "scope"
        assert not Approval.objects.visible_to(other).exists()
    assert Approval.objects.to_sign_by(supervisor, now=now).get() == approval
    told = Message.objects.values_list("recipient__username", flat=True)
    assert set(told) == {"supervisor", "executive"}


def test_changed_content_voids_the_signatures(people, now) -> None:
    consultant, supervisor, executive, _head = people
    approval = ask(consultant, now)
    read = approval.digest
    give(approval, supervisor, now)
    same = amend(approval_id=approval.pk, content=CONTENT, requester=consultant, now=now)
    assert same.round == 1
    changed = CONTENT | {"discount": "9.9"}
    amend(approval_id=approval.pk, content=changed, requester=consultant, now=now)
    assert ApprovalSignature.objects.standing().count() == 0
    with pytest.raises(StaleError):
        sign(approval_id=approval.pk, digest=read, signer=supervisor, now=now)
    give(approval, supervisor, now)
    give(approval, executive, now)
    with pytest.raises(ApprovalNotUsableError) as refused:
        spend(approval, consultant, now)
    assert refused.value.code == "approval-changed"
    assert spend(approval, consultant, now, changed).state == "used"


def test_an_approval_runs_out(people, now) -> None:
    consultant, supervisor, executive, _head = people
    approval, other = ask(consultant, now), ask(consultant, now)
    for signer in (supervisor, executive):
        give(approval, signer, now)
    late = now + timedelta(days=2)
    with pytest.raises(ApprovalNotUsableError) as refused:
        spend(approval, consultant, late)
    assert refused.value.code == "approval-expired"
    with pytest.raises(StaleError):
        give(other, supervisor, late)
    assert expire(now=late) == 2
    assert expire(now=late) == 0
    assert {state(approval), state(other)} == {"expired"}
    told = Message.objects.filter(kind="approval.decided", recipient=consultant)
    assert told.count() == 3


def test_a_refusal_ends_it_with_a_reason_and_withdrawing_too(people, now) -> None:
    consultant, supervisor, _executive, _head = people
    approval, other = ask(consultant, now), ask(consultant, now)
    refuse(approval_id=approval.pk, reason="超出权限", signer=supervisor, now=now)
    with pytest.raises(StaleError):
        give(approval, supervisor, now)
    with pytest.raises(NotAllowedError):
        withdraw(approval_id=other.pk, requester=supervisor, now=now)
    withdraw(approval_id=other.pk, requester=consultant, now=now)
    assert (state(approval), state(other)) == ("refused", "withdrawn")
    with pytest.raises(ApprovalNotUsableError):
        spend(other, consultant, now)


def test_what_nobody_can_sign_is_not_taken_in(consultant, now) -> None:
    with pytest.raises(RefusedError) as refused:
        ask(consultant, now)
    assert refused.value.code == "no-signer"
    assert not Approval.objects.exists()


def test_only_who_asked_uses_it(people, now) -> None:
    consultant, supervisor, executive, _head = people
    approval = ask(consultant, now)
    for signer in (supervisor, executive):
        give(approval, signer, now)
    with pytest.raises(ApprovalNotUsableError):
        spend(approval, supervisor, now)
    assert state(approval) == "approved"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_it_at_once_one_succeeds(people, now) -> None:
    consultant, supervisor, executive, _head = people
    approval = ask(consultant, now)
    for signer in (supervisor, executive):
        give(approval, signer, now)
    gate, results = threading.Barrier(2), []

    def run() -> None:
        gate.wait()
        try:
            results.append(spend(approval, consultant, now).state)
        except ApprovalNotUsableError as error:
            results.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["approval-used", "used"]
    assert AuditEvent.objects.filter(kind="approval.used").count() == 1


def test_the_inbox_shows_what_waits_and_the_badge_counts_it(client_for, people, now) -> None:
    consultant, supervisor, _executive, _head = people
    boss, moment = client_for(supervisor), timezone.now()
    approval = ask(consultant, moment)
    inbox = boss.get("/approvals/", headers=ENGLISH)
    assert [row.pk for row, _label in inbox.context["rows"]] == [approval.pk]
    detail = boss.get(f"/approvals/{approval.pk}/", headers=ENGLISH).content.decode()
    for text in ("老客户", "2.0", consultant.name, approval.digest):
        assert text in detail
    badge = [link for link in inbox.context["frame"].nav if link.url == "/approvals/"]
    assert [link.count for link in badge] == [1]
    wrong = boss.post(f"/approvals/{approval.pk}/sign/", {"digest": "0" * 64})
    assert wrong.status_code == 409
    assert boss.post(f"/approvals/{approval.pk}/sign/", {}).status_code == 422
    assert not ApprovalSignature.objects.exists()
    form = {"digest": approval.digest, "idempotency_key": "s1"}
    for _twice in range(2):
        assert boss.post(f"/approvals/{approval.pk}/sign/", form).status_code == 302
    assert ApprovalSignature.objects.count() == 1
    assert boss.get("/approvals/").context["rows"] == []
    stranger = client_for(UserFactory(role="supervisor", node=None))
    assert stranger.get(f"/approvals/{approval.pk}/").status_code == 404
