//! This side of the reader process: it starts the process, gives it the workbook, and receives the
//! text of the sheet.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::reader::{MEMORY, Request, VERSION, ZIP};
use super::reply::Reply;
use super::sheets::SheetRequest;
use super::{Container, Workbook};
use crate::batch::error::broken;
use crate::batch::source::input::SourceInfo;

/// What the core needs from the program around it while it reads a source.
#[derive(Clone, Copy, Debug)]
pub struct Host {
    /// The command that starts a reader process, which calls [`super::serve`]. An error says why
    /// the command is missing.
    pub reader_command: fn() -> io::Result<ReaderCommand>,
    /// Called several times a second while the core waits. An error ends the reading and is
    /// returned unchanged.
    pub check_signals: fn() -> io::Result<()>,
}

/// A command: a program and its arguments.
#[derive(Clone, Debug)]
pub struct ReaderCommand {
    /// The path of the program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

/// How long to wait between two calls of [`Host::check_signals`].
const LOOK: Duration = Duration::from_millis(50);
/// The largest number of replies that wait.
const AHEAD: usize = 4;
/// How much is copied at a time.
const COPY: usize = 1 << 17;
/// How much is read of the standard error of the process.
const COMPLAINT: u64 = 1 << 12;

/// What a reader process hands over.
pub(in crate::batch::source::input) enum ReaderText {
    /// The text of the sheet of a workbook that is the list.
    Sheet(Workbook, ProcessText),
    /// The bytes of a file of an archive.
    File(ProcessText),
}

/// Starts to read a workbook, and finds out what it is.
///
/// # Errors
/// The source can't be read, the process can't be started, or the source is not a workbook that is read.
/// Reading the text returns the other errors of the workbook.
pub(in crate::batch::source::input) fn text_of(
    (container, is_in_archive): (Container, bool),
    reader: impl Read,
    sheets: SheetRequest,
    info: &SourceInfo,
    host: Host,
) -> io::Result<ReaderText> {
    let command = (host.reader_command)()?;
    let request = Request {
        container,
        is_in_archive,
        sheets,
    };
    let request = request_file(&request, reader)?;
    let complaints = tempfile::tempfile()?;
    let mut process = ReaderProcess::start(&command, request, complaints)?;
    let answers = process.child.stdout.take();
    let answers = answers.ok_or(io::ErrorKind::BrokenPipe)?;
    let (replies, received) = sync_channel(AHEAD);
    thread::Builder::new().spawn(move || forward(answers, &replies))?;
    let mut text = ProcessText {
        form: container.usual_form(),
        process,
        received,
        info: info.clone(),
        check_signals: host.check_signals,
        last_look: Instant::now(),
        is_ready: false,
        piece: Vec::new(),
        at: 0,
        ended: false,
    };
    match text.next_form()? {
        None => Ok(ReaderText::File(text)),
        Some(form) => {
            text.form = form;
            Ok(ReaderText::Sheet(form, text))
        }
    }
}

/// The file that is the standard input of the process. It has no name, so it disappears with the
/// last process that has it open.
fn request_file(request: &Request, mut workbook: impl Read) -> io::Result<File> {
    let mut file = BufWriter::with_capacity(COPY, tempfile::tempfile()?);
    request.write(&mut file)?;
    io::copy(&mut workbook, &mut file)?;
    let mut file = file.into_inner().map_err(io::Error::from)?;
    file.rewind()?;
    Ok(file)
}

/// Passes replies on until they end, or the receiver is gone.
fn forward(mut answers: ChildStdout, replies: &SyncSender<Reply>) {
    while let Ok(reply) = Reply::read(&mut answers) {
        if replies.send(reply).is_err() {
            break;
        }
    }
}

/// A reader process. Dropping it ends the process at once.
struct ReaderProcess {
    child: Child,
    complaints: File,
}

impl ReaderProcess {
    fn start(command: &ReaderCommand, request: File, complaints: File) -> io::Result<Self> {
        let mut start = Command::new(&command.program);
        start
            .args(&command.arguments)
            .stdin(request)
            .stdout(Stdio::piped())
            .stderr(complaints.try_clone()?)
            // Symbols for a backtrace take more memory than the process has.
            .env("RUST_BACKTRACE", "0");
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt;
            // A terminal sends Ctrl-C to a whole group of processes. This process decides for the
            // reader.
            start.process_group(0);
        }
        #[cfg(windows)]
        {
            use std::os::windows::process::CommandExt;
            const CREATE_NO_WINDOW: u32 = 0x0800_0000;
            start.creation_flags(CREATE_NO_WINDOW);
        }
        match start.spawn() {
            Ok(child) => Ok(ReaderProcess { child, complaints }),
            Err(error) => Err(not_started(&error)),
        }
    }

    /// Ends the process if it still runs. Returns how it ended, if that is known.
    fn end(&mut self, patience: Duration) -> Option<ExitStatus> {
        let begin = Instant::now();
        while begin.elapsed() < patience {
            match self.child.try_wait() {
                Ok(None) => thread::sleep(Duration::from_millis(1)),
                // Another part of this program may have waited for it.
                ended => return ended.ok().flatten(),
            }
        }
        let _ = self.child.kill();
        self.child.wait().ok()
    }

    /// The beginning of what the process wrote to standard error.
    fn complaint(&mut self) -> String {
        let mut text = Vec::new();
        let read = self.complaints.seek(SeekFrom::Start(0)).and_then(|_| {
            let mut beginning = (&mut self.complaints).take(COMPLAINT);
            beginning.read_to_end(&mut text)
        });
        match read {
            Ok(_) => String::from_utf8_lossy(&text).into_owned(),
            Err(_) => String::new(),
        }
    }
}

impl Drop for ReaderProcess {
    fn drop(&mut self) {
        self.end(Duration::ZERO);
    }
}

/// A reader process could not be started; the reason in words. It is inside an [`io::Error`].
#[derive(Debug)]
pub struct ReaderNotStarted(pub String);

impl std::fmt::Display for ReaderNotStarted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ReaderNotStarted {}

fn not_started(why: &dyn std::fmt::Display) -> io::Error {
    io::Error::other(ReaderNotStarted(format!(
        "workbooks are read in a process of their own, which did not start: {why}"
    )))
}

/// A text while the reader process reads it.
pub(in crate::batch::source::input) struct ProcessText {
    form: Workbook,
    process: ReaderProcess,
    received: Receiver<Reply>,
    info: SourceInfo,
    check_signals: fn() -> io::Result<()>,
    last_look: Instant,
    is_ready: bool,
    piece: Vec<u8>,
    at: usize,
    ended: bool,
}

impl ProcessText {
    /// Takes replies until the form of the workbook is known; there is none if it is an archive of files.
    fn next_form(&mut self) -> io::Result<Option<Workbook>> {
        let out_of_order = || Err(not_started(&"its reply is out of order"));
        loop {
            match self.next()? {
                Reply::Ready(version) if version == VERSION => self.is_ready = true,
                Reply::Ready(_) => {
                    return Err(not_started(&"it is of another version of predial"));
                }
                Reply::Failed(why) if self.is_ready => return Err(broken(why)),
                Reply::Form(name) if self.is_ready => {
                    return match (&*name, Workbook::from_name(&name)) {
                        (ZIP, _) => Ok(None),
                        (_, Some(form)) => Ok(Some(form)),
                        (_, None) => out_of_order(),
                    };
                }
                _ => return out_of_order(),
            }
        }
    }

    /// Takes replies until there is more text or the text ends.
    fn more(&mut self) -> io::Result<()> {
        self.piece.clear();
        self.at = 0;
        while self.piece.is_empty() && !self.ended {
            match self.next()? {
                Reply::Types(runs) => self.info.add_cell_types(&runs),
                Reply::Text(text) => self.piece = text,
                Reply::Reached(bytes) => self.info.set_read(bytes),
                Reply::Sheet(name) => self.info.set_sheet(&name),
                Reply::Facts(facts) => self.info.set_sheet_facts(facts),
                Reply::Failed(why) => return Err(broken(why)),
                Reply::Finished => self.ended = true,
                Reply::Ready(_) | Reply::Form(_) => {
                    return Err(not_started(&"its reply is out of order"));
                }
            }
        }
        Ok(())
    }

    fn next(&mut self) -> io::Result<Reply> {
        loop {
            if self.last_look.elapsed() >= LOOK {
                (self.check_signals)()?;
                self.last_look = Instant::now();
            }
            match self.received.recv_timeout(LOOK) {
                Ok(reply) => return Ok(reply),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(self.died()?),
            }
        }
    }

    /// Why the process ended before the text did.
    fn died(&mut self) -> io::Result<io::Error> {
        /// A process may end a moment after its output does.
        const SOON: Duration = Duration::from_secs(2);
        let status = self.process.end(SOON);
        // A signal to this process may have ended the reader too.
        (self.check_signals)()?;
        let complaint = self.process.complaint();
        let how = match status {
            Some(status) => status.to_string(),
            None => "it is not known how it ended".to_owned(),
        };
        if !self.is_ready {
            let line = complaint.lines().rfind(|line| !line.trim().is_empty());
            return Ok(not_started(&line.unwrap_or(&how)));
        }
        let form = self.form.title();
        if complaint.contains("memory allocation of") {
            let most = MEMORY >> 20;
            return Ok(broken(format!(
                "the {form} takes more than the {most} MiB of memory that reading one \
                 may take; save the sheet as CSV"
            )));
        }
        if status.is_some_and(out_of_time) {
            return Ok(broken(format!(
                "the {form} takes longer to read than one of its size should; save the \
                 sheet as CSV"
            )));
        }
        Ok(self
            .form
            .damaged(format_args!("reading it ended in a crash ({how})")))
    }
}

/// Whether the operating system ended the process because its time was used up.
fn out_of_time(status: ExitStatus) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        let limit = rustix::process::Signal::XCPU.as_raw();
        status.signal() == Some(limit)
    }
    #[cfg(not(unix))]
    {
        let _ = status;
        false
    }
}

impl Read for ProcessText {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.piece.len() && !self.ended {
            self.more()?;
        }
        let count = into.len().min(self.piece.len() - self.at);
        into[..count].copy_from_slice(&self.piece[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}
