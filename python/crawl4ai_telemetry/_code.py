"""What is known of code objects, for as long as they live."""

from _weakref import ref


class ByCode:
    """A value for each code object. By identity: two functions that say the same have equal code.

    An entry goes when its code does, so that a program that decorates functions as it runs keeps none of them alive.
    """

    __slots__ = ("known",)

    def __init__(self):
        #: By the id of the code: a reference to it, and the value. For loops over many frames, which look here
        #: themselves.
        self.known = {}

    def put(self, code, value):
        """Remembers this value of a code object."""
        known, at = self.known, id(code)
        # The weak reference calls this before its code is freed, so that no other code can have the same id yet.
        known[at] = ref(code, lambda _: known.pop(at, None)), value

    def get(self, code):
        """The value; None of code that nobody told of."""
        found = self.known.get(id(code))
        return None if found is None else found[1]

    def __len__(self):
        return len(self.known)
