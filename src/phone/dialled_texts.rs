//! Many texts that are read once and decided with many options, to find the region of a list.

use std::cmp::Reverse;

use super::options::{Evidence, Level, PhoneOptions};
use super::plan::Region;
use super::readings;
use super::text::{self, Dialled};

/// The digits of the texts that can be read. The others are not phones with any option.
pub(crate) struct DialledTexts(Vec<Dialled>);

/// How many texts are valid in a region, how many of them have its form of writing, and for how
/// many the number belongs to the region itself.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct RegionCount {
    valid: usize,
    shown: usize,
    exact: usize,
}

impl DialledTexts {
    /// Reads texts.
    pub fn of<T: AsRef<str>>(texts: impl Iterator<Item = T>) -> Self {
        DialledTexts(
            texts
                .filter_map(|text| text::read_guarded(text.as_ref()).ok())
                .collect(),
        )
    }

    /// [`regions_of`] some of the texts, at most `most` of them.
    pub fn regions(&self, most: usize) -> Vec<(Region, usize)> {
        let without_plus: Vec<&Dialled> = self.0.iter().filter(|dialled| !dialled.plus).collect();
        let step = without_plus.len().div_ceil(most).max(1);
        let sample = || without_plus.iter().copied().step_by(step);
        let regions = Region::all().filter(|region| region.country_code().is_some());
        let counted = regions.map(|region| (region, RegionCount::of(sample(), region)));
        let mut found: Vec<_> = counted.filter(|(_, count)| count.valid > 0).collect();
        found.sort_by_key(|&(region, count)| (Reverse(count), region));
        found
            .into_iter()
            .map(|(region, count)| (region, count.valid))
            .collect()
    }

    /// Of at most `most` of the texts, how many have the form of writing of a region, and how many are
    /// numbers of the region itself.
    pub fn shown_and_exact(&self, region: Region, most: usize) -> (usize, usize) {
        let step = self.0.len().div_ceil(most).max(1);
        let count = RegionCount::of(self.0.iter().step_by(step), region);
        (count.shown, count.exact)
    }

    /// How many of the texts are phones with these options.
    pub fn phones(&self, options: &PhoneOptions) -> usize {
        let is_phone = |dialled: &&Dialled| readings::decide(dialled, options).is_ok();
        self.0.iter().filter(is_phone).count()
    }
}

impl RegionCount {
    fn of<'d>(texts: impl Iterator<Item = &'d Dialled>, region: Region) -> Self {
        let options = PhoneOptions {
            region: Some(region),
            level: Level::Valid,
            ..PhoneOptions::default()
        };
        let mut count = RegionCount::default();
        let texts = texts.filter(|dialled| readings::may_be_of(dialled, region));
        for decided in texts.filter_map(|dialled| readings::decide(dialled, &options).ok()) {
            if decided.evidence != Evidence::Plus && decided.phone.is_in_country_of(region) {
                count.valid += 1;
                count.shown += usize::from(decided.evidence.shows_the_region());
                count.exact += usize::from(decided.phone.region() == Some(region));
            }
        }
        count
    }
}

/// The regions under which these texts are valid numbers, each with the count of such texts, best
/// first. Of regions with the same count, the one comes first whose form of writing more texts
/// have, and then the one that more of the numbers belong to. A text with a plus does not count.
///
/// ```
/// use predial::phone::regions_of;
/// let texts = ["8 912 345-67-89", "030 123456", "8 (495) 123-45-67"];
/// let (region, count) = regions_of(&texts)[0];
/// assert_eq!((region.code(), count), ("RU", 2));
/// ```
pub fn regions_of<T: AsRef<str>>(texts: &[T]) -> Vec<(Region, usize)> {
    DialledTexts::of(texts.iter()).regions(usize::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whether a text is a number of the region, by resolving it there.
    fn is_of(text: &str, region: Region) -> bool {
        let options = PhoneOptions {
            region: Some(region),
            level: Level::Valid,
            ..PhoneOptions::default()
        };
        let resolved = crate::phone::resolve(text, &options);
        resolved.is_ok_and(|resolved| resolved.phone.is_in_country_of(region))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// What is ruled out early is what would be decided.
        #[test]
        fn the_regions_are_those_in_which_a_text_is_resolved(
            text in "0{0,2}(8|1|44|49|7|390|81)?[ (]{0,2}[0-9]{2,4}[) -]{0,2}[0-9]{3,4}[ -]?[0-9]{2,4}"
        ) {
            let found = regions_of(&[&text]);
            for region in Region::all().filter(|region| region.country_code().is_some()) {
                let is_found = found.iter().any(|(other, _)| *other == region);
                prop_assert_eq!(is_found, is_of(&text, region), "{} in {}", text, region);
            }
        }
    }
}
