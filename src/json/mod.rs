#![forbid(unsafe_code)]
//! JSON as predial walks it (RFC 8259): white space, scalars, strings and their escapes, depth, the
//! members of objects, and edits in place.
//!
//! ```text
//! space, look ◀── scalar, string, depth
//! name, member ◀── read, shape, edit
//! ```
//!
//! serde_json reads every text of a new form, and decides what is valid. The code here works on
//! texts that serde_json has read, or only ever says *yes* ([`shape`]). Nothing is built and
//! nothing is copied: a value is the text that it has in its document.

mod depth;
mod edit;
mod look;
mod member;
mod read;
mod scalar;
mod shape;
mod space;
mod string;
mod value;

pub(crate) use depth::is_deeper;
pub use edit::{Edit, rewritten, rewritten_length};
pub(crate) use edit::{member_begin, member_with_comma, rewritten_parts};
pub use member::{KnownName, Member, MemberName, PlainMember};
pub use read::JsonError;
pub(crate) use read::{array, is_array_or_object, members, object, value_end, whole};
pub(crate) use shape::Shapes;
pub(crate) use space::{is_space, on_one_line, space_end, trimmed};
pub(crate) use string::{escaped_length, inner, needs_no_escape, quoted, write_escaped};
pub use value::Value;
