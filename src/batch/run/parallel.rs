//! The loop over the blocks of a source, on one thread or on several: blocks are judged in parallel
//! and delivered in order.
//!
//! The caller's thread reads the source, cuts it into blocks, and takes the judged blocks in the
//! order of the source. The other threads judge. The number of blocks on their way is limited,
//! which bounds the memory: a fast reader waits for the taker.
//!
//! Lines are cut at line feeds, which never occur inside a row. The records of a table are cut at
//! the end of a line if the quotes before it come in pairs. An array is cut where a job seems to
//! begin. The last two are guesses: a plain cell may contain a quote, and a comma may be part of a
//! payload or a string, which only a walk from the beginning of the array can exclude. A proof
//! follows: if a block begins between two rows, and the walk over it reaches its end between two
//! rows, then the next block begins between two rows too. If the proof fails, the verdicts of the
//! next block are dropped, and the rest of this block is walked again together with it.
//!
//! A false cut seldom comes alone: a payload may have an array of thousands of objects. So after a
//! failed proof blocks are judged on the caller's thread, one by one, until a proof holds. Then the
//! other threads have one block, two, four, as long as the proofs hold.
//!
//! A row longer than a block is assembled in the same way, up to the limit on rows. If a row is
//! longer than the limit, its bytes are dropped and counted up to the end of its line.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::batch::error::BatchError;
use crate::batch::run::block::{
    Block, BlockEnd, BlockJudge, BlockVerdicts, Blocks, Cuts, JudgedBlock, LONG, LineOrigin,
};
use crate::batch::run::judge::RowJudge;
use crate::batch::source::feed::Feed;
use crate::batch::source::json::{self, ArrayEnd, Next, Walked};
use crate::batch::source::limit::{RowLimit, has_spare_memory, no_memory};
use crate::batch::source::open::TextFormat;
use crate::batch::source::table::{LineEnd, SLACK};

/// Blocks on their way for each judging thread.
const AHEAD: usize = 3;

/// A block is small if it is less than this part of a full one. If the source brings no more at the
/// moment, another thread would gain nothing, and the rows would wait for the next bytes.
const LITTLE: usize = 8;

/// Takes one judged block and decides whether to continue.
pub(in crate::batch) type OnBlock<'r> =
    dyn FnMut(&mut JudgedBlock<'_>) -> Result<(), BatchError> + 'r;

/// One block to judge, and the channel for the result.
struct BlockOrder<'e> {
    block: Block<'e>,
    next: Next,
    room: BlockVerdicts,
    answer: SyncSender<JudgedBlock<'e>>,
}

/// Judges the rows of a source on several threads, in blocks of about so many bytes, and delivers
/// the blocks in order.
pub(in crate::batch) fn each_block(
    feed: &mut dyn Feed,
    text: &TextFormat,
    judge: &RowJudge<'_>,
    (threads, size): (usize, usize),
    on_block: &mut OnBlock<'_>,
) -> Result<(), BatchError> {
    let cuts = Cuts::new(text, size);
    let taker = Collector {
        blocks: Blocks::of(feed),
        judge: BlockJudge::new(text, judge),
        format: RowFormat::of(text),
        limit: judge.row_limit,
        left: None,
        dropped: None,
        ahead: threads * AHEAD,
        trusted: threads * AHEAD,
        spare: Vec::new(),
        on_block,
    };
    if threads == 1 {
        return taker.run_alone(cuts);
    }
    let ahead = threads * AHEAD;
    let (orders, queue) = sync_channel(ahead);
    let queue = Mutex::new(queue);
    thread::scope(|scope| {
        let mut hired = 0;
        let mut hire = || {
            while hired < threads {
                let work = || work(&queue, BlockJudge::new(text, judge));
                match thread::Builder::new().spawn_scoped(scope, work) {
                    Ok(_) => hired += 1,
                    // Fewer threads are enough.
                    Err(_) if hired > 0 => break,
                    Err(error) => return Err(BatchError::from(error)),
                }
            }
            Ok(())
        };
        // The orders are dropped when it returns, so the threads end.
        taker.run(orders, size / LITTLE, cuts, &mut hire)
    })
}

/// Judges one block after another until there are no more.
fn work<'e>(queue: &Mutex<Receiver<BlockOrder<'e>>>, mut judge: BlockJudge<'_, '_>) {
    loop {
        // The lock is released as soon as the order is received.
        let order = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(order) = order else { return };
        let judged = judge.judge(order.block, order.next, order.room);
        // The receiver is gone if the run has failed.
        let _ = order.answer.send(judged);
    }
}

/// Takes the judged blocks in order.
struct Collector<'e, 'r, 'a, 'o> {
    blocks: Blocks<'e>,
    judge: BlockJudge<'r, 'a>,
    format: RowFormat,
    limit: RowLimit,
    /// The row whose end the last walk did not reach.
    left: Option<UnprovenRest<'e>>,
    /// A row that is too long and whose end is not found yet.
    dropped: Option<Dropped<'e>>,
    /// How many blocks may be on their way at most, and how many after the last proofs.
    ahead: usize,
    trusted: usize,
    /// Buffers of finished blocks, to be reused.
    spare: Vec<BlockVerdicts>,
    on_block: &'r mut OnBlock<'o>,
}

/// The end of a block that has to be read with the next one.
struct UnprovenRest<'e> {
    block: Block<'e>,
    next: Next,
    /// How many bytes it needs before another walk over it is useful.
    wanted: usize,
}

/// The part of a row that is too long, so far.
struct Dropped<'e> {
    /// The byte at which it begins.
    offset: u64,
    origin: LineOrigin<'e>,
    /// How many bytes it has so far.
    length: u64,
    last: Option<u8>,
}

impl Dropped<'_> {
    fn pass(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        self.last = bytes.last().copied().or(self.last);
    }
}

/// How rows follow each other in a text.
#[derive(Clone, Copy)]
enum RowFormat {
    /// The elements of an array.
    Elements,
    /// Lines that end with a line feed.
    Lines,
    /// Records with this end of line.
    Records(LineEnd),
}

impl RowFormat {
    fn of(text: &TextFormat) -> Self {
        match text {
            TextFormat::Json => RowFormat::Elements,
            TextFormat::Ndjson | TextFormat::DialledLines => RowFormat::Lines,
            TextFormat::Table(csv) => RowFormat::Records(csv.dialect.end),
        }
    }

    /// The byte at the end of a row that is too long.
    fn end(self) -> u8 {
        match self {
            RowFormat::Elements | RowFormat::Lines => b'\n',
            RowFormat::Records(end) => end.byte(),
        }
    }

    /// The most bytes of a row that are held. If they do not contain the end of the row, the row is
    /// too long.
    fn most_held(self, limit: RowLimit) -> usize {
        match self {
            RowFormat::Elements => limit.bytes().saturating_add(json::TOKEN),
            RowFormat::Lines => limit.bytes(),
            RowFormat::Records(_) => limit.record().saturating_add(SLACK),
        }
    }
}

impl<'e> Collector<'e, '_, '_, '_> {
    /// Judges each block itself.
    fn run_alone(mut self, mut cuts: Cuts<'_>) -> Result<(), BatchError> {
        let mut next = Next::Bracket;
        loop {
            let block = self.blocks.next(&mut cuts)?;
            let last = block.last;
            self.judge_and_take(block, next)?;
            if last {
                return Ok(());
            }
            next = Next::Element;
        }
    }

    /// Judges the next block on this thread, and takes its rows.
    fn judge_and_take(&mut self, block: Block<'e>, next: Next) -> Result<(), BatchError> {
        let judged = match self.is_between_rows() {
            true => self.judge(block, next),
            // It would be walked again.
            false => JudgedBlock::unread(block),
        };
        self.take(judged)
    }

    fn judge(&mut self, block: Block<'e>, next: Next) -> JudgedBlock<'e> {
        let room = self.room();
        self.judge.judge(block, next, room)
    }

    /// Lets threads judge blocks, as many at a time as are trusted. `hire` starts a thread when there
    /// is enough to do. A block of at most `little` bytes is judged here.
    fn run(
        mut self,
        orders: SyncSender<BlockOrder<'e>>,
        little: usize,
        mut cuts: Cuts<'_>,
        hire: &mut dyn FnMut() -> Result<(), BatchError>,
    ) -> Result<(), BatchError> {
        let mut pending: VecDeque<Receiver<JudgedBlock<'e>>> = VecDeque::with_capacity(self.ahead);
        let mut next = Next::Bracket;
        let mut ended = Ok(false);
        loop {
            // Finished blocks first, because reading may have to wait.
            match pending.front().map(Receiver::try_recv) {
                Some(Ok(judged)) => {
                    pending.pop_front();
                    self.take(judged)?;
                    continue;
                }
                Some(Err(TryRecvError::Disconnected)) => return Err(lost()),
                Some(Err(TryRecvError::Empty)) | None => {}
            }
            let is_doubtful = self.trusted == 0;
            let has_room = match is_doubtful {
                true => pending.is_empty(),
                false => pending.len() < self.trusted,
            };
            if matches!(ended, Ok(false)) && has_room {
                match self.blocks.next(&mut cuts) {
                    Ok(block) if is_doubtful || block.bytes.len() < little => {
                        ended = Ok(block.last);
                        for judged in pending.drain(..) {
                            self.take(judged.recv().map_err(|_| lost())?)?;
                        }
                        self.judge_and_take(block, next)?;
                        next = Next::Element;
                    }
                    Ok(block) => {
                        ended = Ok(block.last);
                        hire()?;
                        let (answer, judged) = sync_channel(1);
                        let order = BlockOrder {
                            block,
                            next,
                            room: self.room(),
                            answer,
                        };
                        orders.send(order).map_err(|_| lost())?;
                        pending.push_back(judged);
                        next = Next::Element;
                    }
                    // The rows before it are kept.
                    Err(error) => ended = Err(error),
                }
                continue;
            }
            match pending.pop_front() {
                Some(judged) => self.take(judged.recv().map_err(|_| lost())?)?,
                None => return ended.map(drop),
            }
        }
    }

    fn room(&mut self) -> BlockVerdicts {
        self.spare.pop().unwrap_or_default()
    }

    /// Takes the next block.
    fn take(&mut self, judged: JudgedBlock<'e>) -> Result<(), BatchError> {
        let mut judged = judged;
        if let Some(dropped) = self.dropped.take() {
            match self.drop_more(dropped, judged.block)? {
                Some(rest) => judged = self.judge(rest, Next::Element),
                None => {
                    self.trusted = 0;
                    return Ok(());
                }
            }
        } else if let Some(mut left) = self.left.take() {
            self.extend(&mut left.block, &judged.block)?;
            if left.block.bytes.len() < left.wanted && !left.block.last {
                self.left = Some(left);
                self.trusted = 0;
                return Ok(());
            }
            judged = self.judge(left.block, left.next);
        }
        while let Some((rest, next)) = self.take_rows(judged)? {
            judged = self.judge(rest, next);
        }
        self.trusted = match self.is_between_rows() {
            true => (2 * self.trusted).clamp(1, self.ahead),
            false => 0,
        };
        Ok(())
    }

    /// Whether the next block begins between two rows.
    fn is_between_rows(&self) -> bool {
        self.left.is_none() && self.dropped.is_none()
    }

    /// Takes the rows of a block. If the walk stopped before the end of the block because it had
    /// enough rows, returns the rest and how that begins.
    fn take_rows(
        &mut self,
        mut judged: JudgedBlock<'e>,
    ) -> Result<Option<(Block<'e>, Next)>, BatchError> {
        let taken = (self.on_block)(&mut judged);
        self.spare.push(judged.room());
        let mut block = judged.block;
        let end = taken.and(judged.end);
        match end.map_err(|halt| self.placed(halt, &block))? {
            BlockEnd::Rows(consumed) if judged.is_stopped => {
                block.advance(consumed);
                Ok(Some((block, Next::Element)))
            }
            BlockEnd::Array(ArrayEnd {
                walked: Walked::Stopped(consumed),
                next,
                ..
            }) => {
                block.advance(consumed);
                Ok(Some((block, next)))
            }
            BlockEnd::Rows(consumed) => {
                if consumed < block.bytes.len() {
                    self.leave(block, consumed, Next::Element);
                }
                Ok(None)
            }
            BlockEnd::Array(end) => self.array_goes_on(block, end).map(|()| None),
        }
    }

    /// The error for a block. If memory was short, it becomes a failure of the source at that
    /// place.
    fn placed(&self, halt: BatchError, block: &Block<'_>) -> BatchError {
        match halt {
            BatchError::Io(error) if error.kind() == ErrorKind::OutOfMemory => {
                block.failure(0, no_memory(block.bytes.len()))
            }
            other => other,
        }
    }

    /// Drops the next bytes of a row that is too long. Returns the bytes after the row, if it ends
    /// in this block.
    fn drop_more(
        &mut self,
        mut dropped: Dropped<'e>,
        mut block: Block<'e>,
    ) -> Result<Option<Block<'e>>, BatchError> {
        let end = memchr::memchr(self.format.end(), &block.bytes);
        let length = end.unwrap_or(block.bytes.len());
        dropped.pass(&block.bytes[..length]);
        if end.is_none() && !block.last {
            self.dropped = Some(dropped);
            return Ok(None);
        }
        let has_return =
            matches!(self.format, RowFormat::Records(LineEnd::Lf)) && dropped.last == Some(b'\r');
        let length = dropped.length - u64::from(has_return);
        let room = self.room();
        let mut judged = self
            .judge
            .too_long((dropped.offset, dropped.origin), length, room);
        (self.on_block)(&mut judged)?;
        self.spare.push(judged.room());
        Ok(end.map(|end| {
            block.advance(end + 1);
            block
        }))
    }

    /// Keeps the bytes of a block after the first `consumed`, to be read with the next block.
    fn leave(&mut self, mut block: Block<'e>, consumed: usize, next: Next) {
        block.advance(consumed);
        let (length, most) = (block.bytes.len(), self.format.most_held(self.limit));
        if length > most {
            let mut dropped = Dropped {
                offset: block.offset,
                origin: block.origin,
                length: 0,
                last: None,
            };
            dropped.pass(&block.bytes);
            self.dropped = Some(dropped);
            return;
        }
        let wanted = length.saturating_mul(2).min(most.saturating_add(1));
        self.left = Some(UnprovenRest {
            block,
            next,
            wanted,
        });
    }

    /// Appends the bytes of the next block to the kept ones.
    fn extend(&self, left: &mut Block<'e>, more: &Block<'e>) -> Result<(), BatchError> {
        left.last = more.last;
        let bytes = left.bytes.to_mut();
        if bytes.capacity() - bytes.len() < more.bytes.len() {
            // Reserves no more than is needed in the end: doubling the buffer for a long row would
            // waste half.
            let most = self
                .format
                .most_held(self.limit)
                .saturating_add(more.bytes.len());
            let twice = (bytes.len() * 2)
                .min(most)
                .max(bytes.len() + more.bytes.len());
            let reserved = bytes.try_reserve_exact(twice - bytes.len());
            let is_short = reserved.is_err() && bytes.try_reserve_exact(more.bytes.len()).is_err();
            if is_short || (twice > LONG && !has_spare_memory()) {
                let message = no_memory(bytes.len());
                return Err(left.failure(0, message));
            }
        }
        bytes.extend_from_slice(&more.bytes);
        Ok(())
    }

    /// Decides whether the next block begins between two jobs, or has to be read together with the
    /// end of this one. Fails if the array cannot be read further.
    fn array_goes_on(&mut self, block: Block<'e>, end: ArrayEnd) -> Result<(), BatchError> {
        let failed = |index, message: &str| Err(block.failure(index, message));
        match end.walked {
            Walked::Failed(at, message) => failed(at, &message),
            Walked::NeedsMore(_) if end.not_utf8.is_some() => {
                failed(end.not_utf8.unwrap_or_default(), json::NOT_UTF8)
            }
            Walked::NeedsMore(consumed)
                if block.bytes.len() - consumed > self.format.most_held(self.limit) =>
            {
                failed(consumed, &json::too_long(self.limit))
            }
            Walked::NeedsMore(consumed) if block.last => match json::unfinished(end.next) {
                Some(message) => failed(consumed, message),
                None => Ok(()),
            },
            Walked::NeedsMore(consumed) | Walked::Stopped(consumed)
                if consumed == block.bytes.len() && end.next == Next::Element =>
            {
                Ok(())
            }
            Walked::NeedsMore(consumed) | Walked::Stopped(consumed) => {
                self.leave(block, consumed, end.next);
                Ok(())
            }
        }
    }
}

/// The error if a judging thread ended early; the scope passes on its panic.
fn lost() -> BatchError {
    BatchError::from(io::Error::other("a thread of the batch has ended"))
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::io::Read;
    use std::num::NonZeroUsize;
    use std::rc::Rc;

    use super::*;
    use crate::batch;
    use crate::batch::options::BLOCK;
    use crate::batch::options::BatchOptions;
    use crate::batch::options::Duplicates;
    use crate::batch::run::each_row::Watcher;
    use crate::batch::source::feed::ReaderFeed;
    use crate::batch::source::input::SourceInfo;
    use crate::batch::source::limit::DEFAULT_ROW_BYTES;
    use crate::batch::source::open::Source;
    use crate::zone::Regions;

    struct NoWatcher;

    impl Watcher for NoWatcher {
        fn tick(&mut self, _: batch::Progress) -> io::Result<()> {
            Ok(())
        }
    }

    /// A reader that brings one piece at a time, and records how many rows were judged before each
    /// request for the next.
    struct SlowReader {
        pieces: VecDeque<Vec<u8>>,
        judged: Rc<Cell<usize>>,
        noted: Rc<RefCell<Vec<usize>>>,
    }

    impl Read for SlowReader {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.noted.borrow_mut().push(self.judged.get());
            let piece = self.pieces.pop_front().unwrap_or_default();
            into[..piece.len()].copy_from_slice(&piece);
            Ok(piece.len())
        }
    }

    /// How many rows were judged at each request for one of these pieces.
    fn judged_before(pieces: Vec<Vec<u8>>, threads: usize) -> Vec<usize> {
        let (judged, noted) = (Rc::default(), Rc::default());
        let slow = SlowReader {
            pieces: pieces.into(),
            judged: Rc::clone(&judged),
            noted: Rc::clone(&noted),
        };
        let options = BatchOptions {
            job: Default::default(),
            table: Default::default(),
            preset: Default::default(),
            duplicates: Duplicates::Allow,
            exclude: None,
            names_lines: false,
            within: None,
            slice: None,
            max_row_bytes: DEFAULT_ROW_BYTES,
            statistics: false,
            max_diagnostics: 0,
            now: Some(0),
            threads: NonZeroUsize::new(threads).unwrap(),
            block: BLOCK,
        };
        let mut feed = ReaderFeed::new(slow);
        let mut source = Source::Bytes {
            feed: &mut feed,
            info: SourceInfo::default(),
            encoding: None,
            sheet: None,
            format: None,
            named: None,
        };
        let on_row = &mut |_| judged.set(judged.get() + 1);
        let regions = Regions::new([]);
        let (_, end) = batch::check_rows(&mut source, &options, &regions, &mut NoWatcher, on_row);
        assert!(end.is_ok());
        drop(source);
        noted.take()
    }

    #[test]
    fn complete_rows_do_not_wait_for_the_next_bytes_of_a_slow_source() {
        for threads in [1, 3] {
            let line = |row: usize| format!("{{\"phone\":\"7912{row:07}\"}}\n").into_bytes();
            let lines = (0..20).map(line).collect();
            let all: Vec<usize> = (0..=20).collect();
            assert_eq!(judged_before(lines, threads), all);
            // The end of a job in an array is known only when the next job begins.
            let job = |row: usize| format!("{{\"phone\":\"7912{row:07}\"}},\n").into_bytes();
            let mut array: Vec<Vec<u8>> = (0..20).map(job).collect();
            array.insert(0, b"[".to_vec());
            array.push(b"{}]".to_vec());
            let judged = judged_before(array, threads);
            let there = (0..20).all(|row| judged[row + 2] + 1 >= row);
            assert!(there, "{judged:?}");
        }
    }

    #[test]
    fn a_source_that_begins_slowly_and_then_brings_much_uses_threads() {
        let lines = |rows: std::ops::Range<usize>| -> Vec<u8> {
            let line = |row: usize| format!("{{\"phone\":\"7912{row:07}\"}}\n").into_bytes();
            rows.flat_map(line).collect()
        };
        let pieces = vec![lines(0..10), lines(10..20_000), lines(20_000..20_010)];
        assert_eq!(judged_before(pieces, 2).last(), Some(&20_010));
    }
}
