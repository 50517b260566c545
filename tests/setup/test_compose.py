"""docker-compose.yml: valid by the official schema, and true to the settings it fills."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from fediblog import serving
from fediblog.settings import SETTINGS, load_settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
SERVICES = ("fediblog", "worker", "database", "caddy")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return loaded


def check(path: Path) -> subprocess.CompletedProcess[str]:
    """Validate a file against the compose specification that check-jsonschema carries."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    return subprocess.run([*command, str(path)], capture_output=True, text=True)


def settings_of(compose: dict[str, Any]) -> dict[str, str]:
    """The blog's environment, as compose fills it in for the domain blog.example."""
    environment = compose["services"]["fediblog"]["environment"]
    filled = {"FEDIBLOG_DOMAIN": "blog.example", "FEDIBLOG_DATABASE_PASSWORD": "abc123"}
    return {name: _interpolate(str(value), filled) for name, value in environment.items()}


def test_the_file_is_valid_by_the_compose_specification() -> None:
    done = check(COMPOSE)
    assert done.returncode == 0, done.stdout


def test_the_schema_refuses_a_key_that_compose_does_not_know(tmp_path: Path) -> None:
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(COMPOSE.read_text().replace("healthcheck:", "healthchek:"))
    assert check(broken).returncode == 1


def test_its_environment_names_settings_that_exist(compose: dict[str, Any]) -> None:
    known = {f"FEDIBLOG_{name.upper()}" for name in SETTINGS}
    assert set(compose["services"]["fediblog"]["environment"]) <= known


def test_its_environment_makes_a_blog_for_public_use(compose: dict[str, Any]) -> None:
    settings = load_settings(settings_of(compose))
    assert settings.origin == "https://blog.example"
    assert not settings.development
    assert not settings.embedded


def test_the_proxy_is_trusted_and_nobody_else(compose: dict[str, Any]) -> None:
    (subnet,) = compose["networks"]["front"]["ipam"]["config"]
    assert settings_of(compose)["FEDIBLOG_TRUSTED_PROXIES"] == subnet["subnet"]
    on_front = [name for name in SERVICES if "front" in compose["services"][name]["networks"]]
    assert on_front == ["fediblog", "caddy"]


def test_these_are_all_services(compose: dict[str, Any]) -> None:
    assert tuple(compose["services"]) == SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_runs_as_root_or_with_its_powers(compose: dict[str, Any], service: str) -> None:
    described = compose["services"][service]
    assert str(described["user"]).split(":")[0] not in {"", "0", "root"}
    assert described["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_a_health_check(compose: dict[str, Any], service: str) -> None:
    assert compose["services"][service]["healthcheck"]["test"][0] == "CMD"


def test_every_volume_is_declared_and_used(compose: dict[str, Any]) -> None:
    mounted = [
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
    ]
    assert set(mounted) == set(compose["volumes"])


def test_the_worker_is_the_blog_in_all_but_what_it_does(compose: dict[str, Any]) -> None:
    blog, worker = compose["services"]["fediblog"], compose["services"]["worker"]
    own = {"command", "networks", "depends_on", "healthcheck"}
    assert {name: said for name, said in worker.items() if name not in own} == {
        name: said for name, said in blog.items() if name not in own
    }
    assert worker["networks"] == ["out", "back"], "nobody is led to it, and it is trusted by nobody"


def test_each_service_waits_until_what_it_needs_is_well(compose: dict[str, Any]) -> None:
    services = compose["services"]
    waits = {
        name: {need: said["condition"] for need, said in each.get("depends_on", {}).items()}
        for name, each in services.items()
    }
    well = "service_healthy"
    assert waits == {
        "fediblog": {"database": well},
        "worker": {"fediblog": well},
        "database": {},
        "caddy": {"fediblog": well},
    }


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_comes_back_and_its_log_has_an_end(
    compose: dict[str, Any], service: str
) -> None:
    described = compose["services"][service]
    assert described["restart"] == "unless-stopped"
    assert described["logging"]["options"] == {"max-size": "10m", "max-file": "5"}


def test_what_can_be_is_read_only_and_gains_nothing(compose: dict[str, Any]) -> None:
    read_only = [name for name, each in compose["services"].items() if each.get("read_only")]
    assert read_only == ["fediblog", "worker", "database"]
    for name in read_only:
        assert compose["services"][name]["security_opt"] == ["no-new-privileges:true"]
    # A file that compose copies into a container cannot be had by one that is read-only.
    assert [name for name, each in compose["services"].items() if "configs" in each] == ["caddy"]


def test_a_stop_has_the_time_that_the_blog_may_take(compose: dict[str, Any]) -> None:
    longest = serving.STOP_SECONDS
    for name in ("fediblog", "worker"):
        assert int(compose["services"][name]["stop_grace_period"].removesuffix("s")) > longest


def test_the_passwords_are_those_of_who_starts_it(compose: dict[str, Any]) -> None:
    variables = {
        value
        for service in compose["services"].values()
        for name, value in service.get("environment", {}).items()
        if "PASSWORD" in name or "URL" in name
    }
    assert all("${FEDIBLOG_" in value for value in variables), variables


def test_only_the_proxy_is_reached_from_outside(compose: dict[str, Any]) -> None:
    assert [name for name, each in compose["services"].items() if "ports" in each] == ["caddy"]
    assert compose["networks"]["back"]["internal"] is True


def test_the_builds_are_stages_of_the_dockerfile(compose: dict[str, Any]) -> None:
    stages = [
        line.split()[-1]
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("FROM ")
    ]
    targets = [each["build"]["target"] for each in compose["services"].values() if "build" in each]
    assert set(targets) <= set(stages)


def test_the_users_are_those_that_the_dockerfile_makes(compose: dict[str, Any]) -> None:
    users = [
        line.removeprefix("USER ")
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("USER ")
    ]
    assert users == [compose["services"][name]["user"] for name in ("fediblog", "caddy")]


def _interpolate(value: str, filled: dict[str, str]) -> str:
    """Compose's ${NAME:-default} and ${NAME:?message}."""
    while "${" in value:
        before, _, rest = value.partition("${")
        inside, _, after = rest.partition("}")
        name, _, fallback = inside.partition(":")
        value = before + filled.get(name, fallback.removeprefix("-")) + after
    return value
