"""Pages of the notification centre, under /notifications/."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from crm_site.outbox import views

app_name = "outbox"
urlpatterns = [
    path("", views.notification_list, name="notification-list"),
    path("bell/", views.bell, name="bell"),
    path("log/", views.message_log, name="message-log"),
    path("preferences/", views.notification_preferences, name="notification-preferences"),
    path("read/", views.notification_read_all, name="notification-read-all"),
    path("<bigid:notification_id>/read/", views.notification_read, name="notification-read"),
]
