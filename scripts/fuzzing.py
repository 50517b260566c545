"""Looks for bytes that our readers stumble over, for as long as one likes. Started by scripts/fuzz.

What is found lies in .fuzz/findings, and what led somewhere new in .fuzz/TARGET, from where the
next run goes on. A run with the same seed that starts from the same files does the same.
"""

import hashlib
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from tests.fuzzing.seeds import SEEDS, WORDS

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".fuzz"
FINDINGS = KEPT / "findings"
MINUTES = 10.0
#: The longest input, and for how long (s) and with how much memory (MB) it may keep a reader busy.
LONGEST, SECONDS, MEMORY = 20_000, 10, 2_000
#: Of the time, what goes to the running blog; and how many examples that is about in a minute.
FOR_THE_BLOG, EXAMPLES_A_MINUTE = 0.3, 300
TESTS = ("tests/fuzzing/test_http.py", "tests/federation/inbox/test_fuzz.py")


def prepare(name: str) -> tuple[Path, Path]:
    """The folder of a target's inputs, with its seeds in it, and the file of its words."""
    folder = KEPT / name
    folder.mkdir(parents=True, exist_ok=True)
    for seed in SEEDS[name]:
        (folder / hashlib.sha1(seed, usedforsecurity=False).hexdigest()).write_bytes(seed)
    words = KEPT / f"{name}.words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in WORDS[name]))
    return folder, words


def guided(name: str, seconds: float, seed: int) -> bool:
    """Let a target have so many seconds; tells whether nothing was found."""
    print(f"── {name} ({seconds:.0f} s)", flush=True)
    folder, words = prepare(name)
    command = [
        *(sys.executable, "-m", "tests.fuzzing.guided", name, str(folder)),
        *(f"-max_total_time={max(1, round(seconds))}", f"-seed={seed}", f"-dict={words}"),
        *(f"-max_len={LONGEST}", f"-timeout={SECONDS}", f"-rss_limit_mb={MEMORY}"),
        *(f"-artifact_prefix={FINDINGS}/{name}-", "-print_final_stats=1", "-verbosity=0"),
    ]
    return subprocess.run(command, cwd=ROOT).returncode == 0


def whole_blog(minutes: float, seed: int) -> bool:
    """Let a running blog have examples for about so long; tells whether none made it fail."""
    many = max(1, round(minutes * EXAMPLES_A_MINUTE))
    print(f"── a running blog ({many} examples for each test)", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", f"--hypothesis-seed={seed}", *TESTS]
    environment = os.environ | {"FEDIBLOG_TEST_EXAMPLES": str(many)}
    return subprocess.run(command, cwd=ROOT, env=environment).returncode == 0


def main(arguments: Sequence[str]) -> int:
    """`[MINUTES] [TARGET...] [--seed N]`: 0 when nothing was found."""
    words = list(arguments)
    seed = random.randrange(1, 2**31)  # noqa: S311 - it only has to be another one each time
    if "--seed" in words:
        at = words.index("--seed")
        seed = int(words[at + 1])
        del words[at : at + 2]
    minutes = float(words.pop(0)) if words and words[0] not in SEEDS else MINUTES
    if unknown := set(words) - set(SEEDS):
        print(f"No such target: {', '.join(unknown)}. There are {', '.join(SEEDS)}.")
        return 2
    print(f"seed {seed}")
    FINDINGS.mkdir(parents=True, exist_ok=True)
    well = True if words else whole_blog(minutes * FOR_THE_BLOG, seed)
    if find_spec("atheris") is None:
        print("There is no atheris for this Python, so the readers were not fuzzed by coverage.")
        return not well
    names = words or list(SEEDS)
    share = minutes if words else minutes * (1 - FOR_THE_BLOG)
    results = [guided(name, share * 60 / len(names), seed) for name in names]
    if not all(results):
        print(f"Found, in {FINDINGS}:", *sorted(path.name for path in FINDINGS.iterdir()))
        print(
            "Again: scripts/in-environment --extra test python -m tests.fuzzing.guided TARGET FILE"
        )
    return not (well and all(results))


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
