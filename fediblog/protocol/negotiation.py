"""Which form of a document the asker wants: HTML, or ActivityPub."""

AS_PROFILE = "https://www.w3.org/ns/activitystreams"


def wants_activitypub(accept: str) -> bool:
    """Whether an Accept header prefers ActivityPub to HTML; */* and nothing mean HTML.

    Taken for ActivityPub: application/activity+json, and application/ld+json with or without the
    profile (0.17). On equal weight the one named first wins.
    """
    federated, html = 0.0, 0.0
    federated_at = html_at = 0
    for place, item in enumerate(accept.lower().split(",")):
        kind, weight = _weigh(item)
        if kind in {"application/activity+json", "application/ld+json"} and weight > federated:
            federated, federated_at = weight, place
        elif kind in {"text/html", "application/xhtml+xml"} and weight > html:
            html, html_at = weight, place
    return federated > html or (federated == html > 0 and federated_at < html_at)


def is_activitypub(content_type: str) -> bool:
    """Whether a body is said to be ActivityPub: activity+json, or ld+json with the AS profile."""
    kind, *parameters = (part.strip() for part in content_type.split(";"))
    if kind.lower() == "application/activity+json":
        return True
    return kind.lower() == "application/ld+json" and any(
        AS_PROFILE in value.strip('" ').split()
        for name, _, value in (parameter.partition("=") for parameter in parameters)
        if name.strip().lower() == "profile"
    )


def _weigh(item: str) -> tuple[str, float]:
    kind, *parameters = (part.strip() for part in item.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return kind, float(value)
            except ValueError:
                return kind, 0.0
    return kind, 1.0
