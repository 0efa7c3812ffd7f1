//! Completes bodies on a thread of its own, because hashing and waiting for the disk are half of the
//! time that it takes to prepare a list. Bodies go to files, or to a caller who takes them from
//! memory.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use sha2::{Digest, Sha256};

use crate::batch::error::BatchError;
use crate::batch::out::body::{Body, comes_out_otherwise, idempotence_key};
use crate::batch::out::journal::{Journal, WholeBody};
use crate::batch::out::outdir::{PartFile, body_name};

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
}

impl BodyDraft {
    fn all(mut self, steps: &Receiver<WriteStep>) -> Result<Vec<Body>, BatchError> {
        while let Ok(WriteStep::Begin(file)) = steps.recv() {
            self.one(file, steps)?;
        }
        Ok(self.done)
    }

    /// Writes one body. A body whose steps end early leaves no file.
    fn one(&mut self, mut file: BodyFile, steps: &Receiver<WriteStep>) -> Result<(), BatchError> {
        let mut sha = Sha256::new();
        loop {
            match steps.recv() {
                Ok(WriteStep::Write(bytes)) => {
                    sha.update(&bytes);
                    match &mut file {
                        BodyFile::New(part) => part.write_all(&bytes)?,
                        BodyFile::Memory(content) => content.extend_from_slice(&bytes),
                        BodyFile::Written(_) => {}
                    }
                }
                Ok(WriteStep::Finish(content)) => return self.keep(file, sha, content),
                Ok(WriteStep::Begin(_)) | Err(_) => return Ok(()),
            }
        }
    }

    fn keep(
        &mut self,
        file: BodyFile,
        sha: Sha256,
        content: BodyContent,
    ) -> Result<(), BatchError> {
        let number = self.done.len() + self.taken + 1;
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
            (BodyFile::New(part), outlet) => {
                // Recorded before the file has its name, so that no whole body is written twice.
                let ready = part.synced()?;
                if let BodyOutlet::Journal(journal) = outlet {
                    journal.note(&body)?;
                }
                ready.rename()?;
            }
            (BodyFile::Written(whole), _) if whole.sha256 == body.sha256 => {}
            (BodyFile::Written(_), _) => return Err(comes_out_otherwise(number)),
            (BodyFile::Memory(_), BodyOutlet::Journal(_)) => {}
        }
        self.done.push(body);
        Ok(())
    }
}
