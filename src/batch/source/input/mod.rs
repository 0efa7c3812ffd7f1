//! The layers below the rows: files, compression and encodings. Their output is UTF-8.
//!
//! ```text
//! reader ──▶ Metered ──▶ Decompressed ──▶ Transcoded ──▶ feed
//!            how far     gzip, zstd,       UTF-16, windows-1251, …
//!                        workbooks
//! ```
//!
//! Each layer detects by content what it reads, and reads nothing before it is asked for bytes.
//! UTF-8 that is not compressed passes both without a copy.

mod compression;
mod encoding;
mod encoding_guess;
mod file;
mod fill;
mod signature;
mod source_info;
mod transcode;
mod workbook;

use std::io::Read;

use compression::Decompressed;
use source_info::Metered;
use transcode::Transcoded;

pub use encoding::TextEncoding;
pub use file::RegularFile;
pub use source_info::{Compression, Detected, SourceInfo};
pub use transcode::{Encodings, Guess};
#[cfg(test)]
pub(in crate::batch) use workbook::sheet_of;
pub use workbook::{
    CellType, Container, DELIMITER, Host, OtherSheet, PhoneSearch, ReaderCommand, ReaderNotStarted,
    SheetFacts, SheetRequest, Workbook, read_sheet, serve,
};

/// The text of a source in UTF-8, and what is known of the source so far. `sheets` says which sheet
/// to read if the source is a workbook; `host` starts the process that reads a workbook.
pub fn text_of<'a>(
    reader: impl Read + 'a,
    encodings: Encodings,
    sheets: SheetRequest,
    host: Host,
) -> (impl Read + 'a, SourceInfo) {
    let info = SourceInfo::default();
    let metered = Metered::new(reader, info.clone());
    let plain = Decompressed::new(metered, (sheets, host), info.clone());
    (Transcoded::new(plain, encodings, info.clone()), info)
}

/// The facts about bytes that need neither unpacking nor transcoding; `None` for other bytes.
pub fn plain(bytes: &[u8], encodings: Encodings) -> Option<SourceInfo> {
    if compression::is_packed(bytes) || !transcode::is_utf8(bytes, encodings) {
        return None;
    }
    let info = SourceInfo::default();
    info.set_encoding(TextEncoding::UTF_8);
    Some(info)
}
