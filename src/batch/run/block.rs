//! Stretches of a source that are judged by themselves, on whatever thread.

use std::borrow::Cow;
use std::io;
use std::ops::{ControlFlow, Range};

use memchr::memmem::FinderRev;

use crate::batch::error::{BatchError, SourceFailure};
use crate::batch::judged::{DuplicateKey, JudgedRow};
use crate::batch::out::lines::RowLines;
use crate::batch::out::rejects;
use crate::batch::place::FirstPlace;
use crate::batch::place::RowRegion;
use crate::batch::run::duplicates::DuplicateCandidate;
use crate::batch::run::judge::{FastRow, JudgeBuffer, RowJudge, shows_number};
use crate::batch::run::word_room::BlockWordRoom;
use crate::batch::source::dialled_lines;
use crate::batch::source::feed::{Feed, SourcePlace};
use crate::batch::source::json::{self, ArrayEnd, Next};
use crate::batch::source::limit::has_spare_memory;
use crate::batch::source::open::TextFormat;
use crate::batch::source::preset::DefaultsWriter;
use crate::batch::source::row::{OnRecord, Row, RowContent, RowCountry, Taken};
use crate::batch::source::table;
use crate::job::{
    CallPlan, Edit, Finding, FindingCode, JobLocation, JobShapes, Standing, WantedWords,
};
use crate::json::{is_space, trimmed};
use crate::phone::PhoneOptions;

/// A block with a row that is longer ends inside the row, unless all bytes are at hand: whoever takes
/// the blocks puts such a row together.
pub(in crate::batch) const LONG: usize = 1 << 20;

/// What the details of the rows of one block may take, in bytes, before the rest of the block has to
/// wait: a block on its way may not take much more memory than it has bytes.
const MOST_DETAILS: usize = 10 << 20;

/// About what a finding takes, with the edit that mends it.
const FINDING: usize = 400;

/// Some bytes of a source.
pub(in crate::batch) struct Block<'e> {
    pub bytes: Cow<'e, [u8]>,
    /// Where in the source they begin.
    pub offset: u64,
    /// From where its lines are counted.
    pub origin: LineOrigin<'e>,
    /// Whether the source ends with them.
    pub last: bool,
}

/// A byte of a source whose place is known, and the bytes from there on if all are at hand. Few ask
/// for a place: it is counted when somebody does.
#[derive(Clone, Copy)]
pub(in crate::batch) struct LineOrigin<'e> {
    offset: u64,
    place: SourcePlace,
    text: Option<&'e [u8]>,
}

/// Hands over a source block by block.
pub(in crate::batch) enum Blocks<'e> {
    /// All of it is at hand: blocks borrow.
    AtHand {
        rest: &'e [u8],
        at: usize,
        origin: LineOrigin<'e>,
    },
    /// It arrives: blocks are copies, since what is read next takes their place.
    Arriving {
        feed: &'e mut dyn Feed,
        /// The error that ended the source after the last block.
        failed: Option<BatchError>,
    },
}

impl<'e> Block<'e> {
    /// Takes the first `count` bytes away.
    pub fn advance(&mut self, count: usize) {
        if self.origin.text.is_none() {
            self.origin.place.pass(&self.bytes[..count]);
            self.origin.offset += count as u64;
        }
        match &mut self.bytes {
            Cow::Borrowed(bytes) => *bytes = &bytes[count..],
            Cow::Owned(bytes) => drop(bytes.drain(..count)),
        }
        self.offset += count as u64;
    }

    /// A failure at its byte at `index`.
    pub fn failure(&self, index: usize, message: impl Into<String>) -> BatchError {
        let mut place = self.place();
        place.pass(&self.bytes[..index]);
        let (line, column) = place.line_and_column();
        BatchError::Source(SourceFailure {
            message: message.into(),
            offset: self.offset + index as u64,
            line,
            column,
        })
    }

    /// Where it begins, in lines and characters.
    fn place(&self) -> SourcePlace {
        let mut place = self.origin.place;
        if let Some(text) = self.origin.text {
            place.pass(&text[..(self.offset - self.origin.offset) as usize]);
        }
        place
    }
}

/// Finds the lines of rows that come in order: no byte is counted twice.
#[derive(Clone, Default)]
pub(in crate::batch) struct LineFinder {
    /// The byte up to which lines are counted, and its place.
    known: Option<(u64, SourcePlace)>,
}

impl LineFinder {
    /// The line of the row that begins at this byte of a source that is at hand.
    pub fn line_at_hand(&mut self, row: u64, origin: &LineOrigin<'_>) -> u64 {
        self.line_of(row, b"", row, origin)
    }

    /// The line of the row that begins at this byte of the source. `bytes` begin at `offset`.
    fn line_of(&mut self, row: u64, bytes: &[u8], offset: u64, origin: &LineOrigin<'_>) -> u64 {
        let after_origin = self.known.filter(|(known, _)| *known >= origin.offset);
        let (known, mut place) = after_origin.unwrap_or((origin.offset, origin.place));
        let (text, begin) = match origin.text {
            Some(text) => (text, origin.offset),
            None => (bytes, offset),
        };
        let passed = (known - begin) as usize..(row - begin) as usize;
        place.pass_lines(text.get(passed).unwrap_or_default());
        self.known = Some((row, place));
        place.line()
    }
}

impl<'e> LineOrigin<'e> {
    /// Where the rest of a source begins, if all of it is at hand.
    pub fn at_hand(feed: &'e dyn Feed) -> Option<LineOrigin<'e>> {
        Some(LineOrigin {
            offset: feed.offset(),
            place: feed.place(),
            text: Some(feed.rest()?),
        })
    }
}

impl<'e> Blocks<'e> {
    pub fn of(feed: &'e mut dyn Feed) -> Self {
        if feed.rest().is_none() {
            return Blocks::Arriving { feed, failed: None };
        }
        let feed: &'e dyn Feed = feed;
        Blocks::AtHand {
            rest: feed.rest().unwrap_or_default(),
            at: 0,
            origin: LineOrigin {
                offset: feed.offset(),
                place: feed.place(),
                text: feed.rest(),
            },
        }
    }

    /// The next block, which ends where `cuts` says.
    pub fn next(&mut self, cuts: &mut Cuts<'_>) -> Result<Block<'e>, BatchError> {
        match self {
            Blocks::AtHand { rest, at, origin } => {
                let window = &rest[*at..];
                let length = cuts.find(window, true).unwrap_or(window.len());
                let block = Block {
                    bytes: Cow::Borrowed(&window[..length]),
                    offset: origin.offset + *at as u64,
                    origin: *origin,
                    last: length == window.len(),
                };
                *at += length;
                Ok(block)
            }
            Blocks::Arriving { feed, failed } => {
                if let Some(halt) = failed.take() {
                    return Err(halt);
                }
                let (length, last) = loop {
                    let (window, at_end) = (feed.window(), feed.at_end());
                    if let Some(length) = cuts.find(window, at_end) {
                        break (length, at_end && length == window.len());
                    }
                    if let Err(error) = feed.more() {
                        // The rows that are whole are kept.
                        *failed = Some(error.into());
                        break (cuts.whole_rows(feed.window()), false);
                    }
                };
                let block = Block {
                    bytes: Cow::Owned(feed.window()[..length].to_vec()),
                    offset: feed.offset(),
                    origin: LineOrigin {
                        offset: feed.offset(),
                        place: feed.place(),
                        text: None,
                    },
                    last,
                };
                feed.consume(length);
                Ok(block)
            }
        }
    }
}

/// Where blocks end.
pub(in crate::batch) struct Cuts<'t> {
    text: &'t TextFormat,
    /// How many bytes a block is meant to have.
    size: usize,
    /// The name that the array's first job begins with, in its quotes, once it is seen.
    first_name: Option<FinderRev<'static>>,
}

impl<'t> Cuts<'t> {
    pub fn new(text: &'t TextFormat, size: usize) -> Self {
        Cuts {
            text,
            size,
            first_name: None,
        }
    }

    /// How many bytes of the window the next block takes; `None` where more are needed to tell.
    fn find(&mut self, window: &[u8], at_end: bool) -> Option<usize> {
        if at_end && window.len() <= self.size {
            return Some(window.len());
        }
        let limit = self.size.min(window.len());
        match self.text {
            TextFormat::Ndjson | TextFormat::DialledLines => {
                match memchr::memrchr(b'\n', &window[..limit]) {
                    Some(last) => Some(last + 1),
                    None => after_line(b'\n', window, limit, at_end),
                }
            }
            TextFormat::Table(csv) => {
                let end = csv.dialect.end.byte();
                let record_ends = record_ends(end, &window[..limit]);
                record_ends.or_else(|| after_line(end, window, limit, at_end))
            }
            // Where no job seems to begin, any place is as good: it will turn out to be none.
            TextFormat::Json => self
                .job_begins(&window[..limit])
                .or_else(|| (window.len() > self.size).then_some(limit)),
        }
    }

    /// How much of a window before a failure is worth a walk.
    fn whole_rows(&self, window: &[u8]) -> usize {
        match self.text {
            TextFormat::Ndjson | TextFormat::DialledLines => {
                memchr::memrchr(b'\n', window).map_or(0, |last| last + 1)
            }
            TextFormat::Json | TextFormat::Table(_) => window.len(),
        }
    }

    /// The byte after the last comma of an array that seems to be between two jobs: jobs
    /// begin with the same name, mostly. It may be a comma in a payload or in a string; whoever
    /// walks over the block finds out.
    fn job_begins(&mut self, window: &[u8]) -> Option<usize> {
        if self.first_name.is_none() {
            self.first_name = first_name(window).map(|name| FinderRev::new(name).into_owned());
        }
        let name = self.first_name.as_ref()?;
        let is_begin = |at: &usize| window[*at..].first() == Some(&b',');
        let places = name.rfind_iter(window);
        places
            .filter_map(|at| comma_before(&window[..at]))
            .find(is_begin)
            .map(|at| at + 1)
    }
}

/// After the first line that ends at `limit` or later; in a line that is [`LONG`] at any place.
fn after_line(end: u8, window: &[u8], limit: usize, at_end: bool) -> Option<usize> {
    match memchr::memchr(end, &window[limit..]) {
        Some(next) => Some(limit + next + 1),
        None => (at_end || window.len() >= limit.max(LONG)).then_some(window.len()),
    }
}

/// Behind the last line that seems to end a record: the quotes before it come in pairs. They need
/// not, where a plain cell holds one; whoever walks over the block finds out.
fn record_ends(end: u8, window: &[u8]) -> Option<usize> {
    let mut quotes = memchr::memchr_iter(b'"', window).count();
    let mut rest = window.len();
    for line_end in memchr::memrchr_iter(end, window) {
        quotes -= memchr::memchr_iter(b'"', &window[line_end..rest]).count();
        if quotes.is_multiple_of(2) {
            return Some(line_end + 1);
        }
        rest = line_end;
    }
    None
}

/// The first name of the first object, in its quotes.
fn first_name(window: &[u8]) -> Option<&[u8]> {
    /// Longer than the names of jobs are.
    const LONG: usize = 64;
    let brace = memchr::memchr(b'{', window)?;
    let name = trimmed(&window[brace + 1..]);
    let length = memchr::memchr(b'"', name.get(1..)?)? + 2;
    (name[0] == b'"' && length < LONG).then(|| &name[..length])
}

/// Where the comma of `}, {` is at the end of some bytes.
fn comma_before(bytes: &[u8]) -> Option<usize> {
    let bytes = before(bytes)?.strip_suffix(b"{")?;
    let bytes = before(bytes)?.strip_suffix(b",")?;
    before(bytes)?.strip_suffix(b"}")?;
    Some(bytes.len())
}

/// The bytes without the white space at their end.
fn before(bytes: &[u8]) -> Option<&[u8]> {
    let last = bytes.iter().rposition(|byte| !is_space(*byte))?;
    Some(&bytes[..=last])
}

/// A block and the verdicts over its rows.
pub(in crate::batch) struct JudgedBlock<'e> {
    pub block: Block<'e>,
    /// How its walk ended; taken by whoever goes on from there.
    pub end: Result<BlockEnd, BatchError>,
    /// Whether the walk ended because the verdicts took too much memory.
    pub is_stopped: bool,
    verdicts: BlockVerdicts,
}

/// The verdicts over the rows of a block.
#[derive(Default)]
pub(in crate::batch) struct BlockVerdicts {
    rows: Vec<RowVerdict>,
    /// The texts that are not in the block as they are, one after the other.
    copies: Vec<u8>,
    /// The text of the last row, where it is long and not in the block.
    long: Vec<u8>,
    /// What few rows have.
    details: Vec<VerdictDetails>,
    digests: Vec<[u8; 32]>,
    /// The records of a table.
    records: Vec<Range<usize>>,
    /// Where records begin that repeat the header.
    headers: Vec<u64>,
    /// The phones of records of which only the number is wanted.
    numbers: Vec<u64>,
    /// What was found at the rows, one row after the other.
    codes: Vec<FindingCode>,
    /// How many of them belong to the rows so far.
    counted_codes: usize,
    /// When the jobs that have a plan may ring.
    plans: Vec<CallPlan>,
    /// Where the jobs are that can be sent by themselves, if somebody counts that.
    locations: Vec<JobLocation>,
    /// How many findings there are in words, or edits.
    findings: usize,
    /// Whether there are lines of a reject file among them.
    has_rejects: bool,
    /// The places of rejected rows that have a phone, and the phone, if phones are excluded.
    rejected_phones: Vec<(usize, u64)>,
    /// Whether the last row is long, and not in the block.
    has_long: bool,
    /// Whether there was no memory for a copy.
    lacks_memory: bool,
}

/// How the walk over a block ended.
pub(in crate::batch) enum BlockEnd {
    /// After the last line or record that is whole, and so many bytes.
    Rows(usize),
    Array(ArrayEnd),
}

/// A verdict in few bytes: a block has thousands.
struct RowVerdict {
    offset: u64,
    /// Where its text is in what holds it.
    text: Range<usize>,
    held: HeldRow,
    /// The digits of the phone as a number, 0 where the job is not sendable.
    phone: u64,
    /// Where its phone is in its text.
    value: Range<usize>,
    standing: Standing,
    is_json: bool,
    has_details: bool,
    has_plan: bool,
    /// Which part of its row it is, if the row has several phones.
    part: Option<u16>,
    region: Option<RowRegion>,
    /// How many codes it has.
    codes: u32,
}

/// What holds the text of a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum HeldRow {
    Block,
    Copies,
    /// A text of its own.
    Alone,
}

impl RowVerdict {
    fn is_clean(&self) -> bool {
        let has_more = self.has_plan || self.has_details;
        self.standing == Standing::Clean && self.codes == 0 && !has_more
    }
}

/// What few rows have beside codes.
#[derive(Default)]
struct VerdictDetails {
    /// In words.
    findings: Vec<Finding>,
    edits: Vec<Edit>,
    /// How many bytes a row has that is too long.
    too_long: Option<u64>,
    /// Where a line of a reject file was first.
    first: Option<Box<FirstPlace>>,
}

/// Judges blocks, one after the other.
pub(in crate::batch) struct BlockJudge<'j, 'a> {
    text: &'j TextFormat,
    judge: &'j RowJudge<'a>,
    shapes: JobShapes,
}

impl<'j, 'a> BlockJudge<'j, 'a> {
    pub fn new(text: &'j TextFormat, judge: &'j RowJudge<'a>) -> Self {
        BlockJudge {
            text,
            judge,
            shapes: JobShapes::default(),
        }
    }

    /// Judges the rows of a block. A walk over an array begins by `next`. The verdicts take the
    /// room of earlier ones: to be given memory anew for every block costs as much as to judge it.
    pub fn judge<'e>(
        &mut self,
        block: Block<'e>,
        next: Next,
        mut room: BlockVerdicts,
    ) -> JudgedBlock<'e> {
        room.clear();
        let bytes = &*block.bytes;
        let mut setter = DefaultsWriter::new(self.judge.preset);
        let has_preset = !self.judge.preset.fields().is_empty();
        let mut keeper = VerdictKeeper {
            judge: self.judge,
            block: bytes,
            room: &mut room,
            ruling: JudgeBuffer::default(),
            words: Vec::new(),
            word_room: self.judge.room.of_block(self.judge.explains),
            awaits_text: false,
            is_stopped: false,
        };
        let limit = self.judge.row_limit;
        let text = (bytes, block.last, block.offset);
        let end = match self.text {
            // Its rows are not lines of a reject file, and have the fields of the list.
            TextFormat::Table(csv) => {
                table::walk(text, csv, limit, &mut keeper).map(BlockEnd::Rows)
            }
            TextFormat::Json | TextFormat::Ndjson | TextFormat::DialledLines => {
                let on_row = &mut |row: Row<'_>| {
                    if has_preset || rejects::may_hold(&row) {
                        let mut keep = |row: Row<'_>| keeper.row_of_line(row);
                        let mut set = |row: Row<'_>| setter.hand_on(row, &mut keep);
                        let taken = rejects::unwrapped(row, &mut set);
                        keeper.take_text(setter.text());
                        return taken;
                    }
                    keeper.keep(&row)
                };
                let shapes = &mut self.shapes;
                match self.text {
                    TextFormat::Json => {
                        json::walk_block(text, next, limit, shapes, on_row).map(BlockEnd::Array)
                    }
                    TextFormat::DialledLines => {
                        dialled_lines::each(text, limit, shapes, on_row).map(BlockEnd::Rows)
                    }
                    _ => json::lines(text, limit, shapes, on_row).map(BlockEnd::Rows),
                }
            }
        };
        let is_stopped = keeper.is_stopped;
        self.judge.room.add(&keeper.word_room);
        JudgedBlock {
            block,
            end,
            is_stopped,
            verdicts: room,
        }
    }

    /// The verdict over one row that is too long, of so many bytes; what its block was is gone.
    pub fn too_long<'e>(
        &self,
        (offset, origin): (u64, LineOrigin<'e>),
        length: u64,
        mut room: BlockVerdicts,
    ) -> JudgedBlock<'e> {
        room.clear();
        let row = Row {
            offset: Some(offset),
            first: None,
            country: RowCountry::Unsaid,
            content: RowContent::TooLong {
                length,
                is_record: matches!(self.text, TextFormat::Table(_)),
            },
        };
        let mut ruling = JudgeBuffer::default();
        self.judge.rule(&row, &mut ruling);
        room.keep(&row, &mut ruling, b"");
        let block = Block {
            bytes: Cow::Borrowed(b""),
            offset,
            origin,
            last: false,
        };
        JudgedBlock {
            block,
            end: Ok(BlockEnd::Rows(0)),
            is_stopped: false,
            verdicts: room,
        }
    }
}

impl<'e> JudgedBlock<'e> {
    /// A block whose rows are not looked at.
    pub fn unread(block: Block<'e>) -> Self {
        JudgedBlock {
            end: Ok(BlockEnd::Rows(block.bytes.len())),
            block,
            is_stopped: false,
            verdicts: BlockVerdicts::default(),
        }
    }

    /// The sendable jobs, when the first row of the block is `row`.
    pub fn candidates(&self, row: u64) -> impl Iterator<Item = DuplicateCandidate<'_>> + Clone {
        let (texts, mut digests) = (self.texts(), self.verdicts.digests.iter());
        let rows = (row..).zip(&self.verdicts.rows);
        let sendable = rows.filter(|(_, kept)| kept.phone != 0);
        sendable.map(move |(row, kept)| DuplicateCandidate {
            row,
            phone: kept.phone,
            digest: digests.next(),
            text: texts.of(kept),
        })
    }

    /// The sendable jobs when the first row of the block is `row`: row, phone, and whether it is
    /// sent after a repair.
    pub fn sendable(&self, row: u64) -> impl Iterator<Item = (u64, u64, bool)> {
        let rows = (row..).zip(&self.verdicts.rows);
        let sendable = rows.filter(|(_, kept)| kept.phone != 0);
        sendable.map(|(row, kept)| (row, kept.phone, kept.standing == Standing::Repaired))
    }

    /// The rejected jobs that have a phone, when the first row of the block is `row`: row and phone.
    /// They are kept only if phones are excluded.
    pub fn rejected_phones(&self, row: u64) -> impl Iterator<Item = (u64, u64)> + Clone {
        let phones = self.verdicts.rejected_phones.iter();
        phones.map(move |(place, phone)| (row + *place as u64, *phone))
    }

    /// The traces of all rows.
    pub fn traced(&self) -> impl Iterator<Item = TracedRow<'_>> {
        let texts = self.texts();
        self.verdicts.rows.iter().map(move |kept| TracedRow {
            offset: kept.offset,
            part: kept.part,
            phone: texts.other_phone(kept),
        })
    }

    /// The phones of the records that are not among the jobs, because only their numbers are wanted.
    pub fn numbers(&self) -> &[u64] {
        &self.verdicts.numbers
    }

    /// Of each job, in order, its phone as a number if it can be sent, or else 0; and its text.
    pub fn phones(&self) -> impl ExactSizeIterator<Item = (u64, &[u8])> {
        let texts = self.texts();
        let phone = move |kept: &RowVerdict| (kept.phone, texts.of(kept));
        self.verdicts.rows.iter().map(phone)
    }

    /// The jobs that are of the same row as the job before them, if the first job of the block is
    /// `number`.
    pub fn later_parts(&self, number: u64) -> impl Iterator<Item = u64> {
        let jobs = (number..).zip(&self.verdicts.rows);
        let later = jobs.filter(|(_, kept)| kept.part.is_some_and(|part| part > 0));
        later.map(|(number, _)| number)
    }

    /// Notes the lines of the rows, the first of which is the job `number`. `may_share`: two jobs may
    /// be in one line.
    pub fn note_lines(
        &self,
        number: u64,
        may_share: bool,
        lines: &mut RowLines,
        finder: &mut LineFinder,
    ) {
        let rows = &self.verdicts.rows;
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return;
        };
        let line_of = |finder: &mut LineFinder, row: &RowVerdict| {
            let block = &self.block;
            finder.line_of(row.offset, &block.bytes, block.offset, &block.origin)
        };
        if !may_share {
            let mut ahead = finder.clone();
            let (begin, end) = (line_of(finder, first), line_of(&mut ahead, last));
            let count = rows.len() as u64;
            // Each row has a line of its own, so no line is between two of them.
            if end - begin == count - 1 {
                *finder = ahead;
                return lines.push_even(number, begin, count);
            }
        }
        for (number, row) in (number..).zip(rows) {
            lines.push(number, line_of(finder, row));
        }
    }

    /// Whether there are lines of a reject file among the rows.
    pub fn has_rejects(&self) -> bool {
        self.verdicts.has_rejects
    }

    /// Where records begin that repeat the header, in order.
    pub fn take_headers(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.verdicts.headers)
    }

    /// The byte at which the last row begins.
    pub fn last_offset(&self) -> Option<u64> {
        self.verdicts.rows.last().map(|kept| kept.offset)
    }

    fn texts(&self) -> RowTexts<'_> {
        RowTexts {
            block: &self.block.bytes,
            copies: &self.verdicts.copies,
            long: &self.verdicts.long,
        }
    }

    /// Gives back the room that the verdicts take; that of a long row is freed.
    pub fn room(&mut self) -> BlockVerdicts {
        let mut room = std::mem::take(&mut self.verdicts);
        room.long = Vec::new();
        if room.copies.capacity() > MOST_DETAILS {
            room.copies = Vec::new();
        }
        room
    }

    /// The rows, in order. What few of them have is taken along.
    pub fn rows(&mut self) -> BlockRows<'_> {
        let details = std::mem::take(&mut self.verdicts.details).into_iter();
        let plans = std::mem::take(&mut self.verdicts.plans).into_iter();
        BlockRows {
            kept: &self.verdicts.rows,
            records: &self.verdicts.records,
            codes: &self.verdicts.codes,
            details,
            plans,
            locations: &self.verdicts.locations,
            texts: self.texts(),
            offset: self.block.offset,
            origin: &self.block.origin,
        }
    }
}

/// Where the texts of rows are.
#[derive(Clone, Copy)]
struct RowTexts<'b> {
    block: &'b [u8],
    copies: &'b [u8],
    long: &'b [u8],
}

impl<'b> RowTexts<'b> {
    /// What follows a record that ends here, as far as an end of line reaches.
    fn after(&self, end: usize) -> &'b [u8] {
        let after = &self.block[end..];
        &after[..after.len().min(table::SLACK)]
    }

    fn of(&self, kept: &RowVerdict) -> &'b [u8] {
        let texts = match kept.held {
            HeldRow::Block => self.block,
            HeldRow::Copies => self.copies,
            HeldRow::Alone => self.long,
        };
        &texts[kept.text.clone()]
    }

    /// The JSON text of the phone of a sendable row, unless that is the digits of the number.
    #[inline]
    fn other_phone(&self, kept: &RowVerdict) -> Option<&'b [u8]> {
        // A clean row is sent as it came.
        let is_plain = kept.standing == Standing::Clean && kept.part.is_none();
        if kept.phone == 0 || is_plain {
            return None;
        }
        let phone = &self.of(kept)[kept.value.clone()];
        let is_other = kept.part.is_some() || !shows_number(phone, kept.phone);
        is_other.then_some(phone)
    }
}

/// What a report says of a row that turns out to be a duplicate later.
pub(in crate::batch) struct TracedRow<'t> {
    /// The byte at which it begins.
    pub offset: u64,
    pub part: Option<u16>,
    /// The JSON text of its phone, unless that is the digits of the number.
    pub phone: Option<&'t [u8]>,
}

/// The rows of a judged block that are still to come.
pub(in crate::batch) struct BlockRows<'b> {
    kept: &'b [RowVerdict],
    records: &'b [Range<usize>],
    codes: &'b [FindingCode],
    details: std::vec::IntoIter<VerdictDetails>,
    plans: std::vec::IntoIter<CallPlan>,
    locations: &'b [JobLocation],
    texts: RowTexts<'b>,
    offset: u64,
    origin: &'b LineOrigin<'b>,
}

impl BlockRows<'_> {
    /// The line of the row that begins at this byte of the source.
    pub fn line_of(&self, row: u64, lines: &mut LineFinder) -> u64 {
        lines.line_of(row, self.texts.block, self.offset, self.origin)
    }

    /// Passes the next rows that are clean jobs with nothing to say of them, but no more than
    /// `most`; answers how many these are, and where the jobs are if that is known.
    pub fn pass_clean(&mut self, most: u64) -> (u64, &[JobLocation]) {
        let clean = self.kept.iter().take_while(|kept| kept.is_clean());
        let passed = clean
            .take(usize::try_from(most).unwrap_or(usize::MAX))
            .count();
        self.kept = &self.kept[passed..];
        self.records = self.records.get(passed..).unwrap_or_default();
        // A clean row has a job that can be sent, and so a location or none of them has.
        let located = self.locations.split_off(..passed).unwrap_or_default();
        (passed as u64, located)
    }

    /// Skips the next row if `takes` accepts its standing and codes and no details are known of it.
    pub fn pass(
        &mut self,
        takes: impl FnOnce(Standing, &[FindingCode]) -> bool,
    ) -> Option<PassedRow<'_>> {
        let kept = self.kept.first().filter(|kept| !kept.has_details)?;
        let (codes, others) = self.codes.split_at(kept.codes as usize);
        if !takes(kept.standing, codes) {
            return None;
        }
        self.codes = others;
        self.kept.split_off_first();
        self.records.split_off_first();
        let is_sent = kept.phone != 0;
        let location = is_sent.then(|| self.locations.split_off_first()).flatten();
        Some(PassedRow {
            offset: kept.offset,
            codes,
            is_sent,
            location: location.copied(),
            plan: kept.has_plan.then(|| self.plans.next()).flatten(),
        })
    }
}

/// A row that is taken by its codes alone.
pub(in crate::batch) struct PassedRow<'b> {
    /// Where it begins.
    pub offset: u64,
    pub codes: &'b [FindingCode],
    /// Whether its job can be sent by itself.
    pub is_sent: bool,
    /// Where that job is, if somebody counts that.
    pub location: Option<JobLocation>,
    /// When it may ring, if somebody counts that and it has a policy.
    pub plan: Option<CallPlan>,
}

impl<'b> Iterator for BlockRows<'b> {
    type Item = JudgedRow<'b>;

    fn next(&mut self) -> Option<JudgedRow<'b>> {
        let kept = self.kept.split_off_first()?;
        let details = match kept.has_details {
            true => self.details.next().unwrap_or_default(),
            false => VerdictDetails::default(),
        };
        let record = self.records.split_off_first();
        let (codes, others) = self.codes.split_at(kept.codes as usize);
        self.codes = others;
        let is_located = kept.phone != 0;
        let location = is_located.then(|| self.locations.split_off_first());
        Some(JudgedRow {
            offset: Some(kept.offset),
            line: None,
            part: kept.part,
            region: kept.region,
            first: details.first,
            text: self.texts.of(kept),
            record: record.map(|record| &self.texts.block[record.clone()]),
            after_record: record.map_or(b"", |record| self.texts.after(record.end)),
            is_json: kept.is_json,
            too_long: details.too_long,
            standing: kept.standing,
            codes,
            findings: Some(details.findings).filter(|findings| !findings.is_empty()),
            taken_by: None,
            edits: details.edits,
            key: (kept.phone != 0).then(|| DuplicateKey {
                phone: kept.phone,
                digest: None,
                value: kept.value.clone(),
            }),
            plan: kept.has_plan.then(|| self.plans.next()).flatten(),
            location: location.flatten().copied(),
        })
    }
}

/// Keeps the verdicts over the rows of a block.
struct VerdictKeeper<'k, 'a> {
    judge: &'k RowJudge<'a>,
    block: &'k [u8],
    room: &'k mut BlockVerdicts,
    /// Room for the verdict over a row that the fast path leaves.
    ruling: JudgeBuffer,
    /// The words that the fast path makes of a row.
    words: Vec<Finding>,
    /// Of how many findings the report keeps diagnostics.
    word_room: BlockWordRoom,
    /// Whether the text of the last row is to be taken over.
    awaits_text: bool,
    /// Whether the rest of the block has to wait.
    is_stopped: bool,
}

impl OnRecord for VerdictKeeper<'_, '_> {
    fn numbers_wanted(&self) -> Option<&PhoneOptions> {
        self.judge
            .numbers_wanted
            .then_some(&self.judge.options.phone)
    }

    fn number(&mut self, number: u64) {
        self.room.numbers.push(number);
    }

    fn clean(
        &mut self,
        offset: Option<u64>,
        record: &[u8],
        phone: &str,
        zone: Option<&str>,
    ) -> bool {
        if record.len() > LONG {
            return false;
        }
        let Some((number, location)) = self.judge.fast_check(phone, zone) else {
            return false;
        };
        self.room.records.extend(place_in(self.block, record));
        // Digits are a JSON text, too, and what else is in the job nobody wants to see.
        let fast = FastRow {
            standing: Standing::Clean,
            phone: Some(number),
            value: 0..phone.len(),
            location,
            rejected_phone: None,
        };
        self.room
            .keep_fast(offset, phone.as_bytes(), fast, self.block);
        true
    }

    fn row(&mut self, row: Row<'_>) -> Taken {
        self.keep(&row)
    }

    fn header(&mut self, offset: u64) {
        self.room.headers.push(offset);
    }

    fn take_text(&mut self, text: &mut String) {
        if std::mem::take(&mut self.awaits_text) {
            self.room.long = std::mem::take(text).into_bytes();
        }
    }
}

impl VerdictKeeper<'_, '_> {
    /// Keeps a row that may be a line of a reject file.
    fn row_of_line(&mut self, row: Row<'_>) -> Taken {
        if row.first.is_none() {
            return self.keep(&row);
        }
        // The fast path keeps no place in another list.
        self.room.has_rejects = true;
        self.keep_slowly(&row);
        self.go_on()
    }

    #[inline(always)]
    fn keep(&mut self, row: &Row<'_>) -> Taken {
        let wanted = self.word_room.wanted();
        let found = (&mut self.room.codes, &mut self.words, wanted);
        let fast = match row.text().len() > LONG {
            true => None,
            false => self.judge.fast_check_row(row, found),
        };
        match fast {
            Some(fast) if self.room.codes.len() > self.room.counted_codes => {
                self.keep_found(row, fast);
            }
            Some(fast) => self.keep_fast(row, fast),
            None => self.keep_with_policy(row),
        }
        self.go_on()
    }

    #[inline(always)]
    fn keep_fast(&mut self, row: &Row<'_>, fast: FastRow) {
        if let Some(record) = row.record() {
            let place = place_in(self.block, record);
            self.room.records.push(place.unwrap_or_default());
        }
        self.room
            .keep_fast(row.offset, row.text(), fast, self.block);
    }

    /// Keeps a row at which the fast path found something, with words about it if somebody reads them.
    #[inline(never)]
    fn keep_found(&mut self, row: &Row<'_>, fast: FastRow) {
        let first = self.room.counted_codes;
        let count = self.room.codes.len() - first;
        let is_read = self
            .word_room
            .take(fast.standing, &self.room.codes[first..]);
        if is_read && self.words.len() < count {
            // Words about some of the findings were not wanted yet: a list has more of their severity
            // than the report keeps.
            self.forget_found();
            let found = (&mut self.room.codes, &mut self.words, WantedWords::all());
            self.judge.fast_check_row(row, found);
            if self.words.len() < count {
                self.forget_found();
                self.judge.rule_in_words(row, &mut self.ruling);
                return self.keep_ruled(row);
            }
        }
        let rejected = fast.rejected_phone;
        self.keep_fast(row, fast);
        self.room.keep_words(&mut self.words);
        if self.judge.excluded.is_some() {
            self.keep_phone(rejected);
        }
    }

    /// Forgets what the fast path found at the last row.
    fn forget_found(&mut self) {
        self.words.clear();
        self.room.codes.truncate(self.room.counted_codes);
    }

    /// Keeps a row whose job may have a policy, or that only the slow path can decide.
    #[inline(never)]
    fn keep_with_policy(&mut self, row: &Row<'_>) {
        self.words.clear();
        let wanted = self.word_room.wanted();
        let found = (&mut self.room.codes, &mut self.words, wanted);
        let fast = match row.text().len() > LONG {
            true => None,
            false => self.judge.fast_check_policy(row, found),
        };
        match fast {
            Some(fast) if self.room.codes.len() > self.room.counted_codes => {
                self.keep_found(row, fast);
            }
            Some(fast) => self.keep_fast(row, fast),
            None => {
                self.words.clear();
                self.keep_slowly(row);
            }
        }
    }

    /// Keeps a row that the fast path leaves; a row with several phones may be several jobs.
    fn keep_slowly(&mut self, row: &Row<'_>) {
        // If words about every finding are read, one look at the row is enough.
        match self.word_room.wanted().is_all() {
            true => self.judge.rule_in_words(row, &mut self.ruling),
            false => self.judge.rule(row, &mut self.ruling),
        }
        match self.judge.parts(row, &self.ruling.verdict) {
            None => {
                if self.takes_words() && self.ruling.verdict.lacks_words() {
                    self.judge.rule_in_words(row, &mut self.ruling);
                }
                self.keep_ruled(row);
            }
            Some(parts) => parts.each(row, |part| {
                self.judge.rule(part, &mut self.ruling);
                self.takes_words();
                self.keep_ruled(part);
            }),
        }
    }

    /// Whether somebody reads words about the row that was judged slowly.
    fn takes_words(&mut self) -> bool {
        let verdict = &self.ruling.verdict;
        self.word_room.take(verdict.standing, &verdict.codes)
    }

    fn keep_ruled(&mut self, row: &Row<'_>) {
        let rejected = self.judge.rejected_phone(&self.ruling.verdict);
        self.room.keep(row, &mut self.ruling, self.block);
        self.keep_phone(rejected);
    }

    /// Keeps the phone of the last row, if that is rejected for something else and has one.
    fn keep_phone(&mut self, phone: Option<u64>) {
        let place = self.room.rows.len() - 1;
        let phones = &mut self.room.rejected_phones;
        phones.extend(phone.map(|phone| (place, phone)));
    }

    #[inline(always)]
    fn go_on(&mut self) -> Taken {
        match self.room.is_full() {
            true => self.stop(),
            false => Ok(ControlFlow::Continue(())),
        }
    }

    #[cold]
    fn stop(&mut self) -> Taken {
        if self.room.lacks_memory {
            return Err(io::Error::from(io::ErrorKind::OutOfMemory).into());
        }
        let last = self.room.rows.last();
        self.awaits_text = last.is_some_and(|row| row.held == HeldRow::Alone);
        self.is_stopped = true;
        Ok(ControlFlow::Break(()))
    }
}

impl BlockVerdicts {
    fn clear(&mut self) {
        self.rows.clear();
        self.copies.clear();
        self.details.clear();
        self.codes.clear();
        self.counted_codes = 0;
        self.plans.clear();
        self.locations.clear();
        self.digests.clear();
        self.records.clear();
        self.headers.clear();
        self.numbers.clear();
        self.findings = 0;
        self.has_rejects = false;
        self.rejected_phones.clear();
        self.has_long = false;
        self.lacks_memory = false;
    }

    /// Whether the rows take as much memory as those of one block may.
    #[inline(always)]
    fn is_full(&self) -> bool {
        let codes = size_of_val(&*self.codes) + size_of_val(&*self.plans);
        self.copies.len() + codes + self.findings * FINDING > MOST_DETAILS || self.has_long
    }

    /// Keeps the verdict of the fast path. The codes of its row are the last ones, and are counted
    /// here.
    #[inline(always)]
    fn keep_fast(&mut self, offset: Option<u64>, text: &[u8], fast: FastRow, block: &[u8]) {
        let (text, held) = self.place(text, false, block);
        let codes = self.codes.len() - self.counted_codes;
        self.counted_codes = self.codes.len();
        self.locations.extend(fast.location);
        self.rows.push(RowVerdict {
            offset: offset.unwrap_or_default(),
            text,
            held,
            phone: fast.phone.unwrap_or_default(),
            value: fast.value,
            standing: fast.standing,
            is_json: true,
            has_details: false,
            has_plan: false,
            part: None,
            region: None,
            codes: codes as u32,
        });
    }

    /// Keeps the words about the last row, which the fast path made.
    fn keep_words(&mut self, words: &mut Vec<Finding>) {
        let Some(row) = self.rows.last_mut().filter(|_| !words.is_empty()) else {
            return;
        };
        row.has_details = true;
        self.findings += words.len();
        self.details.push(VerdictDetails {
            findings: taken(words),
            ..VerdictDetails::default()
        });
    }

    fn keep(&mut self, row: &Row<'_>, ruling: &mut JudgeBuffer, block: &[u8]) {
        let verdict = &mut ruling.verdict;
        let has_details = !verdict.findings.is_empty()
            || !verdict.edits.is_empty()
            || ruling.too_long.is_some()
            || row.first.is_some();
        self.codes.extend_from_slice(&verdict.codes);
        self.counted_codes = self.codes.len();
        let (phone, value) = match &ruling.key {
            Some(key) => {
                self.digests.extend(key.digest);
                self.locations.extend(verdict.location);
                (key.phone, key.value.clone())
            }
            None => (0, 0..0),
        };
        let plan = verdict.plan.take();
        let has_plan = plan.is_some();
        self.plans.extend(plan);
        let (text, held) = self.place(row.text(), row.gives_text(), block);
        let place = |record| place_in(block, record).unwrap_or_default();
        self.records.extend(row.record().map(place));
        self.rows.push(RowVerdict {
            offset: row.offset.unwrap_or_default(),
            text,
            held,
            phone,
            value,
            standing: verdict.standing,
            is_json: ruling.is_json,
            has_details,
            has_plan,
            part: row.part(),
            region: row.country.region(),
            codes: verdict.codes.len() as u32,
        });
        if has_details {
            let made = verdict.findings.len().max(verdict.edits.len());
            self.findings += made + usize::from(row.first.is_some());
            self.details.push(VerdictDetails {
                findings: taken(&mut verdict.findings),
                edits: std::mem::take(&mut verdict.edits),
                too_long: ruling.too_long,
                first: row.first.clone(),
            });
        }
    }

    /// Where a text is, and in what. A long one that is given away is not copied: it is the last, and
    /// will be taken over.
    #[inline(always)]
    fn place(&mut self, text: &[u8], is_given: bool, block: &[u8]) -> (Range<usize>, HeldRow) {
        if let Some(place) = place_in(block, text) {
            return (place, HeldRow::Block);
        }
        if text.len() > LONG {
            return self.place_of_long(text, is_given);
        }
        let start = self.copies.len();
        self.copies.extend_from_slice(text);
        (start..self.copies.len(), HeldRow::Copies)
    }

    #[cold]
    fn place_of_long(&mut self, text: &[u8], is_given: bool) -> (Range<usize>, HeldRow) {
        self.has_long = true;
        if is_given {
            return (0..text.len(), HeldRow::Alone);
        }
        let start = self.copies.len();
        if self.copies.try_reserve_exact(text.len()).is_err() || !has_spare_memory() {
            self.lacks_memory = true;
            return (start..start, HeldRow::Copies);
        }
        self.copies.extend_from_slice(text);
        (start..self.copies.len(), HeldRow::Copies)
    }
}

/// The findings in a vector of the size that they need: most rows have one. The room for those of the
/// next row remains.
fn taken(findings: &mut Vec<Finding>) -> Vec<Finding> {
    let mut taken = Vec::with_capacity(findings.len());
    taken.append(findings);
    taken
}

/// Where a text is in a block, if it is a part of the block and not a copy.
fn place_in(block: &[u8], text: &[u8]) -> Option<Range<usize>> {
    let start = (text.as_ptr() as usize).checked_sub(block.as_ptr() as usize)?;
    let end = start.checked_add(text.len())?;
    (end <= block.len()).then_some(start..end)
}
