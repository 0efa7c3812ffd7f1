//! The journal of the program that sends bodies: a line before each request and a line after it. Each
//! is on the disk before the next step is taken.
//!
//! A crash can tear the last line only, because the one before it was on the disk before. A torn line
//! is cut off: the request that it announces had not begun, and the answer that it records is asked
//! for again with the same key. What the lines say is the sender's matter.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;

use crate::batch::error::at;
use crate::batch::out::outdir::{OutDirRefusal, SENDING, lock, sync_directory};

/// The lines of a journal that are whole, without their ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendingLines {
    /// The lines, each a JSON text.
    pub lines: Vec<Vec<u8>>,
    /// The bytes that they take.
    length: u64,
    /// The same with a torn line.
    length_with_torn: u64,
}

/// Reads the journal in a directory. Without a journal there are no lines.
///
/// # Errors
/// It can't be read. A line that is not JSON, and not a torn last one, is [`ErrorKind::InvalidData`].
pub fn read_sending(dir: &Path) -> io::Result<SendingLines> {
    let path = dir.join(SENDING);
    match fs::read(&path) {
        Ok(content) => lines_in(&content).map_err(at(&path)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(SendingLines::default()),
        Err(error) => Err(at(&path)(error)),
    }
}

fn lines_in(content: &[u8]) -> io::Result<SendingLines> {
    let mut found = SendingLines {
        length_with_torn: content.len() as u64,
        ..SendingLines::default()
    };
    let mut rest = content.split_inclusive(|byte| *byte == b'\n').peekable();
    while let Some(line) = rest.next() {
        let Some(text) = line.strip_suffix(b"\n") else {
            break; // torn
        };
        // After a power cut, a part of a line that did not reach the disk reads as zeros.
        if rest.peek().is_none() && text.contains(&0) {
            break;
        }
        if serde_json::from_slice::<IgnoredAny>(text).is_err() {
            let why = format!("line {} is damaged", found.lines.len() + 1);
            return Err(io::Error::new(ErrorKind::InvalidData, why));
        }
        found.lines.push(text.to_vec());
        found.length += line.len() as u64;
    }
    Ok(found)
}

/// The journal of a directory, which no other run uses meanwhile.
#[derive(Debug)]
pub struct SendingJournal {
    dir: PathBuf,
    path: PathBuf,
    /// The length of the lines that are whole.
    length: u64,
    /// The length of the file when it was read.
    length_read: u64,
    /// Opened by the first new line: a run that sends nothing leaves the file as it is.
    file: Option<File>,
    /// Whether a line could not be written.
    is_broken: bool,
    lock: Option<File>,
}

impl SendingJournal {
    /// Takes the lock of the directory, which `prepare` takes too, and reads the journal.
    ///
    /// # Errors
    /// Another run is at work in the directory; or those of [`read_sending`].
    pub fn claim(dir: &Path) -> Result<(SendingJournal, SendingLines), OutDirRefusal> {
        let path = dir.join(SENDING);
        let is_link = fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink());
        if is_link {
            return Err(OutDirRefusal::Link(path));
        }
        let lock = lock(dir)?;
        let found = read_sending(dir)?;
        let journal = SendingJournal {
            dir: dir.to_owned(),
            path,
            length: found.length,
            length_read: found.length_with_torn,
            file: None,
            is_broken: false,
            lock,
        };
        Ok((journal, found))
    }

    /// Adds a line, which is a JSON text without line breaks. Once this returns, the line is on the
    /// disk.
    ///
    /// # Errors
    /// It can't be written. After that no further line is: it would be joined to the torn one.
    pub fn append(&mut self, text: &[u8]) -> io::Result<()> {
        if self.is_broken {
            let why = "an earlier line could not be written";
            return Err(at(&self.path)(io::Error::other(why)));
        }
        if text.contains(&b'\n') {
            let why = "a line of the journal has no line breaks";
            return Err(io::Error::new(ErrorKind::InvalidInput, why));
        }
        let line = [text, b"\n"].concat();
        // No further line is written after an error.
        self.is_broken = true;
        let file = match self.file.take() {
            Some(file) => file,
            None => self.opened().map_err(at(&self.path))?,
        };
        let file = self.file.insert(file);
        // Some file systems have no locks: another run shows by what it writes.
        if !fs::metadata(&self.path).is_ok_and(|now| now.len() == self.length) {
            return Err(at(&self.path)(written_by_another()));
        }
        if let Err(error) = file.write_all(&line).and_then(|()| file.sync_data()) {
            // If this fails too, the next run cuts the torn line off.
            let _ = file.set_len(self.length).and_then(|()| file.sync_all());
            return Err(at(&self.path)(error));
        }
        self.is_broken = false;
        self.length += line.len() as u64;
        Ok(())
    }

    /// The file, without a torn line, and on the disk with its name.
    fn opened(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        if file.metadata()?.len() != self.length_read {
            return Err(written_by_another());
        }
        file.set_len(self.length)?;
        file.seek(SeekFrom::Start(self.length))?;
        file.sync_all()?;
        sync_directory(&self.dir)?;
        Ok(file)
    }
}

fn written_by_another() -> io::Error {
    io::Error::other("another program writes to it or has removed it, so nothing more is sent")
}

impl Drop for SendingJournal {
    fn drop(&mut self) {
        // A process that was forked meanwhile has the handle too, and with it the lock.
        if let Some(lock) = &self.lock {
            let _ = lock.unlock();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(content: &[u8]) -> Vec<Vec<u8>> {
        lines_in(content).unwrap().lines
    }

    #[test]
    fn a_torn_line_is_not_read() {
        assert_eq!(whole(b""), Vec::<Vec<u8>>::new());
        assert_eq!(whole(b"{}\n{\"a\":"), [b"{}".to_vec()]);
        assert_eq!(whole(b"{}\n{}"), [b"{}".to_vec()]);
        assert_eq!(whole(b"{}\n{\"a\0\0\0}\n"), [b"{}".to_vec()]);
        assert_eq!(lines_in(b"{}\n[1]\n\0\0\0").unwrap().length, 7);
    }

    #[test]
    fn a_damaged_line_is_an_error() {
        for content in [&b"{\n{}\n"[..], b"{}\n{\n", b"\0\n{}\n", b"{}\n\n{}\n"] {
            let error = lines_in(content).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidData, "{content:?}");
        }
    }

    #[test]
    fn lines_come_back_and_what_was_torn_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(SENDING);
        fs::write(&path, b"{\"a\":1}\n{\"to").unwrap();
        let (mut journal, found) = SendingJournal::claim(dir.path()).unwrap();
        assert_eq!(found.lines, [b"{\"a\":1}".to_vec()]);
        assert!(fs::read(&path).unwrap().ends_with(b"to"));
        journal.append(b"{\"b\":2}").unwrap();
        journal.append(b"{}").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"{\"a\":1}\n{\"b\":2}\n{}\n");
        assert!(journal.append(b"{}\n{}").is_err());
        drop(journal);
        let found = read_sending(dir.path()).unwrap();
        assert_eq!(found.lines.len(), 3);
    }

    #[test]
    fn a_line_that_cannot_be_written_is_the_last() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(SENDING);
        let (mut journal, _) = SendingJournal::claim(dir.path()).unwrap();
        journal.append(b"{}").unwrap();
        // A handle that can't write fails as a full disk does.
        journal.file = Some(File::open(&path).unwrap());
        assert!(journal.append(b"{\"b\":2}").is_err());
        journal.file = None;
        assert!(journal.append(b"{\"c\":3}").is_err());
        assert_eq!(fs::read(&path).unwrap(), b"{}\n");
    }

    #[test]
    fn what_another_program_writes_ends_it_and_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(SENDING);
        let (mut journal, _) = SendingJournal::claim(dir.path()).unwrap();
        journal.append(b"{}").unwrap();
        let other = b"{}\n{\"by another\":1}\n";
        fs::write(&path, other).unwrap();
        assert!(journal.append(b"{}").is_err());
        assert_eq!(fs::read(&path).unwrap(), other);
        fs::remove_file(&path).unwrap();
        assert!(journal.append(b"{}").is_err());
        drop(journal);
        let (mut journal, _) = SendingJournal::claim(dir.path()).unwrap();
        fs::write(&path, other).unwrap();
        assert!(journal.append(b"{}").is_err());
        assert_eq!(fs::read(&path).unwrap(), other);
        drop(journal);
        let (mut journal, _) = SendingJournal::claim(dir.path()).unwrap();
        journal.append(b"{}").unwrap();
        fs::remove_file(&path).unwrap();
        assert!(journal.append(b"{}").is_err());
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn one_run_at_a_time_and_no_links() {
        let dir = tempfile::tempdir().unwrap();
        let first = SendingJournal::claim(dir.path()).unwrap();
        let second = SendingJournal::claim(dir.path());
        assert!(matches!(second, Err(OutDirRefusal::Busy(_))));
        drop(first);
        std::os::unix::fs::symlink("elsewhere", dir.path().join(SENDING)).unwrap();
        let third = SendingJournal::claim(dir.path());
        assert!(matches!(third, Err(OutDirRefusal::Link(_))));
    }
}
