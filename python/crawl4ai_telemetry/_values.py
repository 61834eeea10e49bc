"""What a caller attaches, made of what Python has built in, within bounds."""

from itertools import islice

#: As in the native half.
DEPTH, KEYS, ITEMS, TEXT = 8, 64, 64, 1024


def context(values):
    """Keys and values that the native half takes. What is of no built-in type is named by its type."""
    left = [512]
    return {_text(key): _value(value, DEPTH, left) for key, value in islice(values.items(), KEYS)}


def _value(value, depth, left):
    left[0] -= 1
    kind = type(value)
    if value is None or kind in (bool, int, float):
        return value
    if kind is str:
        return value[:TEXT]
    if depth == 0 or left[0] < 0:
        return None
    if kind is dict:
        return {_text(key): _value(inner, depth - 1, left) for key, inner in islice(value.items(), KEYS)}
    if kind in (list, tuple, set, frozenset):
        return [_value(inner, depth - 1, left) for inner in islice(value, ITEMS)]
    # Methods of a subclass may do anything. The methods of the built-in type are safe.
    for base in (str, int, float):
        if issubclass(kind, base):
            return base.__add__(value, base())[:TEXT] if base is str else base.__add__(value, base())
    return f"<{kind.__name__}>"


def _text(key):
    return key[:TEXT] if type(key) is str else type(key).__name__
