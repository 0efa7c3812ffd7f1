//! gzip and zstd: packed data is unpacked to the same bytes, cut or changed data ends in an error
//! or in other bytes, and nothing takes more memory than its window.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use predial::batch::{Encodings, Guess, SheetRequest, TextEncoding, text_of};

use crate::batch::{HOST, Trickle};

/// No more bytes are read, because a few bytes may unpack to gigabytes.
const MOST: u64 = 1 << 20;

/// The first byte decides whether the rest is packed data or is to be packed; the second selects
/// the change to the packed data, and its place.
pub fn run(data: &[u8]) -> Option<()> {
    let (control, bytes) = data.split_at_checked(2)?;
    let (mode, change) = (control[0], control[1]);
    let most = [1, 7, 1 << 16][usize::from(mode >> 4) % 3];
    if mode & 0b1 == 0 {
        // The text is the same, or there is none, however the bytes arrive.
        assert_eq!(unpacked(bytes, most).ok(), unpacked(bytes, usize::MAX).ok());
        return Some(());
    }
    let content = match mode >> 2 & 0b11 {
        3 => [bytes, bytes].concat(),
        _ => bytes.to_vec(),
    };
    if unpacked(&content, usize::MAX).is_err() {
        return None; // what is refused by its first bytes is refused when it is packed, too
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return None; // a byte order mark overrides the given encoding
    }
    let mut packed = pack(bytes, mode).expect("memory takes what is written");
    let place = usize::from(change) * packed.len() / 256;
    match mode >> 2 & 0b11 {
        0 => {
            let text = unpacked(&packed, most).expect("it is whole");
            assert_eq!(text, content);
        }
        1 => {
            packed.truncate(place);
            // An empty source, or one too short to show a compression, is a text.
            assert!(place < 8 || unpacked(&packed, most).is_err());
        }
        2 => {
            packed[place] ^= 1 << (change & 0b111);
            let _ = unpacked(&packed, most);
        }
        _ => {
            // Two members or frames are one text.
            packed.extend(pack(bytes, mode).expect("memory takes what is written"));
            let text = unpacked(&packed, most).expect("it is whole");
            assert_eq!(text, content);
        }
    }
    Some(())
}

fn pack(bytes: &[u8], mode: u8) -> io::Result<Vec<u8>> {
    if mode & 0b10 == 0 {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes)?;
        return encoder.finish();
    }
    let mut encoder = zstd::Encoder::new(Vec::new(), 1)?;
    encoder.include_checksum(true)?;
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn unpacked(bytes: &[u8], most: usize) -> io::Result<Vec<u8>> {
    let encodings = Encodings {
        asked: Some(TextEncoding::UTF_8),
        guess: Guess::Never,
    };
    let (reader, info) = text_of(
        Trickle { bytes, most },
        encodings,
        SheetRequest::default(),
        HOST,
    );
    let mut text = Vec::new();
    reader.take(MOST).read_to_end(&mut text)?;
    if info.detected().workbook.is_some() {
        return Err(io::Error::other("another target's"));
    }
    Ok(text)
}
