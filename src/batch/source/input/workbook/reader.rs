//! The other side: what the reader process does.
//!
//! It first limits its own memory and time. Then it reads the request and the workbook from its
//! standard input, which is a file. It writes replies to standard output. It has one thread, opens
//! no other file and writes none.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};

use super::archive::{self, ArchiveKind};
use super::reply::Reply;
use super::sheets::{Book, SheetRequest, write_sheet};
use super::{Container, Workbook, html, lists, markup, ods, spreadsheetml, xls, xlsb, xlsx};
use crate::batch::error::{Broken, broken};

/// How many bytes the address space of the process may grow while it reads the workbook. This is
/// enough for the four million different texts of an XLSX workbook.
pub(super) const MEMORY: u64 = 256 << 20;
/// The limit of the address space if the system does not show its present size.
const MEMORY_IN_ALL: u64 = 1 << 30;
/// Seconds of processor time for the reading, and seconds for each MiB of the workbook. Normal
/// reading takes a hundredth of that: the limit stops a reader that would never end.
const SECONDS: u64 = 30;
const SECONDS_PER_MIB: u64 = 5;

/// The form of an archive of files, of which one is the list.
pub(super) const ZIP: &str = "zip";

/// The version of the reader process, which has to be that of its parent process.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A request to the process. It is at the beginning of its standard input; the workbook follows. It
/// is written as JSON, after its length in four bytes, the low byte first.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Request {
    pub container: Container,
    /// Whether the workbook is itself a file of an archive.
    pub is_in_archive: bool,
    #[serde(flatten)]
    pub sheets: SheetRequest,
}

impl Request {
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let text = serde_json::to_vec(self)?;
        let length = u32::try_from(text.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        out.write_all(&length.to_le_bytes())?;
        out.write_all(&text)
    }

    fn read(from: &mut dyn Read) -> io::Result<Request> {
        let mut length = [0; 4];
        from.read_exact(&mut length)?;
        let mut text = Vec::new();
        let length = u32::from_le_bytes(length).into();
        from.take(length).read_to_end(&mut text)?;
        Ok(serde_json::from_slice(&text)?)
    }
}

/// Does all the work of a reader process: answers the request on its standard input.
///
/// # Errors
/// Standard input has no request, the limits can't be set, or the parent takes no replies.
pub fn serve() -> io::Result<()> {
    let (mut input, mut output) = standard_streams()?;
    let request = Request::read(&mut input)?;
    let begin = input.stream_position()?;
    let size = input.metadata()?.len().saturating_sub(begin);
    confine(size)?;
    Reply::Ready(VERSION.to_owned()).write(&mut output)?;
    let workbook = BufReader::with_capacity(1 << 16, After { file: input, begin });
    let form = Cell::new(request.container.usual_form());
    let read = AssertUnwindSafe(|| open_and_read(&request, workbook, &mut output, &form));
    // The panic has printed its message to standard error. The text so far is useless.
    let end = catch_unwind(read)
        .unwrap_or_else(|_| Err(form.get().damaged("it is not as a workbook has to be")));
    let last = match end {
        Ok(()) => Reply::Finished,
        Err(error) => match error.downcast::<Broken>() {
            Ok(Broken(why)) => Reply::Failed(why),
            Err(error) => Reply::Failed(form.get().damaged(error).to_string()),
        },
    };
    last.write(&mut output)
}

/// Reads a workbook in this process, without limits, and writes the sheet that is the list as replies.
///
/// # Errors
/// The workbook is damaged, needs too much, or lacks the sheet; or the replies can't be written.
pub fn read_sheet(
    container: Container,
    workbook: impl Read + Seek,
    sheets: &SheetRequest,
    replies: &mut dyn Write,
) -> io::Result<()> {
    let request = Request {
        container,
        is_in_archive: false,
        sheets: sheets.clone(),
    };
    let form = Cell::new(container.usual_form());
    open_and_read(&request, workbook, replies, &form)
}

/// Finds out what the workbook is, and reads it. `known` is what is known of its form, for errors.
fn open_and_read(
    request: &Request,
    mut workbook: impl Read + Seek,
    replies: &mut dyn Write,
    known: &Cell<Workbook>,
) -> io::Result<()> {
    let size = workbook.seek(SeekFrom::End(0))?;
    workbook.rewind()?;
    let form = match request.container {
        Container::Compound | Container::Html | Container::SpreadsheetMl => {
            request.container.usual_form()
        }
        Container::Zip => match archive::kind(&mut workbook)? {
            ArchiveKind::Workbook(form) => form,
            ArchiveKind::Files if request.is_in_archive => {
                return Err(broken(
                    "the ZIP archive has another ZIP archive in it; unpack it",
                ));
            }
            ArchiveKind::Files => {
                Reply::Form(ZIP.to_owned()).write(replies)?;
                return lists::write(&mut workbook, request.sheets.sheet.as_deref(), replies);
            }
        },
    };
    known.set(form);
    Reply::Form(form.name().to_owned()).write(replies)?;
    workbook.rewind()?;
    let encoding = request.sheets.encoding.as_deref();
    let mut book: Box<dyn Book + '_> = match form {
        Workbook::Xlsx => Box::new(xlsx::open(workbook, size)?),
        Workbook::Xls => Box::new(xls::open(workbook)?),
        Workbook::Xlsb => Box::new(xlsb::open(workbook, size)?),
        Workbook::Ods => Box::new(ods::open(workbook, size)?),
        Workbook::Html => Box::new(html::read(&markup::text(&mut workbook, encoding)?)?),
        Workbook::SpreadsheetMl => Box::new(spreadsheetml::read(&markup::text(
            &mut workbook,
            encoding,
        )?)?),
    };
    write_sheet(&mut *book, &request.sheets, replies, size)
}

fn standard_streams() -> io::Result<(File, File)> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        let input = io::stdin().as_fd().try_clone_to_owned()?;
        let output = io::stdout().as_fd().try_clone_to_owned()?;
        Ok((input.into(), output.into()))
    }
    #[cfg(windows)]
    {
        use std::os::windows::io::AsHandle;
        let input = io::stdin().as_handle().try_clone_to_owned()?;
        let output = io::stdout().as_handle().try_clone_to_owned()?;
        Ok((input.into(), output.into()))
    }
}

/// Limits what the process may use from now on, to read a workbook of this size.
fn confine(size: u64) -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::process::Resource;
        let memory = match address_space() {
            Some(bytes) => bytes.saturating_add(MEMORY),
            None => MEMORY_IN_ALL,
        };
        let seconds = SECONDS + (size >> 20).saturating_mul(SECONDS_PER_MIB);
        lower(Resource::As, memory, memory)?;
        // The soft limit ends the process by a signal of its own.
        lower(Resource::Cpu, seconds, seconds + 5)?;
        // A dump of the process would hold the workbook.
        lower(Resource::Core, 0, 0)?;
    }
    #[cfg(not(unix))]
    let _ = (size, MEMORY, MEMORY_IN_ALL, SECONDS, SECONDS_PER_MIB);
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // A system may hand dumps to a program, whatever their limit is.
        set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    }
    Ok(())
}

/// Lowers a limit. A limit that is already lower stays.
#[cfg(unix)]
fn lower(resource: rustix::process::Resource, soft: u64, hard: u64) -> io::Result<()> {
    let now = rustix::process::getrlimit(resource);
    let least = |limit: u64, now: Option<u64>| Some(now.map_or(limit, |now| now.min(limit)));
    let hard = least(hard, now.maximum);
    let limit = rustix::process::Rlimit {
        current: least(least(soft, now.current).unwrap_or(soft), hard),
        maximum: hard,
    };
    match rustix::process::setrlimit(resource, limit) {
        // macOS knows this limit but does not apply it.
        Err(_) if cfg!(target_os = "macos") => Ok(()),
        set => Ok(set?),
    }
}

/// How many bytes of address space the process has, if the system shows it.
#[cfg(unix)]
fn address_space() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmSize:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

/// The part of a file after its first bytes.
struct After {
    file: File,
    begin: u64,
}

impl Read for After {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.file.read(into)
    }
}

impl Seek for After {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let before = || io::Error::from(io::ErrorKind::InvalidInput);
        let to = match to {
            SeekFrom::Start(at) => SeekFrom::Start(at.checked_add(self.begin).ok_or_else(before)?),
            other => other,
        };
        let at = self.file.seek(to)?;
        at.checked_sub(self.begin).ok_or_else(before)
    }
}

/// The name of the sheet that [`read_sheet`] reads, and its text.
#[cfg(test)]
pub(in crate::batch) fn sheet_of(
    container: Container,
    workbook: impl Read + Seek,
    sheet: Option<&str>,
) -> io::Result<(String, String)> {
    let mut replies = Vec::new();
    let request = SheetRequest {
        sheet: sheet.map(str::to_owned),
        ..SheetRequest::default()
    };
    read_sheet(container, workbook, &request, &mut replies)?;
    let (mut name, mut text) = (String::new(), Vec::new());
    let mut rest = &replies[..];
    while !rest.is_empty() {
        match Reply::read(&mut rest)? {
            Reply::Sheet(sheet) => name = sheet,
            Reply::Text(piece) => text.extend(piece),
            _ => {}
        }
    }
    Ok((name, String::from_utf8(text).map_err(io::Error::other)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_survive_writing_and_reading() {
        for sheet in [None, Some(""), Some("Лист \0 \"1\"")] {
            let request = Request {
                container: Container::Compound,
                is_in_archive: true,
                sheets: SheetRequest {
                    sheet: sheet.map(str::to_owned),
                    ..SheetRequest::default()
                },
            };
            let mut bytes = Vec::new();
            request.write(&mut bytes).unwrap();
            bytes.extend_from_slice(b"the workbook");
            let mut rest = &bytes[..];
            assert_eq!(Request::read(&mut rest).unwrap(), request);
            assert_eq!(rest, b"the workbook");
        }
        for bytes in [
            &b""[..],
            b"\xFF\xFF\xFF\xFF{}",
            b"\x02\0\0\0{}",
            b"\x02\0\0",
        ] {
            assert!(Request::read(&mut &*bytes).is_err());
        }
    }

    #[test]
    fn a_part_of_a_file_is_read_as_a_file() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"head0123456789").unwrap();
        file.seek(SeekFrom::Start(4)).unwrap();
        let mut part = After { file, begin: 4 };
        let mut read = |to: SeekFrom, length: u64| {
            let at = part.seek(to).unwrap();
            let mut text = String::new();
            (&mut part).take(length).read_to_string(&mut text).unwrap();
            (at, text)
        };
        assert_eq!(read(SeekFrom::Current(0), 2), (0, "01".to_owned()));
        assert_eq!(read(SeekFrom::Current(1), 1), (3, "3".to_owned()));
        assert_eq!(read(SeekFrom::End(-3), 9), (7, "789".to_owned()));
        assert_eq!(read(SeekFrom::Start(5), 1), (5, "5".to_owned()));
        assert!(part.seek(SeekFrom::Start(u64::MAX)).is_err());
        assert!(part.seek(SeekFrom::End(-11)).is_err(), "before the part");
    }
}
