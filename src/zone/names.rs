//! Names of zones and places, and the zones that each may mean.
//!
//! `names/names.txt` is made by `tools/build_zone_names.py`, which describes its form; `NOTICE` names
//! the sources. It is searched as it is, so that nothing is built when a program starts.

use std::sync::LazyLock;

use super::fold::fold;

const TABLE: &str = include_str!("names/names.txt");
/// The versions of the packages that the table was built from.
pub const NAME_SOURCES: &str = include_str!("names/versions.txt");

static ZONES: LazyLock<Vec<&'static str>> = LazyLock::new(|| split_table().0.split(' ').collect());

/// The line of IDs, and the lines of names.
fn split_table() -> (&'static str, &'static str) {
    TABLE.split_once('\n').unwrap_or_default()
}

/// The words that mean time, and in the second line the words that come with them.
const TIME_WORDS: &str = include_str!("names/time_words.txt");

/// What a name may mean: the IDs of zones, the likeliest first. The name of a place that is nothing to
/// suggest means none.
pub(super) fn find(name: &str) -> Option<Vec<&'static str>> {
    let folded = fold(name);
    find_folded(&folded).or_else(|| {
        let (rest, is_time) = without_title(&folded)?;
        let of_time = is_time.then(|| find_folded(&format!("{rest} time")));
        of_time.flatten().or_else(|| find_folded(&rest))
    })
}

/// A folded name without the words for time, or without the word for a city before it; and whether
/// it had a word for time.
fn without_title(folded: &str) -> Option<(String, bool)> {
    /// What Russian and Ukrainian addresses have before the name of a city.
    const CITY: [&str; 5] = ["г", "гор", "город", "м", "місто"];
    let is_of = |words: &str, word: &str| words.split_whitespace().any(|known| known == word);
    let (nouns, _) = TIME_WORDS.split_once('\n')?;
    let words: Vec<&str> = folded.split(' ').collect();
    let is_time = words.iter().any(|word| is_of(nouns, word));
    let rest: Vec<&str> = match is_time {
        true => {
            let words = words.into_iter();
            words.filter(|word| !is_of(TIME_WORDS, word)).collect()
        }
        false => match &*words {
            [first, rest @ ..] if CITY.contains(first) => rest.to_vec(),
            _ => return None,
        },
    };
    (!rest.is_empty()).then(|| (rest.join(" "), is_time))
}

fn find_folded(folded: &str) -> Option<Vec<&'static str>> {
    let (_, lines) = split_table();
    let (mut low, mut high) = (0, lines.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let bytes = lines.as_bytes();
        let start = memchr::memrchr(b'\n', &bytes[low..middle]).map_or(low, |at| low + at + 1);
        let length = memchr::memchr(b'\n', &bytes[start..high]).unwrap_or(high - start);
        let (known, zones) = lines[start..start + length].split_once('\t')?;
        match known.cmp(folded) {
            std::cmp::Ordering::Equal => return Some(zones_of(zones)),
            std::cmp::Ordering::Less => low = start + length + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

/// The names of cities in IDs, and their zones, by the number of characters.
static CITIES: LazyLock<Vec<Vec<(&'static str, &'static str)>>> = LazyLock::new(|| {
    let mut by_length = vec![Vec::new(); LONGEST + 1];
    let lines = split_table().1.lines();
    for (name, zones) in lines.filter_map(|line| line.split_once("\t*")) {
        if let Some(cities) = by_length.get_mut(name.chars().count()) {
            cities.push((name, zones));
        }
    }
    by_length
});

/// A shorter text is not a misspelling: too many names are one edit away.
const SHORTEST: usize = 6;
/// No city of an ID has so many letters.
const LONGEST: usize = 40;

/// What the names of cities in IDs mean that this name is one edit away from. Shorter ones than
/// `shortest` are left out.
pub(super) fn misspelt(name: &str, shortest: usize) -> Vec<&'static str> {
    let folded: Vec<char> = fold(name).chars().collect();
    if !(SHORTEST..LONGEST).contains(&folded.len()) {
        return Vec::new();
    }
    let mut other = Vec::with_capacity(LONGEST);
    let mut is_near = |known: &str| {
        other.clear();
        other.extend(known.chars());
        is_one_edit(&folded, &other)
    };
    let lengths = shortest.max(folded.len() - 1)..=folded.len() + 1;
    let cities = lengths.flat_map(|length| &CITIES[length]);
    let near = cities.filter(|(known, _)| is_near(known));
    near.flat_map(|(_, zones)| zones_of(zones)).collect()
}

/// Whether one insertion, deletion, replacement or exchange of neighbours makes one text of the other.
fn is_one_edit(a: &[char], b: &[char]) -> bool {
    let same = |(x, y): &(&char, &char)| x == y;
    let before = a.iter().zip(b).take_while(same).count();
    let (a, b) = (&a[before..], &b[before..]);
    let after = a.iter().rev().zip(b.iter().rev()).take_while(same).count();
    match (&a[..a.len() - after], &b[..b.len() - after]) {
        ([_], [_]) | ([_], []) | ([], [_]) => true,
        ([x1, x2], [y1, y2]) => (x1, x2) == (y2, y1),
        _ => false,
    }
}

/// The IDs of zones by their numbers, two letters each.
fn zones_of(codes: &'static str) -> Vec<&'static str> {
    let letter = |byte: u8| usize::from(byte.wrapping_sub(b'a'));
    let codes = codes.trim_start_matches('*').as_bytes().chunks_exact(2);
    let numbers = codes.map(|code| letter(code[0]) * 26 + letter(code[1]));
    numbers
        .filter_map(|number| ZONES.get(number).copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found() {
        for line in split_table().1.lines() {
            let (name, zones) = line.split_once('\t').unwrap();
            assert_eq!(fold(name), name);
            assert_eq!(find(name), Some(zones_of(zones)), "{name}");
        }
        for none in ["", "nowhere", "zzzz", "0", "я"] {
            assert_eq!(find(none), None, "{none}");
        }
    }

    #[test]
    fn names_mean_zones() {
        assert_eq!(find("São Paulo").unwrap(), ["America/Sao_Paulo"]);
        assert_eq!(find("ЕКАТЕРИНБУРГ").unwrap(), ["Asia/Yekaterinburg"]);
        assert!(find("Portland").unwrap().len() > 1);
        for moscow in [
            "Московское время",
            "Moskauer Zeit",
            "hora de Moscú",
            "г. Москва",
        ] {
            assert_eq!(find(moscow).unwrap(), ["Europe/Moscow"], "{moscow}");
        }
        for none in [
            "время",
            "г.",
            "standard time",
            "местное время",
            "московское",
            "este",
        ] {
            assert_eq!(find(none), None, "{none}");
        }
        // A place, and no misspelling of Skopje.
        assert!(find("Skokie").unwrap().is_empty());
        assert_eq!(misspelt("Moskow", 6), ["Europe/Moscow"]);
        assert_eq!(misspelt("Pariss", 5), ["Europe/Paris"]);
        assert!(misspelt("Pariss", 6).is_empty());
        assert!(misspelt("Rone", 4).is_empty());
    }

    #[test]
    fn one_edit() {
        let is = |a: &str, b: &str| {
            let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            is_one_edit(&a, &b)
        };
        for (a, b, edit) in [
            ("moscow", "moskow", true),
            ("moscow", "moscw", true),
            ("moscow", "mosscow", true),
            ("moscow", "mocsow", true),
            ("moscow", "moscow", false),
            ("moscow", "mskoow", false),
            ("moscow", "cairo", false),
        ] {
            assert_eq!(is(a, b), edit, "{a} {b}");
            assert_eq!(is(b, a), edit, "{b} {a}");
        }
    }
}
