#![forbid(unsafe_code)]
//! One rule broken by one text: the answer of the parsers of every room when they refuse.

use std::borrow::Cow;
use std::fmt;

use crate::rules::Rule;

/// Why a text was refused, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The rule that the text breaks.
    pub rule: Rule,
    /// The place of the fault, as an offset in characters (not bytes) into the text; `None` if no
    /// single place is at fault. Never larger than the text's length in characters.
    pub position: Option<usize>,
    /// What this text in particular does wrong, as a clause without a full stop. Without it the
    /// rule's own message is shown.
    pub detail: Option<Detail>,
    /// The text that would be right in its place.
    pub suggestion: Option<String>,
}

/// What one text in particular does wrong.
#[derive(Clone)]
pub enum Detail {
    /// A clause.
    Text(Cow<'static, str>),
    /// A clause that is written when somebody reads it. Almost nobody reads a warning that every
    /// row of a list has.
    Later {
        /// Writes it.
        write: fn(&LateFacts) -> String,
        /// What it mentions.
        facts: LateFacts,
    },
}

/// What a clause mentions that is written when somebody reads it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LateFacts {
    /// An instant, in seconds since 1970.
    pub instant: i64,
    /// Two numbers.
    pub numbers: [i32; 2],
    /// Two names, by numbers that the writer understands.
    pub names: [u16; 2],
}

impl Detail {
    fn text(&self) -> Cow<'_, str> {
        match self {
            Detail::Text(text) => Cow::Borrowed(text),
            Detail::Later { write, facts } => Cow::Owned(write(facts)),
        }
    }
}

impl PartialEq for Detail {
    fn eq(&self, other: &Detail) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Detail {}

impl fmt::Debug for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text(), f)
    }
}

impl Fault {
    /// A fault with the message of its rule.
    pub fn new(rule: Rule) -> Self {
        Fault {
            rule,
            position: None,
            detail: None,
            suggestion: None,
        }
    }

    /// The same fault, at this offset in characters.
    #[must_use]
    pub fn at(mut self, position: usize) -> Self {
        self.position = Some(position);
        self
    }

    /// The same fault, with a clause of its own.
    #[must_use]
    pub fn because(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(Detail::Text(detail.into()));
        self
    }

    /// The same fault, with a clause of its own that is written when it is read.
    #[must_use]
    pub fn because_of(mut self, facts: LateFacts, write: fn(&LateFacts) -> String) -> Self {
        self.detail = Some(Detail::Later { write, facts });
        self
    }

    /// The same fault, if the campaign and not the job is at fault.
    #[must_use]
    pub(crate) fn of_the_campaign(self) -> Self {
        let clause = format!("{} (by the campaign's policy)", self.clause());
        self.because(clause)
    }

    /// The same fault, with what would be right.
    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }

    /// What is wrong, as a clause.
    pub fn clause(&self) -> Cow<'_, str> {
        match &self.detail {
            Some(detail) => detail.text(),
            None => Cow::Borrowed(self.rule.info().message),
        }
    }

    /// What is wrong and what would be right, in one line; it never quotes the text itself.
    ///
    /// ```
    /// use predial::{Fault, Rule};
    /// let fault = Fault::new(Rule::ZoneAbbreviation).suggest("Europe/Moscow");
    /// assert!(fault.message().ends_with("did you mean \"Europe/Moscow\"?"));
    /// ```
    pub fn message(&self) -> String {
        self.message_parts().concat()
    }

    /// The texts that make up the message: whoever writes it needs no text of its own.
    pub(crate) fn message_parts(&self) -> MessageParts<'_> {
        match &self.suggestion {
            Some(meant) => self.clause_with_value("; did you mean ", meant, "?"),
            None => {
                let remedy = self.rule.info().remedy;
                let none = Cow::Borrowed("");
                [
                    self.clause(),
                    "; ".into(),
                    remedy.into(),
                    none.clone(),
                    none.clone(),
                    none,
                ]
            }
        }
    }

    /// The clause, and a value after it.
    pub(crate) fn clause_with_value<'f>(
        &'f self,
        link: &'static str,
        value: &'f str,
        end: &'static str,
    ) -> MessageParts<'f> {
        let [open, value, close] = shown_parts(value);
        [self.clause(), link.into(), open, value, close, end.into()]
    }
}

/// The texts that make up a message, one after the other; some may be empty.
pub(crate) type MessageParts<'f> = [Cow<'f, str>; 6];

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.message())
    }
}

impl std::error::Error for Fault {}

/// A value in a message: between quotes, unless it is JSON of several parts, which has its own.
///
/// ```
/// use predial::{Fault, Rule};
/// let fault = Fault::new(Rule::PolicyDaysRepeated).suggest(r#"["mon"]"#);
/// assert!(fault.message().ends_with(r#"did you mean ["mon"]?"#));
/// ```
fn shown_parts(text: &str) -> [Cow<'_, str>; 3] {
    // Most values. Looking for characters to escape takes longer than all else in a message.
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    if !text.starts_with(['{', '[']) && text.bytes().all(is_plain) {
        return ["\"".into(), text.into(), "\"".into()];
    }
    let is_shown = |c: char| c == '"' || c.escape_debug().count() == 1;
    let whole = match text.starts_with(['{', '[']) && text.chars().all(is_shown) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(format!("{text:?}")),
    };
    ["".into(), whole, "".into()]
}

/// A number of things: `1 cell`, `2 cells`.
pub(crate) fn counted(count: usize, thing: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{ending}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_value_that_is_not_json_is_shown_in_quotes(text in "[ -~\\n\u{7f}яé\"\\\\']{0,8}") {
            let is_json = text.starts_with(['{', '[']);
            let quoted = format!("{text:?}");
            prop_assert!(is_json || shown_parts(&text).concat() == quoted);
        }
    }
}
