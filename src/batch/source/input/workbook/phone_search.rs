//! Whether a sheet has a column of phones, by the same choice that the list is read with later.

use serde::{Deserialize, Serialize};

use super::DELIMITER;
use crate::batch::error::BatchError;
use crate::batch::refusal::{ListRefusal, PhoneCandidate};
use crate::batch::source::feed::{Feed, SliceFeed};
use crate::batch::source::limit::{DEFAULT_ROW_BYTES, RowLimit};
use crate::batch::source::preset::ListDefaults;
use crate::batch::source::table::{
    ChoiceRequest, ColumnUse, Csv, FEW_ROWS, ListPurpose, MappingReason, TableOptions,
    TableRequest, is_stop_list,
};
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
    purpose: ListPurpose,
}

/// How surely a sheet is the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListLikeness {
    /// It has no column of phones.
    No,
    /// The cells of a few rows are phones, and no header says so: a cover sheet may have a hotline.
    Perhaps,
    /// It has a column of phones, or several columns that could be, so that the caller must choose.
    Yes,
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
            purpose: table.purpose,
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
            purpose: self.purpose,
            ..TableOptions::default()
        }
    }

    fn phone_options(&self) -> PhoneOptions {
        PhoneOptions {
            region: self.region.as_deref().and_then(Region::from_code),
            prefer: self.prefer.as_deref().and_then(Reading::from_name),
            level: Level::from_name(&self.level).unwrap_or_default(),
            ..PhoneOptions::default()
        }
    }

    /// Whether the list may be in a sheet of this name. Phones that are not to be called are only
    /// looked for there if they are wanted.
    pub fn may_be_list(&self, sheet: &str) -> bool {
        self.purpose == ListPurpose::Exclusion || !is_stop_list(sheet)
    }

    /// Whether another sheet is to be looked at before one of this name: the phones that are not to
    /// be called are likelier in a sheet that is named so.
    pub fn is_later(&self, sheet: &str) -> bool {
        self.purpose == ListPurpose::Exclusion && !is_stop_list(sheet)
    }

    /// How surely a table that begins like this has a column of phones, and a row below its header.
    pub fn likeness(&self, beginning: &[u8]) -> ListLikeness {
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
        let table = match Csv::begin(&mut feed, &request) {
            Ok(table) => table,
            Err(BatchError::List(why)) if leaves_a_choice(&why) => return ListLikeness::Yes,
            Err(_) => return ListLikeness::No,
        };
        let has_rows = !feed.window().is_empty() || !feed.at_end();
        let columns = table.mapping.columns();
        let found = table.mapping.places_for(ColumnUse::PHONE).first();
        match found.map(|place| &columns[*place]) {
            Some(column) if has_rows => {
                let is_few = column.sampled.is_none_or(|(_, filled)| filled < FEW_ROWS);
                match column.why == Some(MappingReason::Content) && is_few {
                    true => ListLikeness::Perhaps,
                    false => ListLikeness::Yes,
                }
            }
            _ => ListLikeness::No,
        }
    }
}

/// Whether a sheet is a list, though no column of it is surely the phone. To read a later sheet
/// instead would be to decide which list the caller meant. A cover sheet has no column of phones.
fn leaves_a_choice(why: &ListRefusal) -> bool {
    let is_likely = |column: &PhoneCandidate| {
        let is_some = column.filled >= FEW_ROWS || column.is_named;
        column.phones > 0 && column.phones * 2 >= column.filled && is_some
    };
    why.together.is_some() || why.candidates.iter().any(is_likely)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_with_a_column_of_phones_is_found() {
        let search = PhoneSearch::of(&TableOptions::default(), &PhoneOptions::default());
        let phones = "79123456789\n79123456780\n79123456781\n79123456782\n79123456783\n";
        for list in ["Phone,Name\n79123456789,Anna\n", phones] {
            assert_eq!(search.likeness(list.as_bytes()), ListLikeness::Yes);
        }
        let few = b"79123456789\n79123456780\n";
        assert_eq!(search.likeness(few), ListLikeness::Perhaps);
        for other in [
            &b"Report\nof the sales department\n"[..],
            b"Phone,Name\n",
            b"Order,Sum\n17,100\n18,250\n",
            b"",
        ] {
            assert_eq!(search.likeness(other), ListLikeness::No);
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
            ..PhoneOptions::default()
        };
        let search = PhoneSearch::of(&table, &phone);
        let orders = search.likeness(b"Order,Sum\n17,100\n18,250\n");
        assert_eq!(orders, ListLikeness::Yes);
        let other = search.likeness(b"Phone,Name\n79123456789,Anna\n");
        assert_eq!(other, ListLikeness::No);
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
