//! The name of a zone, without an allocation.

use std::fmt;
use std::ops::Deref;

use super::offset::OffsetPrefix;

/// The length of the longest name of an offset, such as `UTC+17:59:59`.
const LONGEST: usize = 12;

/// The text of a zone's ID: a `str` that is stored here for offsets, and borrowed from
/// [`Regions`](super::Regions) for regions.
#[derive(Clone, Copy)]
pub struct ZoneName<'r>(NameText<'r>);

#[derive(Clone, Copy)]
enum NameText<'r> {
    Offset { text: [u8; LONGEST], len: u8 },
    Region(&'r str),
}

impl<'r> ZoneName<'r> {
    pub(super) const fn of_region(id: &'r str) -> Self {
        ZoneName(NameText::Region(id))
    }

    /// `Z`, `+hh:mm` or `+hh:mm:ss` after the prefix; for zero only the prefix.
    pub(super) fn of_offset(prefix: OffsetPrefix, seconds: i32) -> Self {
        let mut text = [0; LONGEST];
        let mut len = 0;
        let mut push = |bytes: &[u8]| {
            for &byte in bytes {
                text[len] = byte;
                len += 1;
            }
        };
        push(prefix.text().as_bytes());
        if seconds == 0 {
            if prefix == OffsetPrefix::None {
                push(b"Z");
            }
        } else {
            let size = seconds.unsigned_abs();
            push(if seconds < 0 { b"-" } else { b"+" });
            push(&two_digits(size / 3600));
            push(b":");
            push(&two_digits(size / 60 % 60));
            if !size.is_multiple_of(60) {
                push(b":");
                push(&two_digits(size % 60));
            }
        }
        ZoneName(NameText::Offset {
            text,
            len: len as u8,
        })
    }

    /// The name as a `str`.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            NameText::Offset { text, len } => {
                str::from_utf8(&text[..usize::from(*len)]).expect("only ASCII was written")
            }
            NameText::Region(id) => id,
        }
    }
}

fn two_digits(number: u32) -> [u8; 2] {
    [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]
}

impl Deref for ZoneName<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for ZoneName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for ZoneName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl PartialEq for ZoneName<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for ZoneName<'_> {}

impl PartialEq<str> for ZoneName<'_> {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for ZoneName<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}
