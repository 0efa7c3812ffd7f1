//! The zones of each country: IANA's `zone.tab` from the installed tzdata.
//!
//! The file has a line for each zone: the country's code by ISO 3166, coordinates, the zone's ID
//! and perhaps a comment, separated by tabs. Lines that begin with `#` are comments. A zone whose
//! ID is not among the regions is left out, and so is a line with fewer columns.

use std::collections::HashMap;

/// The zones of each country, by their indices, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Countries {
    zones: HashMap<Box<str>, Vec<usize>>,
}

impl Countries {
    /// Reads the text of `zone.tab`. `index_of` finds the region of an ID.
    pub fn parse(zone_tab: &str, index_of: impl Fn(&str) -> Option<usize>) -> Self {
        let mut zones: HashMap<Box<str>, Vec<usize>> = HashMap::new();
        for line in zone_tab.lines().filter(|line| !line.starts_with('#')) {
            let mut columns = line.split('\t');
            let country = columns.next().unwrap_or_default();
            let index = columns.nth(1).and_then(|id| index_of(id.trim()));
            if let Some(index) = index {
                zones.entry(country.into()).or_default().push(index);
            }
        }
        Countries { zones }
    }

    /// The zones of the country with this code, such as `RU`; none if the file lacks it.
    pub fn zones(&self, code: &str) -> &[usize] {
        self.zones.get(code).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_and_others_left_out() {
        let text = "# comment\tx\tA\nRU\t+5545+03735\tA\tMSK+00 - Moscow area\nRU\t+1\tB\r\n\
                    UA\t+1\tunknown\nUA\nUA\t+1\n\nMA\t+3339-00735\tC";
        let index_of = |id: &str| ["A", "B", "C"].iter().position(|known| *known == id);
        let countries = Countries::parse(text, index_of);
        assert_eq!(countries.zones("RU"), [0, 1]);
        assert_eq!(countries.zones("MA"), [2]);
        assert_eq!(countries.zones("UA"), [0; 0]);
        assert_eq!(countries.zones("# comment"), [0; 0]);
    }
}
