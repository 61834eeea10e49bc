"""The error of a preview: it did not happen, and holds what errors hold that nobody should see."""

CONTEXT = {"retries": 3, "url": "https://example.com", "api_key": "k"}


def error():
    """An exception that was raised and caught in here."""
    try:
        _fetch()
    except ValueError as raised:
        return raised


def _fetch():
    try:
        raise ConnectionRefusedError("connection refused by 192.0.2.7:443")
    except ConnectionRefusedError as cause:
        raise ValueError(
            "preview: cannot fetch https://user:secret@example.com/page?id=7 for ada@example.com"
        ) from cause
