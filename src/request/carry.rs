//! From a job's JSON to the short form: the whole job, or a refusal.

use std::borrow::Cow;
use std::collections::HashSet;

use super::read::is_own;
use super::{Job, RequestRefusal};
use crate::job::{
    self, Field, LONE_SURROGATE, MOST_FIELDS, Name, ReadZone, ZoneValue, nearness, zones_of_phone,
};
use crate::json::{self, KnownName, Member, PlainMember, Value};
use crate::phone::{self, Phone};
use crate::service::KnownField;
use crate::zone::{RegionsAt, Zone};
use crate::{Fault, Rule};

impl Job {
    /// Reads the JSON of one job. The phone becomes its digits, and a gmtZone that [`Zone::repair`]
    /// knows is repaired, so that both are what [`crate::job::check`] would send. `regions` is
    /// called only if the zone may be an ID.
    ///
    /// ```
    /// use predial::request::{Job, RequestRefusal};
    /// use predial::{Rule, zone::Regions};
    /// let regions = Regions::new([]);
    /// let read = |json| Job::from_json::<RequestRefusal>(json, "", || Ok(regions.at(1_800_000_000)));
    /// let job = read(r#"{"phone": 79110000000, "payload": {"name": "Alex"}}"#)?;
    /// assert_eq!(job.phone, "79110000000");
    /// let refusal = read(r#"{"phone": 79110000000, "maxAttempts": 3}"#).unwrap_err();
    /// assert_eq!(refusal.fault.rule, Rule::ShortFormField);
    /// assert_eq!(refusal.field.as_deref(), Some("maxAttempts"));
    /// # Ok::<(), RequestRefusal>(())
    /// ```
    ///
    /// # Errors
    /// `job-*` for a text that is not a JSON object, or has a field twice; `phone-*` and `zone-*`
    /// for values that the service would refuse; `short-form-field` for values that the short form
    /// can't contain. The error of `regions`.
    pub fn from_json<'r, E: From<RequestRefusal>>(
        json: &str,
        token: &str,
        regions: impl FnOnce() -> Result<RegionsAt<'r>, E>,
    ) -> Result<Job, E> {
        let mut fields = Vec::new();
        let mut phone = None;
        let mut zone = None;
        let mut payload = Vec::new();
        for field in fields_of(json, &mut fields, token)? {
            match field.name {
                Name::Known(KnownField::Phone) => phone = phone_of(field.value)?,
                Name::Known(KnownField::GmtZone) => zone = zone_of(field.value)?,
                Name::Known(KnownField::Payload) => payload = payload_of(field.value, token)?,
                Name::Known(policy) => no_policy(policy, field.value)?,
                Name::Unknown(_) => return Err(unknown(&field.name.text(), token).into()),
            }
        }
        let missing =
            || RequestRefusal::of(KnownField::Phone.name(), Fault::new(Rule::PhoneMissing));
        let phone = phone.ok_or_else(missing)?;
        let zone = zone.map(|zone| zone.sent(&phone, regions));
        Ok(Job {
            phone: phone.digits().to_owned(),
            gmt_zone: zone.transpose()?,
            payload,
        })
    }
}

/// The name of a field as a refusal may quote it, cut if it is long; `None` if it contains the
/// token.
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

/// The name of a payload key in a refusal.
pub(super) fn of_payload(name: &str, token: &str) -> String {
    let payload = KnownField::Payload.name();
    match quoted(name, token) {
        Some(name) if !name.is_empty() => format!("{payload}.{name}"),
        _ => payload.to_owned(),
    }
}

/// The fields of a job, each once.
fn fields_of<'f, 'j: 'f>(
    json: &'j str,
    fields: &'f mut Vec<Field<'j>>,
    token: &str,
) -> Result<&'f [Field<'f>], RequestRefusal> {
    let job = job::parse_whole(json, fields)
        .map_err(|broken| RequestRefusal::whole(job::syntax_fault(json, broken)))?;
    let Some(fields) = job.fields else {
        return Err(RequestRefusal::whole(job::not_an_object(job.text)));
    };
    if fields.len() > MOST_FIELDS {
        return Err(RequestRefusal::whole(job::too_many_fields()));
    }
    each_once(fields, |name| quoted(name, token))?;
    Ok(fields)
}

fn each_once<K: KnownName>(
    members: &[Member<'_, K>],
    shown: impl Fn(&str) -> Option<String>,
) -> Result<(), RequestRefusal> {
    let mut names = HashSet::with_capacity(members.len());
    match members.iter().find(|member| !names.insert(&member.name)) {
        Some(member) => Err(RequestRefusal {
            field: shown(&member.name.text()),
            fault: Fault::new(Rule::JobDuplicateKey),
        }),
        None => Ok(()),
    }
}

/// The phone.
fn phone_of(json: &str) -> Result<Option<Phone>, RequestRefusal> {
    match job::read_phone(json, &phone::PhoneOptions::default()) {
        None => Ok(None),
        Some(Ok(resolved)) => Ok(Some(resolved.phone)),
        Some(Err(fault)) => Err(RequestRefusal::of(KnownField::Phone.name(), fault)),
    }
}

/// The zone of a job that has one.
enum GivenZone<'j> {
    Text(Cow<'j, str>),
    Offset(Zone<'static>),
    /// A number that is not one of whole hours in use.
    Number(&'j str),
}

fn zone_of(json: &str) -> Result<Option<GivenZone<'_>>, RequestRefusal> {
    match ZoneValue::of(json) {
        ZoneValue::Absent | ZoneValue::Blank => Ok(None),
        ZoneValue::Text(text) => Ok(Some(GivenZone::Text(text))),
        ZoneValue::Hours(zone, _) => Ok(Some(GivenZone::Offset(zone))),
        ZoneValue::Number(number) => Ok(Some(GivenZone::Number(number))),
        ZoneValue::Refused(fault) => Err(RequestRefusal::of(KnownField::GmtZone.name(), fault)),
    }
}

impl GivenZone<'_> {
    /// The zone to send: a valid text unchanged, otherwise repaired. Regions are loaded only if the
    /// text is not an offset.
    fn sent<'r, E: From<RequestRefusal>>(
        self,
        phone: &Phone,
        regions: impl FnOnce() -> Result<RegionsAt<'r>, E>,
    ) -> Result<String, E> {
        let (text, is_number) = match self {
            GivenZone::Offset(zone) => return Ok(zone.normalized().to_string()),
            GivenZone::Number(number) => (Cow::Borrowed(number), true),
            GivenZone::Text(text) => (text, false),
        };
        if !is_number && Zone::parse_offset(&text).is_some() {
            return Ok(text.into_owned());
        }
        let at = regions()?;
        let read = match is_number {
            true => ReadZone::of_number(&text, at),
            false => ReadZone::of(&text, at),
        };
        match read {
            ReadZone::Zone(_) => Ok(text.into_owned()),
            ReadZone::Meant(zone, _) => Ok(zone.normalized().to_string()),
            ReadZone::Refused(refused) => {
                let near = zones_of_phone(phone, at);
                let nearness = |zone: Zone<'_>| nearness((phone, &near), zone, at);
                let fault = refused.suggesting(&text, refused.meant(&text, at, nearness));
                Err(RequestRefusal::of(KnownField::GmtZone.name(), fault).into())
            }
        }
    }
}

/// The keys of the payload, whose values are strings.
fn payload_of(json: &str, token: &str) -> Result<Vec<(String, String)>, RequestRefusal> {
    match Value::of(json) {
        Value::Null => return Ok(Vec::new()),
        Value::Object => {}
        _ => {
            let fault = Fault::new(Rule::PayloadType);
            return Err(RequestRefusal::of(KnownField::Payload.name(), fault));
        }
    }
    let members = json::members(json);
    each_once(&members, |name| Some(of_payload(name, token)))?;
    let carried = |member: &PlainMember<'_>| {
        carried(member).map_err(|detail| {
            let fault = Fault::new(Rule::ShortFormField).because(detail);
            RequestRefusal::of(of_payload(&member.name.text(), token), fault)
        })
    };
    members.iter().map(carried).collect()
}

/// A payload key and its value, or the reason why the short form can't contain them.
fn carried(member: &PlainMember<'_>) -> Result<(String, String), &'static str> {
    let name = member.name.whole_text().ok_or(LONE_SURROGATE)?;
    if name.is_empty() {
        return Err("a key of the payload is empty, and a parameter must have a name");
    }
    if is_own(name) {
        return Err(
            "the short form has a parameter of this name, which is not part of the payload",
        );
    }
    match Value::of(member.value) {
        Value::Text(text) => Ok((name.to_owned(), text.into_owned())),
        Value::Null => Err("null is not a string"),
        Value::Bool => Err("a boolean is not a string"),
        Value::Number(_) => Err("a number is not a string"),
        Value::LoneSurrogate(_) => Err(LONE_SURROGATE),
        Value::Array => Err("an array is not a string"),
        Value::Object => Err("an object is not a string"),
    }
}

/// A policy needs addPhones, unless it is empty.
fn no_policy(field: KnownField, json: &str) -> Result<(), RequestRefusal> {
    match job::is_absent(field, json) {
        true => Ok(()),
        false => Err(RequestRefusal::of(
            field.name(),
            Fault::new(Rule::ShortFormField),
        )),
    }
}

/// The service would ignore an unknown field. It is refused here, because somebody meant to send
/// it.
fn unknown(name: &str, token: &str) -> RequestRefusal {
    let mut fault =
        Fault::new(Rule::ShortFormField).because("the service does not know this field");
    fault.suggestion = KnownField::meant_by(name).map(|known| known.name().to_owned());
    RequestRefusal {
        field: quoted(name, token),
        fault,
    }
}
