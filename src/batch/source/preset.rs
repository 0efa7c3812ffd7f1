//! Fields with one value for the whole list. A job that lacks one gets it before it is judged, so
//! it is checked, sent and, if need be, rejected with it.

use std::io;

use serde_json::value::RawValue;

use crate::batch::source::limit::has_spare_memory;
use crate::batch::source::row::{OnRow, Row, RowContent, Taken};
use crate::batch::source::table::field_of_name;
use crate::job::{self, Edit, Field, Finding, JobContext, KnownField, Name, RawJob};
use crate::{Rule, Severity};

/// The fields, each with its value as JSON, in the order of the API document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListDefaults {
    fields: Vec<(KnownField, String)>,
}

impl ListDefaults {
    /// Sets a field to a value, given as JSON text; `null` removes the field. Fails, in words, if a
    /// list can't have one value for the field.
    ///
    /// ```
    /// use predial::batch::ListDefaults;
    /// let mut preset = ListDefaults::default();
    /// preset.set("maxAttempts", "3")?;
    /// assert!(preset.set("maxatempts", "3").unwrap_err().contains("maxAttempts"));
    /// assert!(preset.set("phone", "79110000000").is_err());
    /// # Ok::<(), String>(())
    /// ```
    pub fn set(&mut self, name: &str, json: &str) -> Result<(), String> {
        let field = field_of_name(name)?;
        if matches!(field, KnownField::Phone | KnownField::Payload) {
            return Err(format!(
                "{name} is each job's own, and can't be set for a list"
            ));
        }
        let value: &RawValue = serde_json::from_str(json)
            .map_err(|error| format!("the value of {name} is not JSON: {error}"))?;
        let value = value.get().trim();
        self.fields.retain(|(other, _)| *other != field);
        if value != "null" {
            self.fields.push((field, value.to_owned()));
            self.fields.sort_by_key(|(field, _)| *field as u8);
        }
        Ok(())
    }

    /// The fields as a job with them would be sent. Fails, in words, if no job can have them. A
    /// finding that depends on a job's own fields does not count against the list.
    pub(in crate::batch) fn resolved(
        &self,
        options: &job::JobOptions,
        clock: &JobContext<'_>,
    ) -> Result<ListDefaults, String> {
        const PHONE: &str = "\"+12015550123\"";
        let phone = [(KnownField::Phone, PHONE.to_owned())];
        let mut text = String::from("{");
        let mut places = Vec::new();
        for (field, value) in phone.iter().chain(&self.fields) {
            text.push_str(&format!("\"{}\":", field.name()));
            places.push((*field, text.len()..text.len() + value.len()));
            text.push_str(value);
            text.push(',');
        }
        text.pop();
        text.push('}');
        let fields: Vec<Field<'_>> = places
            .iter()
            .map(|(field, place)| Field {
                name: Name::Known(*field),
                value: &text[place.clone()],
                at: place.start,
            })
            .collect();
        let job = RawJob {
            text: &text,
            fields: Some(&fields),
        };
        let verdict = job::check(&job, options, clock);
        if let Some(finding) = verdict.findings.iter().find(|finding| is_of_list(finding)) {
            let field = finding.field.as_deref().unwrap_or_default();
            let message = finding.message();
            return Err(format!("{field} can't be set so for a list: {message}"));
        }
        let resolved = places[1..].iter().map(|(field, place)| {
            let inside = |edit: &&Edit| place.contains(&edit.range.start);
            let within = |edit: &Edit| Edit {
                range: edit.range.start - place.start..edit.range.end - place.start,
                json: edit.json.clone(),
            };
            let edits: Vec<Edit> = verdict.edits.iter().filter(inside).map(within).collect();
            let mut value = Vec::new();
            job::rewritten(text[place.clone()].as_bytes(), &edits, &mut value);
            (*field, String::from_utf8_lossy(&value).into_owned())
        });
        Ok(ListDefaults {
            fields: resolved.collect(),
        })
    }

    /// The fields and their values.
    pub fn fields(&self) -> &[(KnownField, String)] {
        &self.fields
    }

    /// The fields that a job with these own fields lacks.
    fn missing_from(&self, own: &[Field<'_>]) -> Vec<Missing<'_>> {
        let missing = self.fields.iter().filter_map(|(field, value)| {
            let name = Name::Known(*field);
            let mut named = own.iter().enumerate().filter(|(_, own)| own.name == name);
            let first = named.clone().next().map(|(index, _)| index);
            let is_missing = named.all(|(_, own)| job::is_absent(*field, own.value));
            is_missing.then_some(Missing {
                field: *field,
                value,
                first,
            })
        });
        missing.collect()
    }
}

impl Missing<'_> {
    /// How many bytes it takes in a job, with its name.
    fn length(&self) -> usize {
        self.field.name().len() + self.value.len() + ",\"\":".len()
    }
}

/// A field of the list that a job does not have.
struct Missing<'p> {
    field: KnownField,
    value: &'p str,
    /// The first field of that name in the job, if its value counts as absent.
    first: Option<usize>,
}

/// Longer jobs are rare.
const LONG: usize = 1 << 20;

/// Adds the fields of a list to its jobs, one job at a time, in a buffer that is reused.
pub(in crate::batch) struct DefaultsWriter<'p> {
    preset: &'p ListDefaults,
    text: String,
    /// Empty between two jobs.
    fields: Vec<Field<'static>>,
}

impl<'p> DefaultsWriter<'p> {
    pub fn new(preset: &'p ListDefaults) -> Self {
        DefaultsWriter {
            preset,
            text: String::new(),
            fields: Vec::new(),
        }
    }

    /// Hands a row on after adding the fields that its job lacks. A field that is null and a blank
    /// gmtZone count as absent, so the value of the list replaces them.
    pub fn hand_on(&mut self, row: Row<'_>, on_row: &mut OnRow<'_>) -> Taken {
        let RowContent::Job(RawJob {
            text,
            fields: Some(own),
        }) = row.content
        else {
            return on_row(row);
        };
        let missing = self.preset.missing_from(own);
        if missing.is_empty() {
            return on_row(row);
        }
        self.text.clear();
        let more: usize = missing.iter().map(Missing::length).sum();
        if self.text.capacity() < text.len() + more {
            // Doubling the buffer for a long text would waste half of it.
            let reserved = self.text.try_reserve_exact(text.len() + more);
            if reserved.is_err() || (text.len() > LONG && !has_spare_memory()) {
                return Err(io::Error::from(io::ErrorKind::OutOfMemory).into());
            }
        }
        let replaced = missing.iter().filter_map(|missing| {
            let index = missing.first?;
            Some((index, missing.value))
        });
        let mut replaced: Vec<(usize, &str)> = replaced.collect();
        replaced.sort_unstable();
        // If the value of the list replaces an own value, all that follows it moves.
        let mut from = 0;
        for (index, value) in &replaced {
            let field = &own[*index];
            self.text.push_str(&text[from..field.at]);
            self.text.push_str(value);
            from = field.at + field.value.len();
        }
        let closed = text.strip_suffix('}').unwrap_or(text);
        self.text.push_str(&closed[from..]);
        let mut added = Vec::new();
        for missing in missing.iter().filter(|missing| missing.first.is_none()) {
            let (field, value) = (missing.field, missing.value);
            let comma = if own.is_empty() && added.is_empty() {
                ""
            } else {
                ","
            };
            let before = format!("{comma}\"{}\":", field.name());
            self.text.push_str(&before);
            added.push((field, self.text.len(), value.len()));
            self.text.push_str(value);
        }
        self.text.push('}');
        let text = self.text.as_str();
        let mut fields = Field::recycled(std::mem::take(&mut self.fields));
        let mut replaced = replaced.into_iter().peekable();
        let mut shift = 0;
        for (index, field) in own.iter().enumerate() {
            let at = field.at.wrapping_add_signed(shift);
            let length = match replaced.next_if(|(moved, _)| *moved == index) {
                Some((_, value)) => {
                    shift += value.len() as isize - field.value.len() as isize;
                    value.len()
                }
                None => field.value.len(),
            };
            fields.push(Field {
                name: borrowed(&field.name),
                value: &text[at..at + length],
                at,
            });
        }
        fields.extend(added.into_iter().map(|(field, at, length)| Field {
            name: Name::Known(field),
            value: &text[at..at + length],
            at,
        }));
        let taken = on_row(Row {
            offset: row.offset,
            first: row.first.clone(),
            country: row.country,
            content: RowContent::Completed(RawJob {
                text,
                fields: Some(&fields),
            }),
        });
        self.fields = Field::recycled(fields);
        taken
    }

    /// The text of the last job that was completed.
    pub fn text(&mut self) -> &mut String {
        &mut self.text
    }
}

/// Whether a finding about a job shows that no job of the list can have its fields.
fn is_of_list(finding: &Finding) -> bool {
    let of_a_job = [
        Rule::PolicyNeverRings,
        Rule::PolicyWindowIncomplete,
        Rule::PolicyDateOrder,
    ];
    finding.severity == Severity::Error
        && finding.field.as_deref() != Some(KnownField::Phone.name())
        && !of_a_job.contains(&finding.fault.rule)
}

fn borrowed<'n>(name: &'n Name<'_>) -> Name<'n> {
    match name {
        Name::Known(known) => Name::Known(*known),
        Name::Unknown(bytes) => Name::Unknown(bytes.as_ref().into()),
    }
}
