//! Filesystems that do not tell what others change in them.

use std::path::Path;

/// The name of the network filesystem that a folder is on; `None` if it is none, or nobody knows. `real`: links followed.
pub(super) fn filesystem(real: &Path) -> Option<String> {
    imp::filesystem(real)
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

    pub fn filesystem(real: &Path) -> Option<String> {
        // The type of the field differs from platform to platform; the numbers have 32 bits.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let number = rustix::fs::statfs(real).ok()?.f_type as u32;
        TYPES.iter().find(|&&(of, _)| of == number).map(|&(_, name)| name.to_owned())
    }
}

/// What macOS says of a mount, judged. Its tests run everywhere.
#[cfg(any(target_os = "macos", test))]
mod mount {
    /// `sys/mount.h`: the filesystem is stored locally.
    const LOCAL: u32 = 0x1000;
    /// Those that may say so and are not. Behind FUSE are sshfs, rclone and the like.
    const TYPES: [&str; 8] = ["afpfs", "cifs", "ftp", "macfuse", "nfs", "osxfuse", "smbfs", "webdav"];

    /// Whether a filesystem of this type, mounted with these flags (statfs(2)), is on the network.
    pub fn is_remote(kind: &str, flags: u32) -> bool {
        flags & LOCAL == 0 || TYPES.contains(&kind)
    }

    #[cfg(test)]
    mod tests {
        use super::is_remote;

        #[test]
        fn what_is_not_stored_locally_is_remote_and_so_is_what_is_known_to_be() {
            let read_only = 1;
            for kind in ["smbfs", "nfs", "afpfs", "webdav", "ftp", "something new"] {
                assert!(is_remote(kind, read_only), "{kind}");
            }
            assert!(is_remote("macfuse", 0x1000) && is_remote("smbfs", 0x1000));
            for kind in ["apfs", "hfs", "msdos", "exfat", "ntfs", "lifs"] {
                assert!(!is_remote(kind, 0x1000 | read_only), "{kind}");
            }
        }
    }
}

#[cfg(target_os = "macos")]
mod imp {
    use std::ffi::CStr;
    use std::path::Path;

    use super::mount::is_remote;

    pub fn filesystem(real: &Path) -> Option<String> {
        let mount = rustix::fs::statfs(real).ok()?;
        let kind = mount.f_fstypename.map(|byte| byte as u8);
        let kind = CStr::from_bytes_until_nul(&kind).ok()?.to_string_lossy();
        is_remote(&kind, mount.f_flags).then(|| kind.into_owned())
    }
}

#[cfg(windows)]
mod imp {
    use std::path::{Component, Path, Prefix};

    use windows_sys::Win32::Storage::FileSystem::GetDriveTypeW;

    /// `winbase.h`: a drive on the network.
    const DRIVE_REMOTE: u32 = 4;

    pub fn filesystem(real: &Path) -> Option<String> {
        let Some(Component::Prefix(prefix)) = real.components().next() else { return None };
        let is_remote = match prefix.kind() {
            Prefix::UNC(..) | Prefix::VerbatimUNC(..) => true,
            Prefix::Disk(letter) | Prefix::VerbatimDisk(letter) => drive_type(letter) == DRIVE_REMOTE,
            _ => false,
        };
        is_remote.then(|| "a network share".to_owned())
    }

    fn drive_type(letter: u8) -> u32 {
        let root = [u16::from(letter), u16::from(b':'), u16::from(b'\\'), 0];
        // SAFETY: the name ends with a zero, and is only read.
        unsafe { GetDriveTypeW(root.as_ptr()) }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_share_is_remote_and_the_system_s_own_drive_is_not() {
            for share in [r"\\nas\music", r"\\nas\music\Artist", r"\\?\UNC\nas\music", "//nas/music"] {
                assert!(filesystem(Path::new(share)).is_some(), "{share}");
            }
            let system = std::env::var("SystemDrive").unwrap_or_else(|_| "C:".to_owned());
            for local in [format!(r"{system}\Music"), format!(r"\\?\{system}\Music"), "Music".to_owned()] {
                assert_eq!(filesystem(Path::new(&local)), None, "{local}");
            }
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
mod imp {
    use std::path::Path;

    pub fn filesystem(_: &Path) -> Option<String> {
        None
    }
}
