"""The files of docs/operations say what their programs take, and name what is there.

systemd, nginx and Caddy judge their own files where they are installed.
"""

import os
import re
import shlex
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from fediblog import serving
from fediblog.cli import main
from fediblog.settings import Settings, load_settings
from fediblog.web.site import live
from tests.tls import make_tls

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs/operations"
UNITS = ("fediblog.service", "fediblog-worker.service")
PLACE = "/srv/fediblog"
#: What a unit may be exposed to at most, of 10, as systemd counts it.
_EXPOSURE = 32


def unit(name: str) -> ConfigParser:
    """What a unit says; each name of these comes once."""
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(FOLDER / name)
    return parser


def defaults() -> Settings:
    """Of a blog of which nothing is said."""
    return load_settings({"FEDIBLOG_URL": "https://blog.example"})


def checked(program: str, *arguments: str, **environment: str) -> None:
    """Let a program judge its file, if it is there."""
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{program} is not installed")
    done = subprocess.run(
        [found, *arguments], capture_output=True, text=True, env=os.environ | environment
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_a_command_that_there_is(name: str) -> None:
    service = unit(name)["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    script = ROOT / Path(program).relative_to(PLACE)
    assert os.access(script, os.X_OK), script
    # scripts/serve is `fediblog serve`; what is given must be taken by the command.
    command = main.commands[arguments.pop(0) if script.name == "fediblog" else "serve"]
    command.make_context(command.name, arguments, resilient_parsing=False)
    assert service["WorkingDirectory"] == service["ReadWritePaths"] == PLACE


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_gives_no_powers_and_time_to_end(name: str) -> None:
    service = unit(name)["Service"]
    assert service["User"] not in {"", "root", "0"}
    assert service["CapabilityBoundingSet"] == ""
    assert service["Restart"] == "always"
    assert int(service["TimeoutStopSec"]) > serving.STOP_SECONDS


def test_both_units_differ_in_what_they_start_alone() -> None:
    first, second = (dict(unit(name)["Service"]) for name in UNITS)
    assert first.pop("ExecStart") != second.pop("ExecStart")
    assert first == second


@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_a_unit_and_finds_it_closed(name: str, tmp_path: Path) -> None:
    here = tmp_path / name
    here.write_text((FOLDER / name).read_text().replace(PLACE, str(ROOT)))
    checked("systemd-analyze", "verify", "--man=no", str(here))
    checked("systemd-analyze", "security", "--offline=yes", f"--threshold={_EXPOSURE}", str(here))


def test_nginx_takes_its_file(tmp_path: Path) -> None:
    make_tls(tmp_path, ["blog.example"])
    own = re.sub(
        r"(ssl_certificate(?:_key)?) \S+;",
        rf"\1 {tmp_path}/server.pem;",
        (FOLDER / "nginx.conf").read_text(),
    )
    (tmp_path / "fediblog.conf").write_text(own)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    whole = tmp_path / "nginx.conf"
    whole.write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}}"
        f" http {{ access_log off; {folders} include {tmp_path}/fediblog.conf; }}"
    )
    checked("nginx", "-t", "-q", "-p", str(tmp_path), "-c", str(whole))


def _of_nginx(name: str) -> str:
    (value,) = re.findall(rf"^\s*{name} ([^;]+);", (FOLDER / "nginx.conf").read_text(), re.M)
    return str(value)


def test_nginx_takes_as_much_and_waits_as_long_as_the_blog() -> None:
    assert int(_of_nginx("client_max_body_size").removesuffix("m")) * 1_000_000 >= (
        defaults().largest_upload
    )
    assert int(_of_nginx("proxy_read_timeout").removesuffix("s")) > live.HEARTBEAT_SECONDS
    assert _of_nginx("proxy_buffering") == "off"
    assert _of_nginx("proxy_set_header Host") == "$http_host"
    # With a path the proxy would write the address anew, which signatures cover.
    assert re.fullmatch(r"http://\w+", _of_nginx("proxy_pass"))


def _caddyfiles() -> dict[str, str]:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    inside = compose["configs"]["caddyfile"]["content"]
    return {
        "Caddyfile": (FOLDER / "Caddyfile").read_text(),
        "docker-compose.yml": inside.replace("${FEDIBLOG_DOMAIN}", "blog.example"),
    }


@pytest.mark.parametrize("where", _caddyfiles())
def test_caddy_takes_its_file(where: str, tmp_path: Path) -> None:
    file = tmp_path / "Caddyfile"
    file.write_text(_caddyfiles()[where])
    own = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    checked("caddy", "validate", "--adapter", "caddyfile", "--config", str(file), **own)


def test_both_files_for_caddy_are_one_but_for_the_address() -> None:
    """Without their comments, and with the name that the blog has among the containers."""
    alone, composed = (
        "\n".join(line for line in said.splitlines() if not line.startswith("#")).strip()
        for said in _caddyfiles().values()
    )
    assert alone.replace("127.0.0.1:8000", "fediblog:8000") == composed


def test_nobody_outside_is_told_how_the_blog_is() -> None:
    assert {"location = /metrics { return 404; }", "location /health/ { return 404; }"} <= {
        line.strip() for line in (FOLDER / "nginx.conf").read_text().splitlines()
    }
    for said in _caddyfiles().values():
        assert "@inside path /metrics /health/*\n    respond @inside 404\n" in said


def test_prometheus_asks_where_blog_and_worker_are() -> None:
    (job,) = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]
    port = next(option for option in main.commands["serve"].params if option.name == "port")
    assert job["static_configs"] == [{"targets": [f"127.0.0.1:{port.default}"]}]
    # The dashboard asks for the memory of this job alone.
    assert f'job=\\"{job["job_name"]}\\"' in (FOLDER / "dashboard.json").read_text()


def test_every_file_is_told_of() -> None:
    page = (ROOT / "docs/operations.md").read_text()
    for file in FOLDER.iterdir():
        assert f"(operations/{file.name})" in page, file.name
