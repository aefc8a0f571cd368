"""Addresses of building nodes and notices."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers.works import notice_views as notices
from customers.works import part, views

NODE, NOTICE = "nodes/<bigid:node_id>/", "progress-notices/<bigid:notice_id>/"
urlpatterns = [
    path("projects/<bigid:project_id>/nodes/", views.project_nodes, name="project-nodes"),
    path("projects/<bigid:project_id>/nodes/add/", views.node_add, name="node-add"),
    path(
        "purchases/<bigid:purchase_id>/building/", part.purchase_building, name="purchase-building"
    ),
    path(NODE, views.node_detail, name="node-detail"),
    path(f"{NODE}edit/", views.node_edit, name="node-edit"),
    path(f"{NODE}reach/", views.node_reach, name="node-reach"),
    path(f"{NODE}accept/", views.node_accept, name="node-accept"),
    path(f"{NODE}reports/add/", views.report_add, name="node-report-add"),
    path(f"{NODE}payments/add/", views.payment_add, name="node-payment-add"),
    path("node-reports/<bigid:node_report_id>/file/", views.report_file, name="node-report-file"),
    path(
        "node-reports/<bigid:node_report_id>/close/", views.report_close, name="node-report-close"
    ),
    path(
        "node-payments/<bigid:node_payment_id>/release/",
        views.payment_release,
        name="node-payment-release",
    ),
    path(
        "node-payments/<bigid:node_payment_id>/hold/", views.payment_hold, name="node-payment-hold"
    ),
    path(NOTICE, notices.notice_detail, name="notice-detail"),
    path(f"{NOTICE}edit/", notices.notice_edit, name="notice-edit"),
    path(f"{NOTICE}photo/", notices.notice_photo, name="notice-photo"),
    path(f"{NOTICE}photo/add/", notices.notice_photo_add, name="notice-photo-add"),
    path(f"{NOTICE}submit/", notices.notice_submit, name="notice-submit"),
]
