"""Pages of questionnaires, under /questionnaires/."""

app_name = "questionnaires"
urlpatterns: list = []
