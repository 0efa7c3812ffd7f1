//! Short forms: a job that was read can be written, and is the same when read again.

use predial::request::{Address, Form, Job};

use crate::world::{NOW, regions};

/// The first byte selects what the rest is: a URL, the body of a form, a query, or a job in JSON.
pub fn run(data: &[u8]) -> Option<()> {
    let (control, text) = data.split_first()?;
    let text = str::from_utf8(text).ok()?;
    let job = match control & 0b11 {
        0 => Job::from_url(text).map(|read| read.job),
        1 => Job::from_form(text).map(|read| read.job),
        2 => Job::from_url(&format!("{ADDRESS}{text}")).map(|read| read.job),
        _ => Job::from_json(text, TOKEN, || {
            Ok::<_, predial::request::RequestRefusal>(regions().at(NOW))
        }),
    };
    match job {
        Ok(job) => {
            let query = match control & 0b11 {
                0 => text.split_once('?').map(|(_, query)| query),
                1 | 2 => Some(text),
                _ => None,
            };
            if let Some(query) = query {
                assert_eq!(job.payload, payload(query));
            }
            assert_reads_back(&job);
        }
        Err(refusal) => {
            let message = refusal.message();
            assert!(control & 0b11 < 2 || !message.contains(TOKEN), "{message}");
        }
    }
    Some(())
}

const TOKEN: &str = "8231.7056.1b131df1";
const ADDRESS: &str = "https://app.jaicp.com/api/calls/campaign/8231.7056.1b131df1/addPhone?";

fn assert_reads_back(job: &Job) {
    let form = Job::from_form(&job.to_form()).expect("it was written");
    assert_eq!(form.job, *job);
    for form in Form::ALL {
        let address = Address::new("https://app.jaicp.com", TOKEN, form);
        let address = address.expect("it is an address");
        match job.to_url(&address, Some("a key")) {
            Ok(url) => {
                let read = Job::from_url(&url).expect("it was written");
                assert_eq!(read.job, *job);
            }
            Err(refusal) => assert!(!refusal.message().contains(TOKEN)),
        }
    }
}

/// The parameters of a query that go into payload, decoded one character at a time.
fn payload(query: &str) -> Vec<(String, String)> {
    let parameters = query.split('&').filter(|parameter| !parameter.is_empty());
    let decoded = parameters.map(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        (decoded(name), decoded(value))
    });
    let own = ["phone", "gmtZone", "Idempotence-Key"];
    decoded
        .filter(|(name, _)| !own.contains(&name.as_str()))
        .collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let (digits, after) = rest.split_at(2);
                let digits = str::from_utf8(digits).expect("it was taken");
                bytes.push(u8::from_str_radix(digits, 16).expect("it was taken"));
                rest = after;
            }
            byte => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).expect("it was taken")
}
