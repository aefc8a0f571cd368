"""The WSGI entry point for gunicorn; refuses to start with settings missing."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm_site.settings")

from crm_site.settings.readers import require_complete

require_complete()
application = get_wsgi_application()
