"""Sets of ordinals as whole numbers: bit ``i`` from the left of the sequence is ordinal ``i``.

PostgreSQL counts the bits of a ``bit varying`` from the left, so a chunk's bytes, in order, are
a big-endian number. Python's own whole numbers then do AND, OR and counting in one step each.
"""

from collections.abc import Collection, Iterator

from tslsv.search.models import CHUNK_BITS

CHUNK_BYTES = CHUNK_BITS // 8


FEW = 1_000
"""Up to so many ordinals are set bit by bit; a longer list is written out as noughts and ones."""


def chunks_of(ordinals: Collection[int]) -> dict[int, bytes]:
    """Ordinals as the bytes of each chunk they fall into."""
    if len(ordinals) <= FEW:
        chunks: dict[int, bytearray] = {}
        for ordinal in ordinals:
            chunk, bit = divmod(ordinal, CHUNK_BITS)
            found = chunks.get(chunk)
            if found is None:
                found = chunks[chunk] = bytearray(CHUNK_BYTES)
            found[bit >> 3] |= 128 >> (bit & 7)
        return {chunk: bytes(found) for chunk, found in chunks.items()}
    digits = _digits(ordinals)
    data = int(digits, 2).to_bytes(len(digits) // 8)
    pieces = {i // CHUNK_BYTES: data[i : i + CHUNK_BYTES] for i in range(0, len(data), CHUNK_BYTES)}
    return {chunk: piece for chunk, piece in pieces.items() if any(piece)}


def _digits(ordinals: Collection[int]) -> bytearray:
    """A one for each of the ordinals, noughts between, in whole chunks.

    How many chunks it takes is tried: finding the largest ordinal first takes as long as all this.
    """
    count = len(ordinals) // CHUNK_BITS + 1
    while True:
        digits = bytearray(b"0") * (count * CHUNK_BITS)
        try:
            for ordinal in ordinals:
                digits[ordinal] = 49
        except IndexError:
            count *= 2
        else:
            return digits


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
    def from_ordinals(cls, ordinals: Collection[int], count: int) -> "OrdinalSet":
        return cls.from_chunks(chunks_of(ordinals), count)

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

    def __iter__(self) -> Iterator[int]:
        """The ordinals in ascending order."""
        for position, byte in enumerate(self._number.to_bytes(self.size // 8)):
            if byte:
                start = position << 3
                for offset in _OFFSETS[byte]:
                    yield start + offset

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
