//! From a short form to the job that addPhones takes.

use super::address::Arrived;
use super::parameters::{self, Parameter};
use super::{Job, RequestRefusal};
use crate::service::KnownField;
use crate::service::endpoint::IDEMPOTENCE_KEY;
use crate::{Fault, Rule};

const PHONE: &str = KnownField::Phone.name();
const GMT_ZONE: &str = KnownField::GmtZone.name();

/// A short form that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The job in the form of addPhones.
    pub job: Job,
    /// Warnings about the request; the job is still read.
    pub warnings: Vec<RequestRefusal>,
}

impl Job {
    /// Reads the URL of one job. The phone and the zone are translated but not judged:
    /// [`crate::job::check`] does that.
    ///
    /// ```
    /// use predial::request::Job;
    /// let url = "https://app.jaicp.com/api/calls/campaign/8231.7056.1b131df1/addPhone\
    ///            ?phone=79110000000&gmtZone=+03:00&name=Alex";
    /// let job = Job::from_url(url)?.job;
    /// assert_eq!(job.phone, "79110000000");
    /// assert_eq!(job.gmt_zone.as_deref(), Some("+03:00"));
    /// assert_eq!(job.payload, [("name".to_owned(), "Alex".to_owned())]);
    /// # Ok::<(), predial::request::RequestRefusal>(())
    /// ```
    ///
    /// # Errors
    /// `url-*` for a text that is not the URL of one job, `phone-missing` if it has no phone.
    pub fn from_url(url: &str) -> Result<Read, RequestRefusal> {
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let address = Arrived::of(address)?;
        let mut read = from_query(query, &address.token)?;
        read.warnings.splice(0..0, address.warning);
        Ok(read)
    }

    /// Reads the form body of one job, posted as `application/x-www-form-urlencoded`: the same
    /// parameters without an address.
    ///
    /// # Errors
    /// Those of [`Job::from_url`].
    pub fn from_form(body: &str) -> Result<Read, RequestRefusal> {
        from_query(body, "")
    }
}

fn from_query(query: &str, token: &str) -> Result<Read, RequestRefusal> {
    let parameters = parameters::read(query, token)?;
    let warnings = misplaced(&parameters, token);
    let mut phone = None;
    let mut gmt_zone = None;
    let mut payload = Vec::new();
    for Parameter { name, value, .. } in parameters {
        match name.as_str() {
            PHONE => phone = Some(phone_meant(value)),
            // The service reads an empty zone as absent.
            GMT_ZONE => gmt_zone = Some(zone_meant(value)).filter(|zone| !zone.is_empty()),
            IDEMPOTENCE_KEY => {}
            _ => payload.push((name, value)),
        }
    }
    let Some(phone) = phone else {
        return Err(no_phone(&payload));
    };
    let job = Job {
        phone,
        gmt_zone,
        payload,
    };
    Ok(Read { job, warnings })
}

/// The phone with the plus that a form decoder has turned into a space.
fn phone_meant(decoded: String) -> String {
    match decoded.trim_start_matches(' ') {
        rest if rest.len() == decoded.len() || rest.is_empty() || rest.starts_with('+') => decoded,
        rest => format!("+{rest}"),
    }
}

/// The zone with the plus that a form decoder has turned into a space.
fn zone_meant(mut decoded: String) -> String {
    let bytes = decoded.as_bytes();
    let digit = bytes.iter().position(u8::is_ascii_digit);
    let is_plus =
        |&at: &usize| bytes[at] == b' ' && (at == 0 || bytes[at - 1].is_ascii_alphabetic());
    if let Some(at) = digit.and_then(|digit| digit.checked_sub(1)).filter(is_plus) {
        decoded.replace_range(at..=at, "+");
    }
    decoded
}

/// Warnings about parameters that the service puts into payload although something else was meant.
fn misplaced(parameters: &[Parameter], token: &str) -> Vec<RequestRefusal> {
    let has = |name: &str| parameters.iter().any(|parameter| parameter.name == name);
    let warning = |parameter: &Parameter| {
        let fault = Fault::new(Rule::UrlParameterMisplaced);
        let fault = match KnownField::meant_by(&parameter.name)? {
            _ if is_own(&parameter.name) => return None,
            KnownField::Phone => return None,
            KnownField::GmtZone if has(KnownField::GmtZone.name()) => return None,
            KnownField::GmtZone => fault.suggest(KnownField::GmtZone.name()),
            policy => fault.because(format!(
                "the service puts it into payload: {} is a field of addPhones only",
                policy.name()
            )),
        };
        Some(RequestRefusal::of(parameter.shown(token), fault))
    };
    let key = |parameter: &Parameter| {
        let meant = parameter.name.to_ascii_lowercase().starts_with("idempoten");
        let fault = Fault::new(Rule::UrlParameterMisplaced).suggest(IDEMPOTENCE_KEY);
        (meant && !has(IDEMPOTENCE_KEY)).then(|| RequestRefusal::of(parameter.shown(token), fault))
    };
    parameters
        .iter()
        .filter_map(|parameter| warning(parameter).or_else(|| key(parameter)))
        .collect()
}

/// Whether the parameter belongs to the short form itself.
pub(super) fn is_own(name: &str) -> bool {
    matches!(name, PHONE | GMT_ZONE | IDEMPOTENCE_KEY)
}

fn no_phone(payload: &[(String, String)]) -> RequestRefusal {
    let is_phone = |name: &str| KnownField::meant_by(name) == Some(KnownField::Phone);
    let mut fault = Fault::new(Rule::PhoneMissing);
    if payload.iter().any(|(name, _)| is_phone(name)) {
        fault = fault
            .because("there is no parameter phone, but a parameter of another name that may be the phone")
            .suggest(KnownField::Phone.name());
    }
    RequestRefusal::of(KnownField::Phone.name(), fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_survives_the_form_decoder() {
        for (decoded, meant) in [
            (" 79110000000", "+79110000000"),
            ("+79110000000", "+79110000000"),
            (" +79110000000", " +79110000000"),
            ("+7 911 000-00-00", "+7 911 000-00-00"),
            (" (7) 911", "+(7) 911"),
            (" ", " "),
            ("", ""),
        ] {
            assert_eq!(phone_meant(decoded.to_owned()), meant);
        }
        for (decoded, meant) in [
            (" 03:00", "+03:00"),
            ("UTC 3", "UTC+3"),
            ("utc 3", "utc+3"),
            ("Etc/GMT 3", "Etc/GMT+3"),
            ("UTC +3", "UTC +3"),
            ("UTC + 3", "UTC + 3"),
            (" +03:00", " +03:00"),
            (" -03:00", " -03:00"),
            ("-03:00", "-03:00"),
            ("America/New York", "America/New York"),
            ("UTC+3 or UTC 4", "UTC+3 or UTC 4"),
            ("UTC3 to UTC 4", "UTC3 to UTC 4"),
            ("Z", "Z"),
        ] {
            assert_eq!(zone_meant(decoded.to_owned()), meant);
        }
    }
}
