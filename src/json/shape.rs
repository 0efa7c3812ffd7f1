//! The shapes of the objects of one list: a walk through most objects that reads no name again.
//!
//! One program writes a list, so the text between the values of its objects (brackets, names,
//! colons, white space) is the same from object to object. serde_json reads an object of a new
//! shape. The texts between its values are kept as a path in a tree, and the next object on the
//! same path is walked: one comparison for each text between two values, and a look at each value.
//! Such an object is valid JSON, because equal texts are valid for the same reason.
//!
//! The walk only ever says yes. serde_json handles everything that it does not know: a new name, an
//! error, the end of a window.

use std::borrow::Cow;
use std::ops::Range;

use wide::u8x16;

use super::member::{KnownName, Member, MemberName};
use super::scalar::scalar_end;
use super::space::is_space;
use super::string::string_end;

/// The paths of the objects so far, from each junction to the next. A junction is a point after a
/// value, from which several ways may continue.
pub(crate) struct Shapes<K> {
    /// The first way of a junction never moves; the others are found from it. The first of all is one
    /// from the beginning of an object.
    ways: Vec<Way<K>>,
    junctions: usize,
}

/// More junctions than the objects of a regular list have. serde_json reads the rest of an
/// irregular list.
const MOST_JUNCTIONS: usize = 256;
/// More ways from one junction than a regular list has.
const MOST_WAYS: usize = 16;
/// More bytes than there normally are between two values.
const LONGEST_WAY: usize = 512;

/// The text between two values, or before the first or after the last.
struct Way<K> {
    text: WayText,
    /// `None` if no member of the object begins or ends there, as inside a payload.
    marks: Option<Box<WayMarks<K>>>,
    /// The first way from the junction after the value that follows; [`NOWHERE`] if the object ends.
    next: usize,
    /// Another way from the same junction, whose text does not begin with this one's, or [`NOWHERE`]:
    /// if one text begins with another, the value after the shorter one is not a scalar.
    other: usize,
}

/// No place of a way.
const NOWHERE: usize = usize::MAX;

impl<K> Way<K> {
    /// The only way from a junction of which no way is known: it leads nowhere.
    fn unknown() -> Self {
        Way {
            text: WayText::of_nothing(),
            marks: None,
            next: NOWHERE,
            other: NOWHERE,
        }
    }

    fn is_unknown(&self) -> bool {
        self.text.length == 0
    }
}

/// Where values of members of the object begin and end in the text of a way.
struct WayMarks<K> {
    /// The byte before which the value ends that began in an earlier way.
    end: Option<usize>,
    /// The values that begin and end in this text, such as `{}`: nearly always none.
    whole: Vec<(BegunMember<K>, usize)>,
    /// The member whose value ends in a later way.
    begun: Option<BegunMember<K>>,
}

/// A member and the byte of a way's text at which its value begins.
struct BegunMember<K> {
    name: MarkName<K>,
    value: usize,
}

enum MarkName<K> {
    Known(K),
    /// Its position in the text.
    Unknown(Range<usize>),
}

impl<K> Default for WayMarks<K> {
    fn default() -> Self {
        WayMarks {
            end: None,
            whole: Vec::new(),
            begun: None,
        }
    }
}

impl<K> WayMarks<K> {
    fn is_empty(&self) -> bool {
        self.end.is_none() && self.whole.is_empty() && self.begun.is_none()
    }

    /// Adds the end of the value that began last.
    fn add_end(&mut self, end: usize) {
        match self.begun.take() {
            Some(begun) => self.whole.push((begun, end)),
            None => self.end = Some(end),
        }
    }
}

impl<K: KnownName> WayMarks<K> {
    /// Ends the last member, and adds those that begin in a text at `at`. A member is added when it
    /// begins: the processor would have to wait for the length of the vector if it changed just
    /// before the members are read.
    #[inline(always)]
    fn note<'a>(&self, text: &'a str, at: usize, members: &mut Vec<Member<'a, K>>) -> Option<()> {
        if let Some(end) = self.end {
            end_last(members, text, at + end)?;
        }
        for (begun, end) in &self.whole {
            members.push(begun.member(text, at)?);
            end_last(members, text, at + end)?;
        }
        if let Some(begun) = &self.begun {
            members.push(begun.member(text, at)?);
        }
        Some(())
    }
}

impl<K: KnownName> BegunMember<K> {
    /// The member, whose way begins at `at`. Its value is empty until its end is known.
    #[inline(always)]
    fn member<'a>(&self, text: &'a str, at: usize) -> Option<Member<'a, K>> {
        let name = match &self.name {
            MarkName::Known(known) => MemberName::Known(*known),
            MarkName::Unknown(name) => {
                let name = at + name.start..at + name.end;
                MemberName::Unknown(Cow::Borrowed(text.as_bytes().get(name)?))
            }
        };
        Some(Member {
            name,
            value: "",
            at: at + self.value,
        })
    }
}

/// Ends the last member before this byte of the text.
#[inline(always)]
fn end_last<'a, K>(members: &mut [Member<'a, K>], text: &'a str, end: usize) -> Option<()> {
    let member = members.last_mut()?;
    member.value = text.get(member.at..end)?;
    Some(())
}

impl<K> Default for Shapes<K> {
    fn default() -> Self {
        Shapes {
            ways: vec![Way::unknown()],
            junctions: 1,
        }
    }
}

impl<K: KnownName> Shapes<K> {
    /// Walks over the object at the beginning of `text`: collects its members and returns the byte
    /// after it, or `None` if the object is on no known path.
    pub fn walk<'a>(&self, text: &'a str, members: &mut Vec<Member<'a, K>>) -> Option<usize> {
        members.clear();
        let bytes = text.as_bytes();
        let mut way = self.ways.first()?;
        let mut at = 0;
        loop {
            if !way.text.begins(bytes.get(at..)?) {
                way = self.ways.get(way.other)?;
                continue;
            }
            if let Some(marks) = &way.marks {
                marks.note(text, at, members)?;
            }
            at += way.text.length;
            let Some(next) = self.ways.get(way.next) else {
                return Some(at);
            };
            at = scalar_end(bytes, at)?;
            way = next;
        }
    }

    /// Keeps the path of an object that is valid JSON.
    pub fn learn(&mut self, object: &str) {
        let mut first = 0;
        for step in WaySteps::of(object) {
            let Some(step) = step.filter(|step| step.text.len() <= LONGEST_WAY) else {
                return;
            };
            match self.go(first, step) {
                Some(next) => first = next,
                None => return,
            }
        }
    }

    /// Follows a step from the junction with this first way to the next one, and keeps the step if it
    /// is new; `None` if the object ends, or if there is no room to keep it.
    fn go(&mut self, first: usize, step: WayStep<'_, K>) -> Option<usize> {
        let known = self.known(first, step.text.as_bytes());
        let next = match known {
            Some(next) => next,
            None => self.keep(first, step)?,
        };
        (next != NOWHERE).then_some(next)
    }

    /// Where the way with this text leads.
    fn known(&self, first: usize, text: &[u8]) -> Option<usize> {
        let mut ways = self.ways_from(first);
        ways.find(|(_, way)| way.text.is(text))
            .map(|(_, way)| way.next)
    }

    /// The ways from a junction in the order in which they are tried, with their places.
    fn ways_from(&self, first: usize) -> impl Iterator<Item = (usize, &Way<K>)> {
        let way_at = |at: usize| Some((at, self.ways.get(at)?));
        std::iter::successors(way_at(first), move |(_, way)| way_at(way.other))
            .filter(|(_, way)| !way.is_unknown())
    }

    /// Keeps a new way from a junction, and gives where it leads; `None` if there is no room.
    fn keep(&mut self, first: usize, step: WayStep<'_, K>) -> Option<usize> {
        let is_full = !step.is_last && self.junctions == MOST_JUNCTIONS;
        if is_full || self.ways_from(first).count() == MOST_WAYS {
            return None;
        }
        // A way comes before those whose text is its beginning, and else after those that were there:
        // what comes early in a list mostly comes often.
        let text = step.text.as_bytes();
        let begins_it = |way: &Way<K>| text.len() > way.text.length && way.text.begins(text);
        let earlier = self.ways_from(first);
        let earlier = earlier.take_while(|(_, way)| !begins_it(way));
        let before = earlier.last().map(|(at, _)| at);
        let next = match step.is_last {
            true => NOWHERE,
            false => self.add_junction(),
        };
        let mut way = Way {
            text: WayText::new(step.text.as_bytes()),
            marks: Some(step.marks)
                .filter(|marks| !marks.is_empty())
                .map(Box::new),
            next,
            other: NOWHERE,
        };
        match before {
            Some(before) => {
                way.other = self.ways[before].other;
                self.ways[before].other = self.ways.len();
                self.ways.push(way);
            }
            None if self.ways[first].is_unknown() => self.ways[first] = way,
            None => {
                way.other = self.ways.len();
                let second = std::mem::replace(&mut self.ways[first], way);
                self.ways.push(second);
            }
        }
        Some(next)
    }

    /// Adds a junction, and gives the place of its first way.
    fn add_junction(&mut self) -> usize {
        self.junctions += 1;
        self.ways.push(Way::unknown());
        self.ways.len() - 1
    }
}

/// A text to compare with the beginning of some bytes. Most such texts are short: the branch
/// predictor would guess their lengths wrong in a loop, and a call of memcmp costs more than the
/// comparison.
struct WayText {
    /// Its first bytes, and a mask of the bytes that exist.
    head: [u8x16; HEAD / 16],
    mask: [u8x16; HEAD / 16],
    /// The bytes after them.
    tail: Box<[u8]>,
    length: usize,
}

const HEAD: usize = 32;

impl WayText {
    fn new(text: &[u8]) -> Self {
        let (mut head, mut mask) = ([0; HEAD], [0; HEAD]);
        let (first, tail) = text.split_at(text.len().min(HEAD));
        head[..first.len()].copy_from_slice(first);
        mask[..first.len()].fill(0xFF);
        WayText {
            head: halves(&head),
            mask: halves(&mask),
            tail: tail.into(),
            length: text.len(),
        }
    }

    /// A text with which no bytes begin that are UTF-8.
    fn of_nothing() -> Self {
        WayText {
            length: 0,
            ..WayText::new(b"\xFF")
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
        let [low, high] = halves(first);
        let others = (low ^ self.head[0]) & self.mask[0] | (high ^ self.head[1]) & self.mask[1];
        others.simd_eq(u8x16::ZERO).to_bitmask() == 0xFFFF
            && (self.length <= HEAD || self.goes_on(rest))
    }

    /// Whether bytes begin with those after the head. A call here leaves the vectors of
    /// [`Self::begins`] in registers, and few texts are that long.
    #[inline(never)]
    fn goes_on(&self, bytes: &[u8]) -> bool {
        bytes.starts_with(&self.tail)
    }

    /// [`Self::begins`] for fewer bytes than one comparison takes.
    #[cold]
    fn begins_few(&self, bytes: &[u8]) -> bool {
        let mut first = [0; HEAD];
        first[..bytes.len()].copy_from_slice(bytes);
        bytes.len() >= self.length && self.begins(&first)
    }
}

/// Bytes as vectors, for comparing sixteen at once.
#[inline(always)]
fn halves(bytes: &[u8; HEAD]) -> [u8x16; HEAD / 16] {
    let (halves, _) = bytes.as_chunks();
    [u8x16::new(halves[0]), u8x16::new(halves[1])]
}

/// A text between two values of an object, and where it leads.
struct WayStep<'a, K> {
    text: &'a str,
    marks: WayMarks<K>,
    is_last: bool,
}

/// The steps of an object that is valid JSON. `None` is a step that cannot be kept.
struct WaySteps<'a, K> {
    object: &'a str,
    at: usize,
    /// For each bracket that is open, whether it is a brace.
    open: Vec<bool>,
    awaits_name: bool,
    name: Option<MarkName<K>>,
    marks: WayMarks<K>,
}

impl<'a, K> WaySteps<'a, K> {
    fn of(object: &'a str) -> Self {
        WaySteps {
            object,
            at: 0,
            open: Vec::new(),
            awaits_name: false,
            name: None,
            marks: WayMarks::default(),
        }
    }
}

impl<'a, K: KnownName> Iterator for WaySteps<'a, K> {
    type Item = Option<WayStep<'a, K>>;

    fn next(&mut self) -> Option<Self::Item> {
        let from = self.at;
        let bytes = self.object.as_bytes();
        let step = |this: &mut Self, is_last| {
            Some(WayStep {
                text: &this.object[from..this.at],
                marks: std::mem::take(&mut this.marks),
                is_last,
            })
        };
        while let Some(&byte) = bytes.get(self.at) {
            let begins_member = self.open.len() == 1 && !self.awaits_name;
            match byte {
                b'"' if self.awaits_name => {
                    let Some(end) = string_end(bytes, self.at + 1) else {
                        return Some(None);
                    };
                    let name = &bytes[self.at + 1..end - 1];
                    if name.contains(&b'\\') {
                        return Some(None);
                    }
                    self.name = Some(match K::from_bytes(name) {
                        Some(known) => MarkName::Known(known),
                        None => MarkName::Unknown(self.at + 1 - from..end - 1 - from),
                    });
                    self.awaits_name = false;
                    self.at = end;
                    continue;
                }
                b'{' | b'[' => {
                    if begins_member {
                        let (name, value) = (self.name.take()?, self.at - from);
                        self.marks.begun = Some(BegunMember { name, value });
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
                        1 => self.marks.add_end(self.at - from),
                        _ => {}
                    }
                    continue;
                }
                b',' => self.awaits_name = self.open.last() == Some(&true),
                b':' => {}
                _ if is_space(byte) => {}
                _ => {
                    if begins_member {
                        let (name, value) = (self.name.take()?, self.at - from);
                        self.marks.begun = Some(BegunMember { name, value });
                    }
                    let step = step(self, false);
                    let Some(end) = scalar_end(bytes, self.at) else {
                        return Some(None);
                    };
                    if begins_member {
                        self.marks.add_end(0);
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
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn an_irregular_list_takes_bounded_memory() {
        let mut shapes: Shapes<Infallible> = Shapes::default();
        for number in 0..10_000 {
            shapes.learn(&format!(r#"{{"a{number}": 1, "b": {number}}}"#));
            shapes.learn(&format!(r#"{{"a{number}": []}}"#));
            shapes.learn(&format!(r#"{{"a": {}1}}"#, "[1, ".repeat(number % 100)));
        }
        assert!(shapes.junctions <= MOST_JUNCTIONS);
        assert!(shapes.ways.len() <= MOST_JUNCTIONS * MOST_WAYS);
        let firsts = shapes.ways.iter().map(|way| way.next);
        for first in firsts.filter(|first| *first != NOWHERE).chain([0]) {
            assert!(shapes.ways_from(first).count() <= MOST_WAYS);
        }
    }

    #[test]
    fn a_way_is_tried_before_those_that_it_begins_with() {
        let objects = [
            r#"{"a": [1]}"#,
            r#"{"a": [[1]]}"#,
            r#"{"a": 1}"#,
            r#"{"a": [[[1]]]}"#,
            r#"{"a": {"b": 1}}"#,
        ];
        let mut shapes: Shapes<Infallible> = Shapes::default();
        for object in objects {
            shapes.learn(object);
        }
        let mut members = Vec::new();
        for object in objects {
            assert_eq!(
                shapes.walk(object, &mut members),
                Some(object.len()),
                "{object}"
            );
        }
        let order = [
            r#"{"a": [[["#,
            r#"{"a": [["#,
            r#"{"a": ["#,
            r#"{"a": {"b": "#,
            r#"{"a": "#,
        ];
        let lengths = shapes.ways_from(0).map(|(_, way)| way.text.length);
        assert!(lengths.eq(order.map(str::len)));
    }

    #[test]
    fn texts_are_compared_to_their_ends() {
        let long = "a text that is longer than the bytes that are compared at once";
        for length in 0..long.len() {
            let text = WayText::new(&long.as_bytes()[..length]);
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
