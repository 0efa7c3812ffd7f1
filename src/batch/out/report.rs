//! The result of a batch: complete counts and the first diagnostics.

use std::cell::LazyCell;
use std::path::Path;

use crate::batch::diagnostic::Diagnostic;
use crate::batch::judged::JudgedRow;
use crate::batch::options::Duplicates;
use crate::batch::out::body::Body;
use crate::batch::out::counts::ReportCounts;
use crate::batch::out::hints::{DoubtfulPhones, Hint};
use crate::batch::out::sheet_notes;
use crate::batch::source::input::Detected;
use crate::batch::source::open::OpenSource;
use crate::batch::source::table::{self, ColumnMapping, TableLayout};
use crate::job::{Finding, FindingCode, Standing};
use crate::phone;
use crate::{Rule, Severity};

/// The result of a batch.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Rows read.
    pub total: u64,
    /// Jobs that are sent unchanged.
    pub clean: u64,
    /// Jobs that are sent after a rewrite.
    pub repaired: u64,
    /// Jobs that are not sent.
    pub rejected: u64,
    /// Jobs with a warning, sent or not.
    pub warned: u64,
    /// How often each rule was found, by its index in [`Rule::ALL`]; complete.
    counts: Vec<u64>,
    /// The first diagnostics, as many as the options allow.
    pub diagnostics: Vec<Diagnostic>,
    /// What was detected in the source.
    pub input: Detected,
    /// How duplicates were found.
    pub duplicates: Duplicates,
    /// The columns, if the source is a table.
    pub mapping: Option<ColumnMapping>,
    /// Where the header is, and what was passed over before the rows, if the source is a text of a
    /// table.
    pub layout: Option<TableLayout>,
    /// The request bodies, in order.
    pub bodies: Vec<Body>,
    /// Facts for the caller besides the counts.
    pub notes: Vec<String>,
    /// Options that would help the list, the best first; at most three.
    pub hints: Vec<Hint>,
    doubtful: DoubtfulPhones,
    /// Whether the list is the reject file of an earlier run.
    pub(in crate::batch) is_second_round: bool,
}

impl Report {
    pub(in crate::batch) fn new(duplicates: Duplicates) -> Self {
        let mut notes = Vec::new();
        if duplicates == Duplicates::Allow {
            notes.push("duplicates were not looked for: a person may be called twice".to_owned());
        }
        Report {
            counts: vec![0; Rule::ALL.len()],
            duplicates,
            notes,
            ..Report::default()
        }
    }

    /// Takes over what is known of a source before its rows are read.
    pub(in crate::batch) fn begin(&mut self, source: &OpenSource<'_>) {
        self.mapping = source.mapping().cloned();
        self.is_second_round = source.mapping().is_some_and(table::is_reject_file);
        self.layout = source.layout().cloned();
        for column in source.unused_columns() {
            match &column.option {
                Some(option) => self.hints.push(Hint {
                    text: column.text.clone(),
                    option: option.clone(),
                    rows: column.rows,
                }),
                None => self.notes.push(column.text.clone()),
            }
        }
    }

    /// The rules that were found, and how often, in the order of [`Rule::ALL`].
    pub fn counts(&self) -> impl Iterator<Item = (Rule, u64)> + '_ {
        let all = Rule::ALL.iter().copied().zip(self.counts.iter().copied());
        all.filter(|(_, count)| *count > 0)
    }

    /// Adds clean jobs, without findings.
    pub(in crate::batch) fn add_clean(&mut self, jobs: u64) {
        self.total += jobs;
        self.clean += jobs;
    }

    /// Adds the counts of a part of the batch.
    pub(in crate::batch) fn add_counts(&mut self, part: &ReportCounts) {
        self.total += part.total;
        self.clean += part.clean;
        self.repaired += part.repaired;
        self.rejected += part.rejected;
        self.warned += part.warned;
        for (count, rule) in self.counts.iter_mut().zip(Rule::ALL) {
            *count += part.rules.get(rule.name()).copied().unwrap_or(0);
        }
    }

    /// Measures which options would help the list, after all rows are read.
    pub(in crate::batch) fn measure_hints(&mut self, options: &phone::PhoneOptions) {
        let mut hints = self.doubtful.hints(options);
        hints.append(&mut self.hints);
        self.hints = hints;
    }

    /// Says what is known of the sheets of a workbook, after its text has ended.
    pub(in crate::batch) fn note_sheets(&mut self) {
        self.hints.extend(sheet_notes::hints(&self.input));
        self.notes.extend(sheet_notes::notes(&self.input));
    }

    /// Hints, if the list is a reject file, that the run before it is not known. `file` is the list.
    pub(in crate::batch) fn hint_at_first_round(&mut self, file: Option<&Path>) {
        if self.is_second_round {
            self.hints.push(Hint::first_round(file));
        }
    }

    /// Adds a row by its codes alone, if no words about it are kept; answers whether it is one.
    #[inline]
    pub(in crate::batch) fn add_codes(
        &mut self,
        standing: Standing,
        codes: &[FindingCode],
        max_diagnostics: usize,
    ) -> bool {
        let is_full = self.diagnostics.len() >= max_diagnostics;
        let is_counted = is_full && self.doubtful.asks_for(codes.iter().copied()).is_none();
        if is_counted {
            self.count(standing, codes.iter().copied());
        }
        is_counted
    }

    /// Adds a row. `words` are about its codes, one about each.
    pub(in crate::batch) fn add(
        &mut self,
        number: u64,
        row: &JudgedRow<'_>,
        max_diagnostics: usize,
        words: &LazyCell<Vec<Finding>, impl FnOnce() -> Vec<Finding>>,
    ) {
        self.count(row.standing, row.all_codes());
        let room = max_diagnostics - self.diagnostics.len();
        if room > 0 && row.all_codes().next().is_some() {
            let diagnostic = |finding| Diagnostic::new(number, row, finding);
            let kept = words.iter().take(room).map(diagnostic);
            self.diagnostics.extend(kept);
        }
        if let Some(code) = self.doubtful.asks_for(row.all_codes()) {
            self.doubtful.note(row.text, code);
        }
    }

    #[inline]
    fn count(&mut self, standing: Standing, codes: impl Iterator<Item = FindingCode>) {
        self.total += 1;
        match standing {
            Standing::Clean => self.clean += 1,
            Standing::Repaired => self.repaired += 1,
            Standing::Rejected => self.rejected += 1,
        }
        let mut is_warned = false;
        for code in codes {
            is_warned |= code.severity == Severity::Warning;
            self.counts[code.rule as usize] += 1;
        }
        self.warned += u64::from(is_warned);
    }
}
