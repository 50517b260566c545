"""What the author types into the form of the settings."""

FORM = {"title": "A blog", "author_name": "Marta", "language": "en"}


def field_form(*pairs: tuple[str, str]) -> dict[str, str]:
    """The profile fields of the form, from (name, value) pairs."""
    form: dict[str, str] = {}
    for place, (name, value) in enumerate(pairs, start=1):
        form |= {f"field_name_{place}": name, f"field_value_{place}": value}
    return form
