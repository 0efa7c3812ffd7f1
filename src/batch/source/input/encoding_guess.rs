//! Guesses the encoding of a text from a sample that begins with its first byte outside ASCII.
//!
//! chardetng guesses as browsers do, by pairs of letters. It knows no encodings of old Macintoshes, which are
//! candidates if lines end in CR, and its guess of an encoding with several bytes for a character is often
//! wrong for short texts. So candidates are compared by [`oddities`] of the decoded text. The guess depends on
//! little evidence if chardetng guesses another encoding for pages of another country and the text reads as
//! well in it: that encoding is the runner-up.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;

use super::encoding::TextEncoding;

/// A guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EncodingGuess {
    pub encoding: TextEncoding,
    /// The encoding that may be right as well, if there is little evidence.
    pub runner_up: Option<TextEncoding>,
}

impl EncodingGuess {
    const UTF_8: EncodingGuess = EncodingGuess {
        encoding: TextEncoding::UTF_8,
        runner_up: None,
    };
}

/// How much of a sample is decoded to compare encodings.
const COMPARED: usize = 1 << 13;
/// Countries whose pages are in the encodings that chardetng knows.
const COUNTRIES: [&[u8]; 14] = [
    b"hu", b"ru", b"de", b"tr", b"gr", b"lt", b"il", b"sa", b"vn", b"th", b"jp", b"cn", b"tw",
    b"kr",
];
/// The encodings of a text with one byte for each character that are compared with one that has several.
const SINGLE: [&Encoding; 5] = [
    encoding_rs::WINDOWS_1251,
    encoding_rs::WINDOWS_1252,
    encoding_rs::WINDOWS_1250,
    encoding_rs::KOI8_U,
    encoding_rs::IBM866,
];
/// Encodings of ISO and those of Windows for the same letters.
const WINDOWS: [(&Encoding, &Encoding); 2] = [
    (encoding_rs::ISO_8859_2, encoding_rs::WINDOWS_1250),
    (encoding_rs::ISO_8859_7, encoding_rs::WINDOWS_1253),
];
const MACINTOSH: [&Encoding; 2] = [encoding_rs::MACINTOSH, encoding_rs::X_MAC_CYRILLIC];

/// Guesses the encoding of a sample; `is_all` says whether the text ends with it.
pub(super) fn of(sample: &[u8], is_all: bool) -> EncodingGuess {
    if is_utf8(sample, is_all) || sample.contains(&0) {
        return EncodingGuess::UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, is_all);
    let guessed = detector.guess(None, Utf8Detection::Deny);
    let compared = &sample[..sample.len().min(COMPARED)];
    if !guessed.is_single_byte() {
        return of_several_bytes(guessed, sample, compared, is_all);
    }
    let has = |end: u8| memchr::memchr(end, sample).is_some();
    if has(b'\r')
        && !has(b'\n')
        && let Some(guess) = of_macintosh(guessed, compared)
    {
        return guess;
    }
    EncodingGuess {
        encoding: TextEncoding(guessed),
        runner_up: runner_up(&detector, guessed, compared).map(TextEncoding),
    }
}

/// Letters of another encoding rarely form a sequence of UTF-8, and never in the majority.
fn is_utf8(sample: &[u8], is_all: bool) -> bool {
    let (mut sequences, mut faults) = (0_usize, 0_usize);
    let mut chunks = sample.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        sequences += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        let is_cut = chunks.peek().is_none() && !is_all;
        faults += usize::from(!chunk.invalid().is_empty() && !is_cut);
    }
    faults == 0 || sequences > faults
}

/// An encoding with several bytes for a character is taken if the text has no fault in it, and reads badly in
/// all others. Else the list stays as it is, and the encoding is named.
fn of_several_bytes(
    guessed: &'static Encoding,
    sample: &[u8],
    compared: &[u8],
    is_all: bool,
) -> EncodingGuess {
    /// So many characters show it.
    const LEAST: usize = 4;
    let mut decoder = guessed.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(sample.len() * 3);
    let (_, _, has_faults) = decoder.decode_to_string(sample, &mut text, is_all);
    let letters = text.chars().filter(|c| !c.is_ascii()).count();
    let high = compared.iter().filter(|byte| !byte.is_ascii()).count();
    let best = SINGLE
        .into_iter()
        .map(|other| oddities(other, compared))
        .min();
    let is_clear = best.is_some_and(|oddities| oddities * 4 > high);
    match !has_faults && letters >= LEAST && is_clear {
        true => EncodingGuess {
            encoding: TextEncoding(guessed),
            runner_up: None,
        },
        false => EncodingGuess {
            encoding: TextEncoding::UTF_8,
            runner_up: (!has_faults).then_some(TextEncoding(guessed)),
        },
    }
}

/// The encoding of a Macintosh in which the text reads at least as well as in the one that was guessed.
fn of_macintosh(guessed: &'static Encoding, compared: &[u8]) -> Option<EncodingGuess> {
    let of_guess = oddities(guessed, compared);
    let candidates = MACINTOSH.map(|encoding| (oddities(encoding, compared), encoding));
    let (odd, encoding) = candidates.into_iter().min_by_key(|(odd, _)| *odd)?;
    (odd <= of_guess).then_some(EncodingGuess {
        encoding: TextEncoding(encoding),
        runner_up: Some(TextEncoding(guessed)),
    })
}

/// The encoding that pages of another country would be in, if the text differs in it and reads as well.
fn runner_up(
    detector: &EncodingDetector,
    guessed: &'static Encoding,
    compared: &[u8],
) -> Option<&'static Encoding> {
    let (text, _) = guessed.decode_without_bom_handling(compared);
    let of_guess = oddities(guessed, compared);
    let others = COUNTRIES.map(|country| detector.guess(Some(country), Utf8Detection::Deny));
    let is_rival = |other: &&'static Encoding| {
        *other != guessed
            && other.is_single_byte()
            && oddities(other, compared) <= of_guess
            && other.decode_without_bom_handling(compared).0 != text
    };
    let rivals = others.into_iter().filter(is_rival);
    let rival = rivals.min_by_key(|other| oddities(other, compared))?;
    // Of two that read the same, Windows is likelier.
    let of_windows = WINDOWS.iter().find(|(iso, _)| *iso == rival);
    let text_in = |encoding: &'static Encoding| encoding.decode_without_bom_handling(compared).0;
    match of_windows {
        Some((_, windows)) if text_in(windows) == text_in(rival) => Some(windows),
        _ => Some(rival),
    }
}

/// How many characters outside ASCII are hardly ever in a list: signs that are not punctuation, a capital after
/// a small letter, a letter of another script than the one before it.
fn oddities(encoding: &'static Encoding, sample: &[u8]) -> usize {
    const SIGNS: &str = "\u{a0}№«»“”„‘’–—…°€·´ªº§¡¿™®";
    let (text, _) = encoding.decode_without_bom_handling(sample);
    let mut before = ' ';
    let mut odd = 0;
    for c in text.chars() {
        let is_pair =
            !(c.is_ascii() && before.is_ascii()) && c.is_alphabetic() && before.is_alphabetic();
        let is_odd_pair =
            is_pair && ((before.is_lowercase() && c.is_uppercase()) || script(before) != script(c));
        let is_odd_sign = !c.is_ascii() && !c.is_alphabetic() && !SIGNS.contains(c);
        odd += usize::from(is_odd_pair || is_odd_sign);
        before = c;
    }
    odd
}

/// A number for the script of a letter.
fn script(letter: char) -> u32 {
    match letter {
        '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => 0,
        '\u{370}'..='\u{3ff}' => 1,
        '\u{400}'..='\u{52f}' => 2,
        _ => u32::from(letter) >> 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(text: &str, label: &str) -> (String, Option<String>) {
        let encoding = TextEncoding::from_label(label).unwrap();
        let bytes = encoding.encode(text);
        let begin = bytes.iter().position(|byte| !byte.is_ascii()).unwrap();
        let found = of(&bytes[begin..], true);
        (
            found.encoding.name(),
            found.runner_up.map(TextEncoding::name),
        )
    }

    #[test]
    fn much_text_leaves_no_doubt() {
        let list = "Телефон;Имя\n79110000000;Анна Иванова\n79110000001;Пётр Фёдоров\n".repeat(20);
        for label in ["windows-1251", "koi8-r", "ibm866", "iso-8859-5"] {
            let (found, runner_up) = guess(&list, label);
            assert_eq!(
                (found.replace('u', "r"), runner_up),
                (label.replace('u', "r"), None)
            );
        }
    }

    #[test]
    fn few_letters_leave_a_runner_up() {
        let list = "name;phone;city\nKovács László;1;Győr\nSzűcs Tünde;2;Pécs\n";
        let (found, runner_up) = guess(list, "windows-1250");
        assert!([Some(found), runner_up].contains(&Some("windows-1250".to_owned())));
    }

    #[test]
    fn lines_that_end_in_cr_may_be_of_a_macintosh() {
        let western = "name;phone;city\rJosé;34612345678;Málaga\rÖwe;4915123456789;Köln\r";
        assert_eq!(guess(western, "macintosh").0, "macintosh");
        let russian = "Имя;Телефон\rАнна Иванова;79123456789\rПётр Смирнов;79123456780\r";
        assert_eq!(guess(russian, "x-mac-cyrillic").0, "x-mac-cyrillic");
        let windows = guess(russian, "windows-1251").0;
        assert_eq!(windows, "windows-1251");
        let with_feeds = western.replace('\r', "\n");
        assert_ne!(guess(&with_feeds, "macintosh").0, "macintosh");
    }

    #[test]
    fn several_bytes_for_a_character() {
        for (text, label) in [
            ("氏名,電話番号\n見本花子,81-90-1234-5678\n", "shift_jis"),
            (
                "姓名,手机号码,城市\n李小龙,13800138000,上海\n王小明,13800138001,北京\n",
                "gbk",
            ),
            (
                "이름,전화번호\n홍길동,01012345678\n김영희,01012345679\n",
                "euc-kr",
            ),
        ] {
            let (found, runner_up) = guess(text, label);
            let is_named = found == label || runner_up.as_deref() == Some(label);
            assert!(is_named, "{label}: {found}, {runner_up:?}");
        }
        for label in ["windows-1251", "koi8-r", "ibm866"] {
            for name in ["Анна", "Пётр", "ИВАНОВ", "Имя", "Тел"] {
                let (found, _) = guess(name, label);
                let single = Encoding::for_label(found.as_bytes()).unwrap();
                assert!(single.is_single_byte(), "{name} in {label}: {found}");
            }
        }
    }
}
