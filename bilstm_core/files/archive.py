"""A ZIP that somebody brings: looked through before anything is unpacked, and unpacked in memory alone, in bounds.

A ZIP is of bytes that anybody can write. So what it says of itself is held against these bounds first, and what is then
unpacked against what it said.
"""

import hashlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping

MAX_FILE = 100_000_000  # bytes of a file that is brought
MAX_UNPACKED = 250_000_000  # bytes of all members together
MAX_MEMBERS = 2_000
MAX_DIRECTORY = 1_000_000  # bytes of a ZIP's list of members: zipfile makes an object of each entry
CHUNK = 2**16
END, END_SIZE = b"PK\x05\x06", 22  # of the record that ends a ZIP without a comment
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
LONGEST_NAME = 200
KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others are unpacked without bounds
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError)
DAY = (1980, 1, 1, 0, 0, 0)  # of all members that are written: the same content gives the same file


class Archive:
    """The members of a ZIP. Nothing of it is ever written to the disk.

    Raises ValueError, with a sentence, for what is no ZIP, breaks a bound, or has a member under a name that could
    lead out of a folder.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_FILE:
            raise ValueError(f"The file has {_mb(len(data))}; at most {_mb(MAX_FILE)} can be brought back.")
        _check_end(data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except BROKEN:
            raise ValueError("The file is a damaged ZIP. Save it again, and bring it unchanged.") from None
        members = self._zip.infolist()
        if len(members) > MAX_MEMBERS:
            raise ValueError(f"The ZIP has {len(members):,} members; at most {MAX_MEMBERS:,} are read.")
        for member in members:
            _check_member(member)
        self.sizes: Mapping[str, int] = {member.filename: member.file_size for member in members}
        if len({name.lower() for name in self.sizes}) < len(members):
            raise ValueError("The ZIP has two members of one name.")
        total = sum(self.sizes.values())
        if total > MAX_UNPACKED:
            raise ValueError(f"The ZIP would unpack to {_mb(total)}; at most {_mb(MAX_UNPACKED)} are unpacked.")

    def read(self, name: str) -> bytes:
        """A member's content. Raises ValueError, with a sentence, if it is not there, or unpacks to other than said."""
        return b"".join(self._chunks(name))

    def sha256(self, name: str) -> str:
        """The hash of a member's content, in hex; raises as `read`, and keeps no more of it than a chunk."""
        hashed = hashlib.sha256()
        for chunk in self._chunks(name):
            hashed.update(chunk)
        return hashed.hexdigest()

    def _chunks(self, name: str) -> Iterator[bytes]:
        if name not in self.sizes:
            raise ValueError(f"The file has no {name}, which it needs. Bring it as it was saved.")
        size = 0
        try:
            with self._zip.open(name) as member:
                while chunk := member.read(CHUNK):
                    size += len(chunk)
                    if size > self.sizes[name]:
                        break
                    yield chunk
        except BROKEN:
            size = -1
        if size != self.sizes[name]:
            raise ValueError(
                f"{name} does not unpack to what the ZIP says of it: the file is damaged, or was tampered with."
            )


def packed(members: Mapping[str, bytes]) -> bytes:
    """A ZIP of these members, in their order; equal members give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name, DAY)
            member.external_attr = 0o644 << 16
            is_packed = name.endswith((".npz", ".parquet"))
            member.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return buffer.getvalue()


def _check_end(data: bytes) -> None:
    """Look at the record that ends a ZIP before zipfile does, which reads the whole list of members at once."""
    if not data.startswith(b"PK\x03\x04"):
        raise ValueError("The file is no ZIP and no .keras file. Bring one that this program has saved.")
    end = data[-END_SIZE:]
    if len(end) < END_SIZE or not end.startswith(END) or data[-END_SIZE - 20 : -END_SIZE - 16] == b"PK\x06\x07":
        raise ValueError(
            "The ZIP is cut off, or has an end that is not read here. Save it again, and bring it unchanged."
        )
    directory = struct.unpack("<I", end[12:16])[0]
    if directory > MAX_DIRECTORY:
        raise ValueError(f"The ZIP's list of members has {_mb(directory)}; at most {_mb(MAX_DIRECTORY)} are read.")


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.orig_filename
    if len(name) > LONGEST_NAME or not NAME.fullmatch(name):
        raise ValueError(
            f"The ZIP has a member named {name[:60]!a}. Names of letters, digits and . _ - are read, in folders,"
            " and none that leads out of them."
        )
    if member.flag_bits & 1 or member.compress_type not in KINDS:
        raise ValueError(f"{name} is encrypted, or packed in a way that is not read here. Save the file again.")


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
