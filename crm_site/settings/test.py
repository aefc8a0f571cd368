"""The same settings with what tests need: a fast hasher, plain HTTP, static files as they lie."""

from crm_site.settings.base import *  # noqa: F403
from crm_site.settings.base import REST_FRAMEWORK

HTTPS = False
SECURE_SSL_REDIRECT = False
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
REST_FRAMEWORK = REST_FRAMEWORK | {
    "DEFAULT_THROTTLE_RATES": {"user": "100000/min", "token": "10/min"}
}
WHITENOISE_AUTOREFRESH = True
