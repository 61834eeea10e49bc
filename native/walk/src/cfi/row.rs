//! Where a caller's registers are, at one address of code.

use crate::registers::REGISTERS;

/// Code of a DWARF expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) at: u64,
    pub(super) length: u64,
}

/// Where one register of the caller is. [`Self::Same`] comes first, so that a new row is all zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Where it was; the stack pointer is the frame's address.
    Same,
    /// Nowhere: of a return address, that there is no caller.
    Undefined,
    /// In memory, relative to the frame's address.
    Offset(i64),
    /// The frame's address and this.
    ValueOffset(i64),
    /// In another register.
    Register(usize),
    /// In memory, at what the expression says.
    Expression(Code),
    /// What the expression says.
    ValueExpression(Code),
}

/// The frame's address, which DWARF calls the canonical frame address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cfa {
    Unknown,
    Register { number: usize, offset: i64 },
    Expression(Code),
}

/// One row of the table that a function's unwind code describes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) cfa: Cfa,
    pub(super) rules: [Rule; REGISTERS],
}

impl Row {
    pub(super) const NEW: Self = Self { cfa: Cfa::Unknown, rules: [Rule::Same; REGISTERS] };

    /// Registers that are not followed, such as those of vectors, are passed over.
    pub(super) fn set(&mut self, number: u64, rule: Rule) {
        if let Some(slot) = usize::try_from(number).ok().and_then(|number| self.rules.get_mut(number)) {
            *slot = rule;
        }
    }

    pub(super) fn of(&self, number: u64) -> Rule {
        let rule = usize::try_from(number).ok().and_then(|number| self.rules.get(number));
        rule.copied().unwrap_or(Rule::Same)
    }
}
