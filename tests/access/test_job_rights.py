"""Work done later for somebody is done with the rights that person has then (A-09)."""

import inspect
from datetime import timedelta

import pytest
from celery import current_app
from django.utils import translation
from django.utils.translation import gettext

from crm_site.common.refusals import NotAllowedError
from crm_site.exchange import tasks as exchange
from crm_site.exchange.export_models import ExportJob
from crm_site.exchange.export_policy import EXPORT_RULES
from crm_site.exchange.services import jobs, reverting
from crm_site.policies.models import PolicyVersion
from crm_site.policies.services import in_force
from customers import tasks
from customers.models import BulkChange, BulkChangeItem, Customer, CustomerTag, Tag
from tests.customers.importing import imported, uploaded
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
# The tasks that are about one piece of work somebody asked for; grading is nobody's wish.
FOR_SOMEBODY = {
    "crm_site.exchange.tasks.check_import",
    "crm_site.exchange.tasks.run_import",
    "crm_site.exchange.tasks.revert_import",
    "crm_site.exchange.tasks.make_export",
    "customers.tasks.run_bulk",
}
FOR_NOBODY = {"customers.tasks.grade_customers", "customers.tasks.find_duplicates"}
ROWS = [["姓名", "电话"], ["王浩然", "15400000001"]]


def own_tasks():
    current_app.loader.import_default_modules()
    ours = ("crm_site.", "customers.")
    return {name: task for name, task in current_app.tasks.items() if name.startswith(ours)}


@pytest.mark.check("A-09")
def test_a_message_of_the_broker_carries_keys_and_nothing_else():
    with_arguments = {}
    for name, task in own_tasks().items():
        signature = inspect.signature(inspect.unwrap(task.run))
        kinds = [str(argument.annotation) for argument in signature.parameters.values()]
        if kinds:
            with_arguments[name] = kinds
    assert with_arguments.keys() == FOR_SOMEBODY | FOR_NOBODY
    kinds = {kind for found in with_arguments.values() for kind in found}
    assert kinds <= {"<class 'int'>", "list[int]", "int"}


@pytest.fixture
def export(supervisor, consultant, now):
    """An export that needs no approval: nothing but the rights of its asker decides."""
    in_force(EXPORT_RULES, at=now)
    rules = PolicyVersion.objects.get(key=EXPORT_RULES)
    rules.payload |= {"rows_without_approval": 1}
    rules.save(update_fields=["payload"])
    CustomerFactory(owner=consultant)
    return ExportJob.objects.create(
        kind="customers",
        state="queued",
        reason="月度复盘",
        query="",
        columns=["name"],
        rows_asked=1,
        author=supervisor,
        created_at=now,
        heartbeat_at=now,
    )


@pytest.fixture
def change(supervisor, now):
    tag = Tag.objects.create(name="学区", group="need", owner=supervisor)
    change = BulkChange.objects.create(
        action="add_tag", params={"tag": tag.pk}, author=supervisor, created_at=now
    )
    BulkChangeItem.objects.create(change=change, customer=CustomerFactory(owner=supervisor))
    return change


def leave(user):
    user.is_active = False
    user.save(update_fields=["is_active"])


def become_auditor(user):
    user.role = "auditor"
    user.save(update_fields=["role"])


LOSSES = pytest.mark.parametrize("lose", [leave, become_auditor])


@pytest.mark.check("A-09")
@LOSSES
def test_an_import_writes_nothing_for_who_may_no_longer(supervisor, now, lose):
    job = uploaded(ROWS, actor=supervisor, now=now)
    for state, task in (("checking", exchange.check_import), ("writing", exchange.run_import)):
        lose(supervisor)
        type(job).objects.filter(pk=job.pk).update(state=state, heartbeat_at=now)
        with pytest.raises(NotAllowedError):
            task(job.pk)
        job.refresh_from_db()
        assert (job.state, Customer.objects.count()) == ("failed", 0)


@pytest.mark.check("A-09")
@LOSSES
def test_a_revert_takes_nothing_back_for_who_may_no_longer(supervisor, now, lose):
    job = imported(ROWS, actor=supervisor, now=now)
    reverting.start_revert(job=job, actor=supervisor, now=now + timedelta(minutes=1))
    lose(supervisor)
    with pytest.raises(NotAllowedError):
        exchange.revert_import(job.pk)
    assert Customer.objects.count() == 1


@pytest.mark.check("A-09")
@LOSSES
def test_an_export_makes_no_file_for_who_may_no_longer(supervisor, export, lose):
    lose(supervisor)
    exchange.make_export(export.pk)
    export.refresh_from_db()
    assert (export.state, export.file) == ("failed", None)
    with translation.override("zh-hans"):
        assert export.error == gettext("Your role does not include this export.")


def test_an_export_makes_its_file_for_who_still_may(export):
    """The negative control: the same export, and nobody lost anything."""
    exchange.make_export(export.pk)
    export.refresh_from_db()
    assert (export.state, export.error, export.file is None) == ("done", "", False)


@pytest.mark.check("A-09")
@LOSSES
def test_a_change_of_many_is_not_made_for_who_may_no_longer(supervisor, change, lose):
    lose(supervisor)
    tasks.run_bulk(change.pk)
    item = BulkChangeItem.objects.get()
    assert (item.state, item.error, CustomerTag.objects.count()) == ("failed", "right", 0)


def test_without_the_look_at_the_rights_it_would(supervisor, now, monkeypatch):
    """The negative control: the import is written for who may no longer."""
    job = uploaded(ROWS, actor=supervisor, now=now)
    type(job).objects.filter(pk=job.pk).update(state="writing", heartbeat_at=now)
    leave(supervisor)
    monkeypatch.setattr(jobs, "require_permission", lambda found, actor: None)
    exchange.run_import(job.pk)
    assert Customer.objects.count() == 1
