"""Pages of messaging."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
