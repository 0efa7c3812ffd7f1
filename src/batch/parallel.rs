//! The loop on several threads: blocks are judged at once, and their rows come out in order.
//!
//! The caller's thread reads the source, cuts it into blocks and takes the judged rows, block by
//! block in the order of the source; the others judge. So many blocks are on their way at the most
//! that memory is bounded: a reader that outruns whoever takes the rows waits.
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

use super::block::{Block, BlockEnd, Blocks, Cuts, JudgedBlock};
use super::feed::{Feed, Place};
use super::json::{self, ArrayEnd, Next, Walked};
use super::judge::{Judge, Judged};
use super::shape::Shapes;
use super::source::{Halt, Text};

/// Blocks on their way for each thread that judges.
const AHEAD: usize = 3;

/// Takes one judged row, and says whether to go on.
pub(super) type OnJudged<'r> = dyn FnMut(Judged<'_>) -> Result<(), Halt> + 'r;

/// One block to be judged, and where the answer goes.
struct Order<'e> {
    block: Block<'e>,
    next: Next,
    answer: SyncSender<JudgedBlock<'e>>,
}

/// Judges the rows of a source on so many threads, in blocks of about so many bytes, and hands
/// them over in order.
pub(super) fn each_row(
    feed: &mut dyn Feed,
    text: &Text,
    judge: &Judge<'_>,
    (threads, size): (usize, usize),
    on_row: &mut OnJudged<'_>,
) -> Result<(), Halt> {
    let ahead = threads * AHEAD;
    let (orders, queue) = sync_channel(ahead);
    let queue = Mutex::new(queue);
    thread::scope(|scope| {
        let mut hired = 0;
        for _ in 0..threads {
            let work = || work(&queue, text, judge);
            match thread::Builder::new().spawn_scoped(scope, work) {
                Ok(_) => hired += 1,
                // Fewer do it, too.
                Err(_) if hired > 0 => break,
                Err(error) => return Err(Halt::from(error)),
            }
        }
        let taker = Taker {
            blocks: Blocks::of(feed),
            text,
            judge,
            left: None,
            shapes: Shapes::default(),
            on_row,
        };
        // It drops the orders when it returns, and the threads end.
        taker.run(orders, ahead, Cuts::new(text, size))
    })
}

/// Judges one block after the other until there are no more.
fn work<'e>(queue: &Mutex<Receiver<Order<'e>>>, text: &Text, judge: &Judge<'_>) {
    let mut shapes = Shapes::default();
    loop {
        // The lock is given back with the order in hand.
        let order = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(order) = order else { return };
        let judged = JudgedBlock::of(order.block, text, order.next, &mut shapes, judge);
        // Nobody waits for it any more where the run has failed.
        let _ = order.answer.send(judged);
    }
}

/// Whoever takes the judged blocks in order.
struct Taker<'e, 'r, 'j, 'o> {
    blocks: Blocks<'e>,
    text: &'r Text,
    judge: &'r Judge<'j>,
    /// What the walk over an array has not come through.
    left: Option<Left<'e>>,
    shapes: Shapes,
    on_row: &'r mut OnJudged<'o>,
}

/// The end of an array as far as it has come, that the next block has to be read with.
struct Left<'e> {
    block: Block<'e>,
    next: Next,
    /// How many bytes it has to have before another walk over it is worth it.
    wanted: usize,
}

impl<'e> Taker<'e, '_, '_, '_> {
    fn run(
        mut self,
        orders: SyncSender<Order<'e>>,
        ahead: usize,
        mut cuts: Cuts<'_>,
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
                    Ok(block) => {
                        ended = Ok(block.last);
                        let (answer, judged) = sync_channel(1);
                        let order = Order {
                            block,
                            next,
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
            judged = JudgedBlock::of(
                left.block,
                self.text,
                left.next,
                &mut self.shapes,
                self.judge,
            );
        }
        judged.each_row(self.on_row)?;
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
