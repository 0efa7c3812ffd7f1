//! A ZIP archive of files, of which one is the list. Its bytes are handed over as they are; what they
//! are is detected later, as in any source.

use std::io::{self, Read, Seek, Write};

use zip::ZipArchive;
use zip::result::ZipError;

use super::archive::damaged;
use super::reply::Reply;
use crate::batch::error::broken;

/// How many bytes go into one reply.
const PIECE: usize = 1 << 17;
/// No more names are listed in a message.
const MOST_NAMES: usize = 10;
/// The endings of files that may be lists. A file without an ending may be one, too.
const ENDINGS: [&str; 20] = [
    "csv", "tsv", "txt", "tab", "dat", "json", "ndjson", "jsonl", "xlsx", "xlsm", "xls", "xlsb",
    "ods", "htm", "html", "xml", "gz", "zst", "parquet", "log",
];
/// The names, before their endings, of files that say something about the others.
const ABOUT_LISTS: [&str; 6] = [
    "readme",
    "read_me",
    "read me",
    "license",
    "licence",
    "прочти",
];
/// Folders and files that systems add.
const ADDED: [&str; 4] = ["__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini"];

/// Hands over the bytes of the file with this name, or of the only one that may be a list.
pub(super) fn write(
    archive: &mut (impl Read + Seek),
    asked: Option<&str>,
    replies: &mut dyn Write,
) -> io::Result<()> {
    archive.rewind()?;
    let mut archive = ZipArchive::new(archive).map_err(damaged)?;
    let names: Vec<(usize, String)> = (archive.file_names().enumerate())
        .filter_map(|(index, name)| Some((index, name.ok()?.into_owned())))
        .filter(|(_, name)| is_file(name))
        .collect();
    let (index, name) = match asked {
        Some(asked) => names.iter().find(|(_, name)| name == asked),
        None => the_only(&names)?,
    }
    .ok_or_else(|| none(&names, asked))?;
    let mut file = archive.by_index(*index).map_err(|why| match why {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => broken(format!(
            "{name} in the ZIP archive is encrypted; unpack it with its password"
        )),
        ZipError::UnsupportedArchive(why) => broken(format!(
            "{name} in the ZIP archive can't be read: {why}; unpack it"
        )),
        why => damaged(why),
    })?;
    Reply::Sheet(name.clone()).write(replies)?;
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(count) => Reply::Text(piece[..count].to_vec()).write(replies)?,
            Err(why) => return Err(damaged(format!("{name}: {why}"))),
        }
    }
}

fn is_file(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let is_added = |added: &&str| name.starts_with(*added) || *added == file;
    !file.is_empty() && !file.starts_with("._") && !ADDED.iter().any(is_added)
}

fn may_be_list(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = file.split('.').next().unwrap_or(file).to_lowercase();
    if ABOUT_LISTS.contains(&&*stem) {
        return false;
    }
    match file.rsplit_once('.') {
        Some((_, ending)) => ENDINGS.contains(&&*ending.to_lowercase()),
        None => true,
    }
}

/// The only file that may be a list; an error if there are several.
fn the_only(names: &[(usize, String)]) -> io::Result<Option<&(usize, String)>> {
    let lists: Vec<&(usize, String)> = names.iter().filter(|(_, name)| may_be_list(name)).collect();
    match &*lists {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        [(_, first), ..] => Err(broken(format!(
            "the ZIP archive has {} files that may be the list ({}); choose one, such as \
             sheet={first:?}",
            lists.len(),
            shown(lists.iter().map(|(_, name)| &**name)),
        ))),
    }
}

fn none(names: &[(usize, String)], asked: Option<&str>) -> io::Error {
    let there = match names {
        [] => "it is empty".to_owned(),
        names => format!("it has {}", shown(names.iter().map(|(_, name)| &**name))),
    };
    broken(match asked {
        Some(asked) => format!("the ZIP archive has no file {asked:?}; {there}"),
        None => format!("the ZIP archive has no list; {there}"),
    })
}

fn shown<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let more = names.len().saturating_sub(MOST_NAMES);
    let first: Vec<&str> = names.take(MOST_NAMES).collect();
    let first = first.join(", ");
    match more {
        0 => first,
        _ => format!("{first} and {more} more"),
    }
}
