//! What was found of the last texts: the cells of most columns repeat a few.
//!
//! Each text has one slot, by its hash, and takes it from the text that was there before.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

/// So many texts are kept at most.
const SLOTS: usize = 1024;

/// What was found of the last texts.
pub(super) struct TextMemo<'t, T> {
    slots: Vec<Option<(&'t str, T)>>,
}

impl<T: Copy> Default for TextMemo<'_, T> {
    fn default() -> Self {
        TextMemo {
            slots: vec![None; SLOTS],
        }
    }
}

impl<'t, T: Copy> TextMemo<'t, T> {
    /// What `find` finds of a text, or found of it before.
    pub fn get(&mut self, text: &'t str, find: impl FnOnce(&'t str) -> T) -> T {
        let hash = FixedState::default().hash_one(text);
        let slot = &mut self.slots[hash as usize % SLOTS];
        match slot {
            Some((kept, found)) if *kept == text => *found,
            _ => slot.insert((text, find(text))).1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_that_of_the_text() {
        let texts: Vec<String> = (0..5 * SLOTS).map(|number| number.to_string()).collect();
        let mut memo = TextMemo::default();
        for text in texts.iter().chain(&texts) {
            let number: usize = memo.get(text, |text| text.parse().unwrap());
            assert_eq!(number.to_string(), *text);
        }
        let mut finds = 0;
        for _ in 0..3 {
            memo.get("a text", |_| {
                finds += 1;
                0
            });
        }
        assert_eq!(finds, 1);
    }
}
