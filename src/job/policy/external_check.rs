//! The external check: `externalCheck`.
//!
//! The URL follows RFC 3986, restricted to what every program reads in the same way: `https://`, a
//! host in LDH labels, an IPv4 or an IPv6 address, optionally a port, a path and a query. Other
//! parts are refused, because programs read them differently or because they look like something
//! else: credentials, a fragment, a backslash, white space, characters outside ASCII. Nothing after
//! the host is ever shown, because it may be a secret.
//!
//! A URL that only one machine or network can reach is a warning: the service can't reach it.

use std::net::{Ipv4Addr, Ipv6Addr};

use sha2::{Digest, Sha256};

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

/// An external check in a form that may be shown and stored: the scheme and the host of its URL,
/// and the SHA-256 of the whole check, which distinguishes it from other checks.
///
/// ```
/// use predial::job::masked_check;
/// let masked = masked_check(r#"{"externalCheckUrl": "https://example.com/check?key=secret"}"#);
/// assert_eq!(masked["externalCheckUrl"], "https://example.com/…");
/// assert_eq!(masked["sha256"].as_str().map(str::len), Some(64));
/// ```
pub fn masked_check(json: &str) -> serde_json::Value {
    let value: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
    let digest = Sha256::digest(value.to_string());
    let mut masked = serde_json::Map::new();
    if let Some(url) = value[URL].as_str() {
        masked.insert(URL.to_owned(), shown_url(url).unwrap_or_default().into());
    }
    if let Some(retries) = value[RETRIES].as_number() {
        masked.insert(RETRIES.to_owned(), retries.clone().into());
    }
    let digest = data_encoding::HEXLOWER.encode(&digest);
    masked.insert("sha256".to_owned(), digest.into());
    masked.into()
}

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
    match url(&text) {
        Ok(host) if is_private(host) => {
            findings.warning(node, Fault::new(Rule::PolicyCheckPrivate));
        }
        Ok(_) => {}
        Err(why) => {
            let fault = Fault::new(Rule::PolicyCheckUrl).because(why);
            let value = shown_url(&text).map_or(Shown::Nothing, Shown::Text);
            findings.secret_error(node, fault, value);
        }
    }
}

/// The host of a URL, or the reason why a text is not a URL that can be called.
fn url(text: &str) -> Result<&str, &'static str> {
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
    let host = host_of(authority)?;
    if !is_path(path) {
        return Err("the URL contains a character that must be written as %XX");
    }
    Ok(host)
}

/// The host, and the port if there is one.
fn host_and_port(authority: &str) -> (&str, Option<&str>) {
    let bracket = authority.rfind(']').map_or(0, |at| at + 1);
    match authority[bracket..].find(':') {
        Some(colon) => {
            let (host, port) = authority.split_at(bracket + colon);
            (host, Some(&port[1..]))
        }
        None => (authority, None),
    }
}

fn host_of(authority: &str) -> Result<&str, &'static str> {
    let (host, port) = host_and_port(authority);
    let is_port = |port: &str| {
        port.len() <= 5
            && port.bytes().all(|b| b.is_ascii_digit())
            && port.parse::<u16>().is_ok_and(|port| port > 0)
    };
    if !port.is_none_or(is_port) {
        return Err("the port of the URL is not a number from 1 to 65535");
    }
    if is_host(host) {
        Ok(host)
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
    // Some programs read 127.1 and 0x7f.1 as addresses.
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

/// Whether only one machine or network can reach a host.
fn is_private(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        let address = address.strip_suffix(']').and_then(|text| text.parse().ok());
        return address.is_some_and(is_private_v6);
    }
    if let Ok(address) = host.parse() {
        return is_private_v4(address);
    }
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let is_or_ends = |ending: &&str| {
        let before = name.strip_suffix(ending);
        before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    PRIVATE_NAMES.iter().any(is_or_ends)
}

/// Names without a meaning outside of a machine or a network: RFC 6761, RFC 6762, RFC 8375, and the
/// name that ICANN has reserved for private use (2024).
const PRIVATE_NAMES: &[&str] = &["localhost", "localdomain", "local", "internal", "home.arpa"];

/// The special-purpose addresses of RFC 6890 that can't be reached from elsewhere.
fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        // "This network", and the addresses that an internet provider shares among its customers
        // (RFC 6598).
        || first == 0
        || (first == 100 && second & 0xC0 == 64)
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    address.is_loopback()
        || address.is_unspecified()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        // Site-local addresses, which unique local ones have replaced (RFC 3879).
        || segments[0] & 0xFFC0 == 0xFEC0
        || v4_within(segments).is_some_and(is_private_v4)
}

/// The IPv4 address inside an IPv6 address: mapped or compatible (RFC 4291, 2.5.5), translated (RFC
/// 6052), or that of a 6to4 relay (RFC 3056).
fn v4_within(segments: [u16; 8]) -> Option<Ipv4Addr> {
    let (high, low) = match segments {
        [0, 0, 0, 0, 0, 0 | 0xFFFF, high, low] => (high, low),
        [0, 0, 0, 0, 0xFFFF, 0, high, low] => (high, low),
        [0x64, 0xFF9B, 0, 0, 0, 0, high, low] => (high, low),
        [0x2002, high, low, ..] => (high, low),
        _ => return None,
    };
    Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
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
    let (name, _) = host_and_port(host);
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
            assert!(url(good).is_ok(), "{good}");
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
    fn private_hosts_are_recognised() {
        for private in [
            "localhost",
            "LOCALHOST.",
            "api.localhost",
            "localhost.localdomain",
            "printer.local",
            "db.prod.internal",
            "router.home.arpa",
            "127.0.0.1",
            "127.255.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "255.255.255.255",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[febf::1]",
            "[fec0::1]",
            "[fc00::1]",
            "[fd12:3456::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:a9fe:a9fe]",
            "[::ffff:0:10.0.0.1]",
            "[::127.0.0.1]",
            "[64:ff9b::192.168.0.1]",
            "[2002:7f00:1::]",
        ] {
            let text = format!("https://{private}:8443/check");
            assert_eq!(url(&text).map(is_private), Ok(true), "{private}");
        }
        for public in [
            "example.com",
            "localhost.example.com",
            "mylocalhost",
            "local.example",
            "internal.example",
            "arpa",
            "128.0.0.1",
            "11.0.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.169.0.1",
            "169.253.0.1",
            "100.63.0.1",
            "100.128.0.1",
            "192.0.2.1",
            "[2001:db8::1]",
            "[::ffff:192.0.2.1]",
            "[64:ff9b::192.0.2.1]",
            "[2002:c000:201::]",
        ] {
            let text = format!("https://{public}/check");
            assert_eq!(url(&text).map(is_private), Ok(false), "{public}");
        }
    }

    #[test]
    fn masked_checks_of_different_hosts_differ() {
        let check = |url: &str| format!(r#"{{"externalCheckUrl": "{url}"}}"#);
        let masked = masked_check(&check("https://example.com:8443/secret"));
        assert!(!masked.to_string().contains("secret"));
        assert!(!masked.to_string().contains("8443"));
        let spaced = r#"{ "externalCheckUrl":"https:\/\/example.com:8443/secret" }"#;
        assert_eq!(masked, masked_check(spaced));
        assert_ne!(
            masked,
            masked_check(&check("https://example.com:8443/other"))
        );
        let more = r#"{"externalCheckUrl": "https://[2001:db8::1]/", "externalCheckMaxRetries": 3, "x": "secret"}"#;
        let masked = masked_check(more);
        assert_eq!(masked["externalCheckUrl"], "https://[2001:db8::1]/…");
        assert_eq!(masked["externalCheckMaxRetries"], 3);
        assert!(!masked.to_string().contains("secret"));
    }

    #[test]
    fn nothing_after_the_host_is_shown() {
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
