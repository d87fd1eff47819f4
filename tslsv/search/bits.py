"""Sets of ordinals as whole numbers: bit ``i`` from the left of the sequence is ordinal ``i``.

PostgreSQL counts the bits of a ``bit varying`` from the left, so a chunk's bytes, in order, are
a big-endian number. Python's own whole numbers then do AND, OR and counting in one step each.
"""

from collections.abc import Iterable

from tslsv.search.models import CHUNK_BITS

CHUNK_BYTES = CHUNK_BITS // 8


def chunks_of(ordinals: Iterable[int]) -> dict[int, bytearray]:
    """Ordinals as the bytes of each chunk they fall into."""
    chunks: dict[int, bytearray] = {}
    for ordinal in ordinals:
        chunk, bit = divmod(ordinal, CHUNK_BITS)
        found = chunks.get(chunk)
        if found is None:
            found = chunks[chunk] = bytearray(CHUNK_BYTES)
        found[bit >> 3] |= 128 >> (bit & 7)
    return chunks


class OrdinalSet:
    """An immutable set of ordinals below ``size``."""

    __slots__ = ("_number", "size")

    def __init__(self, number: int, size: int) -> None:
        self._number = number
        self.size = size

    @classmethod
    def from_chunks(cls, chunks: dict[int, bytes], count: int) -> "OrdinalSet":
        """From the bytes of some chunks, of ``count`` chunks in all; missing ones are empty."""
        empty = bytes(CHUNK_BYTES)
        data = b"".join(chunks.get(chunk, empty) for chunk in range(count))
        return cls(int.from_bytes(data), count * CHUNK_BITS)

    @classmethod
    def from_ordinals(cls, ordinals: Iterable[int], count: int) -> "OrdinalSet":
        return cls.from_chunks({k: bytes(v) for k, v in chunks_of(ordinals).items()}, count)

    def __and__(self, other: "OrdinalSet") -> "OrdinalSet":
        return OrdinalSet(self._number & other._number, self.size)

    def __or__(self, other: "OrdinalSet") -> "OrdinalSet":
        return OrdinalSet(self._number | other._number, self.size)

    def __sub__(self, other: "OrdinalSet") -> "OrdinalSet":
        return OrdinalSet(self._number & ~other._number, self.size)

    def __len__(self) -> int:
        return self._number.bit_count()

    def __bool__(self) -> bool:
        return self._number != 0

    def below(self, ordinal: int) -> "OrdinalSet":
        """Only the ordinals smaller than the one given."""
        drop = max(self.size - ordinal, 0)
        return OrdinalSet(self._number >> drop << drop, self.size)

    def ordinals(self, limit: int | None = None) -> list[int]:
        """The ordinals in ascending order, the first ``limit`` of them."""
        found: list[int] = []
        data = self._number.to_bytes(self.size // 8)
        for position, byte in enumerate(data):
            if byte:
                start = position << 3
                found.extend(start + offset for offset in _OFFSETS[byte])
                if limit is not None and len(found) >= limit:
                    return found[:limit]
        return found

    def hexadecimal(self) -> str:
        """As PostgreSQL reads it: ``('x' || …)::bit varying``."""
        return "x" + self._number.to_bytes(self.size // 8).hex()

    def groups(self, ends: "OrdinalSet") -> int:
        """How many runs have at least one member; ``ends`` holds the last ordinal of each run.

        Adding one to every run's bits carries into its last place exactly when a bit before it is
        set: one addition of long numbers instead of a look at every run. ``ends`` must hold the
        last ordinal of every run that has a member.
        """
        # From the left, a run's last ordinal is its lowest bit; turned round, the carry runs up.
        members = _reversed(self._number, self.size)
        tops = _reversed(ends._number, self.size)
        fill = ((1 << self.size) - 1) ^ tops
        return ((((members & fill) + fill) | members) & tops).bit_count()


_OFFSETS = tuple(tuple(bit for bit in range(8) if byte & (128 >> bit)) for byte in range(256))
_MIRROR = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _reversed(number: int, size: int) -> int:
    """The number with its ``size`` bits in the opposite order (mirrored bytes, read backwards)."""
    return int.from_bytes(number.to_bytes(size // 8).translate(_MIRROR), "little")
