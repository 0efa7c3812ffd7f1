//! What the sampled cells of one column are, counted.

use super::cell_kind::CellKind;
use crate::phone::plan::Region;

/// From so many cells on, what numbers have in common says what they are.
const SOME: u32 = 5;
/// So many numbers in equal steps were counted.
const COUNTED: u32 = 3;
/// A list of fewer rows says little about its columns.
pub(in crate::batch) const FEW_ROWS: u32 = 5;

/// What the sampled cells of one column are.
#[derive(Clone, Debug, Default)]
pub(super) struct ColumnStats {
    kinds: [u32; CellKind::COUNT],
    /// Valid phones that are written as digits alone, and all valid ones of mobile phones.
    bare: u32,
    mobile: u32,
    /// Phones and faulty phones that are written with the punctuation of phones.
    punctuated: u32,
    /// How often valid phones begin with which two digits.
    beginnings: Vec<([u8; 2], u32)>,
    digits: DigitSeries,
    /// Cells that are zones or faulty zones, if the header names a zone.
    pub zones: u32,
    /// Those of them that have a letter.
    pub named_zones: u32,
    /// Cells that are country calling codes, and those that may be area codes, where the header names
    /// a code.
    pub calling_codes: u32,
    pub area_codes: u32,
}

/// What cells of digits alone have in common.
#[derive(Clone, Debug, Default)]
struct DigitSeries {
    count: u32,
    last: Option<u64>,
    has_risen: bool,
    has_fallen: bool,
    /// By how much the second number differs from the first, and whether another step differs from that.
    step: Option<u64>,
    is_uneven: bool,
    /// Numbers of 12 digits or more, and seconds since 1970.
    long: u32,
    instants: u32,
    /// All but the last four digits of the first one, and whether all begin so.
    common: String,
    differ: bool,
}

impl ColumnStats {
    /// Adds a cell of which only the kind matters.
    pub fn add_kind(&mut self, kind: CellKind) {
        self.kinds[kind.index()] += 1;
    }

    pub fn add(&mut self, cell: &str, kind: CellKind) {
        self.add_kind(kind);
        if !kind.is_filled() {
            return;
        }
        let text = cell.trim();
        self.punctuated += u32::from(kind.is_phone() && is_punctuated(text));
        if let CellKind::Phone { is_bare, is_mobile } = kind {
            self.bare += u32::from(is_bare);
            self.mobile += u32::from(is_mobile);
            let mut digits = text.bytes().filter(u8::is_ascii_digit);
            if let (Some(first), Some(second)) = (digits.next(), digits.next()) {
                self.begins_with([first, second]);
            }
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            self.digits.add(text);
        }
    }

    fn begins_with(&mut self, digits: [u8; 2]) {
        match self
            .beginnings
            .iter_mut()
            .find(|(other, _)| *other == digits)
        {
            Some((_, count)) => *count += 1,
            None => self.beginnings.push((digits, 1)),
        }
    }

    pub fn of_kind(&self, kind: CellKind) -> u32 {
        self.kinds[kind.index()]
    }

    /// How many cells have a value.
    pub fn filled(&self) -> u32 {
        let all: u32 = self.kinds.iter().sum();
        all - self.of_kind(CellKind::Blank) - self.of_kind(CellKind::Nothing)
    }

    pub fn valid(&self) -> u32 {
        let any = CellKind::Phone {
            is_bare: false,
            is_mobile: false,
        };
        self.of_kind(any)
    }

    /// How many cells are phones or faulty phones.
    pub fn phones(&self) -> u32 {
        self.valid() + self.of_kind(CellKind::Faulty)
    }

    /// Whether half of the cells are phones or faulty phones.
    pub fn is_mostly_phones(&self) -> bool {
        self.phones() > 0 && self.phones() * 2 >= self.filled()
    }

    /// The commonest kind of the cells that have a value; no kind of a column without one.
    pub fn main_kind(&self) -> Option<usize> {
        let filled = CellKind::Nothing.index() + 1..CellKind::COUNT;
        let most = filled.max_by_key(|kind| self.kinds[*kind])?;
        (self.kinds[most] > 0).then_some(most)
    }

    /// Whether the cells keep what a header claims of them, that they are phones. One that is valid
    /// keeps the claim, unless more than half are of one other kind. Texts beside valid phones are
    /// remarks.
    pub fn keeps_name_of_phone(&self) -> bool {
        let others = [
            CellKind::Zone,
            CellKind::Date,
            CellKind::Number,
            CellKind::Email,
            CellKind::Code,
        ];
        let filled = self.filled();
        let is_other = |kind| self.of_kind(kind) * 2 > filled;
        self.phones() > 0 && !others.into_iter().any(is_other)
    }

    /// Whether the cells alone say that they are the phones of a list of several columns.
    /// `is_unnamed`: its header has no word of the lists.
    pub fn are_phones_of_list(&self, is_unnamed: bool) -> bool {
        let (valid, phones, filled) = (self.valid(), self.phones(), self.filled());
        let are_most = phones * 5 >= filled * 4 && valid * 5 >= filled * 3;
        let most = self.beginnings.iter().map(|(_, count)| *count).max();
        let is_bare = self.bare * 2 > valid;
        let are_alike = valid < 3 || most.unwrap_or(0) * 2 >= valid;
        let may_be_bare = self.mobile * 2 > valid && are_alike;
        filled > 0
            && are_most
            && (!is_bare || may_be_bare)
            && !self.digits.are_serial(filled, is_unnamed)
    }

    /// Whether the cells alone say that they are the phones of a list of one column.
    pub fn are_phones_of_only_column(&self) -> bool {
        self.valid() > 0 && self.valid() * 2 >= self.filled()
    }

    /// Whether most cells are written as only phones are: with a plus, a bracket or in groups.
    pub fn is_written_as_phones(&self) -> bool {
        self.punctuated * 2 > self.filled()
    }

    /// Whether this column may be the phone as well as `taken`, which is taken for its cells, in a
    /// list of so many rows.
    pub fn is_rival(&self, taken: &ColumnStats, rows: usize) -> bool {
        // Digits alone may be numbers of customers. A phone in national form is faulty without a
        // region, and yet it is a phone.
        let is_likelier = taken.bare * 2 > taken.valid() && self.is_written_as_phones();
        let are_some =
            self.valid() * 5 >= self.filled() * 2 || rows < FEW_ROWS as usize || is_likelier;
        let are_codes = self.valid() == 0 && self.digits.are_long_or_instants(self.filled());
        self.is_mostly_phones() && are_some && !are_codes
    }
}

impl DigitSeries {
    fn add(&mut self, digits: &str) {
        const LONG: usize = 12;
        const INSTANTS: std::ops::Range<u64> = 1_400_000_000..1_900_000_000;
        let number = digits.parse().ok();
        self.long += u32::from(digits.len() >= LONG);
        self.instants += u32::from(number.is_some_and(|number| INSTANTS.contains(&number)));
        if let (Some(last), Some(number)) = (self.last, number) {
            self.has_risen |= number > last;
            self.has_fallen |= number < last;
            let step = number.wrapping_sub(last);
            self.is_uneven |= *self.step.get_or_insert(step) != step;
        }
        self.last = number.or(self.last);
        let common = digits
            .get(..digits.len().saturating_sub(4))
            .unwrap_or_default();
        match self.count {
            0 => self.common = common.to_owned(),
            _ => self.differ |= self.common != common,
        }
        self.count += 1;
    }

    /// Whether all of so many cells are longer than phones without a country code, or all are seconds
    /// since 1970 of these years. If none of them is a valid phone, they are barcodes and the like.
    fn are_long_or_instants(&self, filled: u32) -> bool {
        self.long == filled || self.instants == filled
    }

    /// Whether most of so many cells are numbers that were given one after the other.
    fn are_serial(&self, filled: u32, is_unnamed: bool) -> bool {
        let is_monotone = !(self.has_risen && self.has_fallen);
        let are_common = !self.differ && !self.common.is_empty();
        let is_most = self.count * 2 > filled;
        // A header that names something else makes two such numbers enough.
        let are_alike = are_common && (self.count >= SOME || (is_unnamed && self.count > 1));
        let is_even = !self.is_uneven && self.step != Some(0);
        let is_counted = is_even && self.count >= COUNTED;
        is_most && (are_alike || is_counted || (is_monotone && self.count >= SOME))
    }
}

/// Whether a phone has a plus, a bracket, or at least three groups of digits.
fn is_punctuated(text: &str) -> bool {
    let groups = text.split(|c: char| !c.is_numeric());
    text.contains(['+', '(']) || groups.filter(|group| !group.is_empty()).count() > 2
}

/// Whether a cell may be the area code of a phone: `(495)`, `0151`, `8-812`.
pub(super) fn is_area_code(cell: &str) -> bool {
    const DIGITS: std::ops::RangeInclusive<usize> = 2..=6;
    let is_of_code = |byte: u8| byte.is_ascii_digit() || b" ()+-/".contains(&byte);
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    cell.bytes().all(is_of_code) && DIGITS.contains(&digits)
}

/// The region whose numbers have the calling code that a cell is.
pub(super) fn calling_code(cell: &str) -> Option<Region> {
    let text = cell.trim();
    let without_prefix = text.strip_prefix('+').or_else(|| text.strip_prefix("00"));
    let digits = without_prefix.unwrap_or(text);
    // `030` is an area code with its trunk prefix.
    let is_code = digits.len() <= 3
        && !digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    Region::main_of(digits.parse().ok().filter(|_| is_code)?)
}
