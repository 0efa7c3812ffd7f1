#![forbid(unsafe_code)]
//! The table in the binary: its sections, and how a row is read.
//!
//! Nothing is decoded when the program starts. The directory is read when predial is compiled: with
//! another magic number, format or length it does not compile.

use super::length::{Length, MIN_NATIONAL};

static TABLE: &[u8] = include_bytes!("plan.bin");

const FORMAT: u16 = 2;
const SECTIONS: usize = 21;
const HEADER: usize = 40;
/// The checksum covers the bytes from here on.
const CHECKED: usize = 24;

const _: () = {
    let (magic, rest) = TABLE.split_at(8);
    assert!(matches!(magic, b"predial\0"), "plan.bin is not a table");
    assert!(word(rest, 0) == FORMAT, "plan.bin has another format");
    assert!(word(rest, 2) as usize == SECTIONS);
    assert!(long(rest, 4) == TABLE.len(), "plan.bin is incomplete");
};

/// The release of the phonenumbers package that the table was built from.
pub(super) const VERSION: &str = {
    let mut length = 0;
    while TABLE[CHECKED + length] != 0 {
        length += 1;
    }
    match str::from_utf8(TABLE.split_at(CHECKED).1.split_at(length).0) {
        Ok(version) => version,
        Err(_) => panic!("the version in plan.bin is not UTF-8"),
    }
};

const fn word(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

const fn long(bytes: &[u8], at: usize) -> usize {
    word(bytes, at) as usize | (word(bytes, at + 2) as usize) << 16
}

const fn section(number: usize) -> &'static [u8] {
    let entry = HEADER + 8 * number;
    let (offset, length) = (long(TABLE, entry), long(TABLE, entry + 4));
    TABLE.split_at(offset).1.split_at(length).0
}

const fn records<const SIZE: usize>(number: usize) -> &'static [[u8; SIZE]] {
    let (records, rest) = section(number).as_chunks();
    assert!(rest.is_empty(), "a section of plan.bin is incomplete");
    records
}

const OPENINGS: &[[u8; 4]] = records(0);
const COUNTRIES: &[[u8; 14]] = records(1);
const PLANS: &[[u8; 28]] = records(2);
static VERDICT_ROWS: &[[u8; 24]] = records(3);
static VERDICT_TAILS: &[[u8; 40]] = records(4);
static GENERAL_ROWS: &[[u8; 22]] = records(5);
static GENERAL_TAILS: &[[u8; 4]] = records(6);
const PREFIX_ROWS: &[[u8; 24]] = records(7);
static ZONE_ROWS: &[[u8; 22]] = records(8);
static ZONE_LIST_STARTS: &[[u8; 2]] = records(9);
static ZONE_LISTS: &[[u8; 2]] = records(10);
static ZONE_NAME_STARTS: &[[u8; 2]] = records(11);
static ZONE_NAMES: &[u8] = section(12);
static FORMAT_ROWS: &[[u8; 22]] = records(13);
static FORMAT_TAILS: &[[u8; 34]] = records(14);
static FORMAT_ROOTS: &[[u8; 2]] = records(15);
static WRITINGS: &[[u8; 16]] = records(16);
static TEMPLATES: &[u8] = section(17);
static SHORT_ROWS: &[[u8; 22]] = records(18);
static SHORT_TAILS: &[[u8; 4]] = records(19);
static DIALLING: &[[u8; 4]] = records(20);

/// The value of an ASCII digit. Any other byte counts as a nine; callers pass none.
#[inline(always)]
fn value(digit: u8) -> usize {
    usize::from(digit.wrapping_sub(b'0').min(9))
}

#[inline(always)]
const fn cell<const SIZE: usize>(row: &[u8; SIZE], column: usize) -> u16 {
    word(row, 2 * column)
}

/// For each three first digits of a number: the digits with which a national prefix may begin, as
/// bits. Nearly no number has such a digit and needs its plan.
static PREFIX_DIGITS: [u16; OPENINGS.len()] = {
    let mut digits = [0; OPENINGS.len()];
    let mut place = 0;
    while place < digits.len() {
        if let Some(country) = (OPENINGS[place][2] as usize).checked_sub(1) {
            let plan = &PLANS[cell(&COUNTRIES[country], 5) as usize];
            let root = &PREFIX_ROWS[cell(plan, 4) as usize];
            let mut digit = 0;
            while digit < 10 {
                // Some prefixes may be empty.
                if cell(root, digit) != 0 || cell(root, 10) != 0 {
                    digits[place] |= 1 << digit;
                }
                digit += 1;
            }
        }
        place += 1;
    }
    digits
};

/// What the first three digits after a plus show about a number, if the text has only digits. Most
/// numbers of a list need no more. It is computed from the table and takes one lookup.
#[derive(Clone, Copy)]
pub(super) struct FirstDigits {
    /// The possible lengths of the whole number: bit n means n digits.
    pub(super) possible: u16,
    /// The same for all lengths that are read.
    pub(super) readable: u16,
    /// As [`PREFIX_DIGITS`].
    pub(super) prefix_digits: u16,
    /// The country calling code.
    pub(super) code: u16,
    pub(super) code_length: u8,
    /// Whether mobile numbers show the place as fixed lines do.
    places_mobiles: bool,
    /// The list of the whole country.
    zones: u16,
}

/// The most digits of E.164; the fast path handles no longer numbers.
const MOST_DIGITS: usize = 15;
/// The length of short emergency numbers such as `112`.
const SHORTEST: usize = 3;

static FIRST_DIGITS: [FirstDigits; OPENINGS.len()] = {
    let nothing = FirstDigits {
        possible: 0,
        readable: 0,
        prefix_digits: 0,
        code: 0,
        code_length: 0,
        places_mobiles: false,
        zones: 0,
    };
    let mut all = [nothing; OPENINGS.len()];
    let mut place = 0;
    while place < all.len() {
        if let Some(country) = (OPENINGS[place][2] as usize).checked_sub(1) {
            let plan = Plan(&PLANS[cell(&COUNTRIES[country], 5) as usize]);
            let code_length = OPENINGS[place][3];
            let (mut possible, mut readable) = (0, 0);
            let mut digits = MIN_NATIONAL;
            while digits + code_length as usize <= MOST_DIGITS {
                // Three digits may be an emergency number, which the slow path decides.
                let is_short = digits + code_length as usize <= SHORTEST;
                let bit = if is_short {
                    0
                } else {
                    1 << (digits + code_length as usize)
                };
                readable |= bit;
                if matches!(Length::in_plan(plan, digits), Length::Possible) {
                    possible |= bit;
                }
                digits += 1;
            }
            all[place] = FirstDigits {
                possible,
                readable,
                prefix_digits: PREFIX_DIGITS[place],
                code: cell(&COUNTRIES[country], 0),
                code_length,
                places_mobiles: COUNTRIES[country][6] != 0,
                zones: cell(&COUNTRIES[country], 6),
            };
        }
        place += 1;
    }
    all
};

impl FirstDigits {
    /// The facts for these first digits, which are ASCII in the form of [`crate::packed_text`].
    #[inline(always)]
    pub(super) fn of(digits: u64) -> FirstDigits {
        let digit = |place: u32| (digits >> (8 * place) & 15) as usize;
        // Bytes that are not digits give an arbitrary entry.
        let place = digit(0) * 100 + digit(1) * 10 + digit(2);
        FIRST_DIGITS[place.min(FIRST_DIGITS.len() - 1)]
    }

    /// Whether a national prefix may follow the country calling code in these digits.
    #[inline(always)]
    pub(super) fn may_begin_with_prefix(&self, digits: &[u8]) -> bool {
        let first = digits.get(usize::from(self.code_length));
        first.is_none_or(|&digit| self.prefix_digits >> value(digit) & 1 != 0)
    }

    /// Whether a national prefix may follow the country calling code.
    #[inline(always)]
    pub(super) fn may_have_prefix(self, digits: u64) -> bool {
        let first_national = digits >> (8 * self.code_length) & 15;
        self.prefix_digits >> first_national & 1 != 0
    }
}

/// The states of the walks for the verdict and for the zones after each four first digits: most
/// walks end there. The highest bit of the verdict's says that its walk ended after three.
static FOUR_DIGITS: [[u16; 2]; 10 * OPENINGS.len()] = {
    let mut all = [[0; 2]; 10 * OPENINGS.len()];
    let mut three = 0;
    while three < OPENINGS.len() {
        let start = cell(&OPENINGS[three], 0);
        let first = next_of_zones(0, three / 100);
        let zones = next_of_zones(next_of_zones(first, three / 10 % 10), three % 10);
        let mut last = 0;
        while last < 10 {
            let state = match VERDICT_ROWS.len() > start as usize {
                true => cell(&VERDICT_ROWS[start as usize], last),
                false => start | ENDED,
            };
            all[10 * three + last] = [state, next_of_zones(zones, last)];
            last += 1;
        }
        three += 1;
    }
    all
};

const ENDED: u16 = 1 << 15;
// A state has less than 16 bits.
const _: () = assert!(section(3).len() / 24 + section(4).len() / 40 < ENDED as usize);

/// The state after a digit in the walk for zones. The end of a walk is its own next state.
const fn next_of_zones(state: u16, digit: usize) -> u16 {
    match ZONE_ROWS.len() > state as usize {
        true => cell(&ZONE_ROWS[state as usize], digit),
        false => state,
    }
}

/// The fast path of [`Opening`], and the zones, for numbers with at least four digits.
#[derive(Clone, Copy)]
pub(super) struct FourDigits {
    pub(super) first: &'static FirstDigits,
    verdict: u16,
    zones: u16,
}

impl FourDigits {
    /// What the first four of some digits show; `None` if there are fewer.
    #[inline(always)]
    pub(super) fn of(digits: &[u8]) -> Option<FourDigits> {
        let [a, b, c, d] = *digits.first_chunk()?;
        let three = value(a) * 100 + value(b) * 10 + value(c);
        let [verdict, zones] = FOUR_DIGITS[three * 10 + value(d)];
        Some(FourDigits {
            first: &FIRST_DIGITS[three],
            verdict,
            zones,
        })
    }

    /// The same for ASCII digits as a number, the first of them lowest.
    #[inline(always)]
    pub(super) fn of_packed(digits: u128) -> FourDigits {
        let digit = |place: u32| (digits as u32 >> (8 * place) & 15) as usize;
        // Bytes that are not digits give an arbitrary entry.
        let three = (digit(0) * 100 + digit(1) * 10 + digit(2)).min(FIRST_DIGITS.len() - 1);
        let [verdict, zones] = FOUR_DIGITS[(three * 10 + digit(3)).min(FOUR_DIGITS.len() - 1)];
        FourDigits {
            first: &FIRST_DIGITS[three],
            verdict,
            zones,
        }
    }

    /// The same as [`FourDigits::outcome`]. There are at least four digits.
    #[inline(always)]
    pub(super) fn packed_outcome(self, digits: u128, len: usize) -> u16 {
        let mut state = usize::from(self.verdict & !ENDED);
        if self.verdict & ENDED != 0 {
            return tail_outcome(state, len - 3);
        }
        let (mut rest, mut left) = (digits >> 32, len - 4);
        loop {
            let Some(row) = VERDICT_ROWS.get(state) else {
                return tail_outcome(state, left);
            };
            if left == 0 {
                return cell(row, 10);
            }
            state = usize::from(cell(row, (rest as usize & 15).min(9)));
            (rest, left) = (rest >> 8, left - 1);
        }
    }

    /// The same as [`FourDigits::zones_of_place`]. There are at least four digits.
    #[inline(always)]
    pub(super) fn packed_zones(self, digits: u128, len: usize) -> ZoneList {
        let mut state = usize::from(self.zones);
        let (mut rest, mut left) = (digits >> 32, len - 4);
        loop {
            let Some(row) = ZONE_ROWS.get(state) else {
                return ZoneList((state - ZONE_ROWS.len()) as u16);
            };
            if left == 0 {
                return ZoneList(cell(row, 10));
            }
            state = usize::from(cell(row, (rest as usize & 15).min(9)));
            (rest, left) = (rest >> 8, left - 1);
        }
    }

    /// Whether so many digits are read.
    #[inline(always)]
    pub(super) fn is_readable(self, len: usize) -> bool {
        len <= MOST_DIGITS && self.first.readable >> len & 1 != 0
    }

    /// The same as [`Opening::outcome`].
    #[inline(always)]
    pub(super) fn outcome(self, digits: &[u8]) -> u16 {
        let passed = 4 - usize::from(self.verdict >> 15);
        outcome(
            self.verdict & !ENDED,
            digits.get(passed..).unwrap_or_default(),
        )
    }

    /// The zones of the longest prefix of an E.164 number that has zones.
    #[inline(always)]
    pub(super) fn zones_of_place(self, digits: &[u8]) -> ZoneList {
        let rest = digits.get(4..).unwrap_or_default();
        ZoneList::of_state(self.zones, rest)
    }

    /// The time zones of the whole country.
    #[inline(always)]
    pub(super) fn zones_of_country(self) -> ZoneList {
        ZoneList(self.first.zones)
    }

    /// Whether mobile numbers of the country show the place as fixed lines do.
    #[inline(always)]
    pub(super) fn places_mobiles(self) -> bool {
        self.first.places_mobiles
    }
}

/// What the first digits of a number show: the country calling code, and after three digits the
/// state of the walk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opening {
    pub(super) country: Country,
    pub(super) code_length: usize,
    start: u16,
    prefix_digits: u16,
}

impl Opening {
    /// The opening of digits that begin with a country calling code.
    #[inline(always)]
    pub(super) fn of(digits: &[u8]) -> Option<Opening> {
        let digit = |place| digits.get(place).map_or(0, |&digit| value(digit));
        let place = digit(0) * 100 + digit(1) * 10 + digit(2);
        let record = &OPENINGS[place];
        let opening = Opening {
            country: Country(COUNTRIES.get(usize::from(record[2]).checked_sub(1)?)?),
            code_length: usize::from(record[3]),
            start: cell(record, 0),
            prefix_digits: PREFIX_DIGITS[place],
        };
        (opening.code_length <= digits.len()).then_some(opening)
    }

    /// Whether a national number may begin with a national prefix, by its first digit.
    #[inline(always)]
    pub(super) fn may_have_prefix(&self, national: &[u8]) -> bool {
        let first = national.first();
        first.is_none_or(|&digit| self.prefix_digits >> value(digit) & 1 != 0)
    }

    /// Whether a national number begins with a national prefix. Some prefixes are empty and remove
    /// nothing.
    #[inline]
    pub(super) fn has_prefix(&self, national: &[u8]) -> bool {
        let prefix = self.country.plan().national_prefix(national);
        prefix.is_some_and(|prefix| prefix.end > 0 || prefix.kept.is_some())
    }

    /// The plan's verdict on the number with these digits, packed as `region << 7 | type << 3 |
    /// length`.
    #[inline(always)]
    pub(super) fn outcome(self, digits: &[u8]) -> u16 {
        match digits.get(3..) {
            Some(rest) => outcome(self.start, rest),
            None => self.country.outcome(&digits[self.code_length..]),
        }
    }
}

#[inline(always)]
fn outcome(start: u16, digits: &[u8]) -> u16 {
    let mut state = usize::from(start);
    let mut rest = digits;
    loop {
        let Some(row) = VERDICT_ROWS.get(state) else {
            return tail_outcome(state, rest.len());
        };
        let Some((&digit, after)) = rest.split_first() else {
            return cell(row, 10);
        };
        state = usize::from(cell(row, value(digit)));
        rest = after;
    }
}

/// The outcome of a state in which only the number of the digits that follow matters.
#[inline(always)]
fn tail_outcome(state: usize, left: usize) -> u16 {
    let tail = &VERDICT_TAILS[state - VERDICT_ROWS.len()];
    cell(tail, left.min(tail.len() / 2 - 1))
}

/// One country calling code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Country(&'static [u8; 14]);

impl Country {
    #[inline]
    pub(super) fn code(self) -> u16 {
        cell(self.0, 0)
    }

    /// The ASCII digits of its code and how many they are; zeros follow them.
    pub(super) fn code_digits(self) -> ([u8; 3], usize) {
        let [_, _, first, second, third, length, ..] = *self.0;
        ([first, second, third], usize::from(length))
    }

    /// Whether its mobile numbers show the place as its fixed lines do.
    #[cfg(test)]
    pub(super) fn places_mobiles(self) -> bool {
        self.0[6] != 0
    }

    /// The plan's verdict on a national significant number, packed as [`Opening::outcome`].
    #[inline]
    pub(super) fn outcome(self, national: &[u8]) -> u16 {
        outcome(self.root(), national)
    }

    fn root(self) -> u16 {
        cell(self.0, 4)
    }

    /// The plan of its main region.
    pub(super) fn plan(self) -> Plan {
        Plan(&PLANS[usize::from(cell(self.0, 5))])
    }

    /// The time zones of the whole country.
    pub(super) fn zones(self) -> ZoneList {
        ZoneList(cell(self.0, 6))
    }
}

/// How many records are regions; those after them are non-geographical entities.
pub(super) const REGIONS: usize = {
    let mut count = 0;
    while count < PLANS.len() && PLANS[count][0] != b'0' {
        count += 1;
    }
    count
};

// An outcome has nine bits for the region, and a `Region` one byte.
const _: () = assert!(REGIONS + 1 < 256);

/// The numbering plan of a region or of a non-geographical entity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan(&'static [u8; 28]);

/// The end of a prefix, and the part of it that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prefix {
    pub(super) end: usize,
    pub(super) kept: Option<(usize, usize)>,
}

impl Plan {
    /// The plan at this index of the table.
    pub(super) fn at(place: usize) -> Option<Plan> {
        PLANS.get(place).map(Plan)
    }

    /// The index of a region's plan.
    pub(super) fn place_of(code: &str) -> Option<usize> {
        PLANS[..REGIONS]
            .binary_search_by(|record| record[..2].cmp(code.as_bytes()))
            .ok()
    }

    pub(super) fn id(self) -> &'static str {
        let length = self.0[..4].iter().take_while(|&&byte| byte != 0).count();
        str::from_utf8(&self.0[..length]).unwrap_or_default()
    }

    /// The country whose calling code its numbers have.
    pub(super) fn country(self) -> Country {
        Country(&COUNTRIES[usize::from(cell(self.0, 2))])
    }

    /// The international prefix that these digits begin with.
    pub(super) fn international_prefix(self, digits: &[u8]) -> Option<Prefix> {
        longest_preferred(cell(self.0, 3), digits)
    }

    /// The national prefix or carrier code that these digits begin with.
    pub(super) fn national_prefix(self, digits: &[u8]) -> Option<Prefix> {
        longest_preferred(cell(self.0, 4), digits)
    }

    /// Whether the general description of the plan matches a national number.
    pub(super) fn describes(self, national: &[u8]) -> bool {
        accepts(GENERAL_ROWS, GENERAL_TAILS, cell(self.0, 5), national)
    }

    /// The possible lengths of its national numbers: bit n means n digits.
    pub(super) const fn possible_lengths(self) -> u32 {
        long(self.0, 12) as u32
    }

    /// The lengths that are possible for local calls only.
    pub(super) const fn local_lengths(self) -> u32 {
        long(self.0, 16) as u32
    }

    /// The digits that are inserted before the kept part of the national prefix.
    pub(super) fn inserted(self) -> &'static [u8] {
        &self.0[21..][..usize::from(self.0[20])]
    }
}

impl Length {
    /// The plan's verdict on national numbers of this length.
    pub(super) const fn in_plan(plan: Plan, digits: usize) -> Length {
        let possible = plan.possible_lengths();
        if has_length(plan.local_lengths(), digits) {
            Length::LocalOnly
        } else if has_length(possible, digits) {
            Length::Possible
        } else if digits < possible.trailing_zeros() as usize {
            Length::TooShort
        } else if digits > possible.ilog2() as usize {
            Length::TooLong
        } else {
            Length::InvalidLength
        }
    }
}

/// Whether an automaton accepts digits. Its rows are states, and its tails are masks.
fn accepts(rows: &[[u8; 22]], tails: &[[u8; 4]], root: u16, digits: &[u8]) -> bool {
    let mut state = usize::from(root);
    let mut rest = digits;
    loop {
        let Some(row) = rows.get(state) else {
            let lengths = u32::from_le_bytes(tails[state - rows.len()]);
            return has_length(lengths, rest.len());
        };
        let Some((&digit, after)) = rest.split_first() else {
            return cell(row, 10) != 0;
        };
        state = usize::from(cell(row, value(digit)));
        rest = after;
    }
}

/// Whether a region, given by its index, has this short number.
pub(super) fn is_short(region: usize, digits: &[u8]) -> bool {
    let roots = DIALLING.get(region);
    roots.is_some_and(|record| accepts(SHORT_ROWS, SHORT_TAILS, cell(record, 0), digits))
}

/// The trunk prefix for calls inside a region.
pub(super) fn trunk_prefix(region: usize) -> &'static [u8] {
    let prefix = DIALLING.get(region).map_or(&[][..], |record| &record[2..]);
    let length = prefix.iter().take_while(|&&digit| digit != 0).count();
    &prefix[..length]
}

/// How numbers of one kind are written.
#[derive(Clone, Copy)]
pub(super) struct WritingRecord(&'static [u8; 16]);

/// How a national number is written, if it is not written as its digits alone. `digits` begin with
/// its country calling code.
pub(super) fn writing(digits: &[u8], national: &[u8]) -> Option<WritingRecord> {
    let digit = |place| digits.get(place).map_or(0, |&digit| value(digit));
    let place = digit(0) * 100 + digit(1) * 10 + digit(2);
    let country = usize::from(OPENINGS[place][2]).checked_sub(1)?;
    let mut state = usize::from(cell(FORMAT_ROOTS.get(country)?, 0));
    let mut rest = national;
    let found = loop {
        let Some(row) = FORMAT_ROWS.get(state) else {
            let tail = FORMAT_TAILS.get(state - FORMAT_ROWS.len())?;
            break cell(tail, rest.len().min(tail.len() / 2 - 1));
        };
        let Some((&digit, after)) = rest.split_first() else {
            break cell(row, 10);
        };
        state = usize::from(cell(row, value(digit)));
        rest = after;
    };
    WRITINGS
        .get(usize::from(found).checked_sub(1)?)
        .map(WritingRecord)
}

impl WritingRecord {
    fn template(at: u16, length: u8) -> &'static [u8] {
        let rest = TEMPLATES.get(usize::from(at)..).unwrap_or_default();
        rest.get(..usize::from(length)).unwrap_or_default()
    }

    /// The template of the national form; it begins with the prefix.
    pub(super) fn national(self) -> &'static [u8] {
        Self::template(cell(self.0, 0), self.0[3])
    }

    /// How many bytes of that template are its prefix.
    pub(super) fn prefix_length(self) -> usize {
        usize::from(self.0[2])
    }

    /// The template of the international form, without the country calling code.
    pub(super) fn international(self) -> &'static [u8] {
        Self::template(cell(self.0, 2), self.0[6])
    }

    /// Whether the national form is always written with its prefix.
    pub(super) fn needs_prefix(self) -> bool {
        self.0[7] != 0
    }

    /// The positions in the digits of the national form, without its prefix, where a group begins.
    pub(super) fn national_groups(self) -> u32 {
        long(self.0, 8) as u32
    }

    /// The same for the international form.
    pub(super) fn international_groups(self) -> u32 {
        long(self.0, 12) as u32
    }
}

/// Whether bit `length` of a mask is set.
pub(super) const fn has_length(lengths: u32, length: usize) -> bool {
    length < 32 && lengths >> length & 1 != 0
}

/// The match of a prefix pattern that a backtracking engine would find: the last one on the path.
fn longest_preferred(root: u16, digits: &[u8]) -> Option<Prefix> {
    let mut state = root;
    let mut found = None;
    for place in 0..=digits.len() {
        if state == 0 {
            break;
        }
        let row = &PREFIX_ROWS[usize::from(state)];
        let digit = digits.get(place);
        let outcome = cell(row, if digit.is_some() { 10 } else { 11 });
        if outcome != 0 {
            let group = (usize::from(outcome >> 5 & 31), usize::from(outcome & 31));
            found = Some(Prefix {
                end: place,
                kept: (outcome >> 14 & 1 != 0).then_some(group),
            });
        }
        state = digit.map_or(0, |&digit| cell(row, value(digit)));
    }
    found
}

/// A list of time zones; the plan has a fixed set of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ZoneList(u16);

impl ZoneList {
    /// The empty list.
    pub const NONE: ZoneList = ZoneList(0);
    /// How many lists there are.
    pub const COUNT: usize = ZONE_LIST_STARTS.len() - 1;

    /// Every list, in the order of [`ZoneList::index`].
    pub fn all() -> impl ExactSizeIterator<Item = ZoneList> {
        (0..ZoneList::COUNT as u16).map(ZoneList)
    }

    /// The index of this list, from 0.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }

    /// The zones of the longest prefix of an E.164 number that has zones.
    #[cfg(test)]
    pub(super) fn of_place(digits: &[u8]) -> ZoneList {
        Self::of_state(0, digits)
    }

    /// The list to which the walk leads from a state by these digits.
    #[inline(always)]
    fn of_state(state: u16, digits: &[u8]) -> ZoneList {
        let mut state = usize::from(state);
        for &digit in digits {
            let Some(row) = ZONE_ROWS.get(state) else {
                break;
            };
            state = usize::from(cell(row, value(digit)));
        }
        ZoneList(match ZONE_ROWS.get(state) {
            Some(row) => cell(row, 10),
            None => (state - ZONE_ROWS.len()) as u16,
        })
    }

    /// The IDs of its zones.
    pub fn names(self) -> impl ExactSizeIterator<Item = &'static str> + Clone {
        let list = usize::from(self.0);
        let start = |starts: &[[u8; 2]], place: usize| usize::from(cell(&starts[place], 0));
        ZONE_LISTS[start(ZONE_LIST_STARTS, list)..start(ZONE_LIST_STARTS, list + 1)]
            .iter()
            .map(move |name| {
                let name = usize::from(cell(name, 0));
                let range = start(ZONE_NAME_STARTS, name)..start(ZONE_NAME_STARTS, name + 1);
                str::from_utf8(&ZONE_NAMES[range]).unwrap_or_default()
            })
    }
}

#[cfg(test)]
mod tests {
    use super::super::length::NATIONAL_LENGTHS;
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_checksum_matches_the_table() {
        let fnv = TABLE[CHECKED..]
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |found, &byte| {
                (found ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
            });
        assert_eq!(fnv.to_le_bytes(), TABLE[16..CHECKED]);
    }

    #[test]
    fn prefix_digits_include_the_first_digit_of_every_prefix() {
        for (place, opening) in OPENINGS.iter().enumerate() {
            let Some(country) = usize::from(opening[2]).checked_sub(1) else {
                continue;
            };
            let plan = Country(&COUNTRIES[country]).plan();
            for national in 0..1000 {
                let national = format!("{national:03}");
                let first = national.as_bytes()[0] - b'0';
                let may = PREFIX_DIGITS[place] >> first & 1 != 0;
                assert!(may || plan.national_prefix(national.as_bytes()).is_none());
            }
        }
    }

    /// All numbers of four digits and some after them.
    #[test]
    fn the_first_four_digits_agree_with_a_walk() {
        for number in 0..10_000 {
            for rest in ["", "0", "5", "12", "345678", "9999999", "01234567890"] {
                let digits = format!("{number:04}{rest}");
                let digits = digits.as_bytes();
                let Some(four) = FourDigits::of(digits) else {
                    panic!("there are four digits");
                };
                assert_eq!(four.zones_of_place(digits), ZoneList::of_place(digits));
                let Some(opening) = Opening::of(digits) else {
                    assert!(!four.is_readable(digits.len()));
                    continue;
                };
                let national = digits.len() - opening.code_length;
                let is_readable = NATIONAL_LENGTHS.contains(&national);
                assert_eq!(four.is_readable(digits.len()), is_readable);
                let packed = crate::packed_text::padded(digits);
                let by_number = FourDigits::of_packed(packed);
                assert_eq!(four.outcome(digits), opening.outcome(digits));
                assert_eq!(
                    by_number.packed_outcome(packed, digits.len()),
                    opening.outcome(digits)
                );
                assert_eq!(
                    by_number.packed_zones(packed, digits.len()),
                    ZoneList::of_place(digits)
                );
                assert_eq!(four.zones_of_country(), opening.country.zones());
                assert_eq!(four.places_mobiles(), opening.country.places_mobiles());
                let code = (four.first.code, usize::from(four.first.code_length));
                assert_eq!(code, (opening.country.code(), opening.code_length));
                assert_eq!(code.1, opening.country.code_digits().1);
            }
        }
        assert!(FourDigits::of(b"791").is_none());
    }

    /// Every path through the automaton for numbers of up to 15 digits, once for each state.
    #[test]
    fn the_first_digits_agree_with_a_walk() {
        let mut looked_at = HashSet::new();
        for place in 0..OPENINGS.len() {
            let digits = format!("{place:03}");
            let word = digits
                .bytes()
                .rev()
                .fold(0, |word, digit| word << 8 | u64::from(digit));
            let first = FirstDigits::of(word);
            let Some(opening) = Opening::of(digits.as_bytes()) else {
                assert_eq!((first.possible, first.readable), (0, 0));
                continue;
            };
            let national = &digits.as_bytes()[opening.code_length..];
            assert_eq!(usize::from(first.code_length), opening.code_length);
            assert!(
                national.is_empty()
                    || first.may_have_prefix(word) == opening.may_have_prefix(national)
            );
            let mut states = HashSet::from([(opening.start, 0)]);
            for len in 3..=MOST_DIGITS {
                let is_readable =
                    len > SHORTEST && NATIONAL_LENGTHS.contains(&(len - opening.code_length));
                assert_eq!(first.readable >> len & 1 != 0, is_readable);
                for &(state, counted) in &states {
                    let is_possible = outcome(state, &[b'0'; MOST_DIGITS][..counted]) & 7 == 0;
                    let said = first.possible >> len & 1 != 0;
                    assert_eq!(said, is_readable && is_possible, "{digits}, {len} digits");
                }
                looked_at.extend(states.iter().map(|&(state, _)| state));
                states = states.into_iter().flat_map(next_states).collect();
            }
        }
        assert!(looked_at.len() > VERDICT_ROWS.len());
    }

    /// The states to which a digit leads, with the number of digits so far.
    fn next_states((state, counted): (u16, usize)) -> Vec<(u16, usize)> {
        match VERDICT_ROWS.get(usize::from(state)) {
            Some(row) => (0..10).map(|digit| (cell(row, digit), 0)).collect(),
            None => vec![(state, counted + 1)],
        }
    }

    #[test]
    fn every_reference_stays_within_its_section() {
        let verdicts = VERDICT_ROWS.len() + VERDICT_TAILS.len();
        for row in VERDICT_ROWS {
            assert!((0..10).all(|column| usize::from(cell(row, column)) < verdicts));
        }
        let generals = GENERAL_ROWS.len() + GENERAL_TAILS.len();
        for row in GENERAL_ROWS {
            assert!((0..10).all(|column| usize::from(cell(row, column)) < generals));
        }
        for opening in OPENINGS {
            assert!(usize::from(cell(opening, 0)) < verdicts);
            assert!(usize::from(opening[2]) <= COUNTRIES.len());
        }
        for row in PREFIX_ROWS {
            assert!((0..10).all(|column| usize::from(cell(row, column)) < PREFIX_ROWS.len()));
        }
        let zones = ZONE_ROWS.len() + ZONE_LIST_STARTS.len() - 1;
        for row in ZONE_ROWS {
            assert!((0..10).all(|column| usize::from(cell(row, column)) < zones));
        }
        for country in COUNTRIES.iter().map(Country) {
            assert!(usize::from(country.root()) < verdicts);
            assert!(usize::from(cell(country.0, 5)) < PLANS.len());
            assert!(country.zones().names().all(|name| name.contains('/')));
        }
        for plan in PLANS.iter().map(Plan) {
            assert!(usize::from(cell(plan.0, 3)) < PREFIX_ROWS.len());
            assert!(usize::from(cell(plan.0, 4)) < PREFIX_ROWS.len());
            assert!(usize::from(cell(plan.0, 5)) < generals);
            assert!(plan.inserted().iter().all(u8::is_ascii_digit));
            assert!(usize::from(cell(plan.0, 2)) < COUNTRIES.len());
            assert_ne!(plan.possible_lengths(), 0);
        }
    }
}
