//! Phone numbers to measure on: half of them Russian mobiles, the rest from forty other
//! countries, one in twenty with a digit missing. The same ones every time.

use std::fmt::Write;

/// libphonenumber's examples of mobile numbers, in E.164 form without the plus.
const EXAMPLES: [&str; 40] = [
    "12015550123",
    "201001234567",
    "213551234567",
    "212650123456",
    "233231234567",
    "2348021234567",
    "251911234567",
    "27711234567",
    "33612345678",
    "34612345678",
    "380501234567",
    "393123456789",
    "447400123456",
    "48512345678",
    "4915123456789",
    "51912345678",
    "522221234567",
    "5491123456789",
    "5511961234567",
    "573211234567",
    "584121234567",
    "60123456789",
    "61412345678",
    "62812345678",
    "639051234567",
    "66812345678",
    "77710009998",
    "819012345678",
    "821020000000",
    "84912345678",
    "8613123456789",
    "8801812345678",
    "905012345678",
    "918123456789",
    "923012345678",
    "9647912345678",
    "966512345678",
    "9779841234567",
    "989123456789",
    "998912345678",
];

/// A small generator of the xorshift family: what comes out must only look unordered.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }
}

/// So many numbers, as digits.
pub fn numbers(count: usize) -> Vec<String> {
    let mut draw = Draw(0x9E37_79B9_7F4A_7C15);
    let mut number = |_| {
        let mut number = String::new();
        if draw.below(2) == 0 {
            write!(number, "79{:09}", draw.below(1_000_000_000)).unwrap();
        } else {
            let example = EXAMPLES[draw.below(40) as usize];
            number.push_str(&example[..example.len() - 6]);
            write!(number, "{:06}", draw.below(1_000_000)).unwrap();
        }
        if draw.below(20) == 0 {
            number.pop();
        }
        number
    };
    (0..count).map(&mut number).collect()
}
