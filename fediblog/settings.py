"""One object from the environment and one TOML file; a bad value is refused with a sentence."""

import ipaddress
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from fediblog.errors import SettingsError
from fediblog.logs import FORMATS

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Every setting: its name in the file, and what it is for. In the environment the name is in
#: capitals after FEDIBLOG_.
SETTINGS: Mapping[str, str] = {
    "url": "public origin of the blog, such as https://blog.example",
    "username": "name of the blog's actor: the first half of its handle",
    "handle_domain": "second half of the handle, if it is not the url's host: example.com",
    "data": "folder of the database and of the media",
    "keys": "folder of the private keys",
    "database_url": "sqlite:///path/to/file or postgres://user:password@host:port/name",
    "largest_upload": "megabytes that an uploaded file may have",
    "trusted_proxies": "addresses or networks of reverse proxies, separated by commas",
    "metrics_token": "secret with which /metrics can be read; without one there is none",
    "log_format": "text or json: what a line of the log looks like",
    "undo_seconds": "for how long the deletion of a post can be taken back, before anybody is told",
    "smtp_url": "mail server for notifications: smtps://user:password@host:port",
    "mail_to": "address to which notifications are mailed",
    "mail_from": "address from which they come",
    "dev": "development mode: http, ports and loopback addresses are full citizens",
}

_PROJECT = Path(__file__).resolve().parents[1]
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
_USERNAME = re.compile(r"[a-z0-9_]{1,30}")
_LONGEST_UNDO = 86_400
_YES, _NO = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decided.

    origin: scheme and authority, no trailing slash. username: the actor's preferredUsername.
    handle_domain: host of the handle, empty if it is that of the origin.
    smtp_url, mail_to, mail_from: all empty where nothing is mailed.
    database_url: starts with sqlite:// or postgres://. largest_upload: in bytes. development: see
    docs/settings.md.
    """

    origin: str
    username: str
    handle_domain: str
    data: Path
    keys: Path
    database_url: str
    trusted_proxies: tuple[Network, ...]
    undo_seconds: int
    development: bool
    largest_upload: int = 100_000_000
    smtp_url: str = field(default="", repr=False)
    mail_to: str = ""
    mail_from: str = ""
    metrics_token: str = field(default="", repr=False)
    log_format: str = "text"

    @property
    def authority(self) -> str:
        """Host, with its port where the origin has one."""
        return urlsplit(self.origin).netloc

    @property
    def embedded(self) -> bool:
        """Whether the database is the embedded one, which exactly one process writes."""
        return self.database_url.startswith("sqlite://")


def load_settings(
    environ: Mapping[str, str], *, host: str = "127.0.0.1", port: int = 8000
) -> Settings:
    """Read the environment and the file; the environment wins.

    The file is FEDIBLOG_CONFIG, or fediblog.toml in the project's folder if it is there.
    host and port: where the server listens; the origin follows them when no url is set.
    Raises SettingsError with a sentence that names the setting.
    """
    values = _file_values(environ.get("FEDIBLOG_CONFIG", ""))
    for name in SETTINGS:
        if given := environ.get(f"FEDIBLOG_{name.upper()}", "").strip():
            values[name] = given
    origin = _origin(values.get("url") or _listening_origin(host, port))
    data = Path(values.get("data") or _home() / "data").expanduser().absolute()
    development = _development(values.get("dev", ""), origin)
    return Settings(
        origin=origin,
        username=_username(values.get("username") or "blog"),
        handle_domain=_handle_domain(values.get("handle_domain", ""), origin, development),
        data=data,
        keys=Path(values.get("keys") or _home() / "keys").expanduser().absolute(),
        database_url=_database_url(
            values.get("database_url") or f"sqlite://{data}/fediblog.sqlite"
        ),
        trusted_proxies=_networks(values.get("trusted_proxies", "")),
        undo_seconds=_undo_seconds(values.get("undo_seconds") or "60"),
        development=development,
        largest_upload=_megabytes(values.get("largest_upload") or "100"),
        metrics_token=_metrics_token(values.get("metrics_token", "")),
        log_format=_log_format(values.get("log_format") or "text"),
        **_mail(values),
    )


def _metrics_token(token: str) -> str:
    if token and not re.fullmatch(r"[A-Za-z0-9._~+/=-]{16,200}", token):
        raise SettingsError(
            "FEDIBLOG_METRICS_TOKEN must have 16 to 200 letters, digits or . _ ~ + / = -, such as "
            "`openssl rand -hex 32` prints."
        )
    return token


def _log_format(text: str) -> str:
    if text not in FORMATS:
        raise SettingsError(f"FEDIBLOG_LOG_FORMAT is {text!r}; it must be text or json.")
    return text


def _undo_seconds(text: str) -> int:
    if not text.isdecimal() or int(text) > _LONGEST_UNDO:
        raise SettingsError(
            f"FEDIBLOG_UNDO_SECONDS is {text!r}; it must be a number of seconds, 0 to "
            f"{_LONGEST_UNDO}."
        )
    return int(text)


def _home() -> Path:
    """The project's folder when we run from a checkout, else the current one."""
    return _PROJECT if (_PROJECT / "pyproject.toml").is_file() else Path.cwd()


def _file_values(given: str) -> dict[str, str]:
    path = Path(given) if given else _home() / "fediblog.toml"
    if not given and not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error}.") from error
    values: dict[str, str] = {}
    for name, value in table.items():
        if name not in SETTINGS:
            known = ", ".join(SETTINGS)
            raise SettingsError(f"{path} sets {name!r}, which is no setting. Known are: {known}.")
        if value != "":
            values[name] = _as_text(name, value, path)
    return values


def _as_text(name: str, value: object, path: Path) -> str:
    """A TOML value in the form that the environment has; folders are relative to the file."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list) and name == "trusted_proxies":
        return ",".join(str(item) for item in value)
    if isinstance(value, int) and name in {"largest_upload", "undo_seconds"}:
        return str(value)
    if not isinstance(value, str):
        raise SettingsError(f"{path} sets {name} to {value!r}; it must be a text.")
    if name in {"data", "keys"}:
        return str(path.absolute().parent / Path(value).expanduser())
    return value


def _listening_origin(host: str, port: int) -> str:
    """The origin of a server that listens on host and port and was given no url."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - not a bind
    if ":" in shown and not shown.startswith("["):
        shown = f"[{shown}]"
    return f"http://{shown}" + ("" if port == 80 else f":{port}")


def _origin(url: str) -> str:
    sentence = f"FEDIBLOG_URL is {url!r}; it must be an origin such as https://blog.example"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SettingsError(f"{sentence}: {error}.") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError(f"{sentence}, with its scheme and host.")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or "@" in parts.netloc:
        raise SettingsError(f"{sentence}, without a path, a query or a user.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if not re.fullmatch(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]", host):
        raise SettingsError(f"{sentence}; write an international name in its xn-- form.")
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != default else "")


def _username(name: str) -> str:
    """Only what every server takes in a handle (requirement 0.12)."""
    if not _USERNAME.fullmatch(name):
        raise SettingsError(
            f"FEDIBLOG_USERNAME is {name!r}; it takes 1 to 30 of the characters a-z, 0-9 and _."
        )
    return name


def _handle_domain(domain: str, origin: str, development: bool) -> str:
    """A host by its name; empty for that of the origin, which needs no setting (E4)."""
    lowered = domain.strip().lower().rstrip(".")
    if lowered in {"", urlsplit(origin).netloc}:
        return ""
    name = r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
    local = r"[a-z0-9.-]+(:[0-9]{1,5})?"
    if len(lowered) > 253 or not re.fullmatch(local if development else name, lowered):
        raise SettingsError(
            f"FEDIBLOG_HANDLE_DOMAIN is {domain!r}; it must be a domain such as example.com, "
            "without a scheme, a path or a user name (write an international one in its xn-- form)."
        )
    return lowered


def _database_url(url: str) -> str:
    if url.startswith("postgresql://"):
        url = "postgres" + url.removeprefix("postgresql")
    if re.fullmatch(r"sqlite:///[^?]+", url) or _is_postgres(url):
        return url
    raise SettingsError(
        "FEDIBLOG_DATABASE_URL must be sqlite:///path/to/file or "
        "postgres://user:password@host:port/name."
    )


def _is_postgres(url: str) -> bool:
    """Whether it names a server and a database on it; a port that is none is no URL."""
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname and parts.path[1:])
        return parts.scheme == "postgres" and named and parts.port != 0
    except ValueError:
        return False


def _networks(text: str) -> tuple[Network, ...]:
    networks: list[Network] = []
    for item in filter(None, (part.strip() for part in text.split(","))):
        try:
            networks.append(ipaddress.ip_network(item))
        except ValueError as error:
            raise SettingsError(
                f"FEDIBLOG_TRUSTED_PROXIES has {item!r}, which is no address or network: {error}."
            ) from error
    return tuple(networks)


def _megabytes(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) < 1:
        raise SettingsError(
            f"FEDIBLOG_LARGEST_UPLOAD is {text!r}; it must be a number of megabytes such as 100."
        )
    return int(text) * 1_000_000


def _mail(values: Mapping[str, str]) -> dict[str, str]:
    """All three of them, or none."""
    names = ("smtp_url", "mail_to", "mail_from")
    given = {name: values.get(name, "").strip() for name in names}
    if not any(given.values()):
        return {}
    for name in names:
        if not given[name]:
            raise SettingsError(
                f"FEDIBLOG_{name.upper()} is missing: to mail notifications the blog needs "
                "FEDIBLOG_SMTP_URL, FEDIBLOG_MAIL_TO and FEDIBLOG_MAIL_FROM."
            )
    if not _is_smtp(given["smtp_url"]):
        raise SettingsError(
            "FEDIBLOG_SMTP_URL must be smtps://user:password@host:port, or smtp:// for a server "
            "that begins without TLS. Escape characters such as @ and / in the password."
        )
    for name in ("mail_to", "mail_from"):
        if not _ADDRESS.fullmatch(given[name]):
            raise SettingsError(
                f"FEDIBLOG_{name.upper()} is {given[name]!r}; it takes one plain address, such as "
                "me@example.com."
            )
    return given


def _is_smtp(url: str) -> bool:
    try:
        parts = urlsplit(url)
        plain = not (parts.query or parts.fragment) and parts.path in {"", "/"}
        return (
            parts.scheme in {"smtp", "smtps"}
            and bool(parts.hostname)
            and plain
            and (parts.port != 0)
        )
    except ValueError:
        return False


def _development(text: str, origin: str) -> bool:
    """On by itself only for an http origin on loopback, where nobody else is."""
    http, lowered = origin.startswith("http://"), text.strip().lower()
    if lowered not in _YES | _NO | {""}:
        raise SettingsError(f"FEDIBLOG_DEV is {text!r}; it takes 1 or 0.")
    if lowered in _YES and not http:
        raise SettingsError(
            f"FEDIBLOG_DEV is on, but {origin} is an https origin. Development mode trusts "
            "plain http and loopback addresses, so it is refused for a blog that is in use."
        )
    if http and lowered in _NO:
        raise SettingsError(
            f"{origin} is an http origin, which only development mode can serve: "
            "use an https url, or leave FEDIBLOG_DEV on."
        )
    if http and lowered == "" and not _is_loopback(urlsplit(origin).hostname or ""):
        raise SettingsError(
            f"{origin} is a public http origin. Other servers only talk to https: use an https "
            "url, or set FEDIBLOG_DEV=1 if this is a network of test servers."
        )
    return http


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
