//! Countries, as the cells of lists name them: by their codes, or by their names in English or
//! Russian.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::phone;
use crate::phone::plan::Region;

static NAMES: LazyLock<HashMap<String, Region>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for line in include_str!("countries.tsv").lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let Some(region) = phone::region(columns[0]) else {
            continue;
        };
        for name in columns.iter().flat_map(|column| column.split('|')) {
            names.insert(folded(name), region);
        }
    }
    names
});

/// The region of a country's code (ISO 3166-1 alpha-2 or alpha-3) or name.
pub(super) fn region(cell: &str) -> Option<Region> {
    const LONGEST: usize = 200;
    if cell.len() > LONGEST {
        return None;
    }
    NAMES.get(&folded(cell)).copied()
}

/// The name of a region's country in English.
pub fn name(region: Region) -> Option<&'static str> {
    let mut lines = include_str!("countries.tsv").lines();
    let line = lines.find(|line| line.split('\t').next() == Some(region.code()))?;
    line.split('\t').nth(2)?.split('|').next()
}

fn folded(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    let small = letters.flat_map(char::to_lowercase);
    small.map(|c| if c == 'ё' { 'е' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_by_code_and_name() {
        for (cell, code) in [
            ("RU", "RU"),
            ("ru", "RU"),
            ("DEU", "DE"),
            ("Germany", "DE"),
            ("Россия", "RU"),
            (" США ", "US"),
            ("U.S.A.", "US"),
        ] {
            assert_eq!(region(cell).map(Region::code), Some(code), "{cell}");
        }
        let named = |code| phone::region(code).and_then(name);
        assert_eq!(named("RU"), Some("Russia"));
        assert_eq!(named("GB"), Some("United Kingdom"));
        for cell in ["", "XX", "Москва", "7"] {
            assert_eq!(region(cell), None, "{cell}");
        }
    }
}
