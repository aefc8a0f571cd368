"""Pages of people, leads and tasks."""

app_name = "customers"
urlpatterns: list[object] = []
