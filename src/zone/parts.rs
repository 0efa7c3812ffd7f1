//! A text taken apart into IDs of regions, offsets, and other words.
//!
//! ```text
//! text   = *( between piece ) *between
//! piece  = ID with a slash / [prefix *( "/" prefix ) *SP] sign *SP hours / word
//! ```
//!
//! `between` is a space, a bracket, a quote, a comma, a semicolon, a bar or an equals sign; a slash too,
//! where what it joins is not an ID. IDs are read in any case.

use super::at::RegionsAt;
use super::loose::LooseOffset;
use super::offset::OffsetPrefix;
use super::value::Zone;

/// The parts of a text.
#[derive(Debug, Default)]
pub(super) struct ZoneParts<'t, 'r> {
    /// The regions that it names by their IDs, each once.
    pub regions: Vec<Zone<'r>>,
    /// The offsets, each once.
    pub offsets: Vec<PartOffset>,
    /// All the rest, in order.
    pub words: Vec<&'t str>,
    /// Where the second region or offset begins, in bytes.
    pub second: usize,
}

/// An offset with its sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PartOffset {
    pub seconds: i32,
    /// Whether `UTC`, `GMT` or `UT` is before it.
    pub has_prefix: bool,
    /// Whether it is a sign and one or two digits.
    pub is_short: bool,
}

/// A longer text is not taken apart.
pub(super) const LONGEST_TEXT: usize = 160;

impl<'t, 'r> ZoneParts<'t, 'r> {
    /// The parts of a text without spaces around it, in the ASCII forms of its characters.
    pub(super) fn of(text: &'t str, at: RegionsAt<'r>) -> Self {
        let mut parts = ZoneParts::default();
        if text.len() > LONGEST_TEXT {
            return parts;
        }
        let mut pieces = pieces(text).into_iter().peekable();
        let mut prefixes: Vec<&'t str> = Vec::new();
        while let Some(piece) = pieces.next() {
            if piece.contains('/') && parts.region(text, piece, at) {
                parts.words.append(&mut prefixes);
                continue;
            }
            for piece in piece.split('/').filter(|piece| !piece.is_empty()) {
                if is_prefix(piece) {
                    prefixes.push(piece);
                    continue;
                }
                // A sign and the hours after spaces.
                let hours = match (piece, pieces.peek()) {
                    ("+" | "-", Some(next)) => pieces_together(text, piece, next),
                    _ => None,
                };
                let whole = hours.unwrap_or(piece);
                if let Some(found) = offset_of(whole, !prefixes.is_empty(), at) {
                    if hours.is_some() {
                        pieces.next();
                    }
                    prefixes.clear();
                    parts.offset(text, piece, found);
                } else {
                    parts.words.append(&mut prefixes);
                    parts.words.push(piece);
                }
            }
        }
        parts.words.append(&mut prefixes);
        parts
    }

    /// Adds the region of an ID; whether there is one.
    fn region(&mut self, text: &str, id: &str, at: RegionsAt<'r>) -> bool {
        let found = at.regions().get_loosely(id);
        let Some(region) = found.filter(|region| region.is_usable()) else {
            return false;
        };
        let zone = Zone::of_region(region);
        let is_known =
            |known: &Zone<'_>| known.region().is_some_and(|it| it.tzif() == region.tzif());
        if !self.regions.iter().any(is_known) {
            if self.regions.len() == 1 {
                self.second = place(text, id);
            }
            self.regions.push(zone);
        }
        true
    }

    fn offset(&mut self, text: &str, piece: &str, found: PartOffset) {
        let known = |known: &PartOffset| known.seconds == found.seconds;
        if !self.offsets.iter().any(known) {
            if self.offsets.len() == 1 {
                self.second = place(text, piece);
            }
            self.offsets.push(found);
        }
    }

    /// The one zone that all parts mean, if there are no words.
    pub(super) fn agreeing(&self, at: RegionsAt<'_>) -> Option<Zone<'r>> {
        if !self.words.is_empty() {
            return None;
        }
        match (&*self.regions, &*self.offsets) {
            ([zone], offsets) => {
                let agrees = |offset: &PartOffset| at.has_offset(*zone, offset.seconds);
                offsets.iter().all(agrees).then_some(*zone)
            }
            ([], [offset]) => Some(Zone::of_offset(OffsetPrefix::None, offset.seconds)),
            _ => None,
        }
    }
}

/// The words between spaces, brackets and the like.
fn pieces(text: &str) -> Vec<&str> {
    let is_between = |c: char| {
        c.is_whitespace()
            || matches!(c, '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | ',')
            || matches!(c, ';' | '|' | '"' | '\'' | '=')
    };
    let pieces = text.split(is_between).filter(|piece| !piece.is_empty());
    pieces.collect()
}

/// The text from one piece to the end of the next, if only spaces are between them.
fn pieces_together<'t>(text: &'t str, first: &'t str, next: &str) -> Option<&'t str> {
    let start = place(text, first);
    let end = place(text, next) + next.len();
    let whole = &text[start..end];
    let between = &whole[first.len()..whole.len() - next.len()];
    between.trim().is_empty().then_some(whole)
}

/// Where a part of a text begins in it.
fn place(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

fn is_prefix(piece: &str) -> bool {
    ["UTC", "GMT", "UT"]
        .iter()
        .any(|prefix| piece.eq_ignore_ascii_case(prefix))
}

/// The offset that a piece is, if it has a sign and one reading.
fn offset_of(piece: &str, has_prefix: bool, at: RegionsAt<'_>) -> Option<PartOffset> {
    let upper = piece.to_ascii_uppercase();
    let reading = LooseOffset::of(upper.as_bytes());
    reading.sign?;
    let seconds = reading.in_use(at)?;
    Some(PartOffset {
        seconds,
        has_prefix: has_prefix || reading.prefix != OffsetPrefix::None,
        is_short: reading.hours.len() <= 2,
    })
}
