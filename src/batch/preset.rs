//! Fields that hold for the whole list: each job that lacks one gets it before it is judged, so
//! that it is checked, sent and, if need be, rejected with it.

use serde_json::value::RawValue;

use super::source::{Content, Halt, OnRow, Row};
use super::table::field_of_name;
use crate::job::{Field, KnownField, Name, RawJob};

/// The fields, each with its value as JSON, in the order of the API document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preset {
    fields: Vec<(KnownField, String)>,
}

impl Preset {
    /// Sets a field to a value, given as JSON text; `null` sets nothing. Fails, in words, where
    /// no list has one value for it.
    ///
    /// ```
    /// use predial::batch::Preset;
    /// let mut preset = Preset::default();
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
            .map_err(|error| format!("the value of {name} is no JSON: {error}"))?;
        let value = value.get().trim();
        self.fields.retain(|(other, _)| *other != field);
        if value != "null" {
            self.fields.push((field, value.to_owned()));
            self.fields.sort_by_key(|(field, _)| *field as u8);
        }
        Ok(())
    }

    /// The fields and their values.
    pub fn fields(&self) -> &[(KnownField, String)] {
        &self.fields
    }
}

/// Sets the fields of a list in its jobs, one at a time and all in the same room.
pub(super) struct Setter<'p> {
    preset: &'p Preset,
    text: String,
    /// Empty between two jobs.
    fields: Vec<Field<'static>>,
}

impl<'p> Setter<'p> {
    pub fn new(preset: &'p Preset) -> Self {
        Setter {
            preset,
            text: String::new(),
            fields: Vec::new(),
        }
    }

    /// Hands a row on, its job with the fields that it lacks. A field that is null, or an empty
    /// gmtZone, is absent, and takes the list's value in its place.
    pub fn hand_on(&mut self, row: Row<'_>, on_row: &mut OnRow<'_>) -> Result<(), Halt> {
        let Content::Job(RawJob {
            text,
            fields: Some(own),
        }) = row.content
        else {
            return on_row(row);
        };
        let lacks = |field: KnownField| {
            let mut named = own.iter().filter(|own| own.name == Name::Known(field));
            named.all(|own| is_absent(field, own.value))
        };
        let preset = self.preset.fields.iter();
        if !preset.clone().any(|(field, _)| lacks(*field)) {
            return on_row(row);
        }
        self.text.clear();
        // Where the list's value takes the place of an own one, all behind it moves.
        let mut from = 0;
        let mut moved = Vec::new();
        for (index, field) in own.iter().enumerate() {
            let of_list = preset
                .clone()
                .find(|(known, _)| field.name == Name::Known(*known) && lacks(*known));
            let is_first = |index: usize| own[..index].iter().all(|other| other.name != field.name);
            if let Some((_, value)) = of_list.filter(|_| is_first(index)) {
                self.text.push_str(&text[from..field.at]);
                self.text.push_str(value);
                from = field.at + field.value.len();
                moved.push((index, value.len()));
            }
        }
        let closed = text.strip_suffix('}').unwrap_or(text);
        self.text.push_str(&closed[from..]);
        let mut added = Vec::new();
        for (field, value) in preset {
            if own.iter().any(|own| own.name == Name::Known(*field)) {
                continue;
            }
            let comma = if own.is_empty() && added.is_empty() {
                ""
            } else {
                ","
            };
            let before = format!("{comma}\"{}\":", field.name());
            self.text.push_str(&before);
            added.push((*field, self.text.len(), value.len()));
            self.text.push_str(value);
        }
        self.text.push('}');
        let text = self.text.as_str();
        let mut fields = Field::recycled(std::mem::take(&mut self.fields));
        let mut replaced = moved.into_iter().peekable();
        let mut shift = 0;
        for (index, field) in own.iter().enumerate() {
            let at = field.at.wrapping_add_signed(shift);
            let length = match replaced.next_if(|(moved, _)| *moved == index) {
                Some((_, length)) => {
                    shift += length as isize - field.value.len() as isize;
                    length
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
            content: Content::Job(RawJob {
                text,
                fields: Some(&fields),
            }),
        });
        self.fields = Field::recycled(fields);
        taken
    }
}

fn borrowed<'n>(name: &'n Name<'_>) -> Name<'n> {
    match name {
        Name::Known(known) => Name::Known(*known),
        Name::Unknown(bytes) => Name::Unknown(bytes.as_ref().into()),
    }
}

fn is_absent(field: KnownField, value: &str) -> bool {
    value == "null" || (field == KnownField::GmtZone && value == "\"\"")
}
