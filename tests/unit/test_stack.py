# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The programs fit the stack that the kernel has for them: 512 bytes for all functions of a chain of
calls, each rounded up to 32, and no more than 8 of them (kernel/bpf/verifier.c,
check_max_stack_depth(), 5.10). A kernel counts what it reaches, with the constants that the loader
has set, and this all that is there: so only the objects for the oldest kernels are held to it, which
reach the most."""
import struct
import unittest
from collections import defaultdict
from pathlib import Path

BUILD = Path(__file__).resolve().parents[2] / "build/bpf/hooks"
STACK, FRAMES = 512, 8

R_BPF_64_32 = 10  # a call
MOVE, ADD = 0xbf, 0x07  # BPF_ALU64 | BPF_MOV | BPF_X, BPF_ALU64 | BPF_ADD | BPF_K
CALL = 0x85
LOADS, STORES = 0x61, (0x62, 0x63)  # without their sizes
FRAME = 10  # r10


class Object:
    """An ELF file of BPF programs: its functions, what each has on the stack, and whom it calls."""

    def __init__(self, path):
        self.data = path.read_bytes()
        start, = struct.unpack_from("<Q", self.data, 0x28)
        size, count = struct.unpack_from("<HH", self.data, 0x3a)
        self.sections = [struct.unpack_from("<IIQQQQIIQQ", self.data, start + i * size)
                         for i in range(count)]
        self.symbols = self.read_symbols()
        self.frames, self.calls = {}, defaultdict(set)
        for name, section, at, length in self.functions():
            self.read_function(name, section, at, length)

    def content(self, section):
        return self.data[section[4]:section[4] + section[5]]

    def read_symbols(self):
        table = next(s for s in self.sections if s[1] == 2)  # SHT_SYMTAB
        names, found = self.content(self.sections[table[6]]), []
        for name, info, _, section, value, size in struct.iter_unpack("<IBBHQQ", self.content(table)):
            text = names[name:names.index(b"\0", name)].decode()
            found.append((text, info, section, value, size))
        return found

    def functions(self):
        return [(name, section, value, size) for name, info, section, value, size in self.symbols
                if info & 0xf == 2]  # STT_FUNC

    def targets(self, section):
        """By the offset of a call, the function that it is to."""
        found = {}
        for s in self.sections:
            if s[1] != 9 or s[7] != section:  # SHT_REL, of that section
                continue
            for at, info in struct.iter_unpack("<QQ", self.content(s)):
                name, kind, where, value, _ = self.symbols[info >> 32]
                if info & 0xffffffff == R_BPF_64_32:
                    found[at] = name if kind & 0xf == 2 else (where, value)
        return found

    def read_function(self, name, section, start, length):
        code, deepest, moved = self.content(self.sections[section]), 0, None
        targets = self.targets(section)
        for at in range(start, start + length, 8):
            op, registers, offset, number = struct.unpack_from("<BBhi", code, at)
            to, source = registers & 0xf, registers >> 4
            base = source if op & 0xe7 == LOADS else to if op & 0xe7 in STORES else None
            if base == FRAME:
                deepest = max(deepest, -offset)
            if op == ADD and to == moved:
                deepest = max(deepest, -number)
            moved = to if op == MOVE and source == FRAME else None
            if op == CALL and source == 1:
                self.calls[name].add(self.called(targets.get(at), section, at, number))
        self.frames[name] = (max(deepest, 1) + 31) // 32 * 32

    def called(self, target, section, at, number):
        """A call to a function of the same section may be told by its distance alone."""
        if isinstance(target, str):
            return target
        where, value = (section, at) if target is None else target
        value += (number + 1) * 8
        return next(name for name, of, begin, _ in self.functions() if (of, begin) == (where, value))

    def deepest(self, name):
        """The chain of calls from a function that takes the most: bytes, names."""
        below = max((self.deepest(called) for called in self.calls[name]), default=(0, []))
        return self.frames[name] + below[0], [name, *below[1]]


class Stack(unittest.TestCase):
    def check(self, path):
        found = Object(BUILD / path)
        self.assertGreater(len(found.frames), 50)
        for name in found.frames:
            size, chain = found.deepest(name)
            self.assertLessEqual(size, STACK, " > ".join(chain))
            self.assertLessEqual(len(chain), FRAMES, " > ".join(chain))

    def test_chains_of_calls_fit(self):
        self.check("wakelab_old.o")

    def test_also_where_events_are_told(self):
        self.check("wakelab_old_events.o")


if __name__ == "__main__":
    unittest.main()
