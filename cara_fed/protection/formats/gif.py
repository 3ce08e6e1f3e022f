"""GIF: screen, colour tables, extensions and images, and what follows the trailer."""

from collections.abc import Iterator
from dataclasses import dataclass

from cara_fed.protection.formats.base import (
    Container,
    Embedded,
    Header,
    cut_off,
    damaged,
    require_parts,
    say_own_block,
    say_rest,
)
from cara_fed.protection.values import Format
from cara_fed.words.speech import _

TRAILER, EXTENSION, IMAGE = 0x3B, 0x21, 0x2C
GRAPHIC_CONTROL, COMMENT, APPLICATION, PLAIN_TEXT = 0xF9, 0xFE, 0xFF, 0x01
XMP_APPLICATION = b"XMP DataXMP"
# Adobe's trailer: wherever a reader that counts sub-blocks lands in the text, it is led to the terminator.
XMP_TRAILER = b"\x01" + bytes(range(255, -1, -1)) + b"\x00"
LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")

_MAX_SUB_BLOCKS = 2_000_000


@dataclass(frozen=True, slots=True)
class Block:
    """One block: ``data[start:end]``; ``label`` is the extension's, or IMAGE; ``body`` where its sub-blocks start."""

    label: int
    start: int
    body: int
    end: int

    def application(self, data: bytes) -> bytes:
        """The eleven letters of an application extension; empty for any other block."""
        is_application = self.label == APPLICATION and data[self.body : self.body + 1] == b"\x0b"
        return data[self.body + 1 : self.body + 12] if is_application else b""

    def joined(self, data: bytes) -> bytes:
        """The content of all sub-blocks."""
        return b"".join(data[start:end] for start, end in _sub_blocks(data, self.body))


def end_of_screen(data: bytes) -> int:
    """Where the blocks start: after the header, the screen and the global colour table."""
    if len(data) < 13:
        raise cut_off()
    return 13 + _table_size(data[10])


def _table_size(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def read_blocks(data: bytes) -> tuple[Block, ...]:
    """All blocks up to the trailer; a missing trailer is forgiven, a block cut in two is not.

    Raises BrokenPicture where the file ends within a block, or has an absurd number of them.
    """
    blocks: list[Block] = []
    position = end_of_screen(data)
    while position < len(data) and data[position] in (EXTENSION, IMAGE):
        blocks.append(_read_block(data, position))
        position = blocks[-1].end
        require_parts(len(blocks))
    return tuple(blocks)


def _read_block(data: bytes, start: int) -> Block:
    if data[start] == EXTENSION:
        label, body = int.from_bytes(data[start + 1 : start + 2], "big"), start + 2
    else:
        flags = int.from_bytes(data[start + 9 : start + 10], "big")
        label, body = IMAGE, start + 10 + _table_size(flags) + 1
    ends = [end for _, end in _sub_blocks(data, body)]
    return Block(label, start, body, (ends[-1] if ends else body) + 1)


def _sub_blocks(data: bytes, position: int) -> Iterator[tuple[int, int]]:
    count = 0
    while True:
        if position >= len(data):
            raise cut_off()
        size = data[position]
        if not size:
            return
        yield position + 1, position + 1 + size
        position += 1 + size
        count += 1
        require_parts(count, _MAX_SUB_BLOCKS)


def read_header(data: bytes) -> Header:
    """The screen's size; images counted; an image that reaches beyond the screen counts with its full reach.

    Raises BrokenPicture where there is no image.
    """
    width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    images = [block for block in read_blocks(data) if block.label == IMAGE]
    if not images:
        raise cut_off()
    reaches = [_reach(data, image) for image in images]
    width, height = max(width, *(x for x, _ in reaches)), max(height, *(y for _, y in reaches))
    if not width or not height:
        raise damaged()
    return Header(width, height, len(images))


def _reach(data: bytes, image: Block) -> tuple[int, int]:
    left, top, width, height = (
        int.from_bytes(data[image.start + at : image.start + at + 2], "little") for at in (1, 3, 5, 7)
    )
    return left + width, top + height


def clean(data: bytes) -> bytes:
    """The same animation with its images, their timing and its number of loops, and nothing else."""
    kept = [data[one.start : one.end] for one in read_blocks(data) if _is_for_decoding(data, one)]
    return data[: end_of_screen(data)] + b"".join(kept) + bytes((TRAILER,))


def _is_for_decoding(data: bytes, block: Block) -> bool:
    return block.label in (IMAGE, GRAPHIC_CONTROL) or block.application(data) in LOOPS


def read_embedded(data: bytes) -> Embedded:
    """Comments, XMP, C2PA and the names of everything else."""
    blocks = read_blocks(data)
    return Embedded(
        xmp=tuple(_read_xmp(data, one) for one in blocks if one.application(data) == XMP_APPLICATION),
        jumbf=b"".join(one.joined(data)[11:] for one in blocks if one.application(data).startswith(b"C2PA_GIF")),
        comments=tuple(one.joined(data).decode("utf-8", "replace") for one in blocks if one.label == COMMENT),
        parts=(*_other_parts(data, blocks), *_after_end(data, blocks)),
    )


def _read_xmp(data: bytes, block: Block) -> bytes:
    # The packet stands as plain text behind the eleven letters, not in sub-blocks.
    return data[block.body + 12 : block.end].removesuffix(XMP_TRAILER)


def _other_parts(data: bytes, blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        name = block.application(data)
        if name and name not in (*LOOPS, XMP_APPLICATION) and not name.startswith(b"C2PA_GIF"):
            yield say_own_block(name.decode("latin-1"))
        elif block.label == PLAIN_TEXT:
            yield _("a text drawn over the picture, which no viewer shows")


def _after_end(data: bytes, blocks: tuple[Block, ...]) -> Iterator[str]:
    end = blocks[-1].end if blocks else end_of_screen(data)
    if data[end : end + 1] == bytes((TRAILER,)) and end + 1 < len(data):
        yield say_rest(len(data) - end - 1)


GIF = Container(Format.GIF, read_header, read_embedded, clean)
