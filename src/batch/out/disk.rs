//! Puts many files of one file system on the disk by one call.
//!
//! A list with a job a body has as many files as jobs, and to sync one takes longer than all else
//! about it. `syncfs` of Linux takes about as long for many small files as `fsync` does for one. It also
//! writes what other programs have changed on the same file system, so it is for small files only.
//!
//! It is used if it promises as much as `fsync`: on file systems that keep their data on a disk of this
//! machine. One that hands its files to another program or over the network may answer before they
//! are kept there. And before Linux 5.8 it does not report that a file could not be written.

use std::fs::File;
use std::io;

/// Puts all files of the file system of this file on the disk; `None` if each has to be synced by
/// itself. An error is that of any file that was written while this one was open.
#[cfg(target_os = "linux")]
pub(super) fn sync_file_system(of: &File) -> Option<io::Result<()>> {
    use rustix::fs::{fstatfs, syncfs};
    use rustix::io::retry_on_intr;
    use std::sync::LazyLock;

    static REPORTS_ERRORS: LazyLock<bool> = LazyLock::new(|| {
        let system = rustix::system::uname();
        reports_errors(&system.release().to_string_lossy())
    });
    let kind = fstatfs(of).ok()?.f_type as u64;
    if !ON_A_DISK.contains(&kind) || !*REPORTS_ERRORS {
        return None;
    }
    Some(retry_on_intr(|| syncfs(of)).map_err(io::Error::from))
}

#[cfg(not(target_os = "linux"))]
pub(super) fn sync_file_system(_: &File) -> Option<io::Result<()>> {
    None
}

/// File systems by the numbers of `statfs`: ext2 to ext4, XFS, Btrfs and F2FS.
#[cfg(target_os = "linux")]
const ON_A_DISK: [u64; 4] = [0xEF53, 0x5846_5342, 0x9123_683E, 0xF2F5_2010];

/// Whether `syncfs` of this release of Linux reports what could not be written.
#[cfg(target_os = "linux")]
fn reports_errors(release: &str) -> bool {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit());
    let mut number = || numbers.next().and_then(|number| number.parse::<u32>().ok());
    number().zip(number()) >= Some((5, 8))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn errors_are_reported_since_linux_5_8() {
        for (release, reports) in [
            ("5.8.0", true),
            ("5.10.0-8-amd64", true),
            ("6.1", true),
            ("10.0.0", true),
            ("5.7.19-generic", false),
            ("4.18.0-553.el8", false),
            ("3.10.0", false),
            ("unknown", false),
            ("", false),
        ] {
            assert_eq!(reports_errors(release), reports, "{release}");
        }
    }
}
