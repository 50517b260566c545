"""Settings: what is taken, what is refused with which sentence, and where values come from."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from fediblog import settings as module
from fediblog.errors import SettingsError
from fediblog.settings import Settings, load_settings

HTTPS = {"FEDIBLOG_URL": "https://blog.example"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder without a settings file of whoever runs the tests."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    monkeypatch.setattr(module, "_PROJECT", folder)
    return folder


def load(url: str = "", **values: str) -> Settings:
    """Settings from the environment alone."""
    return load_settings(
        {f"FEDIBLOG_{name.upper()}": value for name, value in ({"url": url} | values).items()}
    )


def refusal(**values: str) -> str:
    """The sentence with which a value is refused."""
    with pytest.raises(SettingsError) as caught:
        load(**values)
    assert caught.value.public == str(caught.value)
    return caught.value.public


def write(path: Path, text: str) -> dict[str, str]:
    """A settings file, and the environment that names it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return {"FEDIBLOG_CONFIG": str(path)}


def test_without_any_setting_it_is_a_blog_on_this_machine(home: Path) -> None:
    assert load_settings({}) == Settings(
        origin="http://127.0.0.1:8000",
        username="blog",
        handle_domain="",
        data=home / "data",
        keys=home / "keys",
        database_url=f"sqlite://{home}/data/fediblog.sqlite",
        trusted_proxies=(),
        undo_seconds=60,
        development=True,
    )


def test_an_installed_package_lives_in_the_current_folder(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "pyproject.toml").unlink()
    monkeypatch.chdir(tmp_path)
    assert load_settings({}).data == tmp_path / "data"
    write(tmp_path / "fediblog.toml", 'username = "anna"')
    assert load_settings({}).username == "anna"


@pytest.mark.parametrize(
    ("host", "port", "origin"),
    [
        ("127.0.0.1", 9000, "http://127.0.0.1:9000"),
        ("127.0.0.1", 80, "http://127.0.0.1"),
        ("localhost", 8000, "http://localhost:8000"),
        ("0.0.0.0", 8000, "http://127.0.0.1:8000"),
        ("::", 8000, "http://[::1]:8000"),
        ("::1", 8000, "http://[::1]:8000"),
    ],
)
def test_without_an_url_the_origin_follows_the_socket(host: str, port: int, origin: str) -> None:
    assert load_settings({}, host=host, port=port).origin == origin


def test_an_url_that_is_set_wins_over_the_socket() -> None:
    assert load_settings(HTTPS, host="127.0.0.1", port=9000).origin == "https://blog.example"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://blog.example", "https://blog.example"),
        ("https://blog.example/", "https://blog.example"),
        ("HTTPS://Blog.EXAMPLE", "https://blog.example"),
        ("https://blog.example:443", "https://blog.example"),
        ("https://blog.example:8443/", "https://blog.example:8443"),
        ("http://localhost:80", "http://localhost"),
        ("http://127.0.0.1:443", "http://127.0.0.1:443"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        (" https://blog.example ", "https://blog.example"),
    ],
)
def test_an_origin_has_one_spelling(url: str, origin: str) -> None:
    assert load(url).origin == origin


def test_the_authority_keeps_a_port_that_is_not_the_usual_one() -> None:
    assert load("https://blog.example:443").authority == "blog.example"
    assert load("http://127.0.0.1:8000").authority == "127.0.0.1:8000"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("blog.example", "with its scheme and host"),
        ("ftp://blog.example", "with its scheme and host"),
        ("https://", "with its scheme and host"),
        ("https://blog.example/blog", "without a path"),
        ("https://blog.example/?a=b", "without a path"),
        ("https://blog.example/#a", "without a path"),
        ("https://me:secret@blog.example", "without a path, a query or a user"),
        ("https://@blog.example", "without a path, a query or a user"),
        ("https://bücher.example", "xn-- form"),
        ("https://blog_example", "xn-- form"),
        ("https://blog.example:http", "must be an origin"),
        ("https://blog.example:99999", "must be an origin"),
        ("https://[::1", "must be an origin"),
    ],
)
def test_an_url_that_is_no_origin_is_refused(url: str, words: str) -> None:
    sentence = refusal(url=url)
    assert sentence.startswith("FEDIBLOG_URL is ")
    assert words in sentence


@pytest.mark.parametrize("name", ["a", "blog", "anna_2", "a" * 30, "_"])
def test_a_username_takes_what_every_server_takes(name: str) -> None:
    assert load(username=name).username == name


@pytest.mark.parametrize("name", ["Anna", "a-b", "a.b", "a b", "a\nb", "ä", "a" * 31, "@a"])
def test_another_username_is_refused(name: str) -> None:
    assert refusal(username=name).startswith(f"FEDIBLOG_USERNAME is {name!r}; it takes 1 to 30")


@pytest.mark.parametrize(
    "domain",
    ["https://example.com", "example.com/", "a@example.com", "example.com:8443", "example", "ä.de"],
)
def test_another_domain_of_the_handle_is_refused(domain: str) -> None:
    sentence = refusal(url="https://blog.example.com", handle_domain=domain)
    assert sentence.startswith(f"FEDIBLOG_HANDLE_DOMAIN is {domain!r}; it must be a domain")


def test_folders_may_begin_at_home_or_at_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.chdir(tmp_path)
    settings = load(data="~/blog", keys="secrets")
    assert settings.data == tmp_path / "me/blog"
    assert settings.keys == tmp_path / "secrets"
    assert settings.database_url == f"sqlite://{tmp_path}/me/blog/fediblog.sqlite"


@pytest.mark.parametrize(
    ("given", "meant", "embedded"),
    [
        ("sqlite:///srv/blog.sqlite", "sqlite:///srv/blog.sqlite", True),
        ("postgres://me:pw@db:5432/blog", "postgres://me:pw@db:5432/blog", False),
        ("postgresql://me@db/blog", "postgres://me@db/blog", False),
    ],
)
def test_databases_that_are_taken(given: str, meant: str, embedded: bool) -> None:
    settings = load(database_url=given)
    assert (settings.database_url, settings.embedded) == (meant, embedded)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://me@db/blog",
        "sqlite://",
        "sqlite:///srv/blog.sqlite?synchronous=OFF",
        "sqlite://:memory:",
        "sqlite://relative.sqlite",
        "postgres:///blog",
        "postgres://me@db",
        "postgres://me@db/",
        "postgres://me@db:port/blog",
        "/srv/blog.sqlite",
    ],
)
def test_databases_that_are_refused(url: str) -> None:
    assert refusal(database_url=url).startswith("FEDIBLOG_DATABASE_URL must be sqlite:///path")


def test_a_refused_database_url_does_not_show_its_password() -> None:
    assert "secret" not in refusal(database_url="mysql://me:secret@db/blog")


def test_proxies_are_addresses_and_networks() -> None:
    settings = load(trusted_proxies="127.0.0.1, ::1,10.0.0.0/8,")
    networks = ("127.0.0.1/32", "::1/128", "10.0.0.0/8")
    assert settings.trusted_proxies == tuple(map(ip_network, networks))


@pytest.mark.parametrize("item", ["proxy.example", "10.0.0.1/8", "127.0.0.1:80", "*"])
def test_other_proxies_are_refused(item: str) -> None:
    sentence = refusal(trusted_proxies=f"127.0.0.1,{item}")
    assert sentence.startswith(f"FEDIBLOG_TRUSTED_PROXIES has {item!r}")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000",
        "http://127.8.9.1",
        "http://[::1]:8000",
        "http://localhost",
        "http://blog.localhost:8000",
    ],
)
def test_http_on_loopback_is_development(url: str) -> None:
    assert load(url).development
    assert load(url, dev="1").development


def test_https_is_not_development_also_on_loopback() -> None:
    assert not load("https://blog.example").development
    assert not load("https://localhost:8443").development
    assert not load("https://blog.example", dev="0").development


@pytest.mark.parametrize("yes", ["1", "true", "YES", "on"])
def test_development_is_refused_for_an_https_origin(yes: str) -> None:
    sentence = refusal(url="https://blog.example", dev=yes)
    assert "FEDIBLOG_DEV is on, but https://blog.example is an https origin" in sentence


@pytest.mark.parametrize("url", ["http://blog.example", "http://10.0.0.1", "http://0.0.0.0:8000"])
def test_a_public_http_origin_must_be_asked_for(url: str) -> None:
    assert "is a public http origin" in refusal(url=url)
    assert load(url, dev="1").development


@pytest.mark.parametrize("no", ["0", "False", "no", "off"])
def test_an_http_origin_without_development_is_refused(no: str) -> None:
    assert "only development mode can serve" in refusal(url="http://127.0.0.1:8000", dev=no)
    assert "only development mode can serve" in refusal(url="http://blog.example", dev=no)


def test_development_is_yes_or_no() -> None:
    assert refusal(dev="maybe") == "FEDIBLOG_DEV is 'maybe'; it takes 1 or 0."


def test_a_file_has_every_setting(tmp_path: Path) -> None:
    environ = write(
        tmp_path / "blog.toml",
        """
        url = "https://blog.example"
        username = "anna"
        handle_domain = "example.com"
        data = "/srv/data"
        keys = "/srv/keys"
        database_url = "postgres://me@db/blog"
        trusted_proxies = ["127.0.0.1", "10.0.0.0/8"]
        undo_seconds = 10
        dev = false
        """,
    )
    assert load_settings(environ) == Settings(
        origin="https://blog.example",
        username="anna",
        handle_domain="example.com",
        data=Path("/srv/data"),
        keys=Path("/srv/keys"),
        database_url="postgres://me@db/blog",
        trusted_proxies=(ip_network("127.0.0.1"), ip_network("10.0.0.0/8")),
        undo_seconds=10,
        development=False,
    )


def test_the_file_in_the_project_is_found(home: Path) -> None:
    write(home / "fediblog.toml", 'url = "http://test.example"\ndev = true')
    assert load_settings({}).origin == "http://test.example"


def test_the_environment_wins_over_the_file(home: Path) -> None:
    write(home / "fediblog.toml", 'url = "https://file.example"\nusername = "file"')
    settings = load_settings(HTTPS)
    assert (settings.origin, settings.username) == ("https://blog.example", "file")


def test_an_empty_value_counts_as_not_set(home: Path) -> None:
    write(home / "fediblog.toml", 'url = "https://file.example"')
    assert load("", username=" ").origin == "https://file.example"
    write(home / "fediblog.toml", 'url = ""\nusername = ""\ndata = ""\nkeys = ""\ndev = ""')
    assert load_settings({}).username == "blog"
    assert load_settings({}).data == home / "data"
    assert load_settings({}).keys == home / "keys"


def test_folders_in_the_file_are_relative_to_it(tmp_path: Path) -> None:
    environ = write(tmp_path / "etc/blog.toml", 'data = "../data"\nkeys = "keys"')
    settings = load_settings(environ)
    assert settings.data.resolve() == tmp_path / "data"
    assert settings.keys == tmp_path / "etc/keys"


def test_a_file_named_by_a_relative_path_is_found_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "blog.toml", 'data = "data"')
    monkeypatch.chdir(tmp_path)
    assert load_settings({"FEDIBLOG_CONFIG": "blog.toml"}).data == tmp_path / "data"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("user = 'anna'", "sets 'user', which is no setting. Known are: url, username,"),
        ("URL = 'https://blog.example'", "sets 'URL', which is no setting"),
        ("username = 7", "sets username to 7; it must be a text"),
        ("url = ['https://blog.example']", "it must be a text"),
        ("url =", "cannot be read"),
        ("username = 'An na'", "FEDIBLOG_USERNAME is 'An na'"),
        ("trusted_proxies = [7.5]", "FEDIBLOG_TRUSTED_PROXIES has '7.5'"),
    ],
)
def test_a_file_with_a_mistake_is_refused(tmp_path: Path, text: str, words: str) -> None:
    environ = write(tmp_path / "blog.toml", text)
    with pytest.raises(SettingsError) as caught:
        load_settings(environ)
    assert words in caught.value.public


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml cannot be read"):
        load_settings({"FEDIBLOG_CONFIG": str(tmp_path / "none.toml")})


def test_a_file_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "blog.toml").write_bytes(b"username = '\xff'")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings({"FEDIBLOG_CONFIG": str(tmp_path / "blog.toml")})
