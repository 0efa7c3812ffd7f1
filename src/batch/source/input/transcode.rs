//! Detects the encoding of a text and converts the text to UTF-8.
//!
//! The result depends on the bytes alone and never on how many of them one read brings, because a
//! resumed run has to get the same result. A byte order mark decides first. Next come the zeros
//! that UTF-16 has beside ASCII. All other encodings agree on ASCII, so the encoding is open until
//! the first byte that is not ASCII; that byte and a sample after it decide.

use std::collections::VecDeque;
use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult};

use super::encoding::TextEncoding;
use super::encoding_guess;
use super::fill::fill;
use super::signature;
use super::source_info::SourceInfo;
use crate::batch::error::broken;
use crate::json::space_end;

/// How many of the first bytes are searched for UTF-16.
const HEAD: usize = signature::LONGEST;
/// How many bytes the sample has that begins with the first byte outside ASCII.
const SAMPLE: usize = 1 << 16;
/// How many bytes are transcoded at a time.
const ROOM: usize = 1 << 16;
/// More than the longest sequence of UTF-8, and enough room for any decoder to write one.
const LEAST: usize = 16;

/// Replaces bytes that are not text in their encoding. UTF-8 never has this byte, so every check
/// for UTF-8 finds it in its place. U+FFFD would be sent unnoticed.
const NO_TEXT: u8 = 0xFF;

/// What the caller knows of a text's encoding.
#[derive(Clone, Copy, Debug)]
pub struct Encodings {
    /// The encoding that the caller gave. A byte order mark of another encoding overrides it.
    pub asked: Option<TextEncoding>,
    /// Whether an encoding other than UTF-8 and UTF-16 may be guessed if the caller gave none.
    pub guess: Guess,
}

/// Whether an encoding is guessed from letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// The text is JSON, which has to be UTF-8 by RFC 8259: other bytes are a fault.
    Never,
    /// Unless the text begins as JSON does.
    UnlessJson,
    /// The text is not JSON.
    Always,
}

/// What the first bytes show.
enum Beginning {
    Marked(TextEncoding),
    Utf16(TextEncoding),
    Utf32,
    Open,
}

fn beginning(head: &[u8]) -> Beginning {
    const UTF_32: [&[u8]; 4] = [b"\xFF\xFE\0\0", b"\0\0\xFE\xFF", b"[\0\0\0", b"\0\0\0["];
    if UTF_32.iter().any(|mark| head.starts_with(mark)) {
        return Beginning::Utf32;
    }
    for encoding in [
        TextEncoding::UTF_8,
        TextEncoding::UTF_16LE,
        TextEncoding::UTF_16BE,
    ] {
        if head.starts_with(encoding.byte_order_mark()) {
            return Beginning::Marked(encoding);
        }
    }
    match utf_16(head) {
        Some(encoding) => Beginning::Utf16(encoding),
        None => Beginning::Open,
    }
}

/// UTF-16 without a mark: one byte of each pair is the page of a character. The page is zero for
/// ASCII and one of a few values for the letters of one script. The other byte is rarely zero.
fn utf_16(head: &[u8]) -> Option<TextEncoding> {
    /// Pages of alphabets: Latin to Arabic.
    const PAGES: std::ops::RangeInclusive<u8> = 0x00..=0x07;
    let pairs = head.chunks_exact(2);
    let may_be = |page: usize| {
        let count = |is: fn(u8, u8) -> bool| {
            let is = |pair: &&[u8]| is(pair[page], pair[1 - page]);
            pairs.clone().filter(is).count()
        };
        let visible = count(|page, place| page == 0 && place > b' ');
        let zeros_beside = count(|_, place| place == 0);
        let alphabets = count(|page, _| PAGES.contains(&page));
        visible > 8 * zeros_beside && alphabets * 4 > pairs.len() * 3
    };
    if may_be(1) {
        Some(TextEncoding::UTF_16LE)
    } else if may_be(0) {
        Some(TextEncoding::UTF_16BE)
    } else {
        None
    }
}

/// Whether these first bytes exclude UTF-16.
fn begins_plainly(head: &[u8]) -> bool {
    head.iter()
        .all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~'))
}

/// The encoding that the letters of a text show, if it is not UTF-16.
pub(super) fn guessed(bytes: &[u8]) -> TextEncoding {
    let Some(at) = first_non_ascii(bytes) else {
        return TextEncoding::UTF_8;
    };
    let sample = &bytes[at..];
    let is_all = sample.len() <= SAMPLE;
    encoding_guess::of(&sample[..sample.len().min(SAMPLE)], is_all).encoding
}

/// The first byte that is not white space.
fn first_visible(bytes: &[u8]) -> Option<u8> {
    bytes.get(space_end(bytes, 0)).copied()
}

fn may_guess(guess: Guess, visible: Option<u8>) -> bool {
    match guess {
        Guess::Never => false,
        Guess::UnlessJson => !matches!(visible, Some(b'[' | b'{')),
        Guess::Always => true,
    }
}

fn first_non_ascii(bytes: &[u8]) -> Option<usize> {
    /// Long enough to be worth a vector loop.
    const STRIDE: usize = 1 << 12;
    let is_ascii = |chunk: &&[u8]| chunk.is_ascii();
    let passed = bytes.chunks(STRIDE).take_while(is_ascii).count() * STRIDE;
    let rest = bytes.get(passed..)?;
    let at = rest.iter().position(|byte| !byte.is_ascii())?;
    Some(passed + at)
}

/// How much white space at the beginning is searched at once.
const BLANK: usize = 1 << 20;

/// Whether the bytes show at once that [`Transcoded`] would pass them unchanged.
pub(super) fn is_utf8(bytes: &[u8], encodings: Encodings) -> bool {
    let head = &bytes[..bytes.len().min(HEAD)];
    if signature::refusal(head).is_some() || signature::refusal_of_binary(head).is_some() {
        return false;
    }
    match (beginning(&bytes[..bytes.len().min(HEAD)]), encodings.asked) {
        (Beginning::Marked(encoding), _) => encoding == TextEncoding::UTF_8,
        (_, Some(asked)) => asked == TextEncoding::UTF_8,
        (Beginning::Utf16(_) | Beginning::Utf32, None) => false,
        (Beginning::Open, None) => {
            let visible = first_visible(&bytes[..bytes.len().min(BLANK)]);
            if visible.is_none() && bytes.len() > BLANK {
                // The search may take long, and a reader can be interrupted.
                return false;
            }
            if !may_guess(encodings.guess, visible) {
                return true;
            }
            let Some(at) = first_non_ascii(bytes) else {
                return true;
            };
            let sample = &bytes[at..];
            let is_all = sample.len() <= SAMPLE;
            let guess = encoding_guess::of(&sample[..sample.len().min(SAMPLE)], is_all);
            guess.encoding == TextEncoding::UTF_8 && guess.runner_up.is_none()
        }
    }
}

/// A text in UTF-8, converted from its encoding.
pub(super) struct Transcoded<R> {
    reader: R,
    encodings: Encodings,
    info: SourceInfo,
    state: State,
    /// Bytes of the reader that were examined; those from `at` on are still to be handed over.
    held: Vec<u8>,
    at: usize,
    /// The end of the reader after the held bytes.
    end: Option<io::Result<()>>,
    /// UTF-8 for which the caller had no room.
    left: VecDeque<u8>,
}

enum State {
    /// Nothing was examined.
    New,
    /// All bytes so far are ASCII. Holds the first one that was not white space.
    Ascii(Option<u8>),
    /// Bytes are handed over unchanged.
    Utf8,
    Decoded(Box<Decoder>),
    /// The decoder has reached the end.
    Ended,
}

impl<R: Read> Transcoded<R> {
    pub fn new(reader: R, encodings: Encodings, info: SourceInfo) -> Self {
        Transcoded {
            reader,
            encodings,
            info,
            state: State::New,
            held: Vec::new(),
            at: 0,
            end: None,
            left: VecDeque::new(),
        }
    }

    /// Reads until `wanted` bytes are held or the source ends.
    fn hold(&mut self, wanted: usize) {
        self.held.drain(..self.at);
        self.at = 0;
        if self.end.is_none() {
            let filled = fill(&mut self.reader, &mut self.held, wanted);
            if filled.is_err() || self.held.len() < wanted {
                self.end = Some(filled);
            }
        }
    }

    fn held(&self) -> &[u8] {
        &self.held[self.at..]
    }

    fn begin(&mut self) -> io::Result<State> {
        self.hold(4);
        if self.info.detected().workbook.is_some() {
            return Ok(State::Utf8);
        }
        if !begins_plainly(self.held()) || signature::may_begin(self.held()) {
            self.hold(HEAD);
            self.refuse_other_files()?;
        }
        let encoding = match (beginning(self.held()), self.encodings.asked) {
            (Beginning::Marked(encoding), _) => {
                if encoding != TextEncoding::UTF_8 {
                    self.info.set_byte_order_mark();
                    self.at += encoding.byte_order_mark().len();
                }
                encoding
            }
            (_, Some(asked)) => asked,
            (Beginning::Utf16(encoding), None) => encoding,
            (Beginning::Utf32, None) => {
                return Err(broken("the source is UTF-32; save it as UTF-8"));
            }
            (Beginning::Open, None) => return Ok(State::Ascii(None)),
        };
        Ok(self.state_of(encoding))
    }

    /// Fails if the first bytes are those of a file that is not a list.
    fn refuse_other_files(&self) -> io::Result<()> {
        let is_open = matches!(beginning(self.held()), Beginning::Open);
        let of_binary = || match is_open && self.encodings.asked.is_none() {
            true => signature::refusal_of_binary(self.held()),
            false => None,
        };
        match signature::refusal(self.held()).or_else(of_binary) {
            Some(why) => Err(broken(why)),
            None => Ok(()),
        }
    }

    fn state_of(&self, encoding: TextEncoding) -> State {
        self.info.set_encoding(encoding);
        if encoding == TextEncoding::UTF_8 {
            return State::Utf8;
        }
        let decoder = encoding.0.new_decoder_without_bom_handling();
        State::Decoded(Box::new(decoder))
    }

    /// Hands bytes over unchanged.
    fn pass(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let held = &self.held[self.at..];
        if !held.is_empty() {
            let count = held.len().min(into.len());
            into[..count].copy_from_slice(&held[..count]);
            self.at += count;
            return Ok(count);
        }
        match self.end.take() {
            None => self.reader.read(into),
            Some(Ok(())) => {
                self.end = Some(Ok(()));
                Ok(0)
            }
            Some(Err(error)) => Err(error),
        }
    }

    /// Hands ASCII over unchanged. Other bytes are held back, and decide the encoding.
    fn pass_ascii(&mut self, visible: Option<u8>, into: &mut [u8]) -> io::Result<usize> {
        let count = self.pass(into)?;
        let ascii = first_non_ascii(&into[..count]).unwrap_or(count);
        let visible = visible.or_else(|| first_visible(&into[..ascii]));
        self.state = State::Ascii(visible);
        if visible.is_some() && !may_guess(self.encodings.guess, visible) {
            self.state = self.state_of(TextEncoding::UTF_8);
            return Ok(count);
        }
        if ascii < count {
            self.held.drain(..self.at);
            self.held.splice(..0, into[ascii..count].iter().copied());
            self.at = 0;
            // One byte more shows whether the sample is the whole rest.
            self.hold(SAMPLE + 1);
            let is_all = matches!(self.end, Some(Ok(()))) && self.held.len() <= SAMPLE;
            let encoding = match self.encodings.guess {
                Guess::Never => TextEncoding::UTF_8,
                _ => {
                    let sample = &self.held[..self.held.len().min(SAMPLE)];
                    let guess = encoding_guess::of(sample, is_all);
                    self.info.set_runner_up(guess.runner_up);
                    guess.encoding
                }
            };
            self.state = self.state_of(encoding);
        }
        Ok(ascii)
    }

    /// Decodes into at least [`LEAST`] bytes.
    fn decode(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let State::Decoded(decoder) = &mut self.state else {
            return Ok(0);
        };
        let mut written = 0;
        loop {
            let last = self.held.len() == self.at && matches!(self.end, Some(Ok(())));
            let room = into.len() - 1;
            let (result, read, count) = decoder.decode_to_utf8_without_replacement(
                &self.held[self.at..],
                &mut into[written..room],
                last,
            );
            self.at += read;
            written += count;
            match result {
                DecoderResult::OutputFull => return Ok(written),
                DecoderResult::Malformed(..) => {
                    into[written] = NO_TEXT;
                    written += 1;
                    if written + LEAST > into.len() {
                        return Ok(written);
                    }
                }
                DecoderResult::InputEmpty if last => {
                    self.state = State::Ended;
                    return Ok(written);
                }
                DecoderResult::InputEmpty if written > 0 => return Ok(written),
                DecoderResult::InputEmpty => {
                    if matches!(self.end, Some(Err(_))) {
                        return self.pass(into);
                    }
                    self.held.resize(ROOM, 0);
                    self.at = 0;
                    let read = self.reader.read(&mut self.held);
                    self.held.truncate(*read.as_ref().unwrap_or(&0));
                    if read? == 0 {
                        self.end = Some(Ok(()));
                    }
                }
            }
        }
    }
}

impl<R: Read> Read for Transcoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        if !self.left.is_empty() {
            return self.left.read(into);
        }
        loop {
            match self.state {
                State::New => self.state = self.begin()?,
                State::Ascii(visible) => {
                    let count = self.pass_ascii(visible, into)?;
                    // Either no byte was ASCII, or the source has ended.
                    if count > 0 || matches!(self.state, State::Ascii(_)) {
                        return Ok(count);
                    }
                }
                State::Utf8 => return self.pass(into),
                State::Ended => return Ok(0),
                State::Decoded(_) if into.len() < LEAST => {
                    let mut some = [0; 2 * LEAST];
                    let count = self.decode(&mut some)?;
                    let now = count.min(into.len());
                    into[..now].copy_from_slice(&some[..now]);
                    self.left.extend(&some[now..count]);
                    return Ok(now);
                }
                State::Decoded(_) => return self.decode(into),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OPEN: Encodings = Encodings {
        asked: None,
        guess: Guess::UnlessJson,
    };

    /// A reader that brings at most this many bytes at a time.
    struct SlowBytes<'a>(&'a [u8], usize);

    impl Read for SlowBytes<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(into.len()).min(self.0.len());
            into[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    /// The output for some bytes, read at most `most` at a time into a buffer of `room` bytes.
    fn read(
        bytes: &[u8],
        encodings: Encodings,
        most: usize,
        room: usize,
    ) -> (Option<Vec<u8>>, String) {
        let info = SourceInfo::default();
        let mut text = Transcoded::new(SlowBytes(bytes, most), encodings, info.clone());
        let (mut all, mut some) = (Vec::new(), vec![0; room]);
        let all = loop {
            match text.read(&mut some) {
                Ok(0) => break Some(all),
                Ok(count) => all.extend_from_slice(&some[..count]),
                Err(_) => break None,
            }
        };
        let encoding = info.detected().encoding.map(TextEncoding::name);
        (all, encoding.unwrap_or_default())
    }

    fn text(bytes: &[u8], encodings: Encodings) -> (String, String) {
        let (all, encoding) = read(bytes, encodings, bytes.len().max(1), 1 << 20);
        (String::from_utf8(all.unwrap()).unwrap(), encoding)
    }

    #[test]
    fn lists_in_common_encodings_are_read() {
        let lists = [
            "Телефон;Имя\r\n79110000000;Анна\r\n",
            "79110000000;Пётр;Санкт-Петербург\n79110000001;Фёдор;Нижний Новгород\n",
            "phone,name\n79110000000,ИВАНОВ ИВАН ИВАНОВИЧ\n",
            "Иванов Иван",
        ];
        for list in lists {
            for name in ["windows-1251", "koi8-r", "ibm866", "iso-8859-5"] {
                let encoding = TextEncoding::from_label(name).unwrap();
                let (back, found) = text(&encoding.encode(list), OPEN);
                assert_eq!(back, list, "{name} taken for {found}");
            }
            for encoding in [TextEncoding::UTF_16LE, TextEncoding::UTF_16BE] {
                let bytes = encoding.encode(list);
                let marked = [encoding.byte_order_mark(), &*bytes].concat();
                assert_eq!(text(&marked, OPEN), (list.to_owned(), encoding.name()));
                if list.contains('\n') {
                    assert_eq!(text(&bytes, OPEN), (list.to_owned(), encoding.name()));
                }
            }
            assert_eq!(
                text(list.as_bytes(), OPEN),
                (list.to_owned(), "utf-8".to_owned())
            );
        }
        let western = "Müller;José;François\n49301234567;Straße\n";
        let encoding = TextEncoding::from_label("latin1").unwrap();
        assert_eq!(text(&encoding.encode(western), OPEN).0, western);
    }

    #[test]
    fn the_first_letter_may_follow_much_ascii() {
        let digits = "79110000000;+03:00\n".repeat(100_000);
        let list = format!("{digits}79110000000;Анна Иванова\n");
        let encoding = TextEncoding::from_label("windows-1251").unwrap();
        let bytes = encoding.encode(&list);
        for most in [1, 1000, 1 << 20] {
            let (all, found) = read(&bytes, OPEN, most, 1 << 16);
            assert_eq!(
                (all.as_deref(), &*found),
                (Some(list.as_bytes()), "windows-1251")
            );
        }
    }

    #[test]
    fn utf_8_with_a_fault_stays_utf_8() {
        let list = "имя;город\nАнна;Москва\n".as_bytes();
        for at in 0..=list.len() {
            let bytes = [&list[..at], b"\xFF", &list[at..]].concat();
            let (all, found) = read(&bytes, OPEN, 7, 64);
            assert_eq!((all, &*found), (Some(bytes), "utf-8"));
        }
    }

    #[test]
    fn json_is_never_guessed() {
        let encoding = TextEncoding::from_label("windows-1251").unwrap();
        for list in ["[{\"phone\": \"Анна Иванова\"}]", " \n{\"имя\": \"Анна\"}"]
        {
            let bytes = encoding.encode(list);
            assert!(is_utf8(&bytes, OPEN));
            assert_eq!(read(&bytes, OPEN, 3, 50).0.as_deref(), Some(&*bytes));
            let asked = Encodings {
                asked: Some(encoding),
                ..OPEN
            };
            assert_eq!(text(&bytes, asked).0, list);
        }
    }

    #[test]
    fn bytes_that_are_not_text_become_invalid_utf_8() {
        let lone = [0x5B, 0xD83D, 0x41, 0xDE00, 0x5D]
            .map(u16::to_le_bytes)
            .concat();
        let asked = Encodings {
            asked: Some(TextEncoding::UTF_16LE),
            ..OPEN
        };
        for most in 1..12 {
            for room in 1..40 {
                let (all, _) = read(&lone, asked, most, room);
                assert_eq!(all.as_deref(), Some(&b"[\xFFA\xFF]"[..]));
                let (all, _) = read(&lone[..3], asked, most, room);
                assert_eq!(all.as_deref(), Some(&b"[\xFF"[..]));
            }
        }
    }

    #[test]
    fn a_byte_order_mark_overrides_the_given_encoding() {
        let asked = Encodings {
            asked: TextEncoding::from_label("windows-1251"),
            ..OPEN
        };
        assert_eq!(
            text(b"\xFF\xFE1\x04", asked),
            ("б".to_owned(), "utf-16le".to_owned())
        );
        assert_eq!(text(b"\xEF\xBB\xBF1", asked).1, "utf-8");
        assert_eq!(text(b"1\xE1", asked).0, "1б");
    }

    fn sources() -> impl Strategy<Value = Vec<u8>> {
        let pieces = prop_oneof![
            Just(b"\xFF\xFE".to_vec()),
            Just(b"\xFE\xFF".to_vec()),
            Just(b"\xEF\xBB\xBF".to_vec()),
            Just("Анна;Пётр\n".as_bytes().to_vec()),
            Just(b"\xC0\xED\xED\xE0;\xCF\xB8\xF2\xF0\n".to_vec()),
            Just(b"7\09\x001\0".to_vec()),
            Just(b"\0[\0{".to_vec()),
            "[\\[{ 0-9;\n]{0,8}".prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 0..8),
        ];
        prop::collection::vec(pieces, 0..6).prop_map(|pieces| pieces.concat())
    }

    fn asked() -> impl Strategy<Value = Encodings> {
        let asked = prop::sample::select(vec![
            None,
            None,
            Some(TextEncoding::UTF_8),
            Some(TextEncoding::UTF_16BE),
            TextEncoding::from_label("ibm866"),
            TextEncoding::from_label("gbk"),
        ]);
        let guess = prop::sample::select(vec![Guess::Never, Guess::UnlessJson, Guess::Always]);
        (asked, guess).prop_map(|(asked, guess)| Encodings { asked, guess })
    }

    proptest! {
        #[test]
        fn the_result_does_not_depend_on_the_size_of_reads(
            bytes in sources(),
            encodings in asked(),
            most in 1..9_usize,
            room in 1..40_usize,
        ) {
            let at_once = read(&bytes, encodings, bytes.len().max(1), 1 << 12);
            prop_assert_eq!(&read(&bytes, encodings, most, room), &at_once);
            if is_utf8(&bytes, encodings) {
                prop_assert_eq!(at_once, (Some(bytes), "utf-8".to_owned()));
            }
        }
    }
}
