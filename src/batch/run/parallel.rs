//! The loop over the blocks of a source, on one thread or on several: blocks are judged at once,
//! and come out in order.
//!
//! The caller's thread reads the source, cuts it into blocks and takes the judged ones in the order
//! of the source; the others judge. So many blocks are on their way at the most that memory is
//! bounded: a reader that outruns whoever takes them waits.
//!
//! Lines are cut at line feeds, which stand nowhere inside a row. The records of a table are cut
//! where a line ends and the quotes before it come in pairs, an array where a job seems to begin.
//! Both are guesses: a plain cell may hold a quote, and only a walk from the array's own begin
//! knows what is a comma between jobs and what one in a payload or in a string. A block that
//! begins between two rows and is walked to its very end, which is between two rows again, proves
//! that the next one begins so, too. Where the proof fails, what the walk left over is walked
//! again together with the block behind it, as a window that grows is, and the guessed verdicts
//! are dropped.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::batch::error::Halt;
use crate::batch::run::block::{Block, BlockEnd, BlockJudge, Blocks, Cuts, JudgedBlock, Verdicts};
use crate::batch::run::judge::Judge;
use crate::batch::source::feed::{Feed, Place};
use crate::batch::source::json::{self, ArrayEnd, Next, Walked};
use crate::batch::source::open::Text;

/// Blocks on their way for each thread that judges.
const AHEAD: usize = 3;

/// What part of a block is little, when a source brings no more: to hand it to another thread is no
/// gain, and its rows would wait for what the source brings next.
const LITTLE: usize = 8;

/// Takes one judged block, and says whether to go on.
pub(in crate::batch) type OnBlock<'r> = dyn FnMut(&mut JudgedBlock<'_>) -> Result<(), Halt> + 'r;

/// One block to be judged, and where the answer goes.
struct Order<'e> {
    block: Block<'e>,
    next: Next,
    room: Verdicts,
    answer: SyncSender<JudgedBlock<'e>>,
}

/// Judges the rows of a source on so many threads, in blocks of about so many bytes, and hands
/// the blocks over in order.
pub(in crate::batch) fn each_block(
    feed: &mut dyn Feed,
    text: &Text,
    judge: &Judge<'_>,
    (threads, size): (usize, usize),
    on_block: &mut OnBlock<'_>,
) -> Result<(), Halt> {
    let cuts = Cuts::new(text, size);
    let taker = Taker {
        blocks: Blocks::of(feed),
        judge: BlockJudge::new(text, judge),
        left: None,
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
                    // Fewer do it, too.
                    Err(_) if hired > 0 => break,
                    Err(error) => return Err(Halt::from(error)),
                }
            }
            Ok(())
        };
        // It drops the orders when it returns, and the threads end.
        taker.run(orders, (ahead, size / LITTLE), cuts, &mut hire)
    })
}

/// Judges one block after the other until there are no more.
fn work<'e>(queue: &Mutex<Receiver<Order<'e>>>, mut judge: BlockJudge<'_, '_>) {
    loop {
        // The lock is given back with the order in hand.
        let order = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(order) = order else { return };
        let judged = judge.judge(order.block, order.next, order.room);
        // Nobody waits for it any more where the run has failed.
        let _ = order.answer.send(judged);
    }
}

/// Whoever takes the judged blocks in order.
struct Taker<'e, 'r, 'a, 'o> {
    blocks: Blocks<'e>,
    judge: BlockJudge<'r, 'a>,
    /// What the walk over an array has not come through.
    left: Option<Left<'e>>,
    /// Room of blocks that are done with.
    spare: Vec<Verdicts>,
    on_block: &'r mut OnBlock<'o>,
}

/// The end of an array as far as it has come, that the next block has to be read with.
struct Left<'e> {
    block: Block<'e>,
    next: Next,
    /// How many bytes it has to have before another walk over it is worth it.
    wanted: usize,
}

impl<'e> Taker<'e, '_, '_, '_> {
    /// Judges each block itself.
    fn run_alone(mut self, mut cuts: Cuts<'_>) -> Result<(), Halt> {
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

    /// Judges the next block itself, and takes its rows.
    fn judge_and_take(&mut self, block: Block<'e>, next: Next) -> Result<(), Halt> {
        let judged = match self.left {
            // It would be walked over again.
            Some(_) => JudgedBlock::unread(block),
            None => {
                let room = self.room();
                self.judge.judge(block, next, room)
            }
        };
        self.take(judged)
    }

    /// Has blocks judged, `ahead` of them on their way at the most, by the threads that `hire` hires
    /// when there is enough to do: one that is `little` is judged here.
    fn run(
        mut self,
        orders: SyncSender<Order<'e>>,
        (ahead, little): (usize, usize),
        mut cuts: Cuts<'_>,
        hire: &mut dyn FnMut() -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        let mut pending: VecDeque<Receiver<JudgedBlock<'e>>> = VecDeque::with_capacity(ahead);
        let mut next = Next::Bracket;
        let mut ended = Ok(false);
        loop {
            // What is ready goes first: reading on may have to wait.
            match pending.front().map(Receiver::try_recv) {
                Some(Ok(judged)) => {
                    pending.pop_front();
                    self.take(judged)?;
                    continue;
                }
                Some(Err(TryRecvError::Disconnected)) => return Err(lost()),
                Some(Err(TryRecvError::Empty)) | None => {}
            }
            if matches!(ended, Ok(false)) && pending.len() < ahead {
                match self.blocks.next(&mut cuts) {
                    Ok(block) if block.bytes.len() < little => {
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
                        let order = Order {
                            block,
                            next,
                            room: self.room(),
                            answer,
                        };
                        orders.send(order).map_err(|_| lost())?;
                        pending.push_back(judged);
                        next = Next::Element;
                    }
                    // The rows before it stand.
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

    fn room(&mut self) -> Verdicts {
        self.spare.pop().unwrap_or_default()
    }

    /// Takes the rows of the next block.
    fn take(&mut self, mut judged: JudgedBlock<'e>) -> Result<(), Halt> {
        if let Some(mut left) = self.left.take() {
            left.block
                .bytes
                .to_mut()
                .extend_from_slice(&judged.block.bytes);
            left.block.last = judged.block.last;
            if left.block.bytes.len() < left.wanted && !left.block.last {
                self.left = Some(left);
                return Ok(());
            }
            let room = self.room();
            judged = self.judge.judge(left.block, left.next, room);
        }
        (self.on_block)(&mut judged)?;
        self.spare.push(judged.room());
        match judged.end? {
            BlockEnd::Whole => Ok(()),
            BlockEnd::Records(consumed) => {
                if consumed < judged.block.bytes.len() {
                    // Nobody asks in which line a record stands.
                    self.leave(judged.block, consumed, None, Next::Element);
                }
                Ok(())
            }
            BlockEnd::Array(end) => self.array_goes_on(judged.block, end),
        }
    }

    /// Leaves what is behind the first `consumed` bytes of a block to be read with the next.
    fn leave(&mut self, block: Block<'e>, consumed: usize, place: Option<Place>, next: Next) {
        let rest = block.bytes[consumed..].to_vec();
        self.left = Some(Left {
            wanted: rest.len() * 2,
            block: Block {
                bytes: Cow::Owned(rest),
                offset: block.offset + consumed as u64,
                place,
                last: false,
            },
            next,
        });
    }

    /// Whether the next block begins between two jobs, or is to be read together with the end of
    /// this one; or why the array cannot be read on.
    fn array_goes_on(&mut self, block: Block<'e>, end: ArrayEnd) -> Result<(), Halt> {
        let failed = |index, message: &str| Err(self.blocks.failure(&block, index, message));
        match end.walked {
            Walked::Failed(at, message) => failed(at, &message),
            Walked::Short(_) if end.not_utf8.is_some() => {
                failed(end.not_utf8.unwrap_or_default(), json::NOT_UTF8)
            }
            Walked::Short(consumed) if block.last => match json::unfinished(end.next) {
                Some(message) => failed(consumed, message),
                None => Ok(()),
            },
            Walked::Short(consumed)
                if consumed == block.bytes.len() && end.next == Next::Element =>
            {
                Ok(())
            }
            Walked::Short(consumed) => {
                let mut place = self.blocks.place(&block);
                place.pass(&block.bytes[..consumed]);
                self.leave(block, consumed, Some(place), end.next);
                Ok(())
            }
        }
    }
}

/// A thread that judges has ended before its time; the scope passes on why.
fn lost() -> Halt {
    Halt::from(io::Error::other("a thread of the batch has ended"))
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
    use crate::batch::options::Duplicates;
    use crate::batch::options::Options;
    use crate::batch::run::each_row::Watch;
    use crate::batch::source::feed::ReaderFeed;
    use crate::batch::source::input::Told;
    use crate::batch::source::open::Source;
    use crate::zone::Regions;

    struct Nobody;

    impl Watch for Nobody {
        fn tick(&mut self, _: batch::Progress) -> io::Result<()> {
            Ok(())
        }
    }

    /// A reader that brings one piece at a time, and notes how many rows were judged before it was
    /// asked for the next.
    struct Slow {
        pieces: VecDeque<Vec<u8>>,
        judged: Rc<Cell<usize>>,
        noted: Rc<RefCell<Vec<usize>>>,
    }

    impl Read for Slow {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.noted.borrow_mut().push(self.judged.get());
            let piece = self.pieces.pop_front().unwrap_or_default();
            into[..piece.len()].copy_from_slice(&piece);
            Ok(piece.len())
        }
    }

    /// How many rows were judged whenever a reader was asked for one of these pieces.
    fn judged_before(pieces: Vec<Vec<u8>>, threads: usize) -> Vec<usize> {
        let (judged, noted) = (Rc::default(), Rc::default());
        let slow = Slow {
            pieces: pieces.into(),
            judged: Rc::clone(&judged),
            noted: Rc::clone(&noted),
        };
        let options = Options {
            job: Default::default(),
            table: Default::default(),
            preset: Default::default(),
            duplicates: Duplicates::Allow,
            within: None,
            slice: None,
            max_diagnostics: 0,
            now: Some(0),
            threads: NonZeroUsize::new(threads).unwrap(),
            block: BLOCK,
        };
        let mut feed = ReaderFeed::new(slow);
        let mut source = Source::Bytes {
            feed: &mut feed,
            told: Told::default(),
            encoding: None,
            sheet: None,
            format: None,
            named: None,
        };
        let on_row = &mut |_| judged.set(judged.get() + 1);
        let regions = Regions::new([]);
        let (_, end) = batch::check_rows(&mut source, &options, &regions, &mut Nobody, on_row);
        assert!(end.is_ok());
        drop(source);
        noted.take()
    }

    #[test]
    fn rows_that_are_there_do_not_wait_for_what_a_slow_source_brings_next() {
        for threads in [1, 3] {
            let line = |row: usize| format!("{{\"phone\":\"7912{row:07}\"}}\n").into_bytes();
            let lines = (0..20).map(line).collect();
            let all: Vec<usize> = (0..=20).collect();
            assert_eq!(judged_before(lines, threads), all);
            // Where an array goes on is seen where the next job begins.
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
    fn a_source_that_brings_much_after_little_is_judged_on_threads() {
        let lines = |rows: std::ops::Range<usize>| -> Vec<u8> {
            let line = |row: usize| format!("{{\"phone\":\"7912{row:07}\"}}\n").into_bytes();
            rows.flat_map(line).collect()
        };
        let pieces = vec![lines(0..10), lines(10..20_000), lines(20_000..20_010)];
        assert_eq!(judged_before(pieces, 2).last(), Some(&20_010));
    }
}
