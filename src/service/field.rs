//! The fields of a call job (`CallJobParameters`), and the keys inside them.

macro_rules! known_fields {
    ($($field:ident $name:literal)*) => {
        /// The fields of a call job that the service reads.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum KnownField {
            $(#[doc = concat!("`", $name, "`")] $field,)*
        }

        impl KnownField {
            /// Every field, in the order of the API document.
            pub const ALL: &'static [KnownField] = &[$(KnownField::$field,)*];

            /// The name in the JSON of a job.
            pub const fn name(self) -> &'static str {
                match self { $(KnownField::$field => $name,)* }
            }

            /// The field of exactly this name. The service distinguishes upper and lower case.
            pub fn from_name(name: &[u8]) -> Option<KnownField> {
                $(if name == $name.as_bytes() { return Some(KnownField::$field); })*
                None
            }
        }
    };
}

known_fields! {
    Phone "phone"
    GmtZone "gmtZone"
    Payload "payload"
    StartDateTime "startDateTime"
    FinishDateTime "finishDateTime"
    AllowedDays "allowedDays"
    AllowedTime "allowedTime"
    LocalTimeFrom "localTimeFrom"
    LocalTimeTo "localTimeTo"
    RetryIntervalInMinutes "retryIntervalInMinutes"
    MaxAttempts "maxAttempts"
    DialerPriority "dialerPriority"
    ExternalCheck "externalCheck"
}

impl KnownField {
    /// Whether the field is a part of the call policy.
    ///
    /// ```
    /// use predial::service::KnownField;
    /// assert!(KnownField::MaxAttempts.is_policy());
    /// assert!(!KnownField::Payload.is_policy());
    /// ```
    pub const fn is_policy(self) -> bool {
        !matches!(
            self,
            KnownField::Phone | KnownField::GmtZone | KnownField::Payload
        )
    }

    /// Whether the field's value is an array or an object, so that a cell of a table may hold it as
    /// JSON.
    ///
    /// ```
    /// use predial::service::KnownField;
    /// assert!(KnownField::AllowedTime.is_structured());
    /// assert!(!KnownField::MaxAttempts.is_structured());
    /// ```
    pub const fn is_structured(self) -> bool {
        matches!(
            self,
            KnownField::Payload
                | KnownField::AllowedDays
                | KnownField::AllowedTime
                | KnownField::ExternalCheck
        )
    }

    /// Whether the field may hold a secret, so that its value is never shown: the URL of an external
    /// check may have a key in it.
    pub const fn is_secret(self) -> bool {
        matches!(self, KnownField::ExternalCheck)
    }
}

/// The key of `allowedTime` for each day that has no key of its own. The other keys are the names of
/// days.
pub const DEFAULT_DAY: &str = "default";

/// Where a window of `allowedTime` begins. A job's deprecated field has the same name.
pub const WINDOW_FROM: &str = KnownField::LocalTimeFrom.name();
/// Where a window of `allowedTime` ends. A job's deprecated field has the same name.
pub const WINDOW_TO: &str = KnownField::LocalTimeTo.name();

/// The key of `externalCheck` that holds the URL, which is required.
pub const EXTERNAL_CHECK_URL: &str = "externalCheckUrl";
/// The key of `externalCheck` that holds the number of retries.
pub const EXTERNAL_CHECK_MAX_RETRIES: &str = "externalCheckMaxRetries";
