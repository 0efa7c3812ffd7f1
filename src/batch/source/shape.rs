//! What the jobs of one list have in common: a way through most of them that reads no name twice.
//!
//! A list is written by one program, so what stands between the values of its jobs (brackets,
//! names, colons, white space) is the same from job to job. Serde_json reads a job that looks like
//! none before; what stands between its values is kept, as a path in a tree, and the next job that
//! goes the same path is walked: a comparison for each text between two values, and a look at each
//! value. Such a job is valid JSON, since texts that are equal are valid for the same reason.
//!
//! The walk only ever says yes. Whatever it does not know, be it a new name, an error or the end
//! of a window, is left to serde_json.

use std::borrow::Cow;
use std::ops::Range;

use crate::batch::source::open::is_space;
use crate::job::{Field, KnownField, Name, scalar_end, string_end};

/// The paths that the jobs so far have gone, from each place where a value ends to the next one
/// that begins.
pub(in crate::batch) struct Shapes {
    /// The first is where a job begins.
    places: Vec<Place>,
}

/// More places than the jobs of an orderly list have; a list without order is left to serde_json.
const MOST_PLACES: usize = 256;
/// More ways from one place than those have.
const MOST_WAYS: usize = 16;
/// Longer than what stands between two values.
const LONGEST_WAY: usize = 512;

impl Way {
    /// Notes where fields begin and end in this way, which begins at `at`.
    #[inline(never)]
    fn mark<'a>(&self, text: &'a str, at: usize, fields: &mut Vec<Field<'a>>) -> Option<()> {
        for mark in &self.marks {
            match mark {
                Mark::Begin(name, offset) => fields.push(Field {
                    name: match name {
                        FieldName::Known(known) => Name::Known(*known),
                        FieldName::Unknown(place) => {
                            let name = at + place.start..at + place.end;
                            Name::Unknown(Cow::Borrowed(text.as_bytes().get(name)?))
                        }
                    },
                    value: "",
                    at: at + offset,
                }),
                Mark::End(offset) => {
                    let field = fields.last_mut()?;
                    field.value = text.get(field.at..at + offset)?;
                }
            }
        }
        Some(())
    }
}

/// Behind a value.
#[derive(Default)]
struct Place {
    /// What may follow, the longest first: where one begins another, the other value is no scalar.
    ways: Vec<Way>,
}

/// What stands between two values, or before the first or behind the last.
struct Way {
    text: Text,
    /// Where fields of the job begin and end in it, in order.
    marks: Box<[Mark]>,
    /// The place behind the value that follows; `None` where the job ends.
    next: Option<usize>,
}

#[derive(Clone)]
enum Mark {
    /// The value of a field begins at this byte of the text.
    Begin(FieldName, usize),
    /// It ends before this byte.
    End(usize),
}

#[derive(Clone)]
enum FieldName {
    Known(KnownField),
    /// Where in the text it stands.
    Unknown(Range<usize>),
}

impl Default for Shapes {
    fn default() -> Self {
        Shapes {
            places: vec![Place::default()],
        }
    }
}

impl Shapes {
    /// Walks over the job at the beginning of `text`: collects its fields and answers the byte
    /// behind it, or `None` where it goes no known path.
    pub fn walk<'a>(&self, text: &'a str, fields: &mut Vec<Field<'a>>) -> Option<usize> {
        fields.clear();
        let bytes = text.as_bytes();
        let (mut place, mut at) = (0, 0);
        loop {
            let rest = &bytes[at..];
            let ways = &self.places[place].ways;
            let way = ways.iter().find(|way| way.text.begins(rest))?;
            if !way.marks.is_empty() {
                way.mark(text, at, fields)?;
            }
            at += way.text.length;
            let Some(next) = way.next else {
                return Some(at);
            };
            at = scalar_end(bytes, at)?;
            place = next;
        }
    }

    /// Keeps the path of a job, which is a valid JSON object.
    pub fn learn(&mut self, job: &str) {
        let mut place = 0;
        for step in Steps::of(job) {
            let Some(step) = step.filter(|step| step.text.len() <= LONGEST_WAY) else {
                return;
            };
            match self.go(place, step) {
                Some(next) => place = next,
                None => return,
            }
        }
    }

    /// Goes on from a place by a step, which is kept if it is new; `None` where the job ends, or
    /// no more can be kept.
    fn go(&mut self, place: usize, step: Step<'_>) -> Option<usize> {
        let (ways, text) = (&self.places[place].ways, step.text.as_bytes());
        if let Some(known) = ways.iter().find(|way| way.text.is(text)) {
            return known.next;
        }
        let next = (!step.is_last).then_some(self.places.len());
        if next.is_some_and(|next| next == MOST_PLACES) || ways.len() == MOST_WAYS {
            return None;
        }
        self.places.extend(next.map(|_| Place::default()));
        let ways = &mut self.places[place].ways;
        let index = ways.partition_point(|way| way.text.length > text.len());
        ways.insert(
            index,
            Way {
                text: Text::new(text),
                marks: step.marks.into(),
                next,
            },
        );
        next
    }
}

/// A text that is looked for at the beginning of some bytes. Most are short: their length would
/// be guessed wrong by a loop over bytes, and a call of memcmp costs more than the comparison.
struct Text {
    /// Its first bytes, and which of these there are.
    head: [u64; HEAD / 8],
    mask: [u64; HEAD / 8],
    /// The bytes behind them.
    tail: Box<[u8]>,
    length: usize,
}

const HEAD: usize = 32;

impl Text {
    fn new(text: &[u8]) -> Self {
        let (mut head, mut mask) = ([0; HEAD], [0; HEAD]);
        let (first, tail) = text.split_at(text.len().min(HEAD));
        head[..first.len()].copy_from_slice(first);
        mask[..first.len()].fill(0xFF);
        Text {
            head: words(&head),
            mask: words(&mask),
            tail: tail.into(),
            length: text.len(),
        }
    }

    fn is(&self, text: &[u8]) -> bool {
        text.len() == self.length && self.begins(text)
    }

    #[inline(always)]
    fn begins(&self, bytes: &[u8]) -> bool {
        let Some((first, rest)) = bytes.split_first_chunk::<HEAD>() else {
            return self.begins_few(bytes);
        };
        let ([a, b, c, d], [e, f, g, h], [i, j, k, l]) = (words(first), self.head, self.mask);
        (a ^ e) & i | (b ^ f) & j | (c ^ g) & k | (d ^ h) & l == 0
            && (self.length <= HEAD || rest.starts_with(&self.tail))
    }

    /// The same for fewer bytes than are compared at once.
    #[cold]
    fn begins_few(&self, bytes: &[u8]) -> bool {
        let mut first = [0; HEAD];
        first[..bytes.len()].copy_from_slice(bytes);
        bytes.len() >= self.length && self.begins(&first)
    }
}

/// Bytes as words, to be compared eight at once.
#[inline(always)]
fn words(bytes: &[u8; HEAD]) -> [u64; HEAD / 8] {
    let (words, _) = bytes.as_chunks::<8>();
    std::array::from_fn(|index| u64::from_le_bytes(words[index]))
}

/// A text between two values of a job, and where it leads.
struct Step<'a> {
    text: &'a str,
    marks: Vec<Mark>,
    is_last: bool,
}

/// The steps of a job that is a valid JSON object. `None` is one that cannot be kept.
struct Steps<'a> {
    job: &'a str,
    at: usize,
    /// For each bracket that is open, whether it is a brace.
    open: Vec<bool>,
    awaits_name: bool,
    name: Option<FieldName>,
    marks: Vec<Mark>,
}

impl<'a> Steps<'a> {
    fn of(job: &'a str) -> Self {
        Steps {
            job,
            at: 0,
            open: Vec::new(),
            awaits_name: false,
            name: None,
            marks: Vec::new(),
        }
    }
}

impl<'a> Iterator for Steps<'a> {
    type Item = Option<Step<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        let from = self.at;
        let bytes = self.job.as_bytes();
        let step = |this: &mut Self, is_last| {
            Some(Step {
                text: &this.job[from..this.at],
                marks: std::mem::take(&mut this.marks),
                is_last,
            })
        };
        while let Some(&byte) = bytes.get(self.at) {
            let begins_field = self.open.len() == 1 && !self.awaits_name;
            match byte {
                b'"' if self.awaits_name => {
                    let Some(end) = string_end(bytes, self.at + 1) else {
                        return Some(None);
                    };
                    let name = &bytes[self.at + 1..end - 1];
                    if name.contains(&b'\\') {
                        return Some(None);
                    }
                    self.name = Some(match KnownField::from_name(name) {
                        Some(known) => FieldName::Known(known),
                        None => FieldName::Unknown(self.at + 1 - from..end - 1 - from),
                    });
                    self.awaits_name = false;
                    self.at = end;
                    continue;
                }
                b'{' | b'[' => {
                    if begins_field {
                        let name = self.name.take()?;
                        self.marks.push(Mark::Begin(name, self.at - from));
                    }
                    self.open.push(byte == b'{');
                    self.awaits_name = byte == b'{';
                }
                b'}' | b']' => {
                    self.open.pop();
                    self.awaits_name = false;
                    self.at += 1;
                    match self.open.len() {
                        0 => {
                            let last = step(self, true);
                            self.at = bytes.len();
                            return Some(last);
                        }
                        1 => self.marks.push(Mark::End(self.at - from)),
                        _ => {}
                    }
                    continue;
                }
                b',' => self.awaits_name = self.open.last() == Some(&true),
                b':' => {}
                _ if is_space(byte) => {}
                _ => {
                    if begins_field {
                        let name = self.name.take()?;
                        self.marks.push(Mark::Begin(name, self.at - from));
                    }
                    let step = step(self, false);
                    let Some(end) = scalar_end(bytes, self.at) else {
                        return Some(None);
                    };
                    if begins_field {
                        self.marks.push(Mark::End(0));
                    }
                    self.at = end;
                    return Some(step);
                }
            }
            self.at += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_without_order_takes_bounded_room() {
        let mut shapes = Shapes::default();
        for number in 0..10_000 {
            shapes.learn(&format!(r#"{{"a{number}": 1, "b": {number}}}"#));
            shapes.learn(&format!(r#"{{"a{number}": []}}"#));
            shapes.learn(&format!(r#"{{"a": {}1}}"#, "[1, ".repeat(number % 100)));
        }
        assert!(shapes.places.len() <= MOST_PLACES);
        assert!(
            shapes
                .places
                .iter()
                .all(|place| place.ways.len() <= MOST_WAYS)
        );
    }

    #[test]
    fn texts_are_compared_to_their_ends() {
        let long = "a text that is longer than the bytes that are compared at once";
        for length in 0..long.len() {
            let text = Text::new(&long.as_bytes()[..length]);
            assert!(text.begins(long.as_bytes()) && text.begins(&long.as_bytes()[..length]));
            for at in 0..length {
                let mut other = long.as_bytes().to_vec();
                other[at] ^= 1;
                assert!(!text.begins(&other) && !text.begins(&other[..length]));
                assert!(!text.begins(&long.as_bytes()[..at]));
            }
        }
    }
}
