"""A Chromium for the browser tests: one that is here, Playwright's download, or the system's."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import playwright
from playwright.sync_api import Error, sync_playwright

from tests.provision.errors import NotProvided

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAYWRIGHT = (sys.executable, "-m", "playwright")
DOWNLOAD_SECONDS = 300
PACKAGE_SECONDS = 600

# Without the first, Chromium refuses to run as root; the others keep it from calling home.
LAUNCH_ARGUMENTS = (
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def chromium_path() -> Path | None:
    """What to give Playwright as `executable_path`; None means the one it downloaded itself.

    Raises NotProvided when there is none: `obtain_chromium` is what gets one.
    """
    if _has_download():
        return None
    program = _system_browser()
    if program is None:
        raise NotProvided("there is no Chromium here: scripts/test gets one")
    return program


def obtain_chromium() -> None:
    """Make sure that `chromium_path` has an answer, and that this one starts.

    A browser that is there is taken first, because a download is some 150 MB.
    Raises NotProvided with the last reason why none starts.
    """
    wrong = _why_it_does_not_start()
    for obtain in (_download, _install_package):
        if wrong and obtain():
            wrong = _why_it_does_not_start()
    if wrong:
        raise NotProvided(
            f"{wrong}\nNo Chromium could be had that starts: neither Playwright's download nor "
            "the system's package. Install chromium or google-chrome and run this again."
        )


def _why_it_does_not_start() -> str:
    """Start the browser as the tests do; empty when it does."""
    try:
        program = chromium_path()
        with sync_playwright() as playwright:
            playwright.chromium.launch(executable_path=program, args=LAUNCH_ARGUMENTS).close()
    except (NotProvided, Error) as error:
        return str(error)
    return ""


def _has_download() -> bool:
    """Tell whether the browser that this version of Playwright wants was downloaded in full."""
    package = Path(playwright.__file__).parent / "driver" / "package"
    browsers = json.loads((package / "browsers.json").read_bytes())["browsers"]
    shell = next(each for each in browsers if each["name"] == "chromium-headless-shell")
    folder = _download_folder() / f"chromium_headless_shell-{shell['revision']}"
    return (folder / "INSTALLATION_COMPLETE").is_file()


def _download_folder() -> Path:
    """Where Playwright keeps its browsers, by its own rules."""
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if chosen:
        return Path(chosen)
    cache = "Library/Caches" if sys.platform == "darwin" else ".cache"
    return Path.home() / cache / "ms-playwright"


def _system_browser() -> Path | None:
    found = (shutil.which(name) for name in SYSTEM_NAMES)
    return next((Path(program) for program in found if program), None)


def _download() -> bool:
    """Let Playwright fetch its own, and as root the libraries it needs; False where it cannot."""
    print("  trying Playwright's own Chromium", flush=True)
    download = _succeeds([*PLAYWRIGHT, "install", "chromium"], DOWNLOAD_SECONDS)
    if download and os.geteuid() == 0 and shutil.which("apt-get"):
        return _succeeds([*PLAYWRIGHT, "install-deps", "chromium"], PACKAGE_SECONDS)
    return download


def _install_package() -> bool:
    """Install Debian's chromium where we may; False where we may not or it fails."""
    if shutil.which("apt-get") is None:
        return False
    apt = ["apt-get", "-q"] if os.geteuid() == 0 else ["sudo", "-n", "apt-get", "-q"]
    install = [*apt, "install", "-y", "--no-install-recommends", "chromium"]
    print("  installing the system's chromium package", flush=True)
    return (
        _succeeds([*apt, "update"], PACKAGE_SECONDS)
        and _succeeds(install, PACKAGE_SECONDS)
        and _system_browser() is not None
    )


def _succeeds(command: list[str], seconds: int) -> bool:
    """Run a command without questions; False when it fails, is missing or takes too long."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            timeout=seconds,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
