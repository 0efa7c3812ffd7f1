//! The result of a batch: complete counts and the first diagnostics.

use std::path::Path;

use crate::batch::diagnostic::Diagnostic;
use crate::batch::excluded::ExcludedPhones;
use crate::batch::judged::JudgedRow;
use crate::batch::options::Duplicates;
use crate::batch::out::body::Body;
use crate::batch::out::counts::ReportCounts;
use crate::batch::out::forecast::Forecast;
use crate::batch::out::hints::{DoubtfulPhones, Hint};
use crate::batch::out::kept::{BY_GRAVITY, KeptDiagnostics};
use crate::batch::out::source_notes;
use crate::batch::out::statistics::Statistics;
use crate::batch::source::input::Detected;
use crate::batch::source::open::OpenSource;
use crate::batch::source::table::{self, ColumnMapping, ColumnUse, TableLayout, UnusedColumn};
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
    /// How many rows each rule alone keeps back, by its index in [`Rule::ALL`].
    alone: Vec<u64>,
    /// The first diagnostics, as many as the options allow: the gravest, in the order of the rows.
    pub diagnostics: Vec<Diagnostic>,
    kept: KeptDiagnostics,
    /// What was detected in the source.
    pub input: Detected,
    /// How duplicates were found.
    pub duplicates: Duplicates,
    /// The columns, if the source is a table.
    pub mapping: Option<ColumnMapping>,
    /// Whether a column that is not used has the countries of the phones.
    has_countries: bool,
    /// Where the header is, and what was passed over before the rows, if the source is a text of a
    /// table.
    pub layout: Option<TableLayout>,
    /// The request bodies, in order.
    pub bodies: Vec<Body>,
    /// Facts for the caller besides the counts.
    pub notes: Vec<String>,
    /// Options that would help the list, the best first; at most three.
    pub hints: Vec<Hint>,
    /// Where the jobs are that can be sent, if that was asked for.
    pub statistics: Option<Statistics>,
    /// When the jobs may ring, if that was asked for.
    pub forecast: Option<Forecast>,
    doubtful: DoubtfulPhones,
    /// What names the other columns of phones, if each sampled row has one in the first column.
    other_phones: Option<Hint>,
    /// Whether the list is the reject file of an earlier run.
    pub(in crate::batch) is_second_round: bool,
    /// The run that rejected a row first, if its phones are not among those that are excluded.
    pub(in crate::batch) unknown_run: Option<String>,
}

/// The note about a table that has no doubled quotes.
const ESCAPED_QUOTES: &str = "quotes inside of quoted cells have a backslash before them; each \
                              is read as a quote, and two backslashes as one";

impl Report {
    pub(in crate::batch) fn new(duplicates: Duplicates) -> Self {
        let mut notes = Vec::new();
        if duplicates == Duplicates::Allow {
            notes.push("duplicates were not looked for: a person may be called twice".to_owned());
        }
        Report {
            counts: vec![0; Rule::ALL.len()],
            alone: vec![0; Rule::ALL.len()],
            duplicates,
            notes,
            ..Report::default()
        }
    }

    /// Takes over what is known of a source before its rows are read.
    pub(in crate::batch) fn begin(&mut self, source: &OpenSource<'_>) {
        self.mapping = source.mapping().cloned();
        let is_country = |column: &UnusedColumn| column.column_use == Some(ColumnUse::Region);
        self.has_countries = source.unused_columns().iter().any(is_country);
        self.is_second_round = source.mapping().is_some_and(table::is_reject_file);
        self.layout = source.layout().cloned();
        if self
            .layout
            .as_ref()
            .is_some_and(|layout| layout.escaped_quotes)
        {
            self.notes.push(ESCAPED_QUOTES.to_owned());
        }
        for column in source.unused_columns() {
            if column.column_use == Some(ColumnUse::PHONE) && column.rows == 0 {
                self.other_phones = column.option.clone().map(|option| Hint {
                    text: column.text.clone(),
                    option,
                    rows: 0,
                });
                continue;
            }
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

    /// The rules that keep rows back by themselves, and how many each does.
    pub fn alone(&self) -> impl Iterator<Item = (Rule, u64)> + '_ {
        let all = Rule::ALL.iter().copied().zip(self.alone.iter().copied());
        all.filter(|(_, count)| *count > 0)
    }

    /// How many diagnostics of each severity were found, the gravest first.
    pub fn found(&self) -> impl Iterator<Item = (Severity, u64)> {
        self.kept.found().filter(|(_, found)| *found > 0)
    }

    /// How many diagnostics of each severity were found and are not kept, the gravest first.
    pub fn left_out(&self) -> impl Iterator<Item = (Severity, u64)> + '_ {
        let kept = |severity| {
            let of_it = self
                .diagnostics
                .iter()
                .filter(|found| found.severity() == severity);
            of_it.count() as u64
        };
        let left = self
            .kept
            .found()
            .map(move |(severity, found)| (severity, found - kept(severity)));
        left.filter(|(_, left)| *left > 0)
    }

    /// The decision about the list, in one line.
    ///
    /// ```
    /// let mut report = predial::batch::Report::default();
    /// (report.total, report.clean, report.rejected) = (2_000, 1_042, 958);
    /// assert_eq!(report.verdict(), "1 042 of 2 000 jobs can be sent (52.1 %); 958 are rejected");
    /// ```
    pub fn verdict(&self) -> String {
        let sent = self.clean + self.repaired;
        let (total, jobs) = match self.total {
            0 => return "The list has no rows".to_owned(),
            1 => ("1".to_owned(), "job"),
            total => (grouped(total), "jobs"),
        };
        let rejected = match self.rejected {
            0 if self.total == 1 => return "The job can be sent".to_owned(),
            0 => return format!("All {total} jobs can be sent"),
            1 => "1 is rejected".to_owned(),
            rejected => format!("{} are rejected", grouped(rejected)),
        };
        let share = percent(sent, self.total);
        let sent = grouped(sent);
        format!("{sent} of {total} {jobs} can be sent ({share}); {rejected}")
    }

    /// Chooses the diagnostics to keep, after all rows are read.
    pub(in crate::batch) fn keep_diagnostics(&mut self, most: usize) {
        self.diagnostics = self.kept.take(most);
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
        for (count, rule) in self.alone.iter_mut().zip(Rule::ALL) {
            *count += part.alone.get(rule.name()).copied().unwrap_or(0);
        }
        for severity in BY_GRAVITY {
            let found = part.severities.get(severity.name()).copied();
            self.kept.add_found(severity, found.unwrap_or(0));
        }
    }

    /// Measures which options would help the list, after all rows are read. Where rows have regions
    /// of their own or could have them, none for the list helps: it would send phones of one country
    /// as phones of another.
    pub(in crate::batch) fn measure_hints(&mut self, options: &phone::PhoneOptions) {
        let mapping = self.mapping.as_ref();
        let has_row_regions = mapping.is_some_and(ColumnMapping::has_row_regions);
        let mut hints = match has_row_regions || self.has_countries {
            true => Vec::new(),
            false => self.doubtful.hints(options, self.clean + self.repaired),
        };
        hints.append(&mut self.hints);
        // Where all rows are sent, other phones would win nothing.
        hints.extend(self.other_phones.take().filter(|_| self.rejected > 0));
        self.hints = hints;
    }

    /// Takes the texts of jobs that can be sent: the first of them show what a hint would cost.
    pub(in crate::batch) fn sample_sent<'t>(&mut self, jobs: impl Iterator<Item = &'t [u8]>) {
        self.doubtful.sent.add(jobs);
    }

    /// Says what is known of the source, after its text has ended.
    pub(in crate::batch) fn note_source(&mut self) {
        self.hints.extend(source_notes::hints(&self.input));
        self.notes.extend(source_notes::notes(&self.input));
    }

    /// Hints, if the list is a reject file, that the phones of a run before it are not known. `file` is the
    /// list.
    pub(in crate::batch) fn hint_at_earlier_rounds(
        &mut self,
        file: Option<&Path>,
        excluded: Option<&ExcludedPhones>,
    ) {
        if self.is_second_round {
            let known = excluded.map_or(&[][..], ExcludedPhones::runs);
            let hint =
                Hint::earlier_rounds(file, excluded.map(|_| known), self.unknown_run.as_deref());
            self.hints.extend(hint);
        }
    }

    /// Whether a diagnostic about a finding is kept, as far as is known.
    pub(in crate::batch) fn has_room(&self, code: FindingCode, max_diagnostics: usize) -> bool {
        self.kept.has_room(code, max_diagnostics)
    }

    /// Adds a row by its codes alone, if no words about it are kept; answers whether it is one.
    #[inline]
    pub(in crate::batch) fn add_codes(
        &mut self,
        standing: Standing,
        codes: &[FindingCode],
        max_diagnostics: usize,
    ) -> bool {
        let mut all = codes.iter();
        let is_full = !all.any(|code| self.kept.has_room(*code, max_diagnostics));
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
        words: impl FnOnce() -> Vec<Finding>,
    ) {
        self.count(row.standing, row.all_codes());
        let has_room = |code| self.kept.has_room(code, max_diagnostics);
        if row.all_codes().any(has_room) {
            for (place, found) in words().into_iter().enumerate() {
                let found = Diagnostic::new(row.place(number), found);
                self.kept.keep(place, max_diagnostics, found);
            }
        }
        if let Some(code) = self.doubtful.asks_for(row.all_codes()) {
            self.doubtful
                .note(row.text, code, self.clean + self.repaired);
        }
    }

    /// How many errors are kept so far.
    pub(in crate::batch) fn kept_errors(&self) -> usize {
        self.kept.errors()
    }

    /// Rejects rows that were added as clean or repaired, for one more rule each.
    pub(in crate::batch) fn reject_late(&mut self, rule: Rule, (clean, repaired): (u64, u64)) {
        let rejected = clean + repaired;
        self.clean -= clean;
        self.repaired -= repaired;
        self.rejected += rejected;
        self.counts[rule as usize] += rejected;
        // A job that could be sent has no other error.
        self.alone[rule as usize] += rejected;
        self.kept.add_found(Severity::Error, rejected);
    }

    /// Adds the diagnostics of the first of these rows, in order.
    pub(in crate::batch) fn keep_late_errors(
        &mut self,
        max_diagnostics: usize,
        errors: impl Iterator<Item = Diagnostic>,
    ) {
        self.kept.keep_late_errors(max_diagnostics, errors);
    }

    #[inline]
    fn count(&mut self, standing: Standing, codes: impl Iterator<Item = FindingCode> + Clone) {
        self.total += 1;
        match standing {
            Standing::Clean => self.clean += 1,
            Standing::Repaired => self.repaired += 1,
            Standing::Rejected => {
                self.rejected += 1;
                if let Some(rule) = only_error(codes.clone()) {
                    self.alone[rule as usize] += 1;
                }
            }
        }
        let mut is_warned = false;
        for code in codes {
            is_warned |= code.severity == Severity::Warning;
            self.counts[code.rule as usize] += 1;
            self.kept.count(code.severity);
        }
        self.warned += u64::from(is_warned);
    }
}

/// The rule that alone rejects a row, if no other does.
fn only_error(codes: impl Iterator<Item = FindingCode>) -> Option<Rule> {
    let mut errors = codes.filter(|code| code.severity == Severity::Error);
    let first = errors.next()?.rule;
    errors.all(|code| code.rule == first).then_some(first)
}

/// A number with its digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// A part of a whole in percent. What is neither nothing nor all is not shown as one of these.
fn percent(part: u64, whole: u64) -> String {
    let tenths = (part as f64 * 1000.0 / whole as f64).round() as u64;
    let tenths = match part {
        0 => 0,
        _ if part == whole => 1000,
        _ => tenths.clamp(1, 999),
    };
    format!("{}.{} %", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(sent: u64, rejected: u64) -> String {
        let report = Report {
            total: sent + rejected,
            clean: sent,
            rejected,
            ..Report::default()
        };
        report.verdict()
    }

    #[test]
    fn a_verdict_agrees_with_its_numbers() {
        let all = [
            (0, 0, "The list has no rows"),
            (1, 0, "The job can be sent"),
            (0, 1, "0 of 1 job can be sent (0.0 %); 1 is rejected"),
            (1_234_567, 0, "All 1 234 567 jobs can be sent"),
            (1, 1, "1 of 2 jobs can be sent (50.0 %); 1 is rejected"),
            (
                999,
                1,
                "999 of 1 000 jobs can be sent (99.9 %); 1 is rejected",
            ),
            (
                99_999,
                1,
                "99 999 of 100 000 jobs can be sent (99.9 %); 1 is rejected",
            ),
            (
                1,
                99_999,
                "1 of 100 000 jobs can be sent (0.1 %); 99 999 are rejected",
            ),
        ];
        for (sent, rejected, text) in all {
            assert_eq!(verdict(sent, rejected), text);
        }
    }
}
