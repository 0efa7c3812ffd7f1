//! The values of an Arrow array, read where they lie.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, GenericStringArray, OffsetSizeTrait, PrimitiveArray, StringViewArray};
use arrow_schema::DataType;

/// One value that is not null.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell<'a> {
    /// A text. That it is UTF-8 has been promised and not checked.
    Text(&'a [u8]),
    /// An integer; those beyond `i64` are as large as any.
    Integer(i128),
    /// A floating-point number.
    Float(f64),
    /// A value of any other type.
    Other,
}

impl Cell<'_> {
    /// Whether this is the number that stands for no number.
    #[inline(always)]
    pub(super) fn is_nan(&self) -> bool {
        matches!(self, Cell::Float(number) if number.is_nan())
    }
}

/// An array as a row of cells.
pub(super) trait Cells {
    /// The value in this row; of a row that is null it may be anything.
    fn cell(&self, row: usize) -> Cell<'_>;
}

impl<O: OffsetSizeTrait> Cells for GenericStringArray<O> {
    #[inline(always)]
    fn cell(&self, row: usize) -> Cell<'_> {
        let offsets = self.value_offsets();
        let (from, to) = (offsets[row].as_usize(), offsets[row + 1].as_usize());
        Cell::Text(self.value_data().get(from..to).unwrap_or_default())
    }
}

/// Bytes of a view.
const VIEW: usize = 16;
/// As many bytes as a view holds itself.
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
        Cell::Text(text.unwrap_or_default())
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
    Float16Type => |number| Cell::Float(number.into()),
    Float32Type => |number| Cell::Float(number.into()),
    Float64Type => Cell::Float,
}

/// The cells of an array that is no text.
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

/// An array of a type that neither phones nor zones have.
struct Others;

impl Cells for Others {
    fn cell(&self, _: usize) -> Cell<'_> {
        Cell::Other
    }
}
