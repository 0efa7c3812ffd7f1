//! Bodies on their way to the disk, on a thread of their own: to wait for the disk, and to hash, is
//! half of the time that it takes to prepare a list.

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
    /// Nowhere: the unfinished run that is resumed has left it whole.
    Stands(WholeBody),
}

/// What a body holds, once all of it was handed over.
pub(in crate::batch) struct BodyContent {
    pub jobs: u64,
    pub bytes: u64,
    pub rows: Vec<[u64; 2]>,
}

/// One step in the making of a body.
enum WriteStep {
    Begin(BodyFile),
    Write(Vec<u8>),
    Finish(BodyContent),
}

/// Steps on their way: a reader that outruns the disk waits.
const AHEAD: usize = 8;

/// Makes one body after the other. Dropped, it waits for what was handed over, so that nobody
/// meets a file that is still being written.
pub(in crate::batch) struct BodyWriter {
    steps: Option<SyncSender<WriteStep>>,
    thread: Option<JoinHandle<Result<Vec<Body>, BatchError>>>,
}

impl BodyWriter {
    /// Begins with the first body. Each one that is whole is noted in the journal.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn begin(run: String, journal: Journal) -> io::Result<Self> {
        let (steps, taken) = sync_channel(AHEAD);
        let making = BodyDraft {
            run,
            journal,
            done: Vec::new(),
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
    /// Why the writer has ended, as of the other steps.
    pub fn body(&mut self, file: BodyFile) -> Result<(), BatchError> {
        self.step(WriteStep::Begin(file))
    }

    /// Writes on.
    pub fn write(&mut self, bytes: Vec<u8>) -> Result<(), BatchError> {
        self.step(WriteStep::Write(bytes))
    }

    /// Ends the body.
    pub fn finish_body(&mut self, content: BodyContent) -> Result<(), BatchError> {
        self.step(WriteStep::Finish(content))
    }

    /// Waits until everything is on the disk; the bodies that were written.
    pub fn finish(&mut self) -> Result<Vec<Body>, BatchError> {
        self.steps = None;
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(done)) => done,
            // It has ended before, and why was told; or it has panicked.
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
            // Whoever drops it has a failure of its own to tell.
            let _ = self.finish();
        }
    }
}

/// The bodies so far.
struct BodyDraft {
    run: String,
    journal: Journal,
    done: Vec<Body>,
}

impl BodyDraft {
    fn all(mut self, steps: &Receiver<WriteStep>) -> Result<Vec<Body>, BatchError> {
        while let Ok(WriteStep::Begin(file)) = steps.recv() {
            self.one(file, steps)?;
        }
        Ok(self.done)
    }

    /// Makes one body; one whose steps break off leaves no file.
    fn one(&mut self, mut file: BodyFile, steps: &Receiver<WriteStep>) -> Result<(), BatchError> {
        let mut sha = Sha256::new();
        loop {
            match steps.recv() {
                Ok(WriteStep::Write(bytes)) => {
                    sha.update(&bytes);
                    if let BodyFile::New(part) = &mut file {
                        part.write_all(&bytes)?;
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
        let number = self.done.len() + 1;
        let sha256 = data_encoding::HEXLOWER.encode(&sha.finalize());
        let body = Body {
            file: body_name(number),
            jobs: content.jobs,
            bytes: content.bytes,
            rows: content.rows,
            idempotence_key: idempotence_key(&self.run, &sha256, number),
            sha256,
        };
        match file {
            BodyFile::New(part) => {
                // Noted before it has its name, so that no whole body is written twice.
                let ready = part.synced()?;
                self.journal.note(&body)?;
                ready.rename()?;
            }
            BodyFile::Stands(whole) if whole.sha256 == body.sha256 => {}
            BodyFile::Stands(_) => return Err(comes_out_otherwise(number)),
        }
        self.done.push(body);
        Ok(())
    }
}
