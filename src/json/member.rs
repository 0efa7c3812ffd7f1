//! The members of an object.

use std::borrow::Cow;
use std::convert::Infallible;

use super::string;

/// One member of an object. `K` are the names that the reader of the object knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<'a, K> {
    /// Its name, escapes decoded.
    pub name: MemberName<'a, K>,
    /// Its value as JSON text, without white space around it.
    pub value: &'a str,
    /// The byte of the document at which the value begins.
    pub at: usize,
}

/// A member of an object whose reader knows no names.
pub type PlainMember<'a> = Member<'a, Infallible>;

/// The name of a member.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MemberName<'a, K> {
    /// One that the reader knows.
    Known(K),
    /// Any other. It is bytes, because an escape in JSON can express what UTF-8 cannot.
    Unknown(Cow<'a, [u8]>),
}

/// A name that a reader of objects knows.
pub trait KnownName: Copy + Eq + std::hash::Hash {
    /// The name of exactly these bytes.
    fn from_bytes(name: &[u8]) -> Option<Self>;

    /// The name as text.
    fn text(self) -> &'static str;
}

impl KnownName for Infallible {
    fn from_bytes(_: &[u8]) -> Option<Self> {
        None
    }

    fn text(self) -> &'static str {
        match self {}
    }
}

impl<K> Member<'_, K> {
    /// The byte after the value.
    pub fn end(&self) -> usize {
        self.at + self.value.len()
    }

    /// An emptied vector for the members of another object. It keeps its memory, so nothing is
    /// allocated.
    pub fn recycled<'to>(mut members: Vec<Member<'_, K>>) -> Vec<Member<'to, K>> {
        members.clear();
        members.into_iter().map_while(|_| None).collect()
    }
}

impl<'a, K: KnownName> MemberName<'a, K> {
    /// Distinguishes known and unknown names by the decoded bytes.
    pub fn of(bytes: Cow<'a, [u8]>) -> Self {
        match K::from_bytes(&bytes) {
            Some(known) => MemberName::Known(known),
            None => MemberName::Unknown(bytes),
        }
    }

    /// The name, if the reader knows it.
    pub fn known(&self) -> Option<K> {
        match self {
            MemberName::Known(known) => Some(*known),
            MemberName::Unknown(_) => None,
        }
    }

    /// The name as its bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            MemberName::Known(known) => known.text().as_bytes(),
            MemberName::Unknown(bytes) => bytes,
        }
    }

    /// The name as text, with one U+FFFD for each half of a surrogate pair.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            MemberName::Known(known) => Cow::Borrowed(known.text()),
            MemberName::Unknown(bytes) => string::lossy(bytes),
        }
    }

    /// The name as text; `None` if it holds half of a surrogate pair.
    pub fn whole_text(&self) -> Option<&str> {
        match self {
            MemberName::Known(known) => Some(known.text()),
            MemberName::Unknown(bytes) => std::str::from_utf8(bytes).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_kept_from_object_to_object() {
        let mut members: Vec<PlainMember<'_>> = Vec::with_capacity(13);
        let room = members.as_ptr() as usize;
        members.push(Member {
            name: MemberName::of(b"a".into()),
            value: "1",
            at: 0,
        });
        let again = Member::recycled(members);
        assert_eq!((again.as_ptr() as usize, again.capacity()), (room, 13));
    }

    #[test]
    fn half_of_a_surrogate_pair_is_one_character() {
        let name: MemberName<'_, Infallible> = MemberName::of(b"a\xed\xa0\x80".into());
        assert_eq!(name.text(), "a\u{fffd}");
        assert_eq!(name.whole_text(), None);
    }
}
