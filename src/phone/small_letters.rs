//! A short text in small letters, to be compared with the words of a list.
//!
//! The letters of a text are made small once, not once for each word. English and Russian letters need
//! no look-up in the tables of Unicode.

/// In bytes. Every word that a text is compared with is shorter.
const LONGEST: usize = 64;

/// A text in small letters.
pub(super) struct SmallLetters {
    bytes: [u8; LONGEST],
    len: usize,
}

impl SmallLetters {
    /// The text in small letters; `None` if it is longer than any word.
    pub fn of(text: &str) -> Option<SmallLetters> {
        let mut small = SmallLetters {
            bytes: [0; LONGEST],
            len: 0,
        };
        for c in text.chars() {
            match c {
                '\0'..='\x7F' => small.push(c.to_ascii_lowercase())?,
                'а'..='я' => small.push(c)?,
                _ => c.to_lowercase().try_for_each(|c| small.push(c))?,
            }
        }
        Some(small)
    }

    /// Whether it is one of these words, which are in small letters.
    pub fn is_one_of(&self, words: &[&str]) -> bool {
        let text = &self.bytes[..self.len];
        // Most words are excluded by their length and first byte.
        let first = self.bytes[0];
        let may_be = |word: &&&str| {
            let word = word.as_bytes();
            word.len() == text.len() && word.first().is_none_or(|byte| *byte == first)
        };
        let mut words = words.iter().filter(may_be);
        words.any(|word| word.as_bytes() == text)
    }

    fn push(&mut self, c: char) -> Option<()> {
        let room = self.bytes.get_mut(self.len..self.len + c.len_utf8())?;
        self.len += c.encode_utf8(room).len();
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Letters are those of the standard library.
        #[test]
        fn letters_are_small(text in "[a-zA-Zа-яА-ЯёЁİΣßＸ. /]{0,12}|\\PC{0,8}", word in "[a-zа-я]{1,4}") {
            let small: String = text.chars().flat_map(char::to_lowercase).collect();
            let letters = SmallLetters::of(&text).filter(|_| small.len() <= LONGEST);
            let Some(letters) = letters else {
                return Err(TestCaseError::fail("it is short"));
            };
            prop_assert!(letters.is_one_of(&[&word, &small]));
            prop_assert_eq!(letters.is_one_of(&[&word]), word == small);
        }
    }

    #[test]
    fn a_long_text_is_no_word() {
        assert!(SmallLetters::of(&"A".repeat(LONGEST)).is_some());
        assert!(SmallLetters::of(&"A".repeat(LONGEST + 1)).is_none());
        assert!(SmallLetters::of(&"İ".repeat(LONGEST / 2)).is_none());
    }
}
