//! Filesystems that do not tell what others change in them.

use std::path::Path;

/// The name of the network filesystem that a folder is on; `None` if it is none, or nobody knows.
pub(super) fn filesystem(root: &Path) -> Option<&'static str> {
    imp::filesystem(root)
}

#[cfg(target_os = "linux")]
mod imp {
    use std::path::Path;

    /// By the numbers of `linux/magic.h` and statfs(2). FUSE is among them: behind it are sshfs, rclone and the like, and the kernel sees
    /// only what is changed through this mount.
    const TYPES: [(u32, &str); 13] = [
        (0x6969, "NFS"),
        (0x517b, "SMB"),
        (0xff53_4d42, "CIFS"),
        (0xfe53_4d42, "SMB 2"),
        (0x6573_5546, "FUSE"),
        (0x0102_1997, "9p"),
        (0x00c3_6400, "Ceph"),
        (0x5346_414f, "AFS"),
        (0x6b41_4653, "AFS"),
        (0x7375_7245, "Coda"),
        (0x564c, "NCP"),
        (0x0bd0_0bd0, "Lustre"),
        (0x0116_1970, "GFS2"),
    ];

    pub fn filesystem(root: &Path) -> Option<&'static str> {
        // The type of the field differs from platform to platform; the numbers have 32 bits.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let number = rustix::fs::statfs(root).ok()?.f_type as u32;
        TYPES.iter().find(|&&(of, _)| of == number).map(|&(_, name)| name)
    }
}

#[cfg(windows)]
mod imp {
    use std::path::{Component, Path, Prefix};

    pub fn filesystem(root: &Path) -> Option<&'static str> {
        match root.components().next() {
            Some(Component::Prefix(prefix)) if matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..)) => {
                Some("a network share")
            }
            _ => None,
        }
    }
}

#[cfg(not(any(target_os = "linux", windows)))]
mod imp {
    use std::path::Path;

    pub fn filesystem(_: &Path) -> Option<&'static str> {
        None
    }
}
