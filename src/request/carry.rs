//! From a job's JSON to what the short form carries of it, which is all of it or a refusal.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::read::is_own;
use super::{Job, Refusal};
use crate::job::Value;
use crate::phone;
use crate::service::KnownField;
use crate::zone::{Regions, Zone};
use crate::{Fault, Rule};

impl Job {
    /// Reads the JSON of one job. The phone becomes its digits, and a gmtZone that [`Zone::repair`]
    /// knows is repaired, as [`crate::job::check`] has both sent. `regions` is asked for the IDs
    /// of zones only if there is one.
    ///
    /// ```
    /// use predial::request::{Job, Refusal};
    /// use predial::{Rule, zone::Regions};
    /// let regions = Regions::new([]);
    /// let read = |json| Job::from_json::<Refusal>(json, "", || Ok(&regions));
    /// let job = read(r#"{"phone": 79110000000, "payload": {"name": "Alex"}}"#)?;
    /// assert_eq!(job.phone, "79110000000");
    /// let refusal = read(r#"{"phone": 79110000000, "maxAttempts": 3}"#).unwrap_err();
    /// assert_eq!(refusal.fault.rule, Rule::ShortFormField);
    /// assert_eq!(refusal.field.as_deref(), Some("maxAttempts"));
    /// # Ok::<(), Refusal>(())
    /// ```
    ///
    /// # Errors
    /// `job-*` for what is no JSON object, or has a field twice; `phone-*` and `zone-*` for what
    /// the service would refuse; `short-form-field` for what the short form can't carry. What
    /// `regions` answers.
    pub fn from_json<'r, E: From<Refusal>>(
        json: &str,
        token: &str,
        regions: impl FnOnce() -> Result<&'r Regions, E>,
    ) -> Result<Job, E> {
        let fields = fields(json, token)?;
        let mut phone = None;
        let mut zone = None;
        let mut payload = Vec::new();
        for (name, value) in &fields {
            let value = *value;
            match KnownField::from_name(name.as_bytes()) {
                Some(KnownField::Phone) => phone = phone_of(value)?,
                Some(KnownField::GmtZone) => zone = zone_of(value)?,
                Some(KnownField::Payload) => payload = payload_of(value, token)?,
                Some(policy) => no_policy(policy, value)?,
                None => return Err(unknown(name, token).into()),
            }
        }
        let missing = || Refusal::of(KnownField::Phone.name(), Fault::new(Rule::PhoneMissing));
        Ok(Job {
            phone: phone.ok_or_else(missing)?,
            gmt_zone: zone.map(|zone| settled(zone, regions)).transpose()?,
            payload,
        })
    }
}

/// The name of a field as a refusal may quote it, cut if it is long; `None` where the token is in
/// it.
fn quoted(name: &str, token: &str) -> Option<String> {
    /// In characters.
    const LONGEST: usize = 60;
    if !token.is_empty() && name.contains(token) {
        return None;
    }
    Some(match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    })
}

/// What a refusal calls a key of the payload.
pub(super) fn of_payload(name: &str, token: &str) -> String {
    let payload = KnownField::Payload.name();
    match quoted(name, token) {
        Some(name) if !name.is_empty() => format!("{payload}.{name}"),
        _ => payload.to_owned(),
    }
}

/// The members of one object, their values as JSON.
struct Members<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<Cow<'de, str>, &RawValue>()? {
                    members.push((name, value.get()));
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(Collect)
    }
}

/// The fields of a job, each once.
fn fields<'j>(json: &'j str, token: &str) -> Result<Vec<(Cow<'j, str>, &'j str)>, Refusal> {
    let json = json.trim_matches([' ', '\t', '\r', '\n']);
    // Of a text that begins with a brace serde_json tells what is wrong with its syntax. Of another
    // it would quote what it found in the place of an object.
    let broken = |error: serde_json::Error| {
        Refusal::whole(Fault::new(Rule::JobSyntax).because(format!("no JSON: {error}")))
    };
    if !json.starts_with('{') {
        serde_json::from_str::<&RawValue>(json).map_err(broken)?;
        return Err(Refusal::whole(Fault::new(Rule::JobNotObject)));
    }
    let Members(members) = serde_json::from_str(json).map_err(broken)?;
    each_once(&members, |name| quoted(name, token))?;
    Ok(members)
}

fn each_once(
    members: &[(Cow<'_, str>, &str)],
    shown: impl Fn(&str) -> Option<String>,
) -> Result<(), Refusal> {
    let mut names = HashSet::with_capacity(members.len());
    match members.iter().find(|(name, _)| !names.insert(name)) {
        Some((name, _)) => Err(Refusal {
            field: shown(name),
            fault: Fault::new(Rule::JobDuplicateKey),
        }),
        None => Ok(()),
    }
}

/// The digits of the phone.
fn phone_of(json: &str) -> Result<Option<String>, Refusal> {
    let options = phone::Options::default();
    let settled = match Value::of(json) {
        Value::Null => return Ok(None),
        Value::Text(text) => phone::settle(&text, &options),
        Value::Number(number) => phone::settle_number(number, &options),
        Value::LoneSurrogate(_) => Err(Fault::new(Rule::PhoneSyntax)),
        Value::Bool | Value::Array | Value::Object => Err(Fault::new(Rule::PhoneType)),
    };
    match settled {
        Ok(settled) => Ok(Some(settled.phone.digits().to_owned())),
        Err(fault) => Err(Refusal::of(KnownField::Phone.name(), fault)),
    }
}

/// The text of the zone, where there is one.
fn zone_of(json: &str) -> Result<Option<String>, Refusal> {
    let hours = |number: &str| {
        let hours = number.parse().ok();
        let zone = hours.map_or_else(|| Err(Fault::new(Rule::ZoneType)), Zone::from_hours);
        zone.map(|zone| zone.normalized().to_string())
    };
    let zone = match Value::of(json) {
        Value::Null => return Ok(None),
        Value::Text(text) if text.trim().is_empty() => return Ok(None),
        Value::Text(text) => Ok(text.into_owned()),
        Value::Number(number) => hours(number),
        Value::LoneSurrogate(_) => Err(Fault::new(Rule::ZoneSyntax)),
        Value::Bool | Value::Array | Value::Object => Err(Fault::new(Rule::ZoneType)),
    };
    zone.map(Some)
        .map_err(|fault| Refusal::of(KnownField::GmtZone.name(), fault))
}

/// The zone as it is sent: itself where it is valid, else repaired.
fn settled<'r, E: From<Refusal>>(
    text: String,
    regions: impl FnOnce() -> Result<&'r Regions, E>,
) -> Result<String, E> {
    if Zone::parse_offset(&text).is_some() {
        return Ok(text);
    }
    let regions = regions()?;
    if Zone::recognize(&text, regions).is_some() {
        return Ok(text);
    }
    match Zone::repair(&text, regions) {
        Ok(zone) => Ok(zone.normalized().to_string()),
        Err(fault) => Err(Refusal::of(KnownField::GmtZone.name(), fault).into()),
    }
}

/// The keys of the payload, whose values are strings.
fn payload_of(json: &str, token: &str) -> Result<Vec<(String, String)>, Refusal> {
    match Value::of(json) {
        Value::Null => return Ok(Vec::new()),
        Value::Object => {}
        _ => {
            let fault = Fault::new(Rule::PayloadType);
            return Err(Refusal::of(KnownField::Payload.name(), fault));
        }
    }
    let payload = KnownField::Payload.name();
    let broken = |error: serde_json::Error| {
        Refusal::of(
            payload,
            Fault::new(Rule::JobSyntax).because(format!("no JSON: {error}")),
        )
    };
    let Members(members) = serde_json::from_str(json).map_err(broken)?;
    each_once(&members, |name| Some(of_payload(name, token)))?;
    members
        .into_iter()
        .map(|(name, value)| match carried(&name, value) {
            Ok(text) => Ok((name.into_owned(), text)),
            Err(detail) => {
                let fault = Fault::new(Rule::ShortFormField).because(detail);
                Err(Refusal::of(of_payload(&name, token), fault))
            }
        })
        .collect()
}

/// The value of a key of the payload, or why the short form has no place for it.
fn carried(name: &str, json: &str) -> Result<String, &'static str> {
    if name.is_empty() {
        return Err("a key of the payload is empty, and a parameter has a name");
    }
    if is_own(name) {
        return Err("the short form has a parameter of this name that is no part of the payload");
    }
    match Value::of(json) {
        Value::Text(text) => Ok(text.into_owned()),
        Value::Null => Err("null is no string"),
        Value::Bool => Err("a boolean is no string"),
        Value::Number(_) => Err("a number is no string"),
        Value::LoneSurrogate(_) => Err("half of a surrogate pair is no character"),
        Value::Array => Err("an array is no string"),
        Value::Object => Err("an object is no string"),
    }
}

/// Policy is for addPhones, unless it says nothing.
fn no_policy(field: KnownField, json: &str) -> Result<(), Refusal> {
    let is_empty = |Members(members): Members<'_>| members.is_empty();
    let absent = match Value::of(json) {
        Value::Null => true,
        Value::Object if field == KnownField::AllowedTime => {
            serde_json::from_str(json).is_ok_and(is_empty)
        }
        _ => false,
    };
    match absent {
        true => Ok(()),
        false => Err(Refusal::of(field.name(), Fault::new(Rule::ShortFormField))),
    }
}

/// A field that the service would ignore is not ignored here: it was meant to be sent.
fn unknown(name: &str, token: &str) -> Refusal {
    let mut fault = Fault::new(Rule::ShortFormField).because("the service knows no such field");
    fault.suggestion = KnownField::meant_by(name).map(|known| known.name().to_owned());
    Refusal {
        field: quoted(name, token),
        fault,
    }
}
