//! Texts in any encoding: the output is what encoding_rs makes of the whole text, however the bytes
//! arrive.

use std::io::Read;

use encoding_rs::Encoding;
use predial::batch::{Detected, Encodings, Guess, SheetRequest, TextEncoding, plain, text_of};

use crate::batch::{HOST, Trickle};

/// Encodings to select. UTF-8 and its relatives are missing, because they pass unchanged.
const LABELS: [&str; 12] = [
    "utf-16le",
    "utf-16be",
    "windows-1251",
    "koi8-r",
    "ibm866",
    "shift_jis",
    "gbk",
    "gb18030",
    "big5",
    "euc-kr",
    "iso-2022-jp",
    "macintosh",
];

/// The first byte selects the encoding, the second how the bytes arrive.
pub fn run(data: &[u8]) -> Option<()> {
    let (control, bytes) = data.split_at_checked(2)?;
    let asked = LABELS.get(usize::from(control[0] >> 2) % 24);
    let encodings = Encodings {
        asked: asked.and_then(|label| TextEncoding::from_label(label)),
        guess: [Guess::Never, Guess::UnlessJson, Guess::Always][usize::from(control[0] & 0b11) % 3],
    };
    if bytes.starts_with(b"\xFF\xFE\0\0") {
        return None; // the mark of UTF-32, or that of UTF-16 before a NUL
    }
    let (text, detected) = read(bytes, encodings, (usize::MAX, 1 << 16))?;
    let most = [1, 2, 3, 5, 1000][usize::from(control[1] & 0b111) % 5];
    let room = [1, 2, 15, 16, 33, 4096][usize::from(control[1] >> 3 & 0b111) % 6];
    let other = read(bytes, encodings, (most, room));
    assert_eq!(
        other,
        Some((text.clone(), detected.clone())),
        "{most} to {room} bytes at a time"
    );
    if detected.compression.is_some() || detected.workbook.is_some() {
        return None; // another target's
    }

    let encoding = detected.encoding.expect("the source is a text");
    let is_utf8 = encoding == TextEncoding::UTF_8;
    let is_known_at_a_look = plain(bytes, encodings).is_some();
    assert!(is_utf8 || !is_known_at_a_look);
    if is_utf8 {
        assert_eq!(text, bytes);
        return Some(());
    }
    let mark = encoding.byte_order_mark();
    let behind_mark = if mark.is_empty() {
        bytes
    } else {
        bytes.strip_prefix(mark).unwrap_or(bytes)
    };
    let label = encoding.name();
    let known = Encoding::for_label(label.as_bytes()).expect("encoding_rs knows its own names");
    let (expected, has_faults) = known.decode_without_bom_handling(behind_mark);
    // Bytes that are not text are 0xFF here and U+FFFD there.
    assert_eq!(text.contains(&0xFF), has_faults);
    let shown: Vec<u8> = text
        .iter()
        .flat_map(|byte| shown(byte).iter().copied())
        .collect();
    assert_eq!(str::from_utf8(&shown), Ok(&*expected));
    Some(())
}

fn shown(byte: &u8) -> &[u8] {
    match byte {
        0xFF => "\u{FFFD}".as_bytes(),
        byte => std::slice::from_ref(byte),
    }
}

/// The text of some bytes; `None` if reading fails.
fn read(
    bytes: &[u8],
    encodings: Encodings,
    (most, room): (usize, usize),
) -> Option<(Vec<u8>, Detected)> {
    let (mut reader, info) = text_of(
        Trickle { bytes, most },
        encodings,
        SheetRequest::default(),
        HOST,
    );
    let mut text = Vec::new();
    let mut some = vec![0; room];
    loop {
        match reader.read(&mut some).ok()? {
            0 => return Some((text, info.detected())),
            count => text.extend_from_slice(&some[..count]),
        }
    }
}
