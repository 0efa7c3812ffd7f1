//! Files of excluded phones: any bytes are refused or make a table that is asked without a panic, and
//! what was written is read as it was. Claims of a file take no memory before their bytes come.

use std::collections::BTreeSet;

use predial::batch::{ExcludeFile, ExcludeReading, ExcludedEntries, ExclusionLists};
use sha2::{Digest, Sha256};

/// The first byte decides: the rest is a file, a file without its checksum, or phones for one.
pub fn run(data: &[u8]) -> Option<()> {
    let (mode, bytes) = data.split_first()?;
    match mode % 3 {
        0 => ask(read(bytes)?, bytes),
        1 => {
            let signed = [bytes, &Sha256::digest(bytes)[..]].concat();
            ask(read(&signed)?, bytes);
        }
        _ => build(bytes),
    }
    Some(())
}

fn read(bytes: &[u8]) -> Option<ExcludeFile> {
    ExcludeFile::read(bytes, &mut |_| Ok(())).ok()
}

/// Phones of eight bytes each, of at most 15 digits.
fn phones_of(bytes: &[u8]) -> BTreeSet<u64> {
    let numbers = bytes.chunks_exact(8).map(|eight| {
        let number = u64::from_le_bytes(eight.try_into().expect("there are eight"));
        number % 1_000_000_000_000_000
    });
    numbers.collect()
}

/// A file that was accepted is written as it is, and knows nothing of most phones.
fn ask(file: ExcludeFile, bytes: &[u8]) {
    let mut written = Vec::new();
    file.write(&mut written)
        .expect("memory takes what is written");
    assert!(read(&written).is_some(), "it was read before");
    let mut lists = ExclusionLists::default();
    lists
        .begin("file", ExcludedEntries::Phones, None)
        .expect("it is the first");
    lists.add_file(file);
    let excluded = lists.finish(1, &mut || Ok(())).expect("nobody stops it");
    for phone in phones_of(bytes) {
        assert!(matches!(excluded.list_of(phone), None | Some(0)));
    }
}

fn build(bytes: &[u8]) {
    let phones = phones_of(bytes);
    let mut lists = ExclusionLists::default();
    lists
        .begin("phones", ExcludedEntries::Phones, None)
        .expect("it is the first");
    phones.iter().for_each(|phone| lists.add(Some(*phone)));
    let file = lists
        .into_file(ExcludeReading::default(), 1, &mut || Ok(()))
        .expect("nobody stops it");
    let mut written = Vec::new();
    file.write(&mut written)
        .expect("memory takes what is written");
    let file = read(&written).expect("it was written so");
    assert_eq!(file.facts.phones, phones.len() as u64);
    let mut lists = ExclusionLists::default();
    lists
        .begin("file", ExcludedEntries::Phones, None)
        .expect("it is the first");
    lists.add_file(file);
    let excluded = lists.finish(1, &mut || Ok(())).expect("nobody stops it");
    for phone in phones
        .iter()
        .flat_map(|phone| [*phone, phone ^ 1, phone + 1])
    {
        let expected = phones.contains(&phone).then_some(0);
        assert_eq!(excluded.list_of(phone), expected);
    }
}
