"""Filesystems that do not tell what others change in them."""

import os
import sys

NAMES = ("9p", "afs", "ceph", "cifs", "coda", "davfs", "fuse", "fuseblk", "gfs2", "glusterfs", "lustre", "ncpfs")
MORE = ("nfs", "nfs4", "smb3", "smbfs", "virtiofs", "vboxsf", "vmhgfs")
MOUNTS = "/proc/self/mountinfo"


def filesystem(root: str) -> str | None:
    """The name of the network filesystem that a folder is on; `None` if it is none, or nobody knows.

    FUSE is among them: behind it are sshfs, rclone and the like, and the kernel sees only what is changed through this
    mount.
    """
    if sys.platform == "win32":
        return "a network share" if os.path.realpath(root).startswith("\\\\") else None
    name = mounted(os.path.realpath(root))
    return name if name is not None and name.partition(".")[0] in NAMES + MORE else None


def mounted(path: str) -> str | None:
    """What kind of filesystem is at a path, on Linux."""
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
