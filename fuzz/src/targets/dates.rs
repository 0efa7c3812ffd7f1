//! Date-times against the reference, and policies of all kinds.

use predial::job::{self, Instant, KnownField, one_job};
use predial::{Rule, Severity};

use crate::batch;
use crate::reference::date;
use crate::world::{self, regions};

/// Before every date-time that can be written.
const LONG_AGO: Instant = Instant::of_seconds(-63_000_000_000);

/// A text as `startDateTime`: it is accepted if the reference accepts it, as the same instant.
pub fn dates(data: &[u8]) -> Option<()> {
    let text = str::from_utf8(data).ok()?;
    let expected = date::instant(text);
    let job = |text: &str| {
        let text = serde_json::to_string(text).expect("a text has a JSON form");
        format!(r#"{{"phone":"79110000000","gmtZone":"Z","startDateTime":{text}}}"#)
    };
    let read = |text: &str| instant_of(&job(text));
    let findings = batch::alone(&job(text), |_, verdict| verdict.findings);
    let findings = findings.expect("serde_json writes JSON");
    let about_it = findings.iter().find(|finding| {
        let is_of_field = finding.field.as_deref() == Some(KnownField::StartDateTime.name());
        is_of_field
            && !matches!(
                finding.fault.rule,
                Rule::PolicyExpired | Rule::PolicyNeverRings
            )
    });
    let Some(finding) = about_it else {
        assert_eq!(read(text), expected);
        return Some(());
    };
    assert_eq!(expected, None, "{finding:?}");
    let suggestion = finding.fault.suggestion.as_deref();
    if let Some(suggestion) = suggestion {
        let meant = date::instant(suggestion);
        assert!(meant.is_some(), "{suggestion} is suggested");
        if finding.severity == Severity::Repair {
            assert_eq!(read(text), meant);
        }
    }
    Some(())
}

/// The first instant at which a job without any other policy may ring.
fn instant_of(job: &str) -> Option<(i64, u32)> {
    let window = one_job(job, |job| {
        let mut windows = job::windows(job, None, LONG_AGO, regions()).ok()?;
        windows.next()
    });
    let start = window.expect("serde_json writes JSON")?.start;
    Some((start.seconds, start.nanos))
}

/// A job whose policy is JSON of any kind: checking it twice gives the same verdict, a rewritten
/// job is clean, and its windows are in order and within its dates.
pub fn policies(data: &[u8]) -> Option<()> {
    let members = str::from_utf8(data).ok()?;
    let comma = if members.trim().is_empty() { "" } else { "," };
    let job = format!(r#"{{"phone":"79110000000","gmtZone":"Europe/Moscow"{comma}{members}}}"#);
    let verdict = batch::alone(&job, |_, verdict| verdict).ok()?;
    for finding in &verdict.findings {
        assert!(!finding.message().is_empty());
    }
    let now = Instant::of_seconds(world::NOW);
    let windows = one_job(&job, |job| {
        let windows = job::windows(job, None, now, regions()).ok()?;
        Some(windows.take(5).collect::<Vec<_>>())
    });
    let mut last = now;
    for window in windows.ok()?.into_iter().flatten() {
        assert!(last <= window.start, "{window:?} begins too early");
        if let Some(end) = window.end {
            assert!(window.start < end, "{window:?} is empty");
            last = end;
        }
    }
    Some(())
}
