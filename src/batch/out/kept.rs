//! The diagnostics that a report keeps: of each severity the first, so that memory stays bounded.
//!
//! While rows are read, it is not known how many errors will come, so each severity has room for as many
//! diagnostics as the report may keep in the end. Then errors come before suggested fixes, these before
//! warnings, and repairs last; what is left is in the order of the rows.

use crate::Severity;
use crate::batch::diagnostic::Diagnostic;
use crate::job::FindingCode;

/// The severities, the gravest first.
pub(in crate::batch) const BY_GRAVITY: [Severity; 4] = [
    Severity::Error,
    Severity::Suggested,
    Severity::Warning,
    Severity::Repair,
];

/// The diagnostics that are kept, and how many were found.
#[derive(Clone, Debug, Default)]
pub(in crate::batch) struct KeptDiagnostics {
    /// Of each severity the first, with the place of each in its row.
    kept: [Vec<(usize, Diagnostic)>; 4],
    /// How many of each severity were found.
    found: [u64; 4],
}

impl KeptDiagnostics {
    /// Counts what was found.
    #[inline]
    pub fn count(&mut self, severity: Severity) {
        self.found[severity as usize] += 1;
    }

    /// Counts what was found in a part of the batch.
    pub fn add_found(&mut self, severity: Severity, count: u64) {
        self.found[severity as usize] += count;
    }

    /// Whether one more of the severity of a code is kept, if at most so many are.
    #[inline]
    pub fn has_room(&self, code: FindingCode, most: usize) -> bool {
        self.kept[code.severity as usize].len() < most
    }

    /// Keeps a diagnostic, which has this place in its row, if there is room.
    pub fn keep(&mut self, place: usize, most: usize, found: Diagnostic) {
        let kept = &mut self.kept[found.severity() as usize];
        if kept.len() < most {
            kept.push((place, found));
        }
    }

    /// How many errors are kept so far.
    pub fn errors(&self) -> usize {
        self.kept[Severity::Error as usize].len()
    }

    /// Keeps errors that were found after their rows were passed, each the last of its row, if they are
    /// among the first `most`.
    pub fn keep_late_errors(&mut self, most: usize, errors: impl Iterator<Item = Diagnostic>) {
        let kept = &mut self.kept[Severity::Error as usize];
        let before = kept.len();
        kept.extend(errors.map(|error| (usize::MAX, error)));
        if kept.len() > before {
            kept.sort_by_key(|(place, found)| (found.row, found.part, *place));
            kept.truncate(most);
        }
    }

    /// At most so many diagnostics, the gravest in the order of the rows.
    pub fn take(&mut self, most: usize) -> Vec<Diagnostic> {
        let mut all = Vec::new();
        for severity in BY_GRAVITY {
            let mut kept = std::mem::take(&mut self.kept[severity as usize]);
            kept.truncate(most - all.len());
            match all.is_empty() {
                // Most often all are of one severity, and in order.
                true => all = kept,
                false => all.append(&mut kept),
            }
        }
        all.sort_by_key(|(place, found)| (found.row, found.part, *place));
        all.into_iter().map(|(_, found)| found).collect()
    }

    /// How many of each severity were found.
    pub fn found(&self) -> impl Iterator<Item = (Severity, u64)> {
        let found = self.found;
        BY_GRAVITY
            .into_iter()
            .map(move |severity| (severity, found[severity as usize]))
    }
}
