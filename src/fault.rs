#![forbid(unsafe_code)]
//! One broken rule at one text: what the parsers of every room answer when they refuse.

use std::borrow::Cow;
use std::fmt;

use crate::rules::Rule;

/// Why a text was refused, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The rule that the text breaks.
    pub rule: Rule,
    /// Where it breaks it, as an offset in characters (not bytes) into the text; `None` where
    /// no single place is at fault. Never larger than the text's length in characters.
    pub position: Option<usize>,
    /// What this text in particular does wrong, as a clause without a full stop; the rule's own
    /// message stands where there is none.
    pub detail: Option<Cow<'static, str>>,
    /// The text that would be right in its place.
    pub suggestion: Option<String>,
}

impl Fault {
    /// A fault that says no more than its rule does.
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
        self.detail = Some(detail.into());
        self
    }

    /// The same fault, with what would be right.
    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }

    /// What is wrong and what would be right, in one line; it never quotes the text itself.
    ///
    /// ```
    /// use predial::{Fault, Rule};
    /// let fault = Fault::new(Rule::ZoneAbbreviation).suggest("Europe/Moscow");
    /// assert!(fault.message().ends_with("did you mean \"Europe/Moscow\"?"));
    /// ```
    pub fn message(&self) -> String {
        let info = self.rule.info();
        let what = self.detail.as_deref().unwrap_or(info.message);
        match &self.suggestion {
            Some(meant) => format!("{what}; did you mean {meant:?}?"),
            None => format!("{what}; {}", info.remedy),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.message())
    }
}

impl std::error::Error for Fault {}
