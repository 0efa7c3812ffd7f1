//! A finding about a job: a code, and the words for people who read them.
//!
//! A list may have millions of findings, and people read the first few thousand. So rows are judged
//! to codes, which take no memory of their own. The words about a row are made by judging it again.

use std::borrow::Cow;

use super::field::Field;
use super::shown::{shown, shown_name};
use crate::fault::MessageParts;
use crate::service::KnownField;
use crate::{Fault, Rule, Severity};

/// One rule broken at one field, in few bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FindingCode {
    /// The rule.
    pub rule: Rule,
    /// Its severity in this run.
    pub severity: Severity,
    /// The field; `None` if the job as a whole is at fault, or a field that the service does not know.
    pub field: Option<KnownField>,
}

/// One rule broken at one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The field's name; `None` if the job as a whole is at fault.
    pub field: Option<Cow<'static, str>>,
    /// Its severity in this run.
    pub severity: Severity,
    /// The rule, and what this value does against it.
    pub fault: Fault,
    /// The value in the form of [`shown`].
    pub value: Option<String>,
}

impl Finding {
    /// A finding about a job as a whole. Its value is not shown: it is the whole job.
    pub(crate) fn of_whole(fault: Fault) -> Finding {
        Finding {
            field: None,
            severity: Severity::Error,
            fault,
            value: None,
        }
    }

    /// A finding about a rule that is broken at a field. The value of a secret field is not shown.
    pub(super) fn at_field(
        field: &Field<'_>,
        (severity, rule): (Severity, Rule),
        fault: impl FnOnce() -> Option<Fault>,
    ) -> Finding {
        let is_secret = field.name.known().is_some_and(KnownField::is_secret);
        Finding {
            field: Some(shown_name(&field.name)),
            severity,
            fault: fault().unwrap_or_else(|| Fault::new(rule)),
            value: (!is_secret).then(|| shown(field.value)),
        }
    }

    /// The warning about a field that the service does not know.
    pub(super) fn of_unknown(field: &Field<'_>) -> Finding {
        let meant = KnownField::meant_by(&field.name.text());
        let mut fault = Fault::new(Rule::JobUnknownField);
        fault.suggestion = meant.map(|known| known.name().to_owned());
        Finding {
            field: Some(shown_name(&field.name)),
            severity: Severity::Warning,
            fault,
            // It may be personal, and is not at fault.
            value: None,
        }
    }

    /// What is wrong and what to do, in one line; for a repair, what was done.
    pub fn message(&self) -> String {
        self.message_parts().concat()
    }

    /// The texts that make up the message.
    pub(crate) fn message_parts(&self) -> MessageParts<'_> {
        let fault = &self.fault;
        match (&fault.suggestion, self.severity) {
            (Some(taken), Severity::Suggested) => {
                fault.clause_with_value("; sent as suggested: ", taken, "")
            }
            (Some(taken), Severity::Repair) => {
                fault.clause_with_value("; rewritten as ", taken, "")
            }
            _ => fault.message_parts(),
        }
    }
}

/// The severities of the findings that are wanted in words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct WantedWords {
    /// A bit for each severity.
    severities: u8,
}

impl WantedWords {
    /// Words about all findings.
    pub fn all() -> WantedWords {
        Severity::ALL.into_iter().collect()
    }

    /// The same, and a severity.
    #[must_use]
    pub fn with(self, severity: Severity) -> WantedWords {
        WantedWords {
            severities: self.severities | 1 << severity as u8,
        }
    }

    /// Whether words are wanted about findings of a severity.
    #[inline]
    pub fn has(self, severity: Severity) -> bool {
        self.severities & 1 << severity as u8 != 0
    }

    /// Whether words are wanted about all findings.
    pub fn is_all(self) -> bool {
        self == WantedWords::all()
    }
}

impl FromIterator<Severity> for WantedWords {
    fn from_iter<I: IntoIterator<Item = Severity>>(severities: I) -> WantedWords {
        let severities = severities.into_iter();
        severities.fold(WantedWords::default(), WantedWords::with)
    }
}

/// How detailed a verdict is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VerdictDetail {
    /// The standing of the job, and codes.
    Codes,
    /// The same, and what to rewrite.
    Edits,
    /// The same, and the errors in words. If a rejected job has other findings too, words are lacking:
    /// see [`Verdict::lacks_words`](super::Verdict::lacks_words).
    Errors,
    /// The same, and all findings in words.
    Words,
}

/// A type with a rule and a severity.
pub(super) trait Graded {
    fn rule(&self) -> Rule;
    fn severity(&mut self) -> &mut Severity;
    /// Makes an error of a finding whose suggestion is not sent after all.
    fn is_not_sent(&mut self);
}

impl Graded for FindingCode {
    fn rule(&self) -> Rule {
        self.rule
    }

    fn severity(&mut self) -> &mut Severity {
        &mut self.severity
    }

    fn is_not_sent(&mut self) {
        self.severity = Severity::Error;
    }
}

impl Graded for Finding {
    fn rule(&self) -> Rule {
        self.fault.rule
    }

    fn severity(&mut self) -> &mut Severity {
        &mut self.severity
    }

    /// A phone that is only suggested has its plus: people copy it into lists of any region.
    fn is_not_sent(&mut self) {
        self.severity = Severity::Error;
        if self.field.as_deref() == Some(KnownField::Phone.name())
            && let Some(digits) = &mut self.fault.suggestion
        {
            digits.insert(0, '+');
        }
    }
}
