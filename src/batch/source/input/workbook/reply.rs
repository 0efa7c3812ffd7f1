//! The replies that the reader process writes to its standard output. A reply is a byte for its
//! kind, four bytes for its length (the low byte first), and its content.

use std::io::{self, Read, Write};

use super::sheet_facts::SheetFacts;

/// One reply.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// The process has started and set its limits. It names its version, because both sides have to
    /// be the same build.
    Ready(String),
    /// The name of the format of the workbook, or `zip` if the text is a file of an archive.
    Form(String),
    /// The types of the cells of the next text, as runs.
    Types(Vec<u8>),
    /// More text of the sheet.
    Text(Vec<u8>),
    /// How far reading is, in bytes of the workbook.
    Reached(u64),
    /// The name of the sheet that the text belongs to.
    Sheet(String),
    /// What is known of the sheet and of the others, after its text.
    Facts(SheetFacts),
    /// The workbook can't be read; the reason in words.
    Failed(String),
    /// The text is complete.
    Finished,
}

/// No reply is longer. The reader sends text in much smaller pieces.
const LONGEST: u32 = 1 << 24;

impl Reply {
    /// Writes the reply.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let (number, facts);
        let (kind, content): (u8, &[u8]) = match self {
            Reply::Ready(version) => (b'r', version.as_bytes()),
            Reply::Form(name) => (b'k', name.as_bytes()),
            Reply::Types(runs) => (b'c', runs),
            Reply::Text(text) => (b't', text),
            Reply::Reached(bytes) => {
                number = bytes.to_le_bytes();
                (b'n', &number)
            }
            Reply::Sheet(name) => (b's', name.as_bytes()),
            Reply::Facts(known) => {
                facts = serde_json::to_vec(known)?;
                (b'i', &facts)
            }
            Reply::Failed(why) => (b'x', why.as_bytes()),
            Reply::Finished => (b'f', b""),
        };
        let length = u32::try_from(content.len()).ok();
        let length = length.filter(|length| *length <= LONGEST);
        let length = length.ok_or(io::ErrorKind::InvalidInput)?;
        let [l0, l1, l2, l3] = length.to_le_bytes();
        out.write_all(&[kind, l0, l1, l2, l3])?;
        out.write_all(content)
    }

    /// Reads the next reply.
    ///
    /// # Errors
    /// The process has ended, or wrote something that is not a reply.
    pub fn read(from: &mut dyn Read) -> io::Result<Reply> {
        let mut head = [0; 5];
        from.read_exact(&mut head)?;
        let [kind, length @ ..] = head;
        let length = u32::from_le_bytes(length);
        if length > LONGEST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut content = vec![0; length as usize];
        from.read_exact(&mut content)?;
        let text = |content| String::from_utf8(content).map_err(|_| io::ErrorKind::InvalidData);
        Ok(match kind {
            b'r' => Reply::Ready(text(content)?),
            b'k' => Reply::Form(text(content)?),
            b'c' => Reply::Types(content),
            b't' => Reply::Text(content),
            b'n' => match content.try_into() {
                Ok(bytes) => Reply::Reached(u64::from_le_bytes(bytes)),
                Err(_) => return Err(io::ErrorKind::InvalidData.into()),
            },
            b's' => Reply::Sheet(text(content)?),
            b'i' => Reply::Facts(serde_json::from_slice(&content)?),
            b'x' => Reply::Failed(text(content)?),
            b'f' => Reply::Finished,
            _ => return Err(io::ErrorKind::InvalidData.into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::sheet_facts::OtherSheet;
    use super::*;

    #[test]
    fn replies_survive_writing_and_reading() {
        let replies = [
            Reply::Ready("0.1.0".to_owned()),
            Reply::Form("xlsx".to_owned()),
            Reply::Types(vec![1, 0, 0, 0, 2, 0, 1]),
            Reply::Text(b"phone,\xFF\n".to_vec()),
            Reply::Reached(u64::MAX - 1),
            Reply::Sheet("Лист1".to_owned()),
            Reply::Facts(SheetFacts {
                hidden_rows: 3,
                other_sheets: vec![OtherSheet {
                    name: "Лист2".to_owned(),
                    rows: Some(12),
                    hidden: true,
                }],
                ..SheetFacts::default()
            }),
            Reply::Failed("it is damaged".to_owned()),
            Reply::Finished,
        ];
        let mut bytes = Vec::new();
        for reply in &replies {
            reply.write(&mut bytes).unwrap();
        }
        let mut rest = &bytes[..];
        for reply in &replies {
            assert_eq!(Reply::read(&mut rest).unwrap(), *reply);
        }
        assert!(Reply::read(&mut rest).is_err(), "nothing is left");
    }

    #[test]
    fn anything_else_is_an_error() {
        for bytes in [
            &b""[..],
            b"t\x01\0\0",
            b"t\x02\0\0\0a",
            b"t\xFF\xFF\xFF\xFF",
            b"s\x01\0\0\0\xFF",
            b"n\x01\0\0\0a",
            b"i\x01\0\0\0{",
            b"q\0\0\0\0",
            b"Python 3.13 (main)",
        ] {
            assert!(Reply::read(&mut &*bytes).is_err(), "{bytes:?}");
        }
    }
}
