"""The whole site map. Each app owns its own paths; nothing here does any work."""

from django.urls import include, path

urlpatterns = [
    path("", include("customers.urls")),
]
