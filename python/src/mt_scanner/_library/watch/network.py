"""Filesystems that do not tell what others change in them."""

import os
import struct
import sys

NAMES = ("9p", "afs", "ceph", "cifs", "coda", "davfs", "fuse", "fuseblk", "gfs2", "glusterfs", "lustre", "ncpfs")
MORE = ("nfs", "nfs4", "smb3", "smbfs", "virtiofs", "vboxsf", "vmhgfs")
MACOS = ("afpfs", "cifs", "ftp", "macfuse", "nfs", "osxfuse", "smbfs", "webdav")
"""On macOS those that may say that they are stored locally, and are not."""
SHARE = "a network share"
MOUNTS = "/proc/self/mountinfo"
MNT_LOCAL = 0x1000
"""`sys/mount.h`: the filesystem is stored locally."""
DRIVE_REMOTE = 4
"""`winbase.h`: a drive on the network."""


def filesystem(root: str) -> str | None:
    """The name of the network filesystem that a folder is on; `None` if it is none, or nobody
    knows.

    FUSE is among them: behind it are sshfs, rclone and the like, and the kernel sees only what is
    changed through this mount.
    """
    real = os.path.realpath(root)
    if sys.platform == "win32":
        name = SHARE if is_share(real) or is_remote_drive(real) else None
    elif sys.platform == "darwin":
        name = remote(described(real))
    else:
        kind = mounted(real)
        name = kind if kind is not None and kind.partition(".")[0] in NAMES + MORE else None
    return name


def mounted(path: str) -> str | None:
    """The kind of the filesystem at a path, on Linux."""
    best, name = -1, None
    try:
        with open(MOUNTS, encoding="utf-8", errors="surrogateescape") as mounts:
            for line in mounts:
                # The last of those on one mount point is the one that shows.
                before, _, after = line.partition(" - ")
                point = unescaped(before.split(" ")[4])
                inside = point == "/" or path == point or path.startswith(point + "/")
                if inside and len(point) >= best:
                    best, name = len(point), after.split(" ")[0]
    except (OSError, IndexError):
        return None
    return name


def unescaped(text: str) -> str:
    """A mount point, in which the kernel writes spaces and the like as octal numbers."""
    for number in ("040", "011", "012", "134"):
        text = text.replace("\\" + number, chr(int(number, 8)))
    return text


def described(path: str) -> bytes:
    """The answer of macOS's statfs(2) for the filesystem at a path; empty if it fails."""
    import ctypes

    system = ctypes.CDLL(None)
    try:
        # On Intel the plain name is that of a function with an older answer.
        statfs = system["statfs$INODE64"]
    except AttributeError:
        statfs = system["statfs"]
    # The answer has 2168 bytes.
    answer = ctypes.create_string_buffer(4096)
    return answer.raw if statfs(os.fsencode(path), answer) == 0 else b""


def remote(answer: bytes) -> str | None:
    """The name of a filesystem, from the answer of statfs(2) of macOS, if it is on the network."""
    if not answer:
        return None
    # `sys/mount.h`, with inode numbers of 64 bits.
    flags, _subtype, kind = struct.unpack_from("=II16s", answer, 64)
    name = str(kind.partition(b"\0")[0], "utf-8", "replace")
    return name if name in MACOS or not flags & MNT_LOCAL else None


def is_share(path: str) -> bool:
    r"""Whether an absolute path of Windows is on a share: `\\server\share` or
    `\\?\UNC\server\share`, not `\\?\C:`.
    """
    if path.startswith(("\\\\?\\", "\\\\.\\")):
        return path[4:8].upper() == "UNC\\"
    return path.startswith("\\\\")


if sys.platform == "win32":

    def is_remote_drive(path: str) -> bool:
        """Whether a path begins with the letter of a network drive."""
        import ctypes

        drive = path.removeprefix("\\\\?\\")[:2]
        return drive[1:] == ":" and ctypes.windll.kernel32.GetDriveTypeW(drive + "\\") == DRIVE_REMOTE
