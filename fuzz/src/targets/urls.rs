//! Short forms: what is read can be written, and reads back as the same job.

use predial::request::{Address, Form, Job};

use crate::world::regions;

/// The first byte says what the rest is: a URL, the body of a form, a query, or a job in JSON.
pub fn run(data: &[u8]) -> Option<()> {
    let (control, text) = data.split_first()?;
    let text = str::from_utf8(text).ok()?;
    let job = match control & 0b11 {
        0 => Job::from_url(text).map(|read| read.job),
        1 => Job::from_form(text).map(|read| read.job),
        2 => Job::from_url(&format!("{ADDRESS}{text}")).map(|read| read.job),
        _ => Job::from_json(
            text,
            TOKEN,
            || Ok::<_, predial::request::RequestRefusal>(regions()),
        ),
    };
    match job {
        Ok(job) => assert_reads_back(&job),
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
