"""Pages of segments."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
