"""Pages of scoring."""

from django.urls import URLPattern, path

from analytics.scoring import views
from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known

MODEL = "analytics/models/<bigid:score_model_id>/"
urlpatterns: list[URLPattern] = [
    path("analytics/models/", views.model_list, name="score-models"),
    path("analytics/models/training/", views.model_training, name="score-model-training"),
    path("analytics/models/train/", views.model_train, name="score-model-train"),
    path(MODEL, views.model_page, name="score-model"),
    path(f"{MODEL}activate/", views.model_activate, name="score-model-activate"),
    path(f"{MODEL}roll-back/", views.model_roll_back, name="score-model-roll-back"),
]
