"""What the actions of the disk, the bitmap and the guest are in a message-sequence picture, beside those of the protocol."""

from __future__ import annotations

from collections.abc import Mapping

from hopcheck.model.domain.protocol import messages as protocol
from hopcheck.model.domain.protocol.messages import Lane, Message
from hopcheck.model.domain.protocol.selection import Control
from hopcheck.model.language import Value

_SQ, _DQ = Lane.SOURCE_QEMU, Lane.DESTINATION_QEMU

BETWEEN: Mapping[str, Message] = {
    "guest_writes": Message(_SQ, _SQ, "guest writes"),
    "guest_flushes": Message(_SQ, _SQ, "guest flushes"),
    "online_resize": Message(_SQ, _SQ, "image grows"),
    "source_writes_on": Message(_SQ, _SQ, "guest writes on"),
    "source_host_writes_back": Message(_SQ, _SQ, "host writes back"),
    "nfs_server_shows_writes": Message(_DQ, _DQ, "server shows the writes"),
    "destination_reads_early": Message(_DQ, _DQ, "reads the image early"),
    "third_reader_reads": Message(_DQ, _DQ, "its host reads the image"),
    "third_reader_maps": Message(_DQ, _DQ, "its host maps the image"),
    "mirror_ends": Message(_SQ, _DQ, "last of the disk's copy"),
    "load_start": Message(_SQ, _DQ, "start of the bitmap"),
    "send_bits": Message(_SQ, _DQ, "bits of bitmaps, if any"),
    "load_bits": Message(_DQ, _DQ, "loads the bitmap"),
    "load_end": Message(_DQ, _DQ, "has loaded everything"),
    "destination_reads": Message(_DQ, _DQ, "guest reads"),
    "destination_writes": Message(_DQ, _DQ, "guest writes"),
}
"""By the action's name: what happens between the protocol's steps."""


def message(action: str, arguments: Mapping[str, Value], control: Control) -> Message:
    """The message of an action of the migration model, or of the protocol alone.

    Raises ``KeyError`` for an action that is none of them.
    """
    return BETWEEN.get(action) or protocol.message(action, arguments, control)
