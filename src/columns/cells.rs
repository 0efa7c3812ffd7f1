//! The values of an Arrow array, read in place.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, GenericStringArray, OffsetSizeTrait, PrimitiveArray, StringViewArray};
use arrow_schema::DataType;

use super::bits::WORD;
use crate::packed_text::PackedText;

/// One value that is not null.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell<'a> {
    /// A text. The exporter promised that it is UTF-8; nothing has checked this.
    Text(&'a [u8]),
    /// An integer. Integers beyond `i64` may lose their exact value.
    Integer(i128),
    /// A floating-point number.
    Float(f64),
    /// A value of any other type.
    Other,
    /// The array refers to bytes that it does not have.
    OutOfBounds,
}

impl Cell<'_> {
    /// Whether the value is NaN.
    #[inline(always)]
    pub(super) fn is_nan(&self) -> bool {
        matches!(self, Cell::Float(number) if number.is_nan())
    }
}

/// The short texts of some rows. The entry of a row without one is arbitrary.
#[derive(Clone, Copy, Debug)]
pub(super) struct ShortTexts(pub [PackedText; WORD]);

impl Default for ShortTexts {
    fn default() -> Self {
        ShortTexts([PackedText::default(); WORD])
    }
}

/// An array as a sequence of cells.
pub(super) trait Cells {
    /// The value in this row; if the row is null, the value is arbitrary.
    fn cell(&self, row: usize) -> Cell<'_>;

    /// Reads up to 64 rows, and returns a bit for each row with a short text. With `numbers`, the
    /// digits of a whole number count as a text.
    fn short_texts(&self, _from: usize, _count: usize, _: &mut ShortTexts, _numbers: bool) -> u64 {
        0
    }
}

#[inline(always)]
fn text_cell(bytes: Option<&[u8]>) -> Cell<'_> {
    bytes.map_or(Cell::OutOfBounds, Cell::Text)
}

/// Stores a text at its position, and returns its bit.
#[inline(always)]
fn put(texts: &mut ShortTexts, place: usize, text: Option<PackedText>) -> u64 {
    texts.0[place] = text.unwrap_or_default();
    u64::from(text.is_some()) << place
}

impl<O: OffsetSizeTrait> Cells for GenericStringArray<O> {
    #[inline(always)]
    fn cell(&self, row: usize) -> Cell<'_> {
        let offsets = self.value_offsets();
        let (from, to) = (offsets[row].as_usize(), offsets[row + 1].as_usize());
        text_cell(self.value_data().get(from..to))
    }

    #[inline(never)]
    fn short_texts(&self, from: usize, count: usize, texts: &mut ShortTexts, _: bool) -> u64 {
        let bytes = self.value_data();
        let offsets = &self.value_offsets()[from..=from + count];
        let mut short = 0;
        for (place, ends) in offsets.windows(2).take(WORD).enumerate() {
            let (from, to) = (ends[0].as_usize(), ends[1].as_usize());
            short |= put(
                texts,
                place,
                PackedText::within(bytes, from, to.wrapping_sub(from)),
            );
        }
        short
    }
}

/// The largest whole number that counts as a short text.
const MOST: i128 = i64::MAX as i128;

/// The size of a view in bytes.
const VIEW: usize = 16;
/// How many bytes of text a view itself can hold.
pub(super) const INLINE: usize = 12;

impl Cells for StringViewArray {
    #[inline(always)]
    fn cell(&self, row: usize) -> Cell<'_> {
        let view = self.views()[row];
        let len = view as u32 as usize;
        let text = if len <= INLINE {
            let start = row * VIEW + 4;
            self.views().inner().as_slice().get(start..start + len)
        } else {
            let (buffer, from) = ((view >> 64) as u32 as usize, (view >> 96) as usize);
            let buffer = self.data_buffers().get(buffer);
            buffer.and_then(|buffer| buffer.as_slice().get(from..from + len))
        };
        text_cell(text)
    }

    #[inline(never)]
    fn short_texts(&self, from: usize, count: usize, texts: &mut ShortTexts, _: bool) -> u64 {
        let views = &self.views()[from..from + count];
        let buffers = self.data_buffers();
        let mut short = 0;
        // First the texts inside their views, then the others: the branch predictor could not guess
        // which kind comes next.
        let (mut others, mut count) = ([0_u8; WORD], 0);
        for (place, &view) in views.iter().take(WORD).enumerate() {
            let len = view as u32 as usize;
            let is_inline = len <= INLINE;
            texts.0[place] =
                PackedText::starting([(view >> 32) as u64, (view >> 96) as u64, 0, 0], len);
            short |= u64::from(is_inline) << place;
            others[count % WORD] = place as u8;
            count += usize::from(!is_inline);
        }
        for &place in &others[..count] {
            let place = usize::from(place) % WORD;
            let view = views[place];
            let (buffer, from) = ((view >> 64) as u32 as usize, (view >> 96) as usize);
            let bytes = buffers
                .get(buffer)
                .map_or(&[][..], |buffer| buffer.as_slice());
            short |= put(
                texts,
                place,
                PackedText::within(bytes, from, view as u32 as usize),
            );
        }
        short
    }
}

macro_rules! numbers {
    ($($type:ty => $cell:expr),+ $(,)?) => {$(
        impl Cells for PrimitiveArray<$type> {
            #[inline(always)]
            fn cell(&self, row: usize) -> Cell<'_> {
                let cell: fn(<$type as ArrowPrimitiveType>::Native) -> Cell<'static> = $cell;
                cell(self.values()[row])
            }

            fn short_texts(
                &self,
                from: usize,
                count: usize,
                texts: &mut ShortTexts,
                numbers: bool,
            ) -> u64 {
                let mut short = 0;
                let mut digits = itoa::Buffer::new();
                for place in 0..if numbers { count.min(WORD) } else { 0 } {
                    let text = match self.cell(from + place) {
                        Cell::Integer(number @ 0..=MOST) => {
                            PackedText::of(digits.format(number as u64).as_bytes())
                        }
                        _ => None,
                    };
                    short |= put(texts, place, text);
                }
                short
            }
        }
    )+};
}

numbers! {
    Int8Type => |number| Cell::Integer(number.into()),
    Int16Type => |number| Cell::Integer(number.into()),
    Int32Type => |number| Cell::Integer(number.into()),
    Int64Type => |number| Cell::Integer(number.into()),
    UInt8Type => |number| Cell::Integer(number.into()),
    UInt16Type => |number| Cell::Integer(number.into()),
    UInt32Type => |number| Cell::Integer(number.into()),
    UInt64Type => |number| Cell::Integer(number.into()),
    Float16Type => |number| narrow_float(number.into(), 1 << 11),
    Float32Type => |number| narrow_float(number.into(), 1 << 24),
    Float64Type => Cell::Float,
}

/// A number with fewer bits than a double. From the first whole number whose successor it can't
/// represent on, it may mean another number, so it does not count as a whole number.
#[inline(always)]
fn narrow_float(number: f64, first_inexact: u32) -> Cell<'static> {
    match number.abs() >= f64::from(first_inexact) {
        true => Cell::Other,
        false => Cell::Float(number),
    }
}

/// The cells of an array that does not hold texts.
pub(super) fn of(array: &dyn Array) -> &dyn Cells {
    macro_rules! primitive {
        ($type:ty) => {
            array.as_primitive::<$type>()
        };
    }
    match array.data_type() {
        DataType::Int8 => primitive!(Int8Type),
        DataType::Int16 => primitive!(Int16Type),
        DataType::Int32 => primitive!(Int32Type),
        DataType::Int64 => primitive!(Int64Type),
        DataType::UInt8 => primitive!(UInt8Type),
        DataType::UInt16 => primitive!(UInt16Type),
        DataType::UInt32 => primitive!(UInt32Type),
        DataType::UInt64 => primitive!(UInt64Type),
        DataType::Float16 => primitive!(Float16Type),
        DataType::Float32 => primitive!(Float32Type),
        DataType::Float64 => primitive!(Float64Type),
        _ => &Others,
    }
}

/// An array whose type holds neither phones nor zones.
struct Others;

impl Cells for Others {
    fn cell(&self, _: usize) -> Cell<'_> {
        Cell::Other
    }
}
