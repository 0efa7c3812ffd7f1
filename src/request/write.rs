//! From a job to its short form.

use super::address::Address;
use super::{IDEMPOTENCE_KEY, Job, MAX_BYTES, Refusal, parameters};
use crate::{Fault, Rule};

impl Job {
    /// The URL that adds the job when it is got.
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
    /// # Ok::<(), predial::request::Refusal>(())
    /// ```
    ///
    /// # Errors
    /// `url-idempotence-key` for a blank key, `short-form-too-long` beyond [`MAX_BYTES`].
    pub fn to_url(&self, address: &Address, key: Option<&str>) -> Result<String, Refusal> {
        if key.is_some_and(|key| key.trim().is_empty()) {
            let fault = Fault::new(Rule::UrlIdempotenceKey);
            return Err(Refusal::of(IDEMPOTENCE_KEY, fault));
        }
        let key = key.map(|key| (IDEMPOTENCE_KEY, key));
        let url = address.with(&parameters::written(self.parameters().chain(key)));
        if url.len() > MAX_BYTES {
            return Err(self.too_long(url.len(), address));
        }
        Ok(url)
    }

    /// The body that adds the job when it is posted to the CRM address as
    /// `application/x-www-form-urlencoded`. The idempotence key of a POST is a header.
    pub fn to_form(&self) -> String {
        parameters::written(self.parameters())
    }

    fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        let zone = self.gmt_zone.as_deref().map(|zone| ("gmtZone", zone));
        let payload = self.payload.iter();
        [("phone", self.phone.as_str())]
            .into_iter()
            .chain(zone)
            .chain(payload.map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// The field to blame is the one that takes most.
    fn too_long(&self, bytes: usize, address: &Address) -> Refusal {
        let longest = self
            .payload
            .iter()
            .max_by_key(|(name, value)| parameters::written([(&**name, &**value)]).len());
        let name = longest.and_then(|(name, _)| parameters::shown(name, &address.token));
        let fault = Fault::new(Rule::ShortFormTooLong).because(format!(
            "the URL has {bytes} bytes, and servers need not take more than {MAX_BYTES}"
        ));
        let field = name.map_or_else(|| "payload".to_owned(), |name| format!("payload.{name}"));
        Refusal::of(field, fault)
    }
}
