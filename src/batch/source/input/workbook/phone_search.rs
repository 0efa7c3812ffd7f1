//! Whether a sheet has a column of phones, by the same choice that the list is read with later.

use serde::{Deserialize, Serialize};

use super::DELIMITER;
use crate::batch::source::feed::{Feed, SliceFeed};
use crate::batch::source::limit::{DEFAULT_ROW_BYTES, RowLimit};
use crate::batch::source::preset::ListDefaults;
use crate::batch::source::table::{ChoiceRequest, ColumnUse, Csv, TableOptions, TableRequest};
use crate::phone::plan::Region;
use crate::phone::{Level, PhoneOptions, Reading};
use crate::zone::Regions;

/// The options by which a column of phones is found, as they are sent to the reader process.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneSearch {
    map: Vec<(String, Vec<String>)>,
    payload: Option<Vec<String>>,
    header: Option<bool>,
    header_row: Option<u64>,
    region: Option<String>,
    prefer: Option<String>,
    level: String,
}

impl PhoneSearch {
    /// The search under these options.
    pub fn of(table: &TableOptions, phone: &PhoneOptions) -> PhoneSearch {
        let map = table.map.iter();
        PhoneSearch {
            map: map
                .map(|(column_use, columns)| (column_use.name().to_owned(), columns.clone()))
                .collect(),
            payload: table.payload.clone(),
            header: table.header,
            header_row: table.header_row,
            region: phone.region.map(|region| region.code().to_owned()),
            prefer: phone.prefer.map(|reading| reading.name().to_owned()),
            level: phone.level.name().to_owned(),
        }
    }

    fn table_options(&self) -> TableOptions {
        let known = |(name, columns): &(String, Vec<String>)| {
            Some((ColumnUse::from_name(name).ok()?, columns.clone()))
        };
        TableOptions {
            map: self.map.iter().filter_map(known).collect(),
            payload: self.payload.clone(),
            header: self.header,
            header_row: self.header_row,
            ..TableOptions::default()
        }
    }

    fn phone_options(&self) -> PhoneOptions {
        PhoneOptions {
            region: self.region.as_deref().and_then(Region::from_code),
            prefer: self.prefer.as_deref().and_then(Reading::from_name),
            level: Level::from_name(&self.level).unwrap_or_default(),
        }
    }

    /// Whether a table that begins like this has a column of phones, and a row below its header.
    pub fn finds_phones(&self, beginning: &[u8]) -> bool {
        let options = self.table_options();
        let phone = self.phone_options();
        // Zones of the world only make a difference for columns of zones.
        let regions = Regions::new([]);
        let request = TableRequest {
            columns: ChoiceRequest {
                options: &options,
                phone: &phone,
                zones: None,
                regions: &regions,
            },
            preset: &ListDefaults::default(),
            delimiter: Some(DELIMITER),
            with_payload: false,
            has_mark: true,
            limit: RowLimit::of(DEFAULT_ROW_BYTES),
            is_sheet: true,
        };
        let mut feed = SliceFeed::new(beginning);
        let Ok(table) = Csv::begin(&mut feed, &request) else {
            return false;
        };
        let has_rows = !feed.window().is_empty() || !feed.at_end();
        has_rows && !table.mapping.places_for(ColumnUse::PHONE).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_with_a_column_of_phones_is_found() {
        let search = PhoneSearch::of(&TableOptions::default(), &PhoneOptions::default());
        assert!(search.finds_phones(b"Phone,Name\n79123456789,Anna\n"));
        assert!(search.finds_phones(b"79123456789\n79123456780\n"));
        for other in [
            &b"Report\nof the sales department\n"[..],
            b"Phone,Name\n",
            b"Order,Sum\n17,100\n18,250\n",
            b"",
        ] {
            assert!(!search.finds_phones(other));
        }
    }

    #[test]
    fn the_options_of_the_caller_count() {
        let mut table = TableOptions::default();
        table.map.push((ColumnUse::PHONE, vec!["Order".to_owned()]));
        let phone = PhoneOptions {
            region: Region::from_code("RU"),
            prefer: Some(Reading::National),
            level: Level::Valid,
        };
        let search = PhoneSearch::of(&table, &phone);
        assert!(search.finds_phones(b"Order,Sum\n17,100\n18,250\n"));
        assert!(!search.finds_phones(b"Phone,Name\n79123456789,Anna\n"));
        let sent = serde_json::to_string(&search).unwrap();
        let received: PhoneSearch = serde_json::from_str(&sent).unwrap();
        assert_eq!(received, search);
        let again = received.phone_options();
        assert_eq!(
            (again.region, again.prefer, again.level),
            (phone.region, phone.prefer, phone.level)
        );
    }
}
