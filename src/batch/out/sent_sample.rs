//! The phones of the first jobs that can be sent: what an option would change about them counts against it.

use crate::job::{self, Field, KnownField};
use crate::phone::plan::Region;
use crate::phone::{self, DialledTexts, PhoneOptions};

/// So many jobs are sampled.
const JOBS: usize = 200;
/// A longer job is passed over.
const LONGEST: usize = 1 << 12;

/// The texts of the first jobs that can be sent.
#[derive(Clone, Debug, Default)]
pub(super) struct SentSample {
    text: Vec<u8>,
    /// Where each text ends.
    ends: Vec<usize>,
}

impl SentSample {
    /// Takes the texts of jobs, or the digits of their phones, as long as there is room.
    pub fn add<'t>(&mut self, jobs: impl Iterator<Item = &'t [u8]>) {
        let room = JOBS - self.ends.len();
        for text in jobs.take(room).filter(|text| text.len() <= LONGEST) {
            self.text.extend_from_slice(text);
            self.ends.push(self.text.len());
        }
    }

    /// The phones of the jobs.
    pub fn phones(&self) -> SentPhones {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let texts = starts
            .zip(&self.ends)
            .map(|(start, end)| &self.text[start..*end]);
        let texts: Vec<String> = texts.filter_map(phone_in).collect();
        SentPhones {
            dialled: DialledTexts::of(texts.iter()),
            texts,
        }
    }
}

/// The phone in the text of a job, which may be its digits alone.
fn phone_in(text: &[u8]) -> Option<String> {
    let text = str::from_utf8(text).ok()?;
    let mut fields = Vec::new();
    let Some(found) = job::parse_whole(text, &mut fields)
        .ok()
        .and_then(|job| job.fields)
    else {
        return Some(text.to_owned());
    };
    let is_phone = |field: &&Field<'_>| field.name.known() == Some(KnownField::Phone);
    let field = found.iter().rfind(is_phone)?;
    Some(job::shown(field.value))
}

/// The phones of sampled jobs.
pub(super) struct SentPhones {
    texts: Vec<String>,
    dialled: DialledTexts,
}

impl SentPhones {
    /// How many of so many jobs would not be sent with these options.
    pub fn lost(&self, options: &PhoneOptions, jobs: u64) -> u64 {
        let sampled = self.texts.len() as u64;
        let kept = self.dialled.phones(options) as u64;
        let lost = sampled.saturating_sub(kept);
        (u128::from(jobs) * u128::from(lost)).div_ceil(u128::from(sampled.max(1))) as u64
    }

    /// How many of the phones are international numbers of a region.
    pub fn of_region(&self, options: &PhoneOptions, region: Region) -> usize {
        let is_of = |text: &&String| {
            let resolved = phone::resolve(text, options);
            resolved.is_ok_and(|resolved| resolved.phone.region() == Some(region))
        };
        self.texts.iter().filter(is_of).count()
    }
}
