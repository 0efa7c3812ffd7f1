#![forbid(unsafe_code)]
//! The short form of a request: one call job written as the address that adds it, `GET addPhone`
//! of the Calls API 1.10.0 and the form of the same parameters that the CRM address takes.
//!
//! ```text
//! url       = scheme "://" host "/api/" form "/campaign/" token "/addPhone?" query
//! scheme    = "https" / "http"                       ; http is written for the own machine alone
//! host      = a name or an IP address [":" port]     ; RFC 3986, no user information
//! form      = "calls" / "crmCalls"
//! query     = *"&" parameter *( 1*"&" parameter ) *"&"
//! parameter = name ["=" value]                       ; the name is not empty
//! ```
//!
//! `phone` and `gmtZone` are the job's, `Idempotence-Key` is the request's, and every other
//! parameter is a key of `payload`, its value a string. Names and values are form-coded: a percent
//! sign and two hexadecimal digits are a byte of UTF-8, a plus is a space. The deviations:
//!
//! - A form decoder turns the plus of `+03:00` or `+7911…` into a space. In `phone` spaces at the
//!   start mean that plus. In `gmtZone` a space before the first digit means it, at the start or
//!   after a letter ([`Job::from_url`]).
//! - Bytes that are not UTF-8 are refused, and so is a percent sign without its two digits: nobody
//!   knows what the service reads in their place.
//! - A fragment is refused: it never leaves the client, and the caller meant to send it.
//!
//! The token opens the campaign, so no refusal contains it: a refusal quotes names of fields and
//! parameters, and never the address or a value.

mod address;
mod carry;
mod parameters;
mod read;
mod write;

use std::fmt;

use crate::Fault;

pub use address::Address;
pub use read::Read;

pub use crate::service::endpoint::{Form, IDEMPOTENCE_KEY};

/// The call job of a short form, with everything that the form can contain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The phone, as text.
    pub phone: String,
    /// The time zone; `None` if the service takes the zone of the phone.
    pub gmt_zone: Option<String>,
    /// The payload for the script, in order. Names are unique.
    pub payload: Vec<(String, String)>,
}

/// What is wrong with a request, and with which part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRefusal {
    /// The parameter, the field of the job, or `host` and `token`; `None` if the whole request is
    /// at fault.
    pub field: Option<String>,
    /// The rule that is broken.
    pub fault: Fault,
}

impl RequestRefusal {
    fn whole(fault: Fault) -> Self {
        RequestRefusal { field: None, fault }
    }

    fn of(field: impl Into<String>, fault: Fault) -> Self {
        RequestRefusal {
            field: Some(field.into()),
            fault,
        }
    }

    /// What is wrong and what would be right, in one line that begins with the field.
    pub fn message(&self) -> String {
        match &self.field {
            Some(field) => format!("{field}: {}", self.fault.message()),
            None => self.fault.message(),
        }
    }
}

impl fmt::Display for RequestRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for RequestRefusal {}
