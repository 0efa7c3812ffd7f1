//! The phones of a text with several numbers. Each is what its own text means alone, by the same options.

use super::options::PhoneOptions;
use super::pieces::{Piece, PieceIs, pieces};
use super::resolve::{ResolvedPhone, resolve_or_rule};

/// The first phone in a text. A number with an extension is not one: whoever has the extension is not
/// reached by it.
pub(crate) fn first_number(text: &str, options: &PhoneOptions) -> Option<ResolvedPhone> {
    let pieces = pieces(text, options);
    let first = (0..pieces.len()).find(|place| is_separate(&pieces, *place))?;
    resolve_or_rule(&pieces[first].text, options).ok()
}

/// Whether a piece is a phone, and unclear digits beside it are no part of it: only a plus begins a
/// number for sure, and only a valid number surely ends.
fn is_separate(pieces: &[Piece], place: usize) -> bool {
    let PieceIs::Number(phone) = pieces[place].is else {
        return false;
    };
    let is_unclear = |place: Option<usize>| {
        let piece = place.and_then(|place| pieces.get(place));
        piece.is_some_and(|piece| piece.is == PieceIs::Unclear)
    };
    let begins = pieces[place].text.starts_with('+') || !is_unclear(place.checked_sub(1));
    begins && (phone.is_valid() || !is_unclear(Some(place + 1)))
}

/// The parts of a text with several numbers, in their order: each phone once, and what else has enough
/// digits for a number. `None` if the numbers can't be separated, or none of the parts is a phone.
pub(crate) fn number_parts(text: &str, options: &PhoneOptions) -> Option<Vec<String>> {
    let mut parts: Vec<Piece> = Vec::new();
    for piece in pieces(text, options) {
        let is_same = |other: &Piece| match piece.is {
            PieceIs::Unclear => false,
            PieceIs::Refused | PieceIs::Extended => other.text == piece.text,
            PieceIs::Number(_) => other.is == piece.is,
        };
        match piece.is {
            PieceIs::Unclear => return None,
            _ if parts.iter().any(is_same) => {}
            _ => parts.push(piece),
        }
    }
    let is_phone = |part: &Piece| matches!(part.is, PieceIs::Number(_) | PieceIs::Extended);
    let has_phone = parts.iter().any(is_phone);
    has_phone.then(|| parts.into_iter().map(|part| part.text).collect())
}
