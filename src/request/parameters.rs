//! The parameters of a query or a form: split, decoded, and encoded.

use std::collections::HashSet;

use fluent_uri::pct_enc::{DecodedChunk, EStr, EString, encoder};

use super::RequestRefusal;
use crate::{Fault, Rule};

/// One parameter, decoded as a form.
pub(super) struct Parameter {
    pub name: String,
    pub value: String,
    /// Its place among the parameters, from 1.
    ordinal: usize,
}

impl Parameter {
    /// The name of the parameter in a refusal; see [`shown`].
    pub fn shown(&self, token: &str) -> String {
        shown(&self.name, token).unwrap_or_else(|| unnamed(self.ordinal))
    }
}

/// A name as a refusal may quote it: only if it looks like a name. In a wrongly assembled address
/// any other part may be in its place, even the token.
pub(super) fn shown(name: &str, token: &str) -> Option<String> {
    /// In characters; every name of the service is less than half as long.
    const LONGEST: usize = 60;
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    let is_name = !name.is_empty()
        && name.chars().all(fits)
        && name.chars().count() <= LONGEST
        && (token.is_empty() || !name.contains(token));
    is_name.then(|| name.to_owned())
}

fn unnamed(ordinal: usize) -> String {
    format!("parameter {ordinal}")
}

/// Reads a query, or the body of a form. Names in the result are unique.
pub(super) fn read(query: &str, token: &str) -> Result<Vec<Parameter>, RequestRefusal> {
    let mut parameters = Vec::new();
    let mut names = HashSet::new();
    let pieces = query.split('&').filter(|piece| !piece.is_empty());
    for (index, piece) in pieces.enumerate() {
        let parameter = parameter(piece, index + 1, token)?;
        if !names.insert(parameter.name.clone()) {
            let fault = Fault::new(Rule::UrlParameterRepeated);
            return Err(RequestRefusal::of(parameter.shown(token), fault));
        }
        parameters.push(parameter);
    }
    Ok(parameters)
}

fn parameter(piece: &str, ordinal: usize, token: &str) -> Result<Parameter, RequestRefusal> {
    let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
    let name = decoded(name).map_err(|fault| RequestRefusal::of(unnamed(ordinal), fault))?;
    if name.is_empty() {
        let fault = Fault::new(Rule::UrlParameterUnnamed);
        return Err(RequestRefusal::of(unnamed(ordinal), fault));
    }
    let mut parameter = Parameter {
        name,
        value: String::new(),
        ordinal,
    };
    parameter.value =
        decoded(value).map_err(|fault| RequestRefusal::of(parameter.shown(token), fault))?;
    Ok(parameter)
}

/// A name or a value, decoded as a form: a plus is a space.
fn decoded(text: &str) -> Result<String, Fault> {
    let coded = EStr::<encoder::IQuery>::new(text).ok_or_else(|| no_url(text))?;
    let mut bytes = Vec::with_capacity(text.len());
    for chunk in coded.decode() {
        match chunk {
            DecodedChunk::Unencoded(plain) => {
                bytes.extend(plain.bytes().map(|b| if b == b'+' { b' ' } else { b }));
            }
            DecodedChunk::PctDecoded(byte) => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).map_err(|_| Fault::new(Rule::UrlEncoding))
}

/// The fault of the first part of a text that a URL can't contain.
fn no_url(text: &str) -> Fault {
    let at_fault = text
        .char_indices()
        .find(|&(at, c)| match c {
            '%' => !is_coded(&text.as_bytes()[at..]),
            c => EStr::<encoder::IQuery>::new(c.encode_utf8(&mut [0; 4])).is_none(),
        })
        .map(|(_, c)| c);
    let detail = match at_fault {
        Some('%') => {
            "two hexadecimal digits must follow a %; write the character itself as %25".to_owned()
        }
        Some('#') => {
            "a # begins a part that is never sent; write the character itself as %23".to_owned()
        }
        Some(c) => format!("a URL cannot contain U+{:04X}", u32::from(c)),
        None => "the text is not a valid part of a URL".to_owned(),
    };
    Fault::new(Rule::UrlSyntax).because(detail)
}

fn is_coded(text: &[u8]) -> bool {
    matches!(text, [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
}

/// Encodes parameters. Everything but letters, digits and `-._~` is percent-encoded, so that every
/// decoder reads the same.
pub(super) fn written<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = EString::<encoder::Query>::new();
    for (name, value) in parameters {
        if !query.is_empty() {
            query.push('&');
        }
        query.encode_str::<encoder::Data>(name);
        query.push('=');
        query.encode_str::<encoder::Data>(value);
    }
    query.into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_not_a_name_is_not_quoted() {
        let token = "8231.7056.1b131df1";
        assert_eq!(shown("имя.1", token).as_deref(), Some("имя.1"));
        for name in [
            "",
            "a/b",
            "https://h",
            "x8231.7056.1b131df1y",
            &"n".repeat(61),
        ] {
            assert_eq!(shown(name, token), None, "{name}");
        }
    }
}
