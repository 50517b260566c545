"""Which form of a document is wanted, or given: HTML, or ActivityPub."""

from email.message import Message

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
    """Whether a Content-Type header names an ActivityPub document.

    `application/json` and `application/ld+json` without the profile are what an upload of a
    stranger may be served as, and so prove nothing about the host (requirement K3).
    """
    header = Message()
    header["Content-Type"] = content_type
    if header.get_content_type() == "application/activity+json":
        return True
    try:
        profile = header.get_param("profile", "")
    except (TypeError, ValueError):
        # Numbered pieces of a parameter (RFC 2231) that do not fit together.
        return False
    return (
        header.get_content_type() == "application/ld+json"
        and isinstance(profile, str)
        and AS_PROFILE in profile.split()
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
