"""One target of `targets.py` under a fuzzer that is guided by coverage (atheris).

Usage: python -m tests.fuzzing.guided TARGET [ARGUMENT OF LIBFUZZER...]; a file among these is read
once, which shows again what was found.
"""

import sys

import atheris

with atheris.instrument_imports(include=["fediblog"], enable_loader_override=False):
    from tests.fuzzing.targets import TARGETS


def main(arguments: list[str]) -> None:
    """Never returns: the fuzzer ends the process, with another status than 0 for a finding."""
    name, *more = arguments
    atheris.Setup([sys.argv[0], *more], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
