"""Pages of dashboards."""

from django.urls import path
from django.urls.resolvers import URLPattern

from analytics.dashboards import sending_views as sending
from analytics.dashboards import views

ONE = "analytics/boards/<slug:dashboard_key>/"
SENT = "analytics/sent/"

urlpatterns: list[URLPattern] = [
    path("analytics/", views.dashboard_home, name="dashboard-home"),
    path(ONE, views.dashboard, name="dashboard"),
    path(f"{ONE}now/", views.dashboard_now, name="dashboard-now"),
    path(f"{ONE}trends/", views.dashboard_trends, name="dashboard-trends"),
    path(f"{ONE}pdf/", views.dashboard_pdf, name="dashboard-pdf"),
    path(f"{ONE}xlsx/", views.dashboard_xlsx, name="dashboard-xlsx"),
    path(f"{ONE}way/", views.way, name="way"),
    path(f"{ONE}way/customers/", views.way_customers, name="way-customers"),
    path(f"{ONE}late-tasks/", views.late_tasks, name="late-tasks"),
    path(f"{ONE}late-tickets/", views.late_tickets, name="late-tickets"),
    path(f"{ONE}send/", sending.dashboard_send, name="dashboard-send"),
    path(SENT, sending.dashboard_sendings, name="dashboard-sendings"),
    path(
        f"{SENT}<bigid:dashboard_sending_id>/",
        sending.dashboard_sending,
        name="dashboard-sending",
    ),
    path(
        "analytics/subscriptions/<bigid:dashboard_subscription_id>/stop/",
        sending.dashboard_unsubscribe,
        name="dashboard-unsubscribe",
    ),
]
