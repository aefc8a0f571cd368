"""`docker-compose.yml` against the settings it feeds."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from crm_site.embedded.postgres import LOCALE
from crm_site.settings import base
from crm_site.settings.readers import READ

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "crm_site" / "deploy"
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OUR_PROGRAMS = ("migrate", "web", "worker", "beat")
REQUIRED = {name for name, required in READ.items() if required}
REFERENCES = re.findall(r"(?<!\$)\$\{(\w+)(:?[-?]?)([^}]*)\}", TEXT)
ROLE_IN_URL = re.compile(r"postgres://(\w+):")


def environment(name: str) -> dict[str, str]:
    return SERVICES[name].get("environment", {})


def test_the_shape_is_complete() -> None:
    assert base.DATABASE_URL  # the settings were read, so that READ is whole
    assert set(SERVICES) == {"postgres", "redis", "migrate", "web", "worker", "beat", "proxy"}


@pytest.mark.parametrize("name", OUR_PROGRAMS)
def test_every_required_setting_is_given_and_none_is_unknown(name: str) -> None:
    given = environment(name)
    assert set(given) >= REQUIRED
    assert all(given[variable] for variable in REQUIRED)
    assert set(given) <= set(READ)


def test_secrets_have_no_default_and_all_variables_are_in_the_example() -> None:
    optional = {
        "ANJU_VERSION",
        "LOG_DAYS",
        "LOG_LEVEL",
        "TLS_DIRECTIVE",
        "WEB_WORKERS",
        "WORKER_PROCESSES",
    }
    optional |= {"SMS_URL", "SMS_TOKEN", "SMS_SECRET"}  # no gateway, no token
    optional |= {"ESIGN_URL", "ESIGN_TOKEN", "ESIGN_SECRET", "CTI_SECRET"}
    optional |= {"INTAKE_SECRET"}
    optional |= {"WECHAT_URL", "WECHAT_TOKEN", "WECHAT_SECRET", "EMAIL_URL", "EMAIL_FROM"}
    optional |= {"APP_PUSH_URL", "APP_PUSH_TOKEN", "APP_PUSH_SECRET"}
    kinds: dict[str, set[str]] = {}
    for name, operator, _ in REFERENCES:
        kinds.setdefault(name, set()).add(operator)
    assert {name for name, operators in kinds.items() if operators == {":-"}} == optional
    assert all(kinds[name] == {":?"} for name in set(kinds) - optional)
    example = dict(
        line.split("=", 1)
        for line in (ROOT / ".env.example").read_text().splitlines()
        if line and not line.startswith("#")
    )
    assert set(example) == set(kinds)
    assert {name for name in set(example) - optional if example[name]} == set()


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_service_runs_as_root_or_from_a_moving_image(name: str) -> None:
    service = SERVICES[name]
    user, group = service["user"].split(":")
    assert int(user) > 0
    assert int(group) > 0
    assert not service.get("privileged")
    tag = service["image"].rpartition(":")[2]
    assert re.search(r"\d", tag)
    assert "latest" not in tag


def test_images_are_built_from_named_versions() -> None:
    bases = re.findall(r"^FROM (\S+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert bases
    assert all(re.search(r":\d+\.\d+", image) for image in bases)


def test_what_runs_for_good_has_a_health_check_and_restarts() -> None:
    one_shot = {
        name
        for service in SERVICES.values()
        for name, wanted in service.get("depends_on", {}).items()
        if wanted["condition"] == "service_completed_successfully"
    }
    assert one_shot == {"migrate"}
    for name in set(SERVICES) - one_shot:
        assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
        assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES["migrate"]["restart"] == "no"


def test_data_lies_in_named_volumes() -> None:
    used = set()
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source, target, *mode = volume.split(":")
            if source.startswith("./"):
                assert mode == ["ro"]
                assert (ROOT / source).is_file()
                assert target.startswith("/docker-entrypoint-initdb.d/")
            else:
                used.add(source)
    assert used == set(COMPOSE["volumes"])
    assert environment("web")["DATA_DIR"] == SERVICES["web"]["volumes"][0].split(":")[1]


def test_only_the_proxy_is_reachable_and_the_servers_see_no_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in ("postgres", "redis"):
        assert SERVICES[name]["networks"] == ["inside"]


def test_only_the_migration_knows_the_owner_of_the_schema() -> None:
    assert environment("migrate")["USE_DATABASE_OWNER"] == "true"
    for name in ("web", "worker", "beat"):
        assert "OWNER" not in str(environment(name))
    roles = set(
        re.findall(r"CREATE ROLE (\w+) LOGIN NOSUPERUSER", (DEPLOY / "create_roles.sh").read_text())
    )
    assert ROLE_IN_URL.findall(environment("migrate")["DATABASE_OWNER_URL"]) == ["anju_owner"]
    assert ROLE_IN_URL.findall(environment("web")["DATABASE_URL"]) == ["anju_app"]
    assert roles == {"anju_owner", "anju_app"}


def test_urls_point_at_the_services() -> None:
    bare = re.sub(r"\$\{[^}]*\}", "secret", environment("migrate")["DATABASE_OWNER_URL"])
    assert urlsplit(bare).hostname == "postgres"
    bare = re.sub(r"\$\{[^}]*\}", "secret", environment("web")["REDIS_URL"])
    assert urlsplit(bare).hostname == "redis"
    caddy = (DEPLOY / "Caddyfile").read_text()
    assert "reverse_proxy {$WEB_ADDRESS:web:8000}" in caddy
    assert "--bind=0.0.0.0:8000" in SERVICES["web"]["command"]


def test_the_database_is_made_with_the_same_locale_as_the_embedded_one() -> None:
    assert environment("postgres")["POSTGRES_INITDB_ARGS"].split() == list(LOCALE)
