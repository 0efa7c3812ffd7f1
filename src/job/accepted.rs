//! What a receiver keeps of the jobs of a request that it has accepted. Nothing is checked here.

use super::field::{Field, MOST_FIELDS, Name};
use super::values::{is_absent, read_phone};
use crate::json;
use crate::phone::{Level, PhoneOptions};
use crate::service::KnownField;

/// A job of a request that was found to be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedJob<'a> {
    /// The digits of its phone as a number: E.164 has 15 digits at most, and none begins with 0.
    pub phone: u64,
    /// Its JSON text, as it came.
    pub text: &'a str,
    /// Whether it has a call policy of its own, so that it is dialled before jobs without one.
    pub has_policy: bool,
}

/// The jobs of the body of a request, in order. Elements that are not jobs with a phone are left
/// out: a checked body has none.
///
/// ```
/// let body = r#"[{"phone": 79110000000}, {"phone": "79110000001", "maxAttempts": 2}]"#;
/// let jobs = predial::job::accepted(body);
/// assert_eq!((jobs[0].phone, jobs[0].has_policy), (79110000000, false));
/// assert_eq!(jobs[1].text, r#"{"phone": "79110000001", "maxAttempts": 2}"#);
/// assert!(jobs[1].has_policy);
/// ```
pub fn accepted(body: &str) -> Vec<AcceptedJob<'_>> {
    let mut fields = Vec::new();
    let elements = json::array(body).into_iter();
    elements
        .filter_map(|(text, _)| accepted_job(text, &mut fields))
        .collect()
}

fn accepted_job<'a: 'f, 'f>(
    text: &'a str,
    fields: &'f mut Vec<Field<'a>>,
) -> Option<AcceptedJob<'a>> {
    json::object(text, fields, MOST_FIELDS).ok()?;
    let options = PhoneOptions {
        level: Level::E164,
        ..PhoneOptions::default()
    };
    let mut phone = None;
    let mut has_policy = false;
    for field in fields.iter() {
        match field.name {
            Name::Known(KnownField::Phone) => phone = read_phone(field.value, &options)?.ok(),
            Name::Known(known) => has_policy |= known.is_policy() && !is_absent(known, field.value),
            Name::Unknown(_) => {}
        }
    }
    let phone = phone?.phone.digits().parse().ok()?;
    Some(AcceptedJob {
        phone,
        text,
        has_policy,
    })
}

#[cfg(test)]
mod tests {
    use super::accepted;

    fn kept(body: &str) -> Vec<(u64, bool)> {
        let jobs = accepted(body).into_iter();
        jobs.map(|job| (job.phone, job.has_policy)).collect()
    }

    #[test]
    fn what_counts_as_a_policy() {
        let body = r#"[{"phone":"+79110000000","gmtZone":"Z","payload":{"maxAttempts":1},"other":1},
            {"maxAttempts":null,"allowedTime":{},"phone":"7\u00311"}]"#;
        assert_eq!(kept(body), [(79110000000, false), (711, false)]);
        assert!(accepted(r#" [{"phone": 79110000000, "allowedDays": ["mon"]}] "#)[0].has_policy);
    }

    #[test]
    fn what_is_not_a_list_of_jobs_has_none() {
        for body in [
            "",
            "{}",
            "[",
            "[1, null]",
            r#"[{}, {"phone": null}, {"phone": "x"}]"#,
        ] {
            assert_eq!(kept(body), []);
        }
    }
}
