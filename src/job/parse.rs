//! From JSON text to the fields of a job.

use crate::json::{self, JsonError, Shapes};
use crate::service::KnownField;
use crate::{Fault, Rule};

use super::RawJob;
use super::field::{Field, MOST_FIELDS};

/// The shapes of the jobs of a list so far.
pub(crate) type JobShapes = Shapes<KnownField>;

/// A job, and the position in the text where it ends.
pub(crate) struct ParsedJob<'f> {
    pub job: RawJob<'f>,
    pub end: usize,
}

/// Reads the JSON value at the beginning of `text`, which has no white space there. `fields` is a
/// buffer for its fields.
pub(crate) fn parse<'a: 'f, 'f>(
    text: &'a str,
    fields: &'f mut Vec<Field<'a>>,
    shapes: &mut JobShapes,
) -> Result<ParsedJob<'f>, JsonError> {
    if let Some(end) = shapes.walk(text, fields) {
        let (text, fields) = (&text[..end], Some(fields.as_slice()));
        let job = RawJob { text, fields };
        return Ok(ParsedJob { job, end });
    }
    parse_and_learn(text, fields, shapes)
}

/// The same for a job on no known path; its path is then known for later jobs.
#[cold]
pub(crate) fn parse_and_learn<'a: 'f, 'f>(
    text: &'a str,
    fields: &'f mut Vec<Field<'a>>,
    shapes: &mut JobShapes,
) -> Result<ParsedJob<'f>, JsonError> {
    let parsed = parse_anew(text, fields)?;
    if parsed.job.fields.is_some() {
        shapes.learn(parsed.job.text);
    }
    Ok(parsed)
}

/// The same by serde_json alone.
fn parse_anew<'a: 'f, 'f>(
    text: &'a str,
    fields: &'f mut Vec<Field<'a>>,
) -> Result<ParsedJob<'f>, JsonError> {
    let is_object = text.starts_with('{');
    let end = match is_object {
        true => json::object(text, fields, MOST_FIELDS)?,
        false => json::value_end(text)?,
    };
    let text = &text[..end];
    let fields = is_object.then_some(fields.as_slice());
    let job = RawJob { text, fields };
    Ok(ParsedJob { job, end })
}

/// Reads a text that is one JSON value with only white space around it.
pub(crate) fn parse_whole<'a: 'f, 'f>(
    text: &'a str,
    fields: &'f mut Vec<Field<'a>>,
) -> Result<RawJob<'f>, JsonError> {
    json::whole(text, |trimmed| {
        let parsed = parse_anew(trimmed, fields)?;
        Ok((parsed.job, parsed.end))
    })
}

/// The same for one of many texts; their shapes are kept.
pub(crate) fn parse_whole_of_list<'a: 'f, 'f>(
    text: &'a str,
    fields: &'f mut Vec<Field<'a>>,
    shapes: &mut JobShapes,
) -> Result<RawJob<'f>, JsonError> {
    json::whole(text, |trimmed| {
        let parsed = parse(trimmed, fields, shapes)?;
        Ok((parsed.job, parsed.end))
    })
}

/// Reads a text that is one job, with only white space around it.
///
/// # Errors
/// What is wrong with the JSON, and at which byte; or that the job has more than [`MOST_FIELDS`]
/// fields.
///
/// ```
/// let names = |job: &predial::job::RawJob<'_>| job.fields.map_or(0, |fields| fields.len());
/// assert_eq!(predial::job::one_job(r#" {"phone": 79110000000} "#, names), Ok(1));
/// assert!(predial::job::one_job("{} {}", names).is_err());
/// ```
pub fn one_job<T>(text: &str, read: impl FnOnce(&RawJob<'_>) -> T) -> Result<T, String> {
    let mut fields = Vec::new();
    match parse_whole(text, &mut fields) {
        Ok(job) if job.fields.is_some_and(|fields| fields.len() > MOST_FIELDS) => {
            Err(format!("more than {MOST_FIELDS} fields"))
        }
        Ok(job) => Ok(read(&job)),
        Err(broken) => Err(format!("{} (byte {})", broken.message, broken.at)),
    }
}

/// The fault of a job that is not JSON.
pub(crate) fn syntax_fault(text: &str, broken: JsonError) -> Fault {
    let before = text.get(..broken.at).unwrap_or(text);
    let character = before.chars().count();
    Fault::new(Rule::JobSyntax).at(character).because(format!(
        "not JSON at character {character}: {}",
        broken.message
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Values and names that are difficult for a walk, and spaces between them.
    const SCALARS: &[&str] = &[
        "79123456789",
        "-0",
        "0",
        "-1.5e+10",
        "1E5",
        "0.25",
        "true",
        "false",
        "null",
        r#""""#,
        r#""79123456789""#,
        r#""a\"b\\""#,
        r#""\u0410\ud800""#,
        r#""\u041""#,
        r#""Анна, {\"x\": [1]}""#,
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "tru",
        "\"a\u{1}b\"",
        r#""\x""#,
        "\"open",
        "NaN",
        "",
        "1234567890123456789012345678901234567890",
        "\"a long text, longer than a step or two of any loop\"",
    ];
    const NAMES: &[&str] = &[
        r#""phone""#,
        r#""gmtZone""#,
        r#""payload""#,
        r#""Phone""#,
        r#""имя""#,
        r#""a b""#,
        r#""\u0061""#,
        r#""a name that is longer than the texts that are compared at once""#,
        "\"a\u{1}\"",
        "x",
    ];
    const SPACES: &[&str] = &["", " ", "\n  ", "\t", "\r\n", "\u{c}"];

    fn value() -> impl Strategy<Value = String> {
        let scalar = prop::sample::select(SCALARS).prop_map(str::to_owned);
        scalar.prop_recursive(3, 12, 3, |inner| {
            let space = || prop::sample::select(SPACES);
            let array = (prop::collection::vec(inner.clone(), 0..3), space())
                .prop_map(|(values, space)| format!("[{space}{}{space}]", values.join(",")));
            prop_oneof![array, object(inner)]
        })
    }

    fn object(value: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = String> {
        let space = || prop::sample::select(SPACES);
        let member = (prop::sample::select(NAMES), space(), value)
            .prop_map(|(name, space, value)| format!("{name}:{space}{value}"));
        (prop::collection::vec(member, 0..4), space(), space()).prop_map(
            |(members, before, after)| {
                format!("{{{before}{}{after}}}", members.join(&format!(",{before}")))
            },
        )
    }

    fn fields_of<'a>(text: &'a str) -> Result<(usize, Vec<Field<'a>>), String> {
        let mut fields = Vec::new();
        match parse_anew(text, &mut fields) {
            Ok(parsed) => Ok((parsed.end, fields)),
            Err(broken) => Err(broken.message),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// The walk gives the same result as serde_json, whatever shapes are known.
        #[test]
        fn a_walk_gives_the_result_of_serde_json(
            jobs in prop::collection::vec((object(value()), "[ ,}\\]x]{0,3}"), 1..6),
            spoilt in prop::collection::vec((any::<prop::sample::Index>(), "[\"\\\\{}, 0a\u{1}]"), 0..6),
        ) {
            let mut shapes = Shapes::default();
            let mut texts: Vec<String> =
                jobs.iter().map(|(job, after)| format!("{job}{after}")).collect();
            for text in &texts {
                let _ = parse(text, &mut Vec::new(), &mut shapes);
            }
            for ((at, byte), text) in spoilt.iter().zip(texts.clone()) {
                let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
                let (before, after) = text.split_at(places[at.index(places.len())]);
                let rest: String = after.chars().skip(1).collect();
                texts.push(format!("{before}{byte}{rest}"));
                texts.push(before.to_owned());
            }
            for text in texts.iter().filter(|text| !text.starts_with([' ', '\n', '\t', '\r'])) {
                let mut walked = Vec::new();
                let end = shapes.walk(text, &mut walked);
                match (fields_of(text), end) {
                    (Ok((end, fields)), Some(walked_end)) => {
                        prop_assert_eq!(walked_end, end);
                        prop_assert_eq!(walked, fields);
                    }
                    (Err(why), Some(_)) => prop_assert!(false, "walked over {:?}: {}", text, why),
                    (_, None) => {}
                }
            }
        }
    }

    #[test]
    fn a_job_like_one_before_is_walked_over() {
        let mut shapes = Shapes::default();
        let first = r#"{"phone": 79123456789, "payload": {"name": "Anna", "tags": [1, []]}}"#;
        let second = r#"{"phone": "7", "payload": {"name": "\u0410\"", "tags": [-1.5e3, []]}} "#;
        assert_eq!(shapes.walk(first, &mut Vec::new()), None);
        assert!(parse(first, &mut Vec::new(), &mut shapes).is_ok());
        let mut fields = Vec::new();
        assert_eq!(shapes.walk(second, &mut fields), Some(second.len() - 1));
        assert_eq!(Ok((second.len() - 1, fields)), fields_of(second));
    }

    #[test]
    fn every_value_on_a_known_path_is_checked() {
        let mut shapes = Shapes::default();
        let job = |value: &str| format!(r#"{{"phone": {value}, "payload": [{value}]}} "#);
        assert!(parse(&job("1"), &mut Vec::new(), &mut shapes).is_ok());
        for text in SCALARS.iter().map(|value| job(value)) {
            let mut fields = Vec::new();
            match shapes.walk(&text, &mut fields) {
                Some(end) => assert_eq!(fields_of(&text), Ok((end, fields)), "{text}"),
                None => assert!(fields_of(&text).is_err(), "{text}"),
            }
        }
    }
}
