//! Files that are not lists, recognised by their first bytes and refused by their names.
//!
//! Text may begin like some of these files by chance, so a signature of letters is compared further
//! than its first bytes.

/// How many first bytes are looked at.
pub(super) const LONGEST: usize = 1 << 10;
/// So many bytes show whether the others are needed.
pub(super) const SHORTEST: usize = 4;

/// What to do with a file that is not read.
#[derive(Clone, Copy)]
enum Advice {
    Document,
    Contacts,
    Table,
    Page,
    Picture,
    Archive,
    Other,
}

impl Advice {
    fn text(self) -> &'static str {
        match self {
            Advice::Document => {
                "copy its table into a spreadsheet and save that as XLSX or CSV, or ask for the \
                 list in such a form"
            }
            Advice::Contacts => "export the contacts as CSV",
            Advice::Table => {
                "open it in the program that it is from and save the table as XLSX or CSV"
            }
            Advice::Page => "open it in a spreadsheet program and save it as XLSX or CSV",
            Advice::Picture => "a list has to be a text or a workbook",
            Advice::Archive => "unpack it",
            Advice::Other => "a list is a text (CSV, TSV, JSON) or a workbook",
        }
    }
}

/// How files of a kind begin, and what they are.
const SIGNATURES: &[(&[u8], &str, Advice)] = &[
    (b"%PDF-", "a PDF document", Advice::Document),
    (b"%!PS-", "a PostScript document", Advice::Document),
    (b"{\\rtf", "an RTF document", Advice::Document),
    (b"BEGIN:VCARD", "a vCard file of contacts", Advice::Contacts),
    (b"BEGIN:VCALENDAR", "a calendar (iCalendar)", Advice::Other),
    (b"MIME-Version:", "an MHTML page", Advice::Page),
    (b"From: <Saved by ", "an MHTML page", Advice::Page),
    (b"SQLite format 3\0", "an SQLite database", Advice::Table),
    (
        b"\0\x01\0\0Standard Jet DB\0",
        "an Access database",
        Advice::Table,
    ),
    (
        b"\0\x01\0\0Standard ACE DB\0",
        "an Access database",
        Advice::Table,
    ),
    (b"\x09\0\x04\0", "a workbook of Excel 2", Advice::Table),
    (b"\x09\x02\x06\0", "a workbook of Excel 3", Advice::Table),
    (b"\x09\x04\x06\0", "a workbook of Excel 4", Advice::Table),
    (
        b"\x09\x08\x08\0",
        "a workbook of Excel 5 without its container",
        Advice::Table,
    ),
    (
        b"\x09\x08\x10\0",
        "a workbook of Excel 97 without its container",
        Advice::Table,
    ),
    (b"\0\0\x02\0", "a worksheet of Lotus 1-2-3", Advice::Table),
    (b"\0\0\x1A\0", "a worksheet of Lotus 1-2-3", Advice::Table),
    (b"\x89PNG\r\n\x1A\n", "a PNG picture", Advice::Picture),
    (b"\xFF\xD8\xFF", "a JPEG picture", Advice::Picture),
    (b"GIF87a", "a GIF picture", Advice::Picture),
    (b"GIF89a", "a GIF picture", Advice::Picture),
    (b"II*\0", "a TIFF picture", Advice::Picture),
    (b"MM\0*", "a TIFF picture", Advice::Picture),
    (b"8BPS\0", "a Photoshop picture", Advice::Picture),
    (b"\0\0\x01\0", "an icon", Advice::Picture),
    (b"MSCF\0\0\0\0", "a CAB archive", Advice::Archive),
    (
        b"\x04\"M\x18",
        "a file that is compressed with LZ4",
        Advice::Archive,
    ),
    (
        b"\x1F\x9D",
        "a file that is compressed with compress",
        Advice::Archive,
    ),
    (
        b"LZIP\x01",
        "a file that is compressed with lzip",
        Advice::Archive,
    ),
    (b"MZ\x90\0", "a program", Advice::Other),
    (b"\x7FELF", "a program", Advice::Other),
    (b"bplist00", "a property list of Apple", Advice::Other),
];

/// Whether a source that begins with these four bytes may be one of these files.
pub(super) fn may_begin(head: &[u8]) -> bool {
    let head = without_mark(head);
    let begin = &head[..head.len().min(SHORTEST)];
    let begins = |start: &[u8]| {
        let length = start.len().min(begin.len());
        start[..length].eq_ignore_ascii_case(&begin[..length])
    };
    SIGNATURES.iter().any(|(start, _, _)| begins(start))
        || [&b"ID;P"[..], b"BM", b"RIFF", b"<"].into_iter().any(begins)
}

/// Why a source that begins with these bytes is not read, if they show it.
pub(super) fn refusal(head: &[u8]) -> Option<String> {
    let head = without_mark(head);
    let head = &head[..head.len().min(LONGEST)];
    let (name, advice) = named(head)?;
    Some(format!("the source is {name}; {}", advice.text()))
}

fn named(head: &[u8]) -> Option<(&'static str, Advice)> {
    let begins = |start: &[u8]| {
        let begin = head.get(..start.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(start))
    };
    let of_list = SIGNATURES.iter().find(|(start, _, _)| begins(start));
    if let Some((_, name, advice)) = of_list {
        return Some((name, *advice));
    }
    match head {
        _ if is_sylk(head) => Some(("a SYLK file", Advice::Page)),
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Some(("a BMP picture", Advice::Picture)),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some(("a WebP picture", Advice::Picture)),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'A',
            b'V',
            b'E',
            ..,
        ] => Some(("a sound", Advice::Other)),
        [0, 0, 0, _, b'f', b't', b'y', b'p', ..] => {
            Some(("a picture (HEIC) or a film", Advice::Picture))
        }
        _ if begins(b"<?xml") => Some(("an XML file", Advice::Page)),
        _ if begins(b"<!doctype html") || begins(b"<html") => {
            Some(("an HTML page that is compressed", Advice::Archive))
        }
        _ => None,
    }
}

/// The first line of a SYLK file has only fields of one letter; each other line begins with one of a few
/// letters. A table may begin with `ID;Phone`.
fn is_sylk(head: &[u8]) -> bool {
    let mut lines = head.split(|byte| matches!(byte, b'\r' | b'\n'));
    let first = lines.next().unwrap_or_default();
    let mut others = lines.filter(|line| !line.is_empty());
    let is_record = |line: &[u8]| {
        matches!(line, [b'B' | b'C' | b'F' | b'O' | b'P' | b'W' | b'E', rest @ ..]
            if rest.first().is_none_or(|byte| *byte == b';'))
    };
    first.starts_with(b"ID;P") && others.next().is_some_and(is_record)
}

/// Why a source that is in no known encoding is not read, if its first bytes are not text: there are
/// zeros in its first line, and other control characters that no text has. A list whose header is
/// text may have damaged rows.
pub(super) fn refusal_of_binary(head: &[u8]) -> Option<String> {
    is_binary(&head[..head.len().min(LONGEST)])
        .then(|| format!("the source is a binary file; {}", Advice::Other.text()))
}

fn is_binary(head: &[u8]) -> bool {
    /// A text may be short and damaged.
    const LEAST: usize = 64;
    let is_control = |byte: &&u8| matches!(byte, 0..=8 | 0x0E..=0x1A | 0x1C..=0x1F | 0x7F);
    let controls = head.iter().filter(is_control).count();
    let first_line = head.split(|byte| matches!(byte, b'\r' | b'\n')).next();
    let has_zero = first_line.is_some_and(|line| line.contains(&0));
    // Of bytes that are all equally likely, every ninth or tenth is such a character.
    head.len() >= LEAST && has_zero && controls * 10 >= head.len()
}

fn without_mark(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_not_taken_for_other_files() {
        for list in [
            &b"ID;Phone\n1;79123456789\n"[..],
            b"ID;P\n1;79123456789\n",
            b"BM\n79123456789\n",
            b"BEGIN;END\n1;2\n",
            b"%;phone\n1;79123456789\n",
            b"RIFF;phone\n",
            b"{\"phone\": \"79123456789\"}",
            b"<name>,phone\n",
            b"phone\n79123456789\0\0\0\n",
            "Телефон\n79123456789\n".as_bytes(),
            b"",
        ] {
            assert_eq!(refusal(list), None, "{}", list.escape_ascii());
        }
    }

    #[test]
    fn other_files_are_named() {
        for (head, name) in [
            (&b"%PDF-1.4\n"[..], "a PDF document"),
            (b"\xEF\xBB\xBFBEGIN:VCARD\r\nVERSION:3.0", "a vCard file"),
            (b"begin:vcard\n", "a vCard file"),
            (b"ID;PWXL;N;E\r\nP;PGeneral\r\n", "a SYLK file"),
            (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", "a PNG picture"),
            (b"BM6\0\0\0\0\0\0\0\x36\0", "a BMP picture"),
            (b"<?xml version='1.0'?><list/>", "an XML file"),
        ] {
            let said = refusal(head).unwrap_or_default();
            assert!(said.contains(name), "{said}");
            assert!(may_begin(&head[..SHORTEST]), "{name}");
            assert_eq!(refusal_of_binary(head), None);
        }
        assert!(refusal_of_binary(&[7, 0, 3, 1].repeat(40)).is_some());
        let all: Vec<u8> = (0..=255).collect();
        assert!(refusal_of_binary(&all.repeat(4)).is_some());
        assert!(refusal_of_binary(&b"79123456789,\0\n".repeat(9)).is_none());
    }
}
