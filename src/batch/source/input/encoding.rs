//! Encodings of text, by the labels of the WHATWG Encoding Standard.

use std::borrow::Cow;

use encoding_rs::{EncoderResult, Encoding};

/// An encoding that a source may be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextEncoding(pub(super) &'static Encoding);

impl TextEncoding {
    /// RFC 3629.
    pub const UTF_8: TextEncoding = TextEncoding(encoding_rs::UTF_8);
    /// RFC 2781, the low byte first.
    pub const UTF_16LE: TextEncoding = TextEncoding(encoding_rs::UTF_16LE);
    /// RFC 2781, the high byte first.
    pub const UTF_16BE: TextEncoding = TextEncoding(encoding_rs::UTF_16BE);

    /// The encoding of a label of the Encoding Standard, or of a name that Python knows one by;
    /// neither case nor `-` and `_` make a difference.
    ///
    /// ```
    /// use predial::batch::TextEncoding;
    ///
    /// let name = |label| TextEncoding::from_label(label).map(TextEncoding::name);
    /// assert_eq!(name("cp1251").as_deref(), Some("windows-1251"));
    /// assert_eq!(name("UTF_16_BE").as_deref(), Some("utf-16be"));
    /// assert_eq!(name("utf-32"), None);
    /// ```
    pub fn from_label(label: &str) -> Option<TextEncoding> {
        let hyphened = label.trim().to_ascii_lowercase().replace('_', "-");
        let run_together = hyphened.replace('-', "");
        match run_together.as_str() {
            "utf16" | "utf16le" => return Some(TextEncoding::UTF_16LE),
            "utf16be" => return Some(TextEncoding::UTF_16BE),
            _ => {}
        }
        let mac = format!("x-{hyphened}");
        let known = |label: &String| Encoding::for_label_no_replacement(label.as_bytes());
        [&hyphened, &run_together, &mac]
            .into_iter()
            .find_map(known)
            // It has no characters of its own.
            .filter(|encoding| *encoding != encoding_rs::X_USER_DEFINED)
            .map(TextEncoding)
    }

    /// Its name in the Encoding Standard, in lower case.
    pub fn name(self) -> String {
        self.0.name().to_ascii_lowercase()
    }

    /// A text in this encoding, without a byte order mark. What the encoding has no bytes for is
    /// a question mark.
    ///
    /// ```
    /// use predial::batch::TextEncoding;
    ///
    /// let encoding = TextEncoding::from_label("windows-1251").unwrap();
    /// assert_eq!(*encoding.encode("№ 1 → Анна"), *b"\xB9 1 ? \xC0\xED\xED\xE0");
    /// ```
    pub fn encode(self, text: &str) -> Cow<'_, [u8]> {
        let units = text.encode_utf16();
        Cow::Owned(if self == TextEncoding::UTF_8 {
            return Cow::Borrowed(text.as_bytes());
        } else if self == TextEncoding::UTF_16LE {
            units.flat_map(u16::to_le_bytes).collect()
        } else if self == TextEncoding::UTF_16BE {
            units.flat_map(u16::to_be_bytes).collect()
        } else {
            encoded(self.0, text)
        })
    }

    /// The byte order mark of the encoding; empty where it has none.
    pub fn byte_order_mark(self) -> &'static [u8] {
        if self == TextEncoding::UTF_8 {
            b"\xEF\xBB\xBF"
        } else if self == TextEncoding::UTF_16LE {
            b"\xFF\xFE"
        } else if self == TextEncoding::UTF_16BE {
            b"\xFE\xFF"
        } else {
            b""
        }
    }
}

fn encoded(encoding: &'static Encoding, mut text: &str) -> Vec<u8> {
    let mut encoder = encoding.new_encoder();
    let mut bytes = Vec::with_capacity(text.len());
    loop {
        let more = encoder.max_buffer_length_from_utf8_without_replacement(text.len());
        bytes.reserve(more.unwrap_or(text.len()) + 1);
        let (end, read) =
            encoder.encode_from_utf8_to_vec_without_replacement(text, &mut bytes, true);
        text = &text[read..];
        match end {
            EncoderResult::InputEmpty => return bytes,
            EncoderResult::OutputFull => {}
            EncoderResult::Unmappable(_) => bytes.push(b'?'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_both_worlds() {
        for (label, name) in [
            ("UTF-8", "utf-8"),
            ("utf8", "utf-8"),
            ("utf-16", "utf-16le"),
            ("UTF-16-LE", "utf-16le"),
            ("utf_16_be", "utf-16be"),
            ("latin-1", "windows-1252"),
            ("latin1", "windows-1252"),
            ("iso8859_5", "iso-8859-5"),
            ("KOI8-R", "koi8-r"),
            ("cp866", "ibm866"),
            ("mac_cyrillic", "x-mac-cyrillic"),
            (" cp1251 ", "windows-1251"),
        ] {
            let encoding = TextEncoding::from_label(label).unwrap();
            assert_eq!(encoding.name(), name, "{label}");
        }
        for label in [
            "",
            "klingon",
            "utf-32",
            "replacement",
            "iso-2022-kr",
            "x-user-defined",
        ] {
            assert_eq!(TextEncoding::from_label(label), None, "{label}");
        }
    }

    #[test]
    fn what_is_encoded_decodes_to_the_same() {
        let text = "Пётр\u{1F4DE};\r\n№";
        for encoding in [TextEncoding::UTF_16LE, TextEncoding::UTF_16BE] {
            let bytes = encoding.encode(text);
            let (back, had_errors) = encoding.0.decode_without_bom_handling(&bytes);
            assert_eq!((&*back, had_errors), (text, false));
        }
        assert_eq!(&*TextEncoding::UTF_8.encode(text), text.as_bytes());
    }
}
