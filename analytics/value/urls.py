"""Pages of value."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
