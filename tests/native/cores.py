"""Reads cores: which files were mapped, and where the crashing thread was."""

import struct
from pathlib import Path

PRSTATUS, FILE = 1, 0x46494C45
# Where the program counter is in the note of a thread, by the core's machine: x86-64 and aarch64.
COUNTER = {62: 240, 183: 368}


def notes(core):
    """The machine, and kind and content of every note."""
    with core.open("rb") as file:
        header = file.read(64)
        (machine,), (table,) = struct.unpack_from("<H", header, 18), struct.unpack_from("<Q", header, 32)
        size, count = struct.unpack_from("<HH", header, 54)
        file.seek(table)
        segments = [struct.unpack("<IIQQQQQQ", file.read(size)) for _ in range(count)]
        (offset, length), = [(s[2], s[5]) for s in segments if s[0] == 4]
        file.seek(offset)
        content = file.read(length)
    at, found = 0, []
    while at < len(content):
        name, size, kind = struct.unpack_from("<III", content, at)
        begin = at + 12 + (name + 3 & ~3)
        found.append((kind, content[begin:begin + size]))
        at = begin + (size + 3 & ~3)
    return machine, found


def mapped(core):
    """Start and end of every file's mappings, where its first one begins, and its name."""
    note = next(content for kind, content in notes(core)[1] if kind == FILE)
    count, _ = struct.unpack_from("<QQ", note)
    spans = [struct.unpack_from("<QQQ", note, 16 + 24 * i) for i in range(count)]
    names = note[16 + 24 * count:].split(b"\0")
    first = {}
    for (start, _, _), path in zip(spans, names):
        first.setdefault(path, start)
    return [(s, e, first[path], Path(path.decode()).name) for (s, e, _), path in zip(spans, names)]


def relative(address, mappings):
    """The file's name and the address relative to where it begins; None where no file is mapped."""
    for start, end, base, name in mappings:
        if start <= address < end:
            return (name, address - base)
    return None


def innermost(core):
    """Where the thread was that crashed. The kernel writes that thread first."""
    machine, found = notes(core)
    status = next(content for kind, content in found if kind == PRSTATUS)
    (address,) = struct.unpack_from("<Q", status, COUNTER[machine])
    return relative(address, mapped(core))
