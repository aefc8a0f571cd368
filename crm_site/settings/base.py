"""Everything Django, Celery and the product itself are told, read from the environment."""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from crm_site.settings import schedule
from crm_site.settings.bridges import *  # noqa: F403 -- settings of their own
from crm_site.settings.readers import (
    optional_bool,
    optional_int,
    optional_list,
    optional_text,
    required_list,
    required_text,
)

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(optional_text("DATA_DIR", default=str(BASE_DIR / "var")))

# Keys and places -------------------------------------------------------------------------------
SECRET_KEY = required_text("SECRET_KEY", "signs sessions and links") or "missing"
FIELD_KEYS = required_list("FIELD_KEYS", "encrypts personal fields; 32-byte hex, newest first")
INDEX_KEY = required_text("INDEX_KEY", "keys the blind index of personal fields; 32-byte hex")
DEBUG = optional_bool("DEBUG", default=False)
ALLOWED_HOSTS = optional_list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = optional_list("CSRF_TRUSTED_ORIGINS", default=[])
# Behind a TLS-terminating proxy this is on; the embedded demo on loopback speaks plain HTTP.
HTTPS = optional_bool("HTTPS", default=True)

DATABASE_URL = required_text("DATABASE_URL", "PostgreSQL, postgres://user:password@host:port/name")
REDIS_URL = required_text("REDIS_URL", "Redis-protocol server, redis://:password@host:port/0")
# Owns the schema and migrates; the application itself runs with fewer rights (docs/operations.md).
DATABASE_OWNER_URL = optional_text("DATABASE_OWNER_URL", default="")
MIGRATING = optional_bool("USE_DATABASE_OWNER", default=False)

DATABASES = {
    "default": environ.Env.db_url_config(
        (DATABASE_OWNER_URL if MIGRATING and DATABASE_OWNER_URL else DATABASE_URL)
        or "postgres://missing@127.0.0.1:1/missing"
    )
    | {
        "CONN_MAX_AGE": optional_int("CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000"},
    }
}
# A copy of the database that answers questions for figures only (docs/operations.md).
REPLICA_URL = optional_text("REPLICA_URL", default="")
if REPLICA_URL and not MIGRATING:
    DATABASES["replica"] = (
        DATABASES["default"]
        | environ.Env.db_url_config(REPLICA_URL)
        | {
            "OPTIONS": {"options": "-c default_transaction_read_only=on"},
            "TEST": {"MIRROR": "default"},
        }
    )
DATABASE_ROUTERS = ["crm_site.common.replica.ReplicaRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Applications, lowest floor first --------------------------------------------------------------
INSTALLED_APPS = [
    "crm_site.common",
    "crm_site.staff",
    "crm_site.audit",
    "crm_site.calendars",
    "crm_site.policies",
    "crm_site.outbox",
    "crm_site.approvals",
    "crm_site.questionnaires",
    "crm_site.documents",
    "crm_site.registers",
    "crm_site.exchange",
    "customers",
    "marketing",
    "service",
    "analytics",
    "crm_site.apps.SiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "django_filters",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "crm_site.common.replica.ReplicaMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "crm_site.common.middleware.ReadableTextMiddleware",
    "crm_site.common.middleware.PrivatePagesMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "crm_site.staff.middleware.RefusalRecordMiddleware",
    "crm_site.audit.seen.SeenValuesMiddleware",
    "crm_site.staff.middleware.SessionLimitsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "crm_site.staff.middleware.SecondFactorMiddleware",
    "crm_site.staff.middleware.PasswordAgeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "crm_site.common.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "crm_site.urls"
WSGI_APPLICATION = "crm_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "crm_site.common.context.frame",
                "customers.views.project_scope.scope",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["template_partials.templatetags.partials"],
        },
    }
]

FORM_RENDERER = "crm_site.common.form_rendering.QuickRenderer"

# People and doors ------------------------------------------------------------------------------
AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = [
    "crm_site.staff.backends.RoleBackend",
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "crm_site.staff.passwords.ProfileValidator"}]
CSRF_FAILURE_VIEW = "crm_site.common.errors.csrf_failure"
# How many proxies of ours stand in front: so many entries of X-Forwarded-For are believed.
PROXY_COUNT = optional_int("PROXY_COUNT", default=0)
OTP_TOTP_ISSUER = "Anju CRM"

SESSION_ENGINE = "crm_site.staff.session_store"
SESSION_COOKIE_AGE = 12 * 3600  # the absolute limit of a login
SESSION_IDLE_SECONDS = 30 * 60
# asked by scripts; they do not count as use
SESSION_POLLING_VIEWS = ["outbox:bell", "service:desk-now", "analytics:dashboard-now"]
SESSION_COOKIE_NAME = "anju_session"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 86400 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "img-src": [SELF, "data:"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "crm_site.common.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "crm_site.common.uploads.CarefulTemporaryFileUploadHandler",
]
IMPORT_MAX_BYTES = optional_int("IMPORT_MAX_BYTES", default=50 * 1024 * 1024)

# Words and time --------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# Files -----------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "analytics.dashboards.finders.ChartLibraryFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "crm_site.common.storage.StaticStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"

# Broker, cache, jobs ---------------------------------------------------------------------------
# Without Redis the first is a miss and pages go on; the second raises, and each limit decides.
_REDIS_CACHE = {
    "LOCATION": REDIS_URL,
    "KEY_PREFIX": "anju",
    "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
}
CACHES = {
    "default": {"BACKEND": "crm_site.common.cache.ForgivingCache", **_REDIS_CACHE},
    "counters": {"BACKEND": "django.core.cache.backends.redis.RedisCache", **_REDIS_CACHE},
}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
CELERY_TASK_TIME_LIMIT = 290
CELERY_TASK_SOFT_TIME_LIMIT = 280
# Longer than three task limits; without the last two values kombu looks for messages of a killed
# worker only every hundred seconds.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # A broker that is away fails a request's publish in a tenth of a second, one that neither
    # answers nor refuses in seconds instead of never.
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = schedule.BEAT_SCHEDULE
JOB_LABELS = schedule.JOB_LABELS
CELERY_BEAT_SCHEDULER = "crm_site.common.scheduler:LivingScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

# Messages to the outside; the other bridges are in crm_site/settings/bridges.py ---------------
# smtp://user:password@host:port or smtp+tls://…; the sender is EMAIL_FROM.
EMAIL_URL = optional_text("EMAIL_URL", default="")
DEFAULT_FROM_EMAIL = optional_text("EMAIL_FROM", default="") or "crm@localhost"
if EMAIL_URL:
    vars().update(environ.Env.email_url_config(EMAIL_URL))

# REST ------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "crm_site.common.problems.exception_handler",
    "DEFAULT_PAGINATION_CLASS": "crm_site.common.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": ["crm_site.common.throttling.OpenThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "1200/min", "token": "10/min"},
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNICODE_JSON": True,
}
REST_KNOX = {
    "AUTH_HEADER_PREFIX": "Bearer",
    "TOKEN_LIMIT_PER_USER": 10,
    "TOKEN_TTL": timedelta(hours=12),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Anju CRM",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "CustomerKindEnum": "customers.choices.CUSTOMER_KINDS",
        "ClockKindEnum": "customers.choices.CLOCK_KINDS",
        "ChurnStageEnum": "analytics.churn.choices.STAGES",
        "ChurnLevelEnum": "analytics.churn.choices.LEVELS",
        "IncomeKindEnum": "analytics.value.choices.INCOMES",
        "CostKindEnum": "analytics.value.choices.COSTS",
        "AdviceKindEnum": "analytics.value.choices.ADVICE_KINDS",
        "AdviceStateEnum": "analytics.value.choices.ADVICE_STATES",
        "ForecastStateEnum": "analytics.value.choices.FORECAST_STATES",
        "ReportCycleEnum": "analytics.reviews.choices.CYCLES",
        "ReportStateEnum": "analytics.reviews.choices.REPORT_STATES",
        "ReviewKindEnum": "analytics.reviews.choices.MEETINGS",
        "ReviewStateEnum": "analytics.reviews.choices.MEETING_STATES",
        "FilingStateEnum": "analytics.reviews.choices.FILING_STATES",
        "ItemStageEnum": "analytics.improvement.choices.STAGES",
        "MeansKindEnum": "analytics.improvement.choices.RESOURCES",
        "AppraisalStateEnum": "analytics.improvement.choices.APPRAISAL_STATES",
        "BonusStateEnum": "analytics.improvement.choices.BONUS_STATES",
        "IncentiveKindEnum": "analytics.improvement.choices.INCENTIVES",
        "TaskKindEnum": "customers.choices.TASK_KINDS",
        "RelationKindEnum": "customers.choices.RELATION_KINDS",
        "PreferenceKindEnum": "customers.choices.PREFERENCE_KINDS",
        "BehaviourKindEnum": "customers.choices.BEHAVIOUR_KINDS",
        "BuyingStageEnum": "customers.choices.BUYING_STAGES",
        "ProjectRoleEnum": "customers.choices.PROJECT_ROLES",
        "LeadStateEnum": "customers.choices.LEAD_STATES",
        "TaskStateEnum": "customers.choices.TASK_STATES",
        "ChannelEnum": "customers.choices.CHANNELS",
        "ContactChannelEnum": "customers.choices.CONTACT_CHANNELS",
        "ConsentPurposeEnum": "customers.choices.PURPOSES",
        "BuyingPurposeEnum": "customers.choices.PURPOSES_OF_BUYING",
        "ReceiptKindEnum": "customers.payment.choices.RECEIPT_KINDS",
        "BookedKindEnum": "customers.payment.choices.BOOKED_KINDS",
        "DeliveryRiskEnum": "customers.handover.choices.RISKS",
        "DeliveryOutcomeEnum": "customers.handover.choices.OUTCOMES",
        "ClaimOutcomeEnum": "customers.arbitration.choices.OUTCOMES",
        "TalkResultEnum": "customers.choices.RESULTS",
        "NodeResultEnum": "customers.works.choices.RESULTS",
        "ClockStateEnum": "crm_site.calendars.models.CLOCK_STATE_CHOICES",
        "LeadUrgencyEnum": "customers.choices.URGENCIES",
        "TicketChannelEnum": "service.tickets.choices.CHANNELS",
        "TicketSeverityEnum": "service.tickets.choices.SEVERITIES",
        "TicketStageEnum": "service.tickets.choices.STAGES",
        "TicketUrgencyEnum": "service.tickets.choices.URGENCIES",
    },
}

# Log files of their own are written where LOG_DIR is set; lines on the console go anyway.
LOG_DIR = optional_text("LOG_DIR", default="")
LOG_DAYS = optional_int("LOG_DAYS", default=400)  # the law asks for six months
LOG_HANDLERS = ["console", "file"] if LOG_DIR else ["console"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "crm_site.common.logs.CleanFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "file": {
            "class": "crm_site.common.logs.DailyFileHandler",
            "formatter": "line",
            "directory": LOG_DIR,
        },
    },
    "root": {"handlers": LOG_HANDLERS, "level": optional_text("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Django's own handlers would print the same line a second time, with what it hides.
        "django": {"handlers": [], "propagate": True},
        "fontTools": {"level": "WARNING"},  # tells every table of a font put into a PDF
    },
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # workers write the same lines
