//! The `type` of the service's answers with status 400. A rule names the type of the same fault.

/// A phone that the service cannot read or dial.
pub const PHONE: &str = "phone.bad.format";
/// A phone that the request holds twice.
pub const PHONE_DUPLICATED: &str = "phone.duplicated";
/// A gmtZone that the service does not accept.
pub const GMT_ZONE: &str = "phone.gmtZone.bad.format";
/// Windows of local time that the service does not accept.
pub const ALLOWED_TIME: &str = "invalid.call.allowed.time";
/// A priority out of its range.
pub const PRIORITY: &str = "invalid.dialer_priority";
