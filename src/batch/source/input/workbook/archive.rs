//! What a ZIP archive is: a workbook, lists, or another document, which is refused by its name.

use std::io::{self, Read, Seek};

use zip::ZipArchive;

use super::{Workbook, in_plain_words};
use crate::batch::error::broken;

/// What is read of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ArchiveKind {
    Workbook(Workbook),
    /// Files, of which one is the list.
    Files,
}

/// Documents that are archives: a part that begins or is called so, and the name of the document.
const DOCUMENTS: [(&str, &str); 6] = [
    ("word/", "a Word document (DOCX)"),
    ("ppt/", "a PowerPoint presentation (PPTX)"),
    ("visio/", "a Visio drawing (VSDX)"),
    ("Index/Tables/", "an Apple Numbers document"),
    ("Index/Document.iwa", "an Apple Pages or Keynote document"),
    ("index.apxl", "an Apple Numbers document"),
];

/// Documents of OpenDocument, and others that name their type in the same way.
const TYPES: [(&str, &str); 4] = [
    (
        "application/vnd.oasis.opendocument.text",
        "an OpenDocument text (ODT)",
    ),
    (
        "application/vnd.oasis.opendocument.presentation",
        "an OpenDocument presentation (ODP)",
    ),
    (
        "application/vnd.oasis.opendocument.graphics",
        "an OpenDocument drawing (ODG)",
    ),
    ("application/epub+zip", "an e-book (EPUB)"),
];
const SPREADSHEET: &str = "application/vnd.oasis.opendocument.spreadsheet";
/// No type is longer.
const LONGEST_TYPE: u64 = 256;

/// Finds out what an archive is.
pub(super) fn kind(archive: &mut (impl Read + Seek)) -> io::Result<ArchiveKind> {
    archive.rewind()?;
    let mut archive = ZipArchive::new(archive).map_err(damaged)?;
    let mime = mime_type(&mut archive);
    if mime.starts_with(SPREADSHEET) {
        return Ok(ArchiveKind::Workbook(Workbook::Ods));
    }
    let of_type = TYPES.iter().find(|(start, _)| mime.starts_with(start));
    let names: Vec<String> = archive
        .file_names()
        .flatten()
        .map(|name| name.into_owned())
        .collect();
    let has = |part: &str| names.iter().any(|name| name.ends_with(part));
    let is_office = has("[Content_Types].xml");
    if is_office && has("workbook.bin") {
        return Ok(ArchiveKind::Workbook(Workbook::Xlsb));
    }
    if is_office && has("workbook.xml") {
        return Ok(ArchiveKind::Workbook(Workbook::Xlsx));
    }
    let begins = |start: &str| names.iter().any(|name| name.starts_with(start));
    let of_parts = DOCUMENTS.iter().find(|(start, _)| begins(start));
    match of_type.or(of_parts) {
        Some((_, document)) => Err(broken(format!(
            "the source is {document}; copy its table into a spreadsheet and save that as XLSX or CSV"
        ))),
        // calamine says what an Office document lacks.
        None if is_office => Ok(ArchiveKind::Workbook(Workbook::Xlsx)),
        None => Ok(ArchiveKind::Files),
    }
}

fn mime_type(archive: &mut ZipArchive<impl Read + Seek>) -> String {
    let mut text = String::new();
    if let Ok(part) = archive.by_name("mimetype") {
        // Anything but a short text is not a type.
        let _ = part.take(LONGEST_TYPE).read_to_string(&mut text);
    }
    text
}

/// An error about a damaged archive.
pub(super) fn damaged(why: impl std::fmt::Display) -> io::Error {
    broken(format!(
        "the ZIP archive is damaged: {}",
        in_plain_words(why)
    ))
}
