//! Request bodies: each a whole `addPhones` request, within the limits that the caller set.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::io::{self, Write};

use hashbrown::HashMap;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::journal::{Journal, Whole};
use super::outdir::{OutDir, Part, body_name};
use super::source::Halt;

/// The namespace of idempotence keys (RFC 9562, 5.5).
const NAMESPACE: Uuid = Uuid::from_u128(0x6f1c_2f1e_5e0b_4f5d_9c57_0a6b_7d1e_4c30);

/// One request body that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Body {
    /// The path of its file in the directory.
    pub file: String,
    /// How many jobs it holds.
    pub jobs: u64,
    /// Its size.
    pub bytes: u64,
    /// The rows of its jobs in the order of the jobs, as runs `[first, last]`.
    pub rows: Vec<[u64; 2]>,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// What to send as `Idempotence-Key`.
    pub idempotence_key: String,
}

/// The limits on a body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub jobs: u64,
    pub bytes: Option<u64>,
}

const OPEN: &[u8] = b"[";
const BETWEEN: &[u8] = b",\n";
const CLOSE: &[u8] = b"]";
const FRAME: u64 = (OPEN.len() + CLOSE.len()) as u64;

/// Puts jobs into bodies, in the order of their rows.
pub(super) struct Bodies<'d> {
    dir: &'d OutDir,
    limits: Limits,
    run: String,
    journal: Journal,
    open: Option<OpenBody>,
    done: Vec<Body>,
    waiting: Option<Waiting>,
}

impl<'d> Bodies<'d> {
    /// `one_a_phone`: a phone may come more than once, and a request holds it once.
    pub fn new(
        dir: &'d OutDir,
        limits: Limits,
        run: String,
        journal: Journal,
        one_a_phone: bool,
    ) -> Self {
        Bodies {
            dir,
            limits,
            run,
            journal,
            open: None,
            done: Vec::new(),
            waiting: one_a_phone.then(Waiting::default),
        }
    }

    /// How many bytes a job may have that a body holds alone; it may be too few for any.
    pub fn longest_job(&self) -> Option<u64> {
        Some(self.limits.bytes?.saturating_sub(FRAME))
    }

    /// Puts one job into the first body that may hold it.
    pub fn add(&mut self, row: u64, phone: u64, job: &[u8]) -> Result<(), Halt> {
        if let Some(waiting) = &mut self.waiting
            && !waiting.admits(phone)
        {
            waiting.push(row, phone, job.to_vec());
            return Ok(());
        }
        self.write(row, phone, job)
    }

    /// Writes what waits, and closes the last body.
    pub fn finish(mut self) -> Result<Vec<Body>, Halt> {
        loop {
            self.close()?;
            if self.waiting.as_ref().is_none_or(Waiting::is_empty) {
                break;
            }
            self.open()?;
        }
        match self.unconfirmed() {
            Some(number) => Err(comes_out_otherwise(number)),
            None => Ok(self.done),
        }
    }

    /// The first body of the run that is resumed which the source has not come up to yet.
    pub fn unconfirmed(&self) -> Option<usize> {
        let number = self.done.len() + 1;
        self.journal.whole(number).map(|_| number)
    }

    fn write(&mut self, row: u64, phone: u64, job: &[u8]) -> Result<(), Halt> {
        loop {
            if let Some(body) = &mut self.open {
                if body.has_room(self.limits, job.len()) {
                    // A job that waited may have brought the same phone into this body.
                    match &mut self.waiting {
                        Some(waiting) if !waiting.admits(phone) => {
                            waiting.push(row, phone, job.to_vec());
                            return Ok(());
                        }
                        Some(waiting) => waiting.in_body.insert(phone),
                        None => true,
                    };
                    return Ok(body.push(row, job)?);
                }
                self.close()?;
            }
            self.open()?;
        }
    }

    /// Opens the next body; those who wait come first.
    fn open(&mut self) -> io::Result<()> {
        let number = self.done.len() + 1;
        let file = match self.journal.whole(number) {
            Some(whole) => BodyFile::Stands(whole.clone()),
            None => BodyFile::New(self.dir.begin(&body_name(number))?),
        };
        let body = self.open.insert(OpenBody::begin(file)?);
        if let Some(waiting) = &mut self.waiting {
            waiting.in_body.clear();
            for (row, phone) in waiting.first_rows() {
                let Some(job) = waiting.front(phone) else {
                    continue;
                };
                if !body.has_room(self.limits, job.len()) {
                    break;
                }
                body.push(row, job)?;
                waiting.pop(row, phone);
                waiting.in_body.insert(phone);
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Halt> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        let number = self.done.len() + 1;
        let (file, body) = open.finish(number, &self.run)?;
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

/// Jobs whose phone the open body already holds.
#[derive(Default)]
struct Waiting {
    in_body: HashSet<u64>,
    by_phone: HashMap<u64, VecDeque<(u64, Vec<u8>)>>,
    /// The first waiting row of each phone.
    first: BTreeMap<u64, u64>,
}

impl Waiting {
    fn admits(&self, phone: u64) -> bool {
        !self.in_body.contains(&phone) && !self.by_phone.contains_key(&phone)
    }

    fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    fn push(&mut self, row: u64, phone: u64, job: Vec<u8>) {
        let queue = self.by_phone.entry(phone).or_default();
        if queue.is_empty() {
            self.first.insert(row, phone);
        }
        queue.push_back((row, job));
    }

    /// The first waiting row of each phone, in the order of rows.
    fn first_rows(&self) -> Vec<(u64, u64)> {
        self.first
            .iter()
            .map(|(row, phone)| (*row, *phone))
            .collect()
    }

    fn front(&self, phone: u64) -> Option<&[u8]> {
        let (_, job) = self.by_phone.get(&phone)?.front()?;
        Some(job)
    }

    fn pop(&mut self, row: u64, phone: u64) {
        self.first.remove(&row);
        let Some(queue) = self.by_phone.get_mut(&phone) else {
            return;
        };
        queue.pop_front();
        match queue.front() {
            Some((next, _)) => {
                self.first.insert(*next, phone);
            }
            None => {
                self.by_phone.remove(&phone);
            }
        }
    }
}

/// What a resumed run says when it meets another source than the unfinished one read.
pub(super) fn comes_out_otherwise(number: usize) -> Halt {
    let file = body_name(number);
    Halt::Differs(format!(
        "the source is not the one that the unfinished run read: {file} would come out otherwise"
    ))
}

/// Where the bytes of a body go.
enum BodyFile {
    New(Part),
    /// Nowhere: the unfinished run that is resumed has left it whole.
    Stands(Whole),
}

/// A body in the making.
struct OpenBody {
    file: BodyFile,
    sha: Sha256,
    jobs: u64,
    bytes: u64,
    rows: Vec<[u64; 2]>,
}

impl OpenBody {
    fn begin(file: BodyFile) -> io::Result<Self> {
        let mut body = OpenBody {
            file,
            sha: Sha256::new(),
            jobs: 0,
            bytes: 0,
            rows: Vec::new(),
        };
        body.put(OPEN)?;
        Ok(body)
    }

    fn has_room(&self, limits: Limits, job: usize) -> bool {
        let more = (BETWEEN.len() + job + CLOSE.len()) as u64;
        let first = self.jobs == 0;
        first
            || (self.jobs < limits.jobs && limits.bytes.is_none_or(|max| self.bytes + more <= max))
    }

    fn push(&mut self, row: u64, job: &[u8]) -> io::Result<()> {
        if self.jobs > 0 {
            self.put(BETWEEN)?;
        }
        self.put(job)?;
        self.jobs += 1;
        match self.rows.last_mut() {
            Some([_, last]) if *last + 1 == row => *last = row,
            _ => self.rows.push([row, row]),
        }
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sha.update(bytes);
        self.bytes += bytes.len() as u64;
        match &mut self.file {
            BodyFile::New(part) => part.write_all(bytes),
            BodyFile::Stands(_) => Ok(()),
        }
    }

    fn finish(mut self, number: usize, run: &str) -> io::Result<(BodyFile, Body)> {
        self.put(CLOSE)?;
        let sha256 = data_encoding::HEXLOWER.encode(&self.sha.finalize());
        let name = format!("{run}/{sha256}/{number}");
        let body = Body {
            file: body_name(number),
            jobs: self.jobs,
            bytes: self.bytes,
            rows: self.rows,
            idempotence_key: Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string(),
            sha256,
        };
        Ok((self.file, body))
    }
}
