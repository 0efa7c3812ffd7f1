//! Completes bodies on a thread of its own, because hashing and waiting for the disk are half of the
//! time that it takes to prepare a list. Bodies go to files, or to a caller who takes them from
//! memory.
//!
//! Small bodies wait for each other after they are written, and are synced together. Until then they
//! have their temporary names, and the journal doesn't list them: a run that is killed loses no more
//! than these. They don't wait if there is nothing more to write for a second, or if the run ends,
//! for whatever reason.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::batch::error::BatchError;
use crate::batch::out::body::{Body, comes_out_otherwise, idempotence_key};
use crate::batch::out::journal::{Journal, WholeBody};
use crate::batch::out::outdir::{PartFile, WrittenFile, body_name};

/// Where the bytes of a body go.
pub(in crate::batch) enum BodyFile {
    New(PartFile),
    /// Into memory.
    Memory(Vec<u8>),
    /// Nowhere: the unfinished run wrote this body, and it is whole.
    Written(WholeBody),
}

/// Takes a whole body that is in memory, with its bytes. While it waits, the writer waits. Its error
/// ends the run.
pub type TakeBody = dyn FnMut(Body, Vec<u8>) -> io::Result<()> + Send;

/// Who learns of a whole body.
pub(in crate::batch) enum BodyOutlet {
    /// The journal of the directory.
    Journal(Journal),
    /// The caller, who takes the body.
    Caller(Box<TakeBody>),
}

/// The content of a body, known once all of it was handed over.
pub(in crate::batch) struct BodyContent {
    pub jobs: u64,
    pub bytes: u64,
    pub rows: Vec<[u64; 2]>,
    pub lines: Vec<[u64; 3]>,
    pub parts: Vec<[u64; 2]>,
}

/// One step of writing a body.
enum WriteStep {
    Begin(BodyFile),
    Write(Vec<u8>),
    Finish(BodyContent),
}

/// Steps that may wait. A reader that is faster than the disk then waits too.
const AHEAD: usize = 8;

/// Writes one body after another. When it is dropped, it waits for the bodies that were handed
/// over, so that no reader finds an incomplete file.
pub(in crate::batch) struct BodyWriter {
    steps: Option<SyncSender<WriteStep>>,
    thread: Option<JoinHandle<Result<Vec<Body>, BatchError>>>,
}

impl BodyWriter {
    /// Starts before the first body. The outlet learns of each whole body.
    ///
    /// # Errors
    /// The system can't start a thread.
    pub fn begin(run: String, outlet: BodyOutlet) -> io::Result<Self> {
        let (steps, taken) = sync_channel(AHEAD);
        let making = BodyDraft {
            run,
            outlet,
            done: Vec::new(),
            taken: 0,
            waiting: Vec::new(),
        };
        let thread = thread::Builder::new().spawn(move || making.all(&taken))?;
        Ok(BodyWriter {
            steps: Some(steps),
            thread: Some(thread),
        })
    }

    /// Begins the next body.
    ///
    /// # Errors
    /// The reason why the writer has ended; the other steps return it too.
    pub fn body(&mut self, file: BodyFile) -> Result<(), BatchError> {
        self.step(WriteStep::Begin(file))
    }

    /// Adds bytes to the body.
    pub fn write(&mut self, bytes: Vec<u8>) -> Result<(), BatchError> {
        self.step(WriteStep::Write(bytes))
    }

    /// Ends the body.
    pub fn finish_body(&mut self, content: BodyContent) -> Result<(), BatchError> {
        self.step(WriteStep::Finish(content))
    }

    /// Waits until everything is on the disk. Returns the bodies that were written to files.
    pub fn finish(&mut self) -> Result<Vec<Body>, BatchError> {
        self.steps = None;
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(done)) => done,
            // It ended earlier and its error was returned then, or it panicked.
            Some(Err(_)) | None => {
                Err(io::Error::other("the writer of the bodies has ended").into())
            }
        }
    }

    fn step(&mut self, step: WriteStep) -> Result<(), BatchError> {
        let sent = self.steps.as_ref().map(|steps| steps.send(step));
        match sent {
            Some(Ok(())) => Ok(()),
            Some(Err(_)) | None => self.finish().map(drop),
        }
    }
}

impl Drop for BodyWriter {
    fn drop(&mut self) {
        if self.thread.is_some() {
            // The owner that drops it is already reporting a failure.
            let _ = self.finish();
        }
    }
}

/// The bodies so far.
struct BodyDraft {
    run: String,
    outlet: BodyOutlet,
    done: Vec<Body>,
    /// How many the caller has taken. They are not kept, so that memory does not grow with the list.
    taken: usize,
    /// Bodies that are written and not on the disk yet.
    waiting: Vec<(WrittenFile, Body)>,
}

/// How many written bodies wait for each other at most. Each is an open file.
const MOST_WAITING: usize = 64;

/// How many bytes they have at most. With more, each is nearly as quickly synced by itself.
const MOST_BYTES_WAITING: u64 = 1 << 20;

/// How long they wait if there is nothing more to write.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

impl BodyDraft {
    fn all(mut self, steps: &Receiver<WriteStep>) -> Result<Vec<Body>, BatchError> {
        let end = self.each(steps);
        // Whatever ended the run, a later one may continue after the bodies that are written.
        let kept = self.keep_waiting();
        end.and(kept)?;
        Ok(self.done)
    }

    fn each(&mut self, steps: &Receiver<WriteStep>) -> Result<(), BatchError> {
        while let Some(WriteStep::Begin(file)) = self.next(steps)? {
            self.one(file, steps)?;
        }
        Ok(())
    }

    /// The next step; `None` if there will be no more.
    fn next(&mut self, steps: &Receiver<WriteStep>) -> Result<Option<WriteStep>, BatchError> {
        if !self.waiting.is_empty() {
            match steps.recv_timeout(LONGEST_WAIT) {
                Err(RecvTimeoutError::Timeout) => self.keep_waiting()?,
                step => return Ok(step.ok()),
            }
        }
        Ok(steps.recv().ok())
    }

    /// Writes one body. A body whose steps end early leaves no file.
    fn one(&mut self, mut file: BodyFile, steps: &Receiver<WriteStep>) -> Result<(), BatchError> {
        let mut sha = Sha256::new();
        loop {
            match self.next(steps)? {
                Some(WriteStep::Write(bytes)) => {
                    sha.update(&bytes);
                    match &mut file {
                        BodyFile::New(part) => part.write_all(&bytes)?,
                        BodyFile::Memory(content) => content.extend_from_slice(&bytes),
                        BodyFile::Written(_) => {}
                    }
                }
                Some(WriteStep::Finish(content)) => return self.keep(file, sha, content),
                Some(WriteStep::Begin(_)) | None => return Ok(()),
            }
        }
    }

    fn keep(
        &mut self,
        file: BodyFile,
        sha: Sha256,
        content: BodyContent,
    ) -> Result<(), BatchError> {
        let number = self.done.len() + self.waiting.len() + self.taken + 1;
        let sha256 = data_encoding::HEXLOWER.encode(&sha.finalize());
        let body = Body {
            file: body_name(number),
            number,
            run: self.run.clone(),
            jobs: content.jobs,
            bytes: content.bytes,
            rows: content.rows,
            lines: content.lines,
            parts: content.parts,
            idempotence_key: idempotence_key(&self.run, &sha256, number),
            sha256,
        };
        match (file, &mut self.outlet) {
            (BodyFile::Memory(bytes), BodyOutlet::Caller(take)) => {
                self.taken += 1;
                return Ok(take(body, bytes)?);
            }
            (BodyFile::New(part), _) => return self.wait(part.written()?, body),
            (BodyFile::Written(whole), _) if whole.sha256 == body.sha256 => {}
            (BodyFile::Written(_), _) => return Err(comes_out_otherwise(number)),
            (BodyFile::Memory(_), BodyOutlet::Journal(_)) => {}
        }
        self.done.push(body);
        Ok(())
    }

    /// Lets a written body wait for others, if it may.
    fn wait(&mut self, file: WrittenFile, body: Body) -> Result<(), BatchError> {
        self.waiting.push((file, body));
        let bytes: u64 = self.waiting.iter().map(|(_, body)| body.bytes).sum();
        match self.waiting.len() == MOST_WAITING || bytes >= MOST_BYTES_WAITING {
            true => self.keep_waiting(),
            false => Ok(()),
        }
    }

    /// Puts the bodies that wait on the disk, and gives them their names.
    fn keep_waiting(&mut self) -> Result<(), BatchError> {
        let (files, bodies): (Vec<_>, Vec<_>) = self.waiting.drain(..).unzip();
        let files = WrittenFile::synced_together(files)?;
        for (file, body) in files.into_iter().zip(bodies) {
            // Recorded before the file has its name, so that no whole body is written twice.
            if let BodyOutlet::Journal(journal) = &mut self.outlet {
                journal.note(&body)?;
            }
            file.rename()?;
            self.done.push(body);
        }
        Ok(())
    }
}
