//! Where the caller's registers are, for one address of code.

use crate::registers::REGISTERS;

/// Code of a DWARF expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) at: u64,
    pub(super) length: u64,
}

/// Where one register of the caller is. [`Self::Same`] is the first variant, so that a new row is all zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// The register is unchanged. For the stack pointer, the value is the frame's address.
    Same,
    /// The value is lost. For a return address this means that there is no caller.
    Undefined,
    /// In memory, at this offset from the frame's address.
    Offset(i64),
    /// The value is the frame's address plus this offset.
    ValueOffset(i64),
    /// In another register.
    Register(usize),
    /// In memory, at the result of the expression.
    Expression(Code),
    /// The value is the result of the expression.
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

    /// Sets the rule of a register. Registers that are not followed, such as vector registers, are ignored.
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
