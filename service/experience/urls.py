"""Addresses of experience."""

from django.urls import URLPattern, path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from service.experience import group_views, journey_views, story_views, views

STORY = "stories/<bigid:story_id>/"
GROUP = "experience/group/"
urlpatterns: list[URLPattern] = [
    path("remarks/", views.remark_list, name="remark-list"),
    path("remarks/add/", views.remark_add, name="remark-add"),
    path("remarks/<bigid:remark_id>/", views.remark_detail, name="remark-detail"),
    path("experience/", journey_views.journey, name="journey"),
    path("experience/rows/", journey_views.journey_rows, name="journey-rows"),
    path("experience/touchpoints/", journey_views.touchpoint_list, name="touchpoint-list"),
    path("experience/touchpoints/add/", journey_views.touchpoint_add, name="touchpoint-add"),
    path(
        "experience/touchpoints/<bigid:touchpoint_id>/",
        journey_views.touchpoint_edit,
        name="touchpoint-edit",
    ),
    path("stories/", story_views.story_list, name="story-list"),
    path("stories/add/", story_views.story_add, name="story-add"),
    path(STORY, story_views.story_detail, name="story-detail"),
    path(f"{STORY}edit/", story_views.story_edit, name="story-edit"),
    path(f"{STORY}like/", story_views.story_like, name="story-like"),
    path(f"{STORY}pick/", story_views.story_pick, name="story-pick"),
    path(f"{STORY}use/", story_views.story_use, name="story-use"),
    path(GROUP, group_views.working_group, name="working-group"),
    path(f"{GROUP}items/", group_views.item_list, name="group-items"),
    path(f"{GROUP}items/<bigid:group_item_id>/", group_views.item_edit, name="group-item"),
    path(f"{GROUP}members/add/", group_views.member_add, name="group-member-add"),
    path(f"{GROUP}members/<bigid:group_member_id>/", group_views.member_edit, name="group-member"),
    path(f"{GROUP}meetings/add/", group_views.meeting_add, name="group-meeting-add"),
    path(
        f"{GROUP}meetings/<bigid:group_meeting_id>/add/",
        group_views.item_add,
        name="group-item-add",
    ),
]
