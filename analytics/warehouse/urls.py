"""Pages of warehouse."""

from django.urls import path
from django.urls.resolvers import URLPattern

from analytics.warehouse.views import cubes

urlpatterns: list[URLPattern] = [
    path("analytics/cubes/", cubes.cubes, name="cubes"),
    path("analytics/cubes/rows/", cubes.cube_rows, name="cube-rows"),
]
