"""Addresses of tasks, meetings, upkeep and playbooks."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers.views import meetings, playbooks, task_list, upkeep

urlpatterns = [
    path("tasks/", task_list.task_list, name="task-list"),
    path("tasks/add/", task_list.task_add, name="task-add"),
    path("meetings/", meetings.meeting_list, name="meeting-list"),
    path("meetings/add/", meetings.meeting_add, name="meeting-add"),
    path("meetings/<bigid:meeting_id>/", meetings.meeting_detail, name="meeting-detail"),
    path("meetings/<bigid:meeting_id>/edit/", meetings.meeting_edit, name="meeting-edit"),
    path("meetings/<bigid:meeting_id>/hold/", meetings.meeting_hold, name="meeting-hold"),
    path("meetings/<bigid:meeting_id>/cancel/", meetings.meeting_cancel, name="meeting-cancel"),
    path("upkeep/", upkeep.upkeep_list, name="upkeep-list"),
    path("upkeep/add/", upkeep.upkeep_add, name="upkeep-add"),
    path("upkeep/<bigid:plan_id>/", upkeep.upkeep_edit, name="upkeep-edit"),
    path("playbooks/", playbooks.playbook_list, name="playbook-list"),
    path("playbooks/add/", playbooks.playbook_add, name="playbook-add"),
    path("playbooks/<bigid:playbook_id>/", playbooks.playbook_edit, name="playbook-edit"),
    path("playbook-runs/<bigid:run_id>/stop/", playbooks.run_stop, name="run-stop"),
    path("customers/<bigid:customer_id>/plans/", playbooks.customer_plans, name="plans"),
    path(
        "customers/<bigid:customer_id>/plans/start/",
        playbooks.playbook_start,
        name="playbook-start",
    ),
]
