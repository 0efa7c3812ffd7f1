//! From a job to its short form.

use super::address::Address;
use super::carry::of_payload;
use super::read::is_own;
use super::{Job, RequestRefusal, parameters};
use crate::service::KnownField;
use crate::service::bounds::MAX_URL_BYTES;
use crate::service::endpoint::IDEMPOTENCE_KEY;
use crate::{Fault, Rule};

impl Job {
    /// The URL whose GET request adds the job.
    ///
    /// ```
    /// use predial::request::{Address, Form, Job};
    /// let job = Job {
    ///     phone: "79110000000".to_owned(),
    ///     gmt_zone: Some("+03:00".to_owned()),
    ///     payload: vec![("name".to_owned(), "Alex".to_owned())],
    /// };
    /// let address = Address::new("https://app.jaicp.com", "8231.7056.1b131df1", Form::Calls)?;
    /// let url = job.to_url(&address, None)?;
    /// assert!(url.ends_with("/addPhone?phone=79110000000&gmtZone=%2B03%3A00&name=Alex"));
    /// assert_eq!(Job::from_url(&url)?.job, job);
    /// # Ok::<(), predial::request::RequestRefusal>(())
    /// ```
    ///
    /// # Errors
    /// `url-idempotence-key` for a blank key, `short-form-too-long` beyond [`MAX_URL_BYTES`] bytes.
    pub fn to_url(&self, address: &Address, key: Option<&str>) -> Result<String, RequestRefusal> {
        if key.is_some_and(|key| key.trim().is_empty()) {
            let fault = Fault::new(Rule::UrlIdempotenceKey);
            return Err(RequestRefusal::of(IDEMPOTENCE_KEY, fault));
        }
        let key = key.map(|key| (IDEMPOTENCE_KEY, key));
        let parameters = || self.parameters().chain(key);
        let url = address.with(&parameters::written(parameters()));
        if url.len() > usize::from(MAX_URL_BYTES) {
            return Err(too_long(url.len(), parameters(), address));
        }
        Ok(url)
    }

    /// The body whose POST request to the CRM address adds the job, as
    /// `application/x-www-form-urlencoded`. The idempotence key of a POST is a header.
    pub fn to_form(&self) -> String {
        parameters::written(self.parameters())
    }

    fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        let zone = self
            .gmt_zone
            .as_deref()
            .map(|zone| (KnownField::GmtZone.name(), zone));
        let payload = self.payload.iter();
        [(KnownField::Phone.name(), self.phone.as_str())]
            .into_iter()
            .chain(zone)
            .chain(payload.map(|(name, value)| (name.as_str(), value.as_str())))
    }
}

/// The refusal of a URL that is too long. It blames the longest field.
fn too_long<'j>(
    bytes: usize,
    parameters: impl Iterator<Item = (&'j str, &'j str)>,
    address: &Address,
) -> RequestRefusal {
    let fault = Fault::new(Rule::ShortFormTooLong).because(format!(
        "the URL has {bytes} bytes, and servers need not accept more than {MAX_URL_BYTES}"
    ));
    let longest = parameters.max_by_key(|&parameter| parameters::written([parameter]).len());
    let field = longest.map(|(name, _)| match is_own(name) {
        true => name.to_owned(),
        false => of_payload(name, &address.token),
    });
    RequestRefusal { field, fault }
}
