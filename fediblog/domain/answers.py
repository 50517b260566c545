"""What the answer of an inbox means, in words."""

_WORDS = {
    400: "it could not be read there",
    401: "our signature was not accepted",
    403: "nothing is taken from this blog there",
    404: "there is no such inbox",
    405: "nothing can be delivered to this address",
    408: "it took too long",
    410: "the inbox is gone",
    413: "it is too large for that server",
    415: "its type is not taken there",
    422: "it could not be understood there",
    425: "too early",
    429: "too much at once: we are asked to wait",
    500: "something broke over there",
    501: "that server cannot take it",
    502: "the server behind the proxy does not answer",
    503: "the server is not available now",
    504: "the server behind the proxy takes too long",
}


def answer_in_words(status: int | None) -> str:
    """What an inbox means by its HTTP status; empty if there was no answer."""
    if status is None:
        return ""
    if status in _WORDS:
        return _WORDS[status]
    if 200 <= status < 300:
        return "taken"
    if 300 <= status < 400:
        return "it leads elsewhere, and deliveries do not follow"
    return "refused" if status < 500 else "that server has trouble"
