"""Pages of content."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
