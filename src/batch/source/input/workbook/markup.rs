//! The text of a file of HTML or XML: its encoding is the one that the caller names, that of a byte order
//! mark, or the one that it declares itself.

use std::io::{self, Read};

use memchr::memmem;

use crate::batch::error::broken;
use crate::batch::source::input::encoding::TextEncoding;
use crate::batch::source::input::transcode;

/// A declaration of the encoding is within so many bytes.
const BEGINNING: usize = 1 << 12;

/// Reads a text; `asked` is the label of the encoding that the caller named.
pub(super) fn text(reader: &mut impl Read, asked: Option<&str>) -> io::Result<String> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes)?;
    let encoding = encoding(&bytes, asked.and_then(TextEncoding::from_label));
    let bytes = bytes
        .strip_prefix(encoding.byte_order_mark())
        .unwrap_or(&bytes);
    let decoded = encoding
        .0
        .decode_without_bom_handling_and_without_replacement(bytes);
    decoded.map(|text| text.into_owned()).ok_or_else(|| {
        broken(format!(
            "the source has bytes that are not text in {}; name its encoding, such as \
             encoding=\"windows-1251\"",
            encoding.name()
        ))
    })
}

fn encoding(bytes: &[u8], asked: Option<TextEncoding>) -> TextEncoding {
    let marks = [
        TextEncoding::UTF_8,
        TextEncoding::UTF_16LE,
        TextEncoding::UTF_16BE,
    ];
    let marked = marks
        .into_iter()
        .find(|encoding| bytes.starts_with(encoding.byte_order_mark()));
    if let Some(encoding) = marked.or(asked) {
        return encoding;
    }
    // Bytes of another encoding are hardly ever valid UTF-8, whatever a file says of itself.
    if simdutf8::basic::from_utf8(bytes).is_ok() {
        return TextEncoding::UTF_8;
    }
    declared(&bytes[..bytes.len().min(BEGINNING)])
        .filter(|encoding| !marks.contains(encoding))
        .unwrap_or_else(|| transcode::guessed(bytes))
}

/// The encoding that a text declares: `charset=` in HTML, `encoding=` in XML.
fn declared(beginning: &[u8]) -> Option<TextEncoding> {
    let lower = beginning.to_ascii_lowercase();
    let after = |key: &[u8]| memmem::find(&lower, key).map(|at| &lower[at + key.len()..]);
    let label = after(b"charset=").or_else(|| after(b"encoding="))?;
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':');
    let begin = label.iter().position(is_part)?;
    let label: Vec<u8> = label[begin..].iter().copied().take_while(is_part).collect();
    TextEncoding::from_label(std::str::from_utf8(&label).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_of_a_page() {
        let read = |bytes: &[u8], asked| text(&mut &*bytes, asked);
        let page = "<meta charset='windows-1251'><td>Имя</td>";
        let windows = TextEncoding::from_label("windows-1251").unwrap();
        assert_eq!(read(&windows.encode(page), None).unwrap(), page);
        assert_eq!(
            read(page.as_bytes(), None).unwrap(),
            page,
            "it is UTF-8 all the same"
        );
        let xml = "<?xml version='1.0' encoding=\"koi8-r\"?><Data>Имя</Data>";
        let koi8 = TextEncoding::from_label("koi8-r").unwrap();
        assert_eq!(read(&koi8.encode(xml), None).unwrap(), xml);
        let wrong = "<meta charset=utf-8><td>Телефон клиента</td>";
        assert_eq!(read(&windows.encode(wrong), None).unwrap(), wrong);
        let other = "<td>Имя</td>";
        assert_eq!(read(&koi8.encode(other), Some("koi8-r")).unwrap(), other);
        let marked = [b"\xFF\xFE", &*TextEncoding::UTF_16LE.encode(other)].concat();
        assert_eq!(read(&marked, Some("koi8-r")).unwrap(), other);
        assert!(read(b"<td>\xFF", Some("utf-8")).is_err());
    }
}
