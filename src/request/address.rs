//! The address of a short form: the host, the campaign's token, and one of the two forms.

use std::borrow::Cow;

use fluent_uri::Iri;
use fluent_uri::component::{Host, IAuthority};
use fluent_uri::pct_enc::{EStr, encoder};

use super::RequestRefusal;
use crate::service::endpoint::{Form, PathKind};
use crate::{Fault, Rule};

/// An address without its parameters. It has no `Debug`: it holds the token.
pub struct Address {
    origin: String,
    pub(super) token: String,
    form: Form,
}

impl Address {
    /// The address of a campaign at a host such as `https://app.jaicp.com`.
    ///
    /// ```
    /// use predial::Rule;
    /// use predial::request::{Address, Form};
    /// assert!(Address::new("https://app.jaicp.com", "8231.7056.1b131df1", Form::Calls).is_ok());
    /// let refusal = Address::new("http://app.jaicp.com", "8231.7056.1b131df1", Form::Calls).err();
    /// assert_eq!(refusal.unwrap().fault.rule, Rule::UrlScheme);
    /// ```
    ///
    /// # Errors
    /// `url-scheme` for anything but https, unless the host is this machine; `url-host` for more
    /// or less than a scheme, a host and perhaps a port; `url-token` for an empty token, and for
    /// characters that must be encoded in a path.
    pub fn new(host: &str, token: &str, form: Form) -> Result<Address, RequestRefusal> {
        let no_host =
            |detail| RequestRefusal::of("host", Fault::new(Rule::UrlHost).because(detail));
        let iri = Iri::parse(host).map_err(|_| no_host("the host is not a URL"))?;
        let authority = authority(&iri).map_err(|fault| RequestRefusal::of("host", fault))?;
        let bare =
            matches!(iri.path().as_str(), "" | "/") && !iri.has_query() && !iri.has_fragment();
        if !bare {
            return Err(no_host("something follows the host"));
        }
        if !authority.host().is_ascii() || authority.host().contains('%') {
            return Err(no_host(
                "the host is not in ASCII; write it in its xn-- form",
            ));
        }
        if is_exposed(&iri, &authority) {
            return Err(RequestRefusal::of("host", exposed()));
        }
        check_token(token).map_err(|fault| RequestRefusal::of("token", fault))?;
        let scheme = iri.scheme().as_str().to_ascii_lowercase();
        Ok(Address {
            origin: format!("{scheme}://{}", authority.as_str()),
            token: token.to_owned(),
            form,
        })
    }

    /// The address with parameters that are already encoded.
    pub(super) fn with(&self, query: &str) -> String {
        let path = self.form.path(&self.token);
        format!("{}{path}?{query}", self.origin)
    }
}

/// The parts of an address that was read.
pub(super) struct Arrived {
    pub token: String,
    pub warning: Option<RequestRefusal>,
}

impl Arrived {
    /// Reads the part before the question mark.
    pub fn of(text: &str) -> Result<Arrived, RequestRefusal> {
        let no_url = |detail| RequestRefusal::whole(Fault::new(Rule::UrlSyntax).because(detail));
        let iri = Iri::parse(text).map_err(|_| no_url("the text is not a URL"))?;
        let authority = authority(&iri).map_err(RequestRefusal::whole)?;
        if iri.has_fragment() {
            return Err(no_url("a # begins a part that is never sent"));
        }
        let token = token_in(iri.path()).map_err(RequestRefusal::whole)?;
        let is_exposed = is_exposed(&iri, &authority);
        Ok(Arrived {
            token,
            warning: is_exposed.then(|| RequestRefusal::whole(exposed())),
        })
    }
}

/// The host of an https or http URL.
fn authority<'u>(iri: &Iri<&'u str>) -> Result<IAuthority<'u>, Fault> {
    let scheme = iri.scheme().as_str();
    let is_http = ["https", "http"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    if !is_http {
        return Err(Fault::new(Rule::UrlScheme).because("the scheme is not https"));
    }
    let no_host = |detail| Fault::new(Rule::UrlHost).because(detail);
    let authority = iri.authority().ok_or_else(|| no_host("there is no host"))?;
    if authority.userinfo().is_some() {
        return Err(no_host("there is an @ before the host"));
    }
    if authority.host().is_empty() {
        return Err(no_host("the host is empty"));
    }
    if authority.port_to_u16().is_err() {
        return Err(no_host("the port is larger than 65535"));
    }
    Ok(authority)
}

/// Whether others can read the address on the network. Nobody can if it goes to this machine
/// itself.
fn is_exposed(iri: &Iri<&str>, authority: &IAuthority<'_>) -> bool {
    let is_this_machine = match authority.host_parsed() {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::RegName(name) => name.as_str().eq_ignore_ascii_case("localhost"),
        _ => false,
    };
    iri.scheme().as_str().eq_ignore_ascii_case("http") && !is_this_machine
}

fn exposed() -> Fault {
    Fault::new(Rule::UrlScheme).because("http shows the token to everybody on the network")
}

/// The token in the path of either address.
fn token_in(path: &EStr<encoder::IPath>) -> Result<String, Fault> {
    let no_path = || Fault::new(Rule::UrlPath);
    let segments = path.segments_if_absolute().ok_or_else(no_path)?;
    let segments: Vec<Cow<'_, str>> = segments
        .map(|segment| segment.decode().to_string().map_err(|_| no_path()))
        .collect::<Result<_, _>>()?;
    match PathKind::of(&segments) {
        PathKind::AddOne("") => Err(Fault::new(Rule::UrlToken).because("the URL has no token")),
        PathKind::AddOne(token) => Ok(token.to_owned()),
        PathKind::AddMany => {
            Err(no_path().because("addPhones has its jobs in the body, not in the URL"))
        }
        PathKind::Other => Err(no_path()),
    }
}

fn check_token(token: &str) -> Result<(), Fault> {
    let no_token = |detail| Err(Fault::new(Rule::UrlToken).because(detail));
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
    if token.is_empty() {
        no_token("the token is empty")
    } else if !token.chars().all(fits) || matches!(token, "." | "..") {
        no_token("the token contains characters that a token cannot have")
    } else {
        Ok(())
    }
}
