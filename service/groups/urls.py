"""Addresses of groups."""

from django.urls import URLPattern, path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from service.groups import crisis_views, views

SUGGESTION = "tickets/groups/suggested/<bigid:group_suggestion_id>/"
JOINT = "tickets/groups/<bigid:joint_id>/"
MEMBER = "tickets/groups/members/<bigid:member_id>/"
ROOM = "tickets/crises/<bigid:room_id>/"
STATEMENT = "tickets/crises/statements/<bigid:statement_id>/"
urlpatterns: list[URLPattern] = [
    path("tickets/groups/", views.group_list, name="group-list"),
    path("tickets/groups/formed/", views.group_formed, name="group-formed"),
    path(SUGGESTION, views.group_suggestion, name="group-suggestion"),
    path(f"{SUGGESTION}accept/", views.group_accept, name="group-accept"),
    path(f"{SUGGESTION}reject/", views.group_reject, name="group-reject"),
    path(f"{JOINT}plan/", views.group_plan, name="group-plan"),
    path(f"{JOINT}steps/", views.group_step, name="group-step"),
    path(f"{JOINT}answer/", views.group_answer, name="group-answer"),
    path(f"{JOINT}take/", views.group_take, name="group-take"),
    path(f"{MEMBER}found/", views.group_found, name="group-found"),
    path(f"{MEMBER}release/", views.group_release, name="group-release"),
    path(f"{MEMBER}represent/", views.group_represent, name="group-represent"),
    path(
        "tickets/groups/steps/<bigid:group_step_id>/done/",
        views.group_step_done,
        name="group-step-done",
    ),
    path("tickets/crises/", crisis_views.crisis_list, name="crisis-list"),
    path("tickets/crises/add/", crisis_views.crisis_add, name="crisis-add"),
    path(ROOM, crisis_views.crisis_room, name="crisis-room"),
    path(f"{ROOM}level/", crisis_views.crisis_level, name="crisis-level"),
    path(f"{ROOM}duties/", crisis_views.crisis_duty, name="crisis-duty"),
    path(f"{ROOM}log/", crisis_views.crisis_entry, name="crisis-entry"),
    path(f"{ROOM}statements/", crisis_views.crisis_statement, name="crisis-statement"),
    path(f"{ROOM}review/", crisis_views.crisis_review, name="crisis-review"),
    path(f"{STATEMENT}decide/", crisis_views.statement_decide, name="statement-decide"),
    path(f"{STATEMENT}out/", crisis_views.statement_out, name="statement-out"),
]
