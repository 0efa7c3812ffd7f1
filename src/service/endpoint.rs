//! The endpoints that add jobs: their hosts, their paths and their parameters.
//!
//! ```text
//! /api/{form}/campaign/{token}/addPhone     one job, in the parameters
//! /api/calls/campaign/{token}/addPhones     many jobs, in the body
//! ```

/// A host of the service. The vendor has several, and a caller always names their own.
pub const EXAMPLE_HOST: &str = example_host!();

/// The last segment of the path that adds one job.
pub const ADD_ONE: &str = "addPhone";
/// The last segment of the path that adds many jobs.
pub const ADD_MANY: &str = "addPhones";

const API: &str = "api";
const CAMPAIGN: &str = "campaign";

/// The parameter of a GET and the header of a POST that holds the request's idempotence key. It is
/// not a part of the job.
pub const IDEMPOTENCE_KEY: &str = "Idempotence-Key";

/// Which of the two addresses for one job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// `/api/calls/…`, which takes GET.
    #[default]
    Calls,
    /// `/api/crmCalls/…`, which takes GET, and POST of the same parameters as a form.
    CrmCalls,
}

impl Form {
    /// Both forms.
    pub const ALL: [Form; 2] = [Form::Calls, Form::CrmCalls];

    /// `calls` or `crmCalls`, as in the path.
    pub const fn name(self) -> &'static str {
        match self {
            Form::Calls => "calls",
            Form::CrmCalls => "crmCalls",
        }
    }

    /// The form of exactly this name.
    ///
    /// ```
    /// use predial::service::endpoint::Form;
    /// assert_eq!(Form::from_name("crmCalls"), Some(Form::CrmCalls));
    /// assert_eq!(Form::from_name("crmcalls"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Form> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// The path that adds one job to the campaign of this token.
    ///
    /// ```
    /// use predial::service::endpoint::Form;
    /// assert_eq!(Form::Calls.path("8231"), "/api/calls/campaign/8231/addPhone");
    /// ```
    pub fn path(self, token: &str) -> String {
        format!("/{API}/{}/{CAMPAIGN}/{token}/{ADD_ONE}", self.name())
    }
}

/// The kind of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind<'a> {
    /// It adds one job to the campaign of this token, which may be empty.
    AddOne(&'a str),
    /// It adds the jobs of a body.
    AddMany,
    /// The service has no such path, or it adds no jobs.
    Other,
}

impl<'a> PathKind<'a> {
    /// The kind of a path, given its decoded segments.
    ///
    /// ```
    /// use predial::service::endpoint::PathKind;
    /// let segments = ["api", "calls", "campaign", "8231", "addPhone"];
    /// assert_eq!(PathKind::of(&segments), PathKind::AddOne("8231"));
    /// ```
    pub fn of(segments: &'a [impl AsRef<str>]) -> Self {
        let [api, form, campaign, token, last] = segments else {
            return PathKind::Other;
        };
        let is_campaign = api.as_ref() == API
            && Form::from_name(form.as_ref()).is_some()
            && campaign.as_ref() == CAMPAIGN;
        match last.as_ref() {
            ADD_ONE if is_campaign => PathKind::AddOne(token.as_ref()),
            ADD_MANY if is_campaign => PathKind::AddMany,
            _ => PathKind::Other,
        }
    }
}
