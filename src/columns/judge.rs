//! What decides over the cells of a column.

use super::cells::Cell;
use super::details::DetailsPart;
use super::texts::Writer;
use crate::Rule;

/// What one value came to.
pub(crate) enum Outcome<T> {
    /// It stands as it is; what it is worth, normalized.
    Clean(T),
    /// A batch would rewrite it to this.
    Repaired(T),
    /// The rule it breaks.
    Rejected(Rule),
}

impl<T> Outcome<T> {
    /// The same outcome with another form of what the value is worth.
    #[cfg(feature = "python")]
    pub(crate) fn map<U>(self, form: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Outcome::Clean(value) => Outcome::Clean(form(value)),
            Outcome::Repaired(value) => Outcome::Repaired(form(value)),
            Outcome::Rejected(rule) => Outcome::Rejected(rule),
        }
    }
}

/// What a value is worth.
pub(super) trait Worth {
    /// Writes its normalized text, which is ASCII.
    fn put<W: Writer>(&mut self, row: usize, writer: &mut W);
    /// Notes in this row what more is known of it.
    fn note(&self, _: usize, _: &mut DetailsPart<'_>) {}
}

/// Decides over cells, on whatever thread.
pub(super) trait Judge: Sync {
    /// What one thread keeps from one value to the next.
    type Memory: Default;
    /// What a value is worth.
    type Worth<'j>: Worth
    where
        Self: 'j;

    /// Hands over what one value came to, by calling `take` once. It is handed over, and not
    /// returned, so that what can be seen at a glance stays in registers: to move a phone about
    /// costs as much as to read it.
    fn judge<'j, T: Take<Self::Worth<'j>>>(
        &'j self,
        memory: &'j mut Self::Memory,
        cell: Cell<'_>,
        take: &mut T,
    );
}

/// Takes what one value came to.
pub(super) trait Take<W> {
    /// It came to this.
    fn take(&mut self, outcome: Outcome<W>);
}
