"""Language tags (BCP 47), as far as blogs need them."""

import re

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def is_language_tag(text: str) -> bool:
    """Whether a text is formed like en, de or pt-BR."""
    return _TAG.fullmatch(text) is not None
