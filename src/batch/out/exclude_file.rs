//! Writes a file of excluded phones.

use std::io::{self, Write};
use std::path::Path;

use crate::batch::error::at;
use crate::batch::excluded::ExcludeFile;
use crate::batch::out::outdir::{PartFile, sync_directory};

/// Writes a file of excluded phones. A file of that name is whole; if anything fails, there is none,
/// or the one that was there.
///
/// # Errors
/// `AlreadyExists` if the file exists and is not to be replaced; other errors of the system.
pub fn write_exclude_file(file: &ExcludeFile, path: &Path, overwrite: bool) -> io::Result<()> {
    let refuse_to_replace = || match !overwrite && path.symlink_metadata().is_ok() {
        true => Err(at(path)(io::Error::from(io::ErrorKind::AlreadyExists))),
        false => Ok(()),
    };
    refuse_to_replace()?;
    let mut part = PartFile::beside(path)?;
    file.write(&mut part)?;
    part.flush()?;
    refuse_to_replace()?;
    let directory = part.directory().to_owned();
    part.finish()?;
    sync_directory(&directory)
}
