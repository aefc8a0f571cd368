from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"
    label = "customers"

    def ready(self) -> None:
        """Make known what the app brings to the registries of the floors below."""
        from customers import clock_messages

        clock_messages.register()
