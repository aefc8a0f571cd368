"""Pages of warehouse."""

from django.urls import path
from django.urls.resolvers import URLPattern

from analytics.warehouse.views import cubes, effects, prevention, processes

urlpatterns: list[URLPattern] = [
    path("analytics/cubes/", cubes.cubes, name="cubes"),
    path("analytics/cubes/rows/", cubes.cube_rows, name="cube-rows"),
    path("analytics/effects/", effects.effect_list, name="effect-list"),
    path("analytics/prevention/", prevention.prevention, name="prevention"),
    path("analytics/processes/", processes.process_list, name="process-list"),
    path("analytics/processes/<slug:process_key>/", processes.process_rows, name="process-rows"),
]
