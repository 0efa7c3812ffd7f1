//! Request bodies: each is a whole `addPhones` request within the limits that the caller set.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::io;

use hashbrown::HashMap;

use crate::batch::error::BatchError;
use crate::batch::judged::{DuplicateKey, JudgedRow};
use crate::batch::out::body::{Body, comes_out_otherwise};
use crate::batch::out::journal::{Journal, WholeBody};
use crate::batch::out::lines::RowLines;
use crate::batch::out::outdir::{OutDir, body_name};
use crate::batch::out::spool::Spool;
use crate::batch::out::writer::{BodyContent, BodyFile, BodyOutlet, BodyWriter, TakeBody};
use crate::job::{self, Edit};
use crate::service::body::{BETWEEN, CLOSE, FRAME, OPEN};

/// The limits on a body.
#[derive(Clone, Copy, Debug)]
pub(in crate::batch) struct BodyLimits {
    pub jobs: u64,
    pub bytes: Option<u64>,
}

/// The most bytes of a job that alone fills a body of this size.
pub(in crate::batch) fn longest_job(body: u64) -> u64 {
    body.saturating_sub(FRAME)
}

/// A job that will be sent.
#[derive(Clone, Copy)]
pub(in crate::batch) struct Sendable<'t> {
    pub row: u64,
    /// The line in which its row begins, if the source has lines.
    pub line: Option<u64>,
    /// Which part of its row it is, if the row has several phones and is a job for each.
    pub part: Option<u16>,
    /// The digits of its phone as a number.
    pub phone: u64,
    /// Its original text.
    pub text: &'t [u8],
    /// The edits of its text.
    pub edits: &'t [Edit],
}

impl<'t> Sendable<'t> {
    /// The job of a row with that number and key.
    pub fn of(row: u64, key: &DuplicateKey, judged: &'t JudgedRow<'_>) -> Sendable<'t> {
        Sendable {
            row,
            line: judged.line,
            part: judged.part,
            phone: key.phone,
            text: judged.text,
            edits: &judged.edits,
        }
    }
}

impl Sendable<'_> {
    fn len(self) -> usize {
        job::rewritten_length(self.text, self.edits)
    }

    fn append_to(self, out: &mut Vec<u8>) {
        job::rewritten(self.text, self.edits, out);
    }
}

impl<'t> Sendable<'t> {
    fn parts(self) -> impl Iterator<Item = &'t [u8]> {
        job::rewritten_parts(self.text, self.edits)
    }
}

/// Where bodies go.
pub(in crate::batch) enum BodyPlace<'d> {
    /// To files of a directory, whose journal records them.
    Directory(&'d OutDir, Journal),
    /// To a caller, from memory.
    Caller(Box<TakeBody>),
}

/// Puts jobs into bodies in the order of their rows.
pub(in crate::batch) struct Bodies<'d> {
    /// The directory of their files; without it, they stay in memory.
    dir: Option<&'d OutDir>,
    limits: BodyLimits,
    /// The bodies that the unfinished run wrote, if this run resumes it.
    left: Vec<WholeBody>,
    writer: BodyWriter,
    open: Option<OpenBody>,
    /// How many bodies were closed.
    closed: usize,
    waiting: Option<WaitingJobs>,
}

impl<'d> Bodies<'d> {
    /// `one_a_phone`: a phone may occur several times in the list, and only once in a request.
    pub fn new(
        place: BodyPlace<'d>,
        limits: BodyLimits,
        run: String,
        one_a_phone: bool,
    ) -> io::Result<Self> {
        let (dir, left, outlet) = match place {
            BodyPlace::Directory(dir, journal) => {
                let left = journal.left().to_vec();
                (Some(dir), left, BodyOutlet::Journal(journal))
            }
            BodyPlace::Caller(take) => (None, Vec::new(), BodyOutlet::Caller(take)),
        };
        Ok(Bodies {
            dir,
            limits,
            left,
            writer: BodyWriter::begin(run, outlet)?,
            open: None,
            closed: 0,
            waiting: one_a_phone.then(WaitingJobs::default),
        })
    }

    /// The most bytes of a job that a body can hold; it may be too few for any job.
    pub fn longest_job(&self) -> Option<u64> {
        self.limits.bytes.map(longest_job)
    }

    /// Puts a job into the first body that may hold it.
    pub fn add(&mut self, job: Sendable<'_>) -> Result<(), BatchError> {
        if let Some(waiting) = &mut self.waiting
            && !waiting.admits(job.phone)
        {
            return Ok(waiting.push(job, self.dir)?);
        }
        self.write(job)
    }

    /// Writes the jobs that wait, and closes the last body.
    pub fn finish(mut self) -> Result<Vec<Body>, BatchError> {
        loop {
            self.close()?;
            if self.waiting.as_ref().is_none_or(WaitingJobs::is_empty) {
                break;
            }
            self.open()?;
        }
        let done = self.writer.finish()?;
        match self.unconfirmed() {
            Some(number) => Err(comes_out_otherwise(number)),
            None => Ok(done),
        }
    }

    /// Fails if the source, ending early here, would make a body that differs from the unfinished
    /// run's.
    pub fn differs(&mut self) -> Result<(), BatchError> {
        match self.writer.finish() {
            Err(BatchError::Differs(why)) => Err(BatchError::Differs(why)),
            _ => match self.unconfirmed() {
                Some(number) => Err(comes_out_otherwise(number)),
                None => Ok(()),
            },
        }
    }

    /// The number of the first body of the unfinished run that the source has not confirmed yet.
    fn unconfirmed(&self) -> Option<usize> {
        (self.closed < self.left.len()).then_some(self.closed + 1)
    }

    fn write(&mut self, job: Sendable<'_>) -> Result<(), BatchError> {
        loop {
            if let Some(body) = &mut self.open {
                if body.has_room(self.limits, job.len()) {
                    // A job that waited may have put the same phone into this body.
                    match &mut self.waiting {
                        Some(waiting) if !waiting.admits(job.phone) => {
                            return Ok(waiting.push(job, self.dir)?);
                        }
                        Some(waiting) => waiting.in_body.insert(job.phone),
                        None => true,
                    };
                    return body.push(job, &mut self.writer);
                }
                self.close()?;
            }
            self.open()?;
        }
    }

    /// Opens the next body. Jobs that wait go in first.
    fn open(&mut self) -> Result<(), BatchError> {
        let file = match (self.left.get(self.closed), self.dir) {
            (Some(whole), _) => BodyFile::Written(whole.clone()),
            (None, Some(dir)) => BodyFile::New(dir.begin(&body_name(self.closed + 1))?),
            (None, None) => BodyFile::Memory(Vec::new()),
        };
        self.writer.body(file)?;
        let body = self.open.insert(OpenBody::default());
        if let Some(waiting) = &mut self.waiting {
            waiting.in_body.clear();
            for (place, phone) in waiting.first_rows() {
                let Some((line, text)) = waiting.front(phone)? else {
                    continue;
                };
                let job = Sendable {
                    row: place.0,
                    part: place.1,
                    line,
                    phone,
                    text: &text,
                    edits: &[],
                };
                if !body.has_room(self.limits, job.len()) {
                    break;
                }
                body.push(job, &mut self.writer)?;
                waiting.pop(place, phone);
                waiting.in_body.insert(phone);
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), BatchError> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        self.closed += 1;
        open.finish(&mut self.writer)
    }
}

/// Jobs whose phone is already in the open body. There may be as many as the list has rows, so
/// their texts are kept on the disk.
#[derive(Default)]
struct WaitingJobs {
    in_body: HashSet<u64>,
    by_phone: HashMap<u64, VecDeque<WaitingJob>>,
    texts: Option<Spool>,
    /// The first waiting row of each phone.
    first: BTreeMap<WaitingPlace, u64>,
}

/// A job that waits.
struct WaitingJob {
    of_row: WaitingPlace,
    line: Option<u64>,
    /// The place of its text.
    place: u64,
}
/// The row of a job that waits, and its part.
type WaitingPlace = (u64, Option<u16>);

impl WaitingJobs {
    fn admits(&self, phone: u64) -> bool {
        !self.in_body.contains(&phone) && !self.by_phone.contains_key(&phone)
    }

    fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    fn push(&mut self, job: Sendable<'_>, dir: Option<&OutDir>) -> io::Result<()> {
        let Sendable {
            row,
            part,
            line,
            phone,
            ..
        } = job;
        let of_row = (row, part);
        let texts = match &mut self.texts {
            Some(texts) => texts,
            none => none.insert(Spool::new(dir.map(|dir| dir.path("")).as_deref())?),
        };
        let place = texts.end();
        texts.push(row, job.len(), job.parts())?;
        let queue = self.by_phone.entry(phone).or_default();
        if queue.is_empty() {
            self.first.insert(of_row, phone);
        }
        queue.push_back(WaitingJob {
            of_row,
            line,
            place,
        });
        Ok(())
    }

    /// The first waiting row of each phone, in the order of rows.
    fn first_rows(&self) -> Vec<(WaitingPlace, u64)> {
        self.first
            .iter()
            .map(|(row, phone)| (*row, *phone))
            .collect()
    }

    /// The line and the text of the first job of a phone.
    fn front(&mut self, phone: u64) -> io::Result<Option<(Option<u64>, Vec<u8>)>> {
        let first = self.by_phone.get(&phone).and_then(VecDeque::front);
        match (first, &mut self.texts) {
            (Some(first), Some(texts)) => {
                let (_, text) = texts.get(first.place)?;
                Ok(Some((first.line, text)))
            }
            _ => Ok(None),
        }
    }

    fn pop(&mut self, waiting: WaitingPlace, phone: u64) {
        self.first.remove(&waiting);
        let Some(queue) = self.by_phone.get_mut(&phone) else {
            return;
        };
        queue.pop_front();
        match queue.front() {
            Some(next) => {
                self.first.insert(next.of_row, phone);
            }
            None => {
                self.by_phone.remove(&phone);
            }
        }
    }
}

/// A body that is being written.
struct OpenBody {
    jobs: u64,
    bytes: u64,
    rows: Vec<[u64; 2]>,
    lines: RowLines,
    parts: Vec<[u64; 2]>,
    /// Bytes that the writer does not have yet.
    pending: Vec<u8>,
}

/// How many bytes are handed to the writer at once.
const PIECE: usize = 1 << 18;

impl Default for OpenBody {
    fn default() -> Self {
        let mut body = OpenBody {
            jobs: 0,
            bytes: 0,
            rows: Vec::new(),
            lines: RowLines::default(),
            parts: Vec::new(),
            pending: Vec::with_capacity(PIECE + PIECE / 4),
        };
        body.put(OPEN);
        body
    }
}

impl OpenBody {
    fn has_room(&self, limits: BodyLimits, job: usize) -> bool {
        let more = (BETWEEN.len() + job + CLOSE.len()) as u64;
        let first = self.jobs == 0;
        first
            || (self.jobs < limits.jobs && limits.bytes.is_none_or(|max| self.bytes + more <= max))
    }

    fn push(&mut self, job: Sendable<'_>, writer: &mut BodyWriter) -> Result<(), BatchError> {
        if self.jobs > 0 {
            self.put(BETWEEN);
        }
        if job.len() < PIECE {
            job.append_to(&mut self.pending);
        } else {
            for piece in job.parts().flat_map(|part| part.chunks(PIECE)) {
                self.pending.extend_from_slice(piece);
                self.hand_over(writer)?;
            }
        }
        self.bytes += job.len() as u64;
        self.jobs += 1;
        match self.rows.last_mut() {
            Some([_, last]) if *last + 1 == job.row => *last = job.row,
            _ => self.rows.push([job.row, job.row]),
        }
        if let Some(line) = job.line {
            self.lines.push(job.row, line);
        }
        self.parts
            .extend(job.part.map(|part| [job.row, part.into()]));
        self.hand_over(writer)
    }

    /// Hands the pending bytes to the writer once there are enough.
    fn hand_over(&mut self, writer: &mut BodyWriter) -> Result<(), BatchError> {
        if self.pending.len() < PIECE {
            return Ok(());
        }
        let room = Vec::with_capacity(PIECE + PIECE / 4);
        writer.write(std::mem::replace(&mut self.pending, room))
    }

    fn put(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.pending.extend_from_slice(bytes);
    }

    fn finish(mut self, writer: &mut BodyWriter) -> Result<(), BatchError> {
        self.put(CLOSE);
        writer.write(self.pending)?;
        writer.finish_body(BodyContent {
            jobs: self.jobs,
            bytes: self.bytes,
            rows: self.rows,
            lines: self.lines.into_runs(),
            parts: self.parts,
        })
    }
}
