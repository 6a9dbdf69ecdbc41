//! Filesystems that do not tell what others change in them.

use std::path::Path;

/// The name of the network filesystem that a folder is on; `None` if it is none, or the system does
/// not tell. `real` is the path with its links followed.
pub(super) fn filesystem(real: &Path) -> Option<String> {
    imp::filesystem(real)
}

#[cfg(target_os = "linux")]
mod imp {
    use std::path::Path;

    use super::mountinfo;

    /// The mounts that this process sees: proc_pid_mountinfo(5).
    const MOUNTS: &str = "/proc/self/mountinfo";

    pub fn filesystem(real: &Path) -> Option<String> {
        mountinfo::remote(&std::fs::read(MOUNTS).ok()?, real)
    }
}

/// The mounts of Linux.
#[cfg(any(target_os = "linux", all(test, unix)))]
mod mountinfo {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;
    use std::path::{Path, PathBuf};

    /// Filesystems whose files others may change unseen: the kernel tells only of changes through
    /// this mount. Behind FUSE are sshfs, rclone and the like; `vboxsf`, `vmhgfs`, `virtiofs` and
    /// `9p` are folders of the machine around a virtual one. The Python host has the same list.
    const TYPES: [&str; 19] = [
        "9p",
        "afs",
        "ceph",
        "cifs",
        "coda",
        "davfs",
        "fuse",
        "fuseblk",
        "gfs2",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
        "virtiofs",
        "vboxsf",
        "vmhgfs",
    ];

    /// The type of the filesystem at a path if it is one of those; `None` also where the text does
    /// not say.
    pub fn remote(mounts: &[u8], path: &Path) -> Option<String> {
        let lines = mounts.split(|&byte| byte == b'\n').filter_map(mount);
        // Of several on one mount point the last one shows.
        let (_, kind) = lines.filter(|(point, _)| path.starts_with(point)).max_by_key(|(point, _)| depth(point))?;
        let family = kind.split('.').next().unwrap_or_default();
        TYPES.contains(&family).then_some(kind)
    }

    /// The mount point and the type of the filesystem of a line: the fifth field, and the first
    /// after the separator.
    fn mount(line: &[u8]) -> Option<(PathBuf, String)> {
        let mut fields = line.split(|&byte| byte == b' ');
        let point = unescaped(fields.nth(4)?);
        let kind = fields.skip_while(|&field| field != b"-").nth(1)?;
        Some((OsString::from_vec(point).into(), String::from_utf8_lossy(kind).into_owned()))
    }

    fn depth(point: &Path) -> usize {
        point.components().count()
    }

    /// The bytes of a field, in which the kernel writes blanks and `\` as three octal digits.
    fn unescaped(field: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(field.len());
        let mut rest = field;
        while let [first, after @ ..] = rest {
            let digits = after.get(..3).filter(|_| *first == b'\\').and_then(|digits| str::from_utf8(digits).ok());
            match digits.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
                Some(byte) => {
                    bytes.push(byte);
                    rest = &after[3..];
                }
                None => {
                    bytes.push(*first);
                    rest = after;
                }
            }
        }
        bytes
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        /// Lines as a system with a share inside of a share has them.
        const MOUNTS: &str = "\
22 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw
30 22 0:26 / /proc rw - proc proc rw
41 22 0:50 / /media/My\\040Music rw shared:7 master:2 - nfs4 nas:/music rw,vers=4.2
42 41 259:3 / /media/My\\040Music/local rw - btrfs /dev/nvme0n1p3 rw
43 22 0:51 / /mnt/vm rw - vboxsf Music rw
44 22 0:52 / /mnt/cloud rw - fuse.rclone remote: rw
45 22 0:53 / /mnt/twice rw - ext4 /dev/sdb1 rw
46 45 0:54 / /mnt/twice rw - cifs //nas/music rw
47 22 0:55 / /mnt/hgfs rw - vmhgfs .host:/ rw
";

        fn kind(path: &str) -> Option<String> {
            remote(MOUNTS.as_bytes(), Path::new(path))
        }

        #[test]
        fn the_nearest_mount_above_a_folder_tells_its_filesystem() {
            assert_eq!(kind("/home/me/Music"), None);
            assert_eq!(kind("/media/My Music/Artist").as_deref(), Some("nfs4"));
            assert_eq!(kind("/media/My Music/local/Artist"), None);
            assert_eq!(kind("/media/My Music 2"), None);
            assert_eq!(kind("/mnt/vm").as_deref(), Some("vboxsf"));
            assert_eq!(kind("/mnt/hgfs/Music").as_deref(), Some("vmhgfs"));
            assert_eq!(kind("/mnt/vmware"), None);
        }

        #[test]
        fn the_later_of_two_mounts_on_one_folder_is_the_one_that_shows() {
            assert_eq!(kind("/mnt/twice/a").as_deref(), Some("cifs"));
        }

        #[test]
        fn a_type_of_fuse_is_told_with_its_name() {
            assert_eq!(kind("/mnt/cloud/a").as_deref(), Some("fuse.rclone"));
        }

        #[test]
        fn a_text_that_says_nothing_is_no_answer() {
            for text in ["", "\n", "22 1 259:2 / /", "22 1 259:2 / / rw - "] {
                assert_eq!(remote(text.as_bytes(), Path::new("/")), None, "{text}");
            }
        }
    }
}

/// The mounts of macOS. The tests run everywhere.
#[cfg(any(target_os = "macos", test))]
mod mount {
    /// `sys/mount.h`: the filesystem is stored locally.
    const LOCAL: u32 = 0x1000;
    /// Network filesystems that may say that they are stored locally. Behind FUSE are sshfs, rclone
    /// and the like.
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
#[allow(unsafe_code, reason = "Rust has no safe call for the type of a drive")]
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
