"""Pages of channels."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
