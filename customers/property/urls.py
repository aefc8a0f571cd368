"""Addresses of projects, their parts, launch and areas."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers.property import launch_views as launch
from customers.property import project_views as projects

ONE = "projects/<bigid:project_id>/"
urlpatterns = [
    path("projects/", projects.project_list, name="project-list"),
    path(ONE, projects.project_detail, name="project-detail"),
    path(f"{ONE}edit/", projects.project_edit, name="project-edit"),
    path(f"{ONE}areas/", launch.project_areas, name="project-areas"),
    path(f"{ONE}launch/", launch.project_launch, name="project-launch"),
    path(f"{ONE}launch/start/", launch.project_start, name="project-start"),
    path(f"{ONE}launch/on-sale/", launch.project_on_sale, name="project-on-sale"),
    path(f"{ONE}launch/tick/", launch.disclosure_tick, name="disclosure-tick"),
    path(
        f"{ONE}launch/<bigid:disclosure_id>/photo/",
        launch.disclosure_photo,
        name="disclosure-photo",
    ),
    path(
        f"{ONE}launch/<bigid:disclosure_id>/withdraw/",
        launch.disclosure_withdraw,
        name="disclosure-withdraw",
    ),
    path(f"{ONE}factors/<bigid:factor_id>/end/", projects.factor_end, name="factor-end"),
    path(f"{ONE}<slug:part>/add/", projects.part_add, name="part-add"),
    path(f"{ONE}<slug:part>/<bigid:row_id>/", projects.part_edit, name="part-edit"),
    path("units/<bigid:unit_id>/edit/", projects.unit_edit, name="unit-edit"),
    path("units/<bigid:unit_id>/areas/", launch.unit_measure, name="unit-measure"),
]
