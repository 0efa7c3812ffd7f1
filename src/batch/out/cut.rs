//! Bodies that are cut: a body without some phones, and the two halves of a body.
//!
//! Every job that stays keeps its bytes. What is left is a body of its own, with its own SHA-256 and
//! its own key.

use std::collections::HashSet;

use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::batch::out::body::idempotence_key;
use crate::job::{self, KnownField};
use crate::json::inner;
use crate::phone::{Level, PhoneOptions};
use crate::service::body::{BETWEEN, CLOSE, OPEN};

/// A body that can be cut.
pub struct WholeContent<'b> {
    /// The name of the loading.
    pub run: &'b str,
    /// The number of the body, and the mark of the part that it is.
    pub mark: &'b str,
    /// The bytes.
    pub content: &'b [u8],
    /// The rows of its jobs in the order of the jobs, as runs of the first and the last.
    pub rows: &'b [(u64, u64)],
    /// The row and the part of each job that is a part of its row, in the order of the jobs.
    pub parts: &'b [(u64, u64)],
}

/// What is left of a body after a cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutBody {
    /// The mark of the part, which is part of the key.
    pub mark: String,
    /// The bytes.
    pub content: Vec<u8>,
    /// How many jobs it has.
    pub jobs: u64,
    /// The rows of its jobs, as runs of the first and the last.
    pub rows: Vec<(u64, u64)>,
    /// The row and the part of each job that is a part of its row.
    pub parts: Vec<(u64, u64)>,
    /// The SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
    /// The `Idempotence-Key` to send with it.
    pub idempotence_key: String,
}

/// The bytes are not a body: why, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotABody(pub String);

impl<'b> WholeContent<'b> {
    /// The digits of the phone of each job, in order; empty if a job has none that can be read.
    pub fn phones(&self) -> Result<Vec<String>, NotABody> {
        let jobs = jobs_of(self.content)?;
        Ok(jobs
            .into_iter()
            .map(|job| phone_of(job).unwrap_or_default())
            .collect())
    }

    /// The same body without the jobs of some phones, given as digits. `keep_first`: the first job of
    /// each of them stays.
    pub fn without(&self, phones: &HashSet<String>, keep_first: bool) -> Result<CutBody, NotABody> {
        let mut seen = HashSet::new();
        let stays = |_: usize, job: &str| match phone_of(job) {
            Some(phone) if phones.contains(&phone) => keep_first && seen.insert(phone),
            _ => true,
        };
        self.cut(self.mark.to_owned(), stays)
    }

    /// The two halves of the body, the first not smaller than the second; `None` if it has fewer than
    /// two jobs. Their marks differ, so their keys differ even if their bytes are equal.
    pub fn halves(&self) -> Result<Option<[CutBody; 2]>, NotABody> {
        let jobs = jobs_of(self.content)?.len();
        if jobs < 2 {
            return Ok(None);
        }
        let middle = jobs.div_ceil(2);
        let mark = |half| format!("{}.{half}", self.mark);
        let first = self.cut(mark(1), |place, _| place < middle)?;
        let second = self.cut(mark(2), |place, _| place >= middle)?;
        Ok(Some([first, second]))
    }

    /// The same body with another mark, and so with another key.
    pub fn renewed(&self, mark: String) -> Result<CutBody, NotABody> {
        self.cut(mark, |_, _| true)
    }

    fn cut(
        &self,
        mark: String,
        mut stays: impl FnMut(usize, &str) -> bool,
    ) -> Result<CutBody, NotABody> {
        let jobs = jobs_of(self.content)?;
        let mut rows = self.rows.iter().flat_map(|(first, last)| *first..=*last);
        let mut content = OPEN.to_vec();
        let (mut count, mut left) = (0, Vec::new());
        let mut parts = self.parts.iter().copied().peekable();
        let mut parts_left = Vec::new();
        for (place, job) in jobs.into_iter().enumerate() {
            let row = rows.next();
            let part = parts.next_if(|(of_row, _)| Some(*of_row) == row);
            if !stays(place, job) {
                continue;
            }
            if count > 0 {
                content.extend_from_slice(BETWEEN);
            }
            content.extend_from_slice(job.as_bytes());
            count += 1;
            parts_left.extend(part);
            match (left.last_mut(), row) {
                (Some((_, last)), Some(row)) if *last + 1 == row => *last = row,
                (_, Some(row)) => left.push((row, row)),
                (_, None) => {}
            }
        }
        content.extend_from_slice(CLOSE);
        let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(&content));
        Ok(CutBody {
            idempotence_key: idempotence_key(self.run, &sha256, &mark),
            mark,
            content,
            jobs: count,
            rows: left,
            parts: parts_left,
            sha256,
        })
    }
}

/// The text of each job.
fn jobs_of(content: &[u8]) -> Result<Vec<&str>, NotABody> {
    let jobs: Vec<&RawValue> = serde_json::from_slice(content)
        .map_err(|error| NotABody(format!("the body is not a JSON array of jobs: {error}")))?;
    Ok(jobs.into_iter().map(RawValue::get).collect())
}

/// The digits of the phone of a job.
fn phone_of(job: &str) -> Option<String> {
    let mut fields = Vec::new();
    let job = job::parse_whole(job, &mut fields).ok()?;
    let mut fields = job.fields?.iter();
    let phone = fields.find(|field| field.name.known() == Some(KnownField::Phone))?;
    let digits = inner(phone.value);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(digits.to_owned());
    }
    let options = PhoneOptions {
        level: Level::E164,
        ..PhoneOptions::default()
    };
    let read = job::read_phone(phone.value, &options)?.ok()?;
    Some(read.phone.digits().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTENT: &[u8] = br#"[{"phone": 79110000000, "payload": {"phone": "1"}},
{"phone":"79110000001"},
{ "\u0070hone":"79110000000" }]"#;

    fn whole() -> WholeContent<'static> {
        WholeContent {
            run: "r",
            mark: "3",
            content: CONTENT,
            rows: &[(4, 5), (9, 9)],
            parts: &[],
        }
    }

    #[test]
    fn jobs_that_stay_keep_their_bytes_and_rows() {
        let phones = HashSet::from(["79110000000".to_owned()]);
        let left = whole().without(&phones, false).unwrap();
        assert_eq!(left.content, br#"[{"phone":"79110000001"}]"#);
        assert_eq!((left.jobs, &*left.rows), (1, &[(5, 5)][..]));
        assert_eq!(left.idempotence_key, idempotence_key("r", &left.sha256, 3));
        let first = whole().without(&phones, true).unwrap();
        assert_eq!((first.jobs, &*first.rows), (2, &[(4, 5)][..]));
        assert!(CONTENT.starts_with(&first.content[..first.content.len() - 1]));
        let all = whole().without(&HashSet::new(), false).unwrap();
        assert_eq!(
            (&*all.content, &*all.rows),
            (CONTENT, &[(4, 5), (9, 9)][..])
        );
    }

    #[test]
    fn halves_are_the_whole_and_have_keys_of_their_own() {
        let [first, second] = whole().halves().unwrap().unwrap();
        assert_eq!((first.jobs, second.jobs), (2, 1));
        assert_eq!((&*first.mark, &*second.mark), ("3.1", "3.2"));
        assert_eq!(
            (&*first.rows, &*second.rows),
            (&[(4, 5)][..], &[(9, 9)][..])
        );
        let twice = WholeContent {
            content: b"[{},\n{}]",
            ..whole()
        };
        let [first, second] = twice.halves().unwrap().unwrap();
        assert_eq!(first.content, second.content);
        assert_ne!(first.idempotence_key, second.idempotence_key);
        let one = WholeContent {
            content: b"[{}]",
            ..whole()
        };
        assert_eq!(one.halves(), Ok(None));
    }

    #[test]
    fn what_is_not_an_array_is_not_a_body() {
        let torn = WholeContent {
            content: b"[{}",
            ..whole()
        };
        assert!(torn.phones().is_err());
        assert_eq!(whole().phones().unwrap()[1], "79110000001");
    }
}
