//! The fault of a text that is refused, and what is doubtful about its suggestion.

use super::readings::{Doubt, MeantPhone};
use crate::Fault;

/// A fault with a suggestion, and another meaning of the digits that the suggestion was read from. Who
/// sends the suggestion has to be warned of it: the suggestion alone has a plus, and one meaning.
pub(super) struct RefusedPhone {
    pub fault: Fault,
    pub doubt: Option<Doubt>,
}

impl RefusedPhone {
    /// The same fault, with this phone as its suggestion instead, if there is one.
    pub fn or_rather(self, meant: Option<MeantPhone>) -> RefusedPhone {
        match meant {
            Some(_) => suggest(self.fault, meant),
            None => self,
        }
    }
}

impl From<Fault> for RefusedPhone {
    fn from(fault: Fault) -> RefusedPhone {
        RefusedPhone { fault, doubt: None }
    }
}

impl From<RefusedPhone> for Fault {
    fn from(refused: RefusedPhone) -> Fault {
        refused.fault
    }
}

/// The fault, with this phone as a suggestion if there is one.
pub(super) fn suggest(fault: Fault, meant: Option<MeantPhone>) -> RefusedPhone {
    match meant {
        Some(MeantPhone { phone, doubt }) => RefusedPhone {
            fault: fault.suggest(phone.e164()),
            doubt,
        },
        None => fault.into(),
    }
}
