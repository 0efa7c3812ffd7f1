//! The external check: `externalCheck`.
//!
//! The URL is one of RFC 3986 that every reader reads the same way: `https://`, a host in LDH labels,
//! an IPv4 or an IPv6 address, optionally a port, a path and a query. What readers read in different
//! ways, or what looks like something else, is refused: credentials, a fragment, a backslash, white
//! space, characters outside ASCII. Nothing after the host is ever shown: it may be a secret.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::finding::Shown;
use super::integer::Integer;
use super::node::{JsonNode, PolicyFindings};
use super::windows::unknown_member;
use crate::json::Value;
use crate::service::bounds;
use crate::service::field::{EXTERNAL_CHECK_MAX_RETRIES as RETRIES, EXTERNAL_CHECK_URL as URL};
use crate::{Fault, Rule};

const MAX_RETRIES: Integer = Integer {
    rule: Rule::PolicyExternalCheck,
    range: bounds::EXTERNAL_CHECK_RETRIES,
};

/// Checks the value of the field.
pub(super) fn check(node: &JsonNode<'_, '_>, findings: &mut PolicyFindings) {
    match node.value() {
        Value::Null => return,
        Value::Object => {}
        _ => {
            let why = "externalCheck must be an object";
            let fault = Fault::new(Rule::PolicyExternalCheck).because(why);
            return findings.secret_error(node, fault, Shown::Nothing);
        }
    }
    let members = node.members();
    findings.repeated_names(node, &members);
    let mut has_url = false;
    for member in &members {
        let value = node.member(member);
        match &*member.name.text() {
            URL => {
                has_url |= !matches!(value.value(), Value::Null);
                check_url(&value, findings);
            }
            RETRIES => MAX_RETRIES.check(&value, findings),
            name => findings.warning(&value, unknown_member(name, &[URL, RETRIES])),
        }
    }
    if !has_url {
        let fault =
            Fault::new(Rule::PolicyExternalCheck).because("externalCheck has no externalCheckUrl");
        findings.secret_error(node, fault, Shown::Nothing);
    }
}

fn check_url(node: &JsonNode<'_, '_>, findings: &mut PolicyFindings) {
    let text = match node.value() {
        Value::Null => return,
        Value::Text(text) => text,
        _ => {
            let fault = Fault::new(Rule::PolicyCheckUrl).because("the URL is not text");
            return findings.secret_error(node, fault, Shown::Nothing);
        }
    };
    if let Err(why) = url(&text) {
        let fault = Fault::new(Rule::PolicyCheckUrl).because(why);
        findings.secret_error(
            node,
            fault,
            shown_url(&text).map_or(Shown::Nothing, Shown::Text),
        );
    }
}

/// Why a text is not a URL that can be called.
fn url(text: &str) -> Result<(), &'static str> {
    if text.is_empty() {
        return Err("the URL is empty");
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("the URL contains white space");
    }
    if !text.is_ascii() {
        return Err("the URL contains characters outside ASCII; write them as %XX or xn--");
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err("the URL does not begin with https://");
    };
    if scheme.eq_ignore_ascii_case("http") {
        return Err("the URL is http: anybody on the network can read the numbers that are called");
    }
    if !scheme.eq_ignore_ascii_case("https") {
        return Err("the URL does not begin with https://");
    }
    if rest.contains('\\') {
        return Err("the URL contains a backslash, which some programs read as a slash");
    }
    if rest.contains('#') {
        return Err("the URL contains a fragment (#), which is never sent");
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if authority.contains('@') {
        return Err("the URL contains credentials, which end up in logs");
    }
    host_and_port(authority)?;
    if !is_path(path) {
        return Err("the URL contains a character that must be written as %XX");
    }
    Ok(())
}

fn host_and_port(authority: &str) -> Result<(), &'static str> {
    let bracket = authority.rfind(']').map_or(0, |at| at + 1);
    let (host, port) = match authority[bracket..].find(':') {
        Some(colon) => {
            let (host, port) = authority.split_at(bracket + colon);
            (host, Some(&port[1..]))
        }
        None => (authority, None),
    };
    let is_port = |port: &str| {
        port.len() <= 5
            && port.bytes().all(|b| b.is_ascii_digit())
            && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    if !port.is_none_or(is_port) {
        return Err("the port of the URL is not a number from 1 to 65535");
    }
    if is_host(host) {
        Ok(())
    } else {
        Err("the URL has no valid host")
    }
}

/// Labels of letters, digits and hyphens, or an address.
fn is_host(host: &str) -> bool {
    if let Some(rest) = host.strip_prefix('[') {
        let address = rest.strip_suffix(']');
        return address.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    let labels = host.strip_suffix('.').unwrap_or(host).split('.');
    // 127.1 and 0x7f.1 are addresses to some readers.
    let last = labels.clone().next_back().unwrap_or_default();
    if last.starts_with(|c: char| c.is_ascii_digit()) {
        return host.parse::<Ipv4Addr>().is_ok();
    }
    host.len() <= 253 && labels.into_iter().all(is_label)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// RFC 3986, 3.3 and 3.4: pchar, slashes and question marks.
fn is_path(path: &str) -> bool {
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        let sound = match byte {
            b'%' => {
                let hex = [bytes.next(), bytes.next()];
                hex.iter()
                    .all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit()))
            }
            _ => byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte),
        };
        if !sound {
            return false;
        }
    }
    true
}

/// The scheme and the host of a URL, if it has both in plain letters; the rest may be secret.
fn shown_url(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let authority = &rest[..rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len())];
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let is_scheme = ["http", "https"].contains(&scheme.to_ascii_lowercase().as_str());
    let name = host.split(':').next().unwrap_or_default();
    (is_scheme && is_host(name)).then(|| format!("{scheme}://{name}/…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        for good in [
            "https://example.com",
            "https://example.com/",
            "https://example.com:8443/check?key=a%20b&x=(1)",
            "https://xn--e1afmkfd.example",
            "https://192.0.2.1/check",
            "https://[2001:db8::1]:443/",
            "https://localhost/check",
            "HTTPS://EXAMPLE.com.",
            "https://example.com?phone=1",
            "https://example.com:65535",
        ] {
            assert_eq!(url(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "example.com",
            "http://example.com",
            "ftp://example.com",
            "https:///path",
            "https://",
            "https://user:pw@example.com/",
            "https://example.com#top",
            "https://example.com\\@evil.example",
            "https://exa mple.com",
            " https://example.com",
            "https://example.com/\u{e9}",
            "https://пример.example",
            "https://example.com:0",
            "https://example.com:65536",
            "https://example.com:",
            "https://example.com:+1",
            "https://127.1/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://[::1",
            "https://[example.com]/",
            "https://-a.example",
            "https://a..example",
            "https://example.com/%2",
            "https://example.com/{id}",
            "https://example.com/\0",
            "https:example.com",
            "//example.com",
        ] {
            assert!(url(bad).is_err(), "{bad}");
        }
        assert!(url(&format!("https://{}", "a".repeat(64))).is_err());
    }

    #[test]
    fn nothing_behind_the_host_is_shown() {
        for (text, shown) in [
            (
                "http://u:secret@example.com/secret?key=secret",
                Some("http://example.com/…"),
            ),
            ("https://example.com:secret/", Some("https://example.com/…")),
            ("https://exa mple.com/secret", None),
            ("secret", None),
            ("secret://example.com", None),
            (
                "https://a@secret@example.com",
                Some("https://example.com/…"),
            ),
        ] {
            assert_eq!(shown_url(text).as_deref(), shown, "{text}");
        }
    }
}
