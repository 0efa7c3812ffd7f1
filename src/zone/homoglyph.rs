//! Letters of other scripts that look like those of a gmtZone: the Cyrillic С of `UTС+3`.

/// The letters of Greek and Cyrillic that look like ASCII, and what each looks like.
const LOOKALIKES: [(&str, &str); 2] = [
    ("АВЕЅІЈКМНОРСТУХЗаеѕіјорсух", "ABESIJKMHOPCTYX3aesijopcyx"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονι", "ABEZHIKMNOPTYXovi"),
];

/// A text that mixes ASCII with such letters.
pub(super) struct Mixed {
    /// The text in ASCII.
    pub ascii: String,
    /// The place of the first such letter, in characters.
    pub position: usize,
    /// The letter, and what it looks like.
    pub letter: (char, char),
}

impl Mixed {
    /// The text, if nothing but such letters is beyond ASCII, each in a word that has letters of ASCII:
    /// `МСК` is a word of its own alphabet.
    pub(super) fn of(text: &str) -> Option<Mixed> {
        let is_between = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '/' | ',' | ';');
        let is_mixed =
            |word: &str| word.is_ascii() || word.contains(|c: char| c.is_ascii_alphabetic());
        if text.is_ascii() || !text.split(is_between).all(is_mixed) {
            return None;
        }
        let mut first = None;
        let mut ascii = String::with_capacity(text.len());
        for (position, c) in text.chars().enumerate() {
            let plain = if c.is_ascii() { c } else { lookalike(c)? };
            if plain != c {
                first = first.or(Some((position, (c, plain))));
            }
            ascii.push(plain);
        }
        let (position, letter) = first?;
        Some(Mixed {
            ascii,
            position,
            letter,
        })
    }

    /// What is wrong, as a clause.
    pub(super) fn clause(&self) -> String {
        let (letter, plain) = self.letter;
        let script = match letter {
            '\u{370}'..='\u{3FF}' => "Greek",
            _ => "Cyrillic",
        };
        let code = u32::from(letter);
        format!("a letter is the {script} U+{code:04X}, which looks like {plain}")
    }
}

fn lookalike(c: char) -> Option<char> {
    LOOKALIKES.iter().find_map(|(letters, plain)| {
        let at = letters.chars().position(|letter| letter == c)?;
        plain.chars().nth(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_its_lookalike() {
        for (letters, plain) in LOOKALIKES {
            assert_eq!(letters.chars().count(), plain.chars().count());
            assert!(plain.is_ascii() && !letters.chars().any(|c| c.is_ascii()));
        }
    }

    #[test]
    fn mixed_texts() {
        let mixed = Mixed::of("UTС+3").unwrap();
        assert_eq!((&*mixed.ascii, mixed.position), ("UTC+3", 2));
        assert!(
            mixed
                .clause()
                .contains("Cyrillic U+0421, which looks like C")
        );
        for none in [
            "UTC+3",
            "МСК",
            "Уфа",
            "Zürich",
            "",
            "МСК+2 ч",
            "UTC+5 (МСК+2)",
        ] {
            assert!(Mixed::of(none).is_none(), "{none}");
        }
    }
}
