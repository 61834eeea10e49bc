//! One step of a walk with `.eh_frame`, from the registers of a frame to the registers of its caller.
//!
//! Formats: Linux Standard Base 5.0, chapter 10 (`.eh_frame`, `.eh_frame_hdr`); DWARF 5, section 6.4.

mod expression;
mod row;
mod run;
mod table;

use crate::memory::{Memory, Reader};
use crate::registers::{Arch, Registers};
use row::{Cfa, Row, Rule};
use table::Entry;

/// Number of addresses whose rows are cached. An endless recursion repeats a few addresses ten thousand times.
const CACHED: usize = 32;

/// How to unwind from one address of code.
#[derive(Clone, Copy, Debug)]
struct Unwind {
    /// The address; 0 for an empty slot.
    address: u64,
    is_signal: bool,
    return_address: usize,
    row: Row,
}

impl Unwind {
    const NONE: Self = Self { address: 0, is_signal: false, return_address: 0, row: Row::NEW };
}

/// The working memory of a step. A new value is all zeros.
#[derive(Debug)]
pub(crate) struct Cfi {
    row: Row,
    initial: Row,
    remembered: [Row; run::REMEMBERED],
    cache: [Unwind; CACHED],
}

/// The result of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The registers are the caller's.
    Caller {
        /// Was the frame that of a signal? The signal then interrupted the caller, and the caller's address is the
        /// interrupted instruction itself, not a return address.
        interrupted: bool,
    },
    /// The tables show that the frame has no caller.
    Outermost,
}

impl Cfi {
    pub(crate) const fn new() -> Self {
        Self {
            row: Row::NEW,
            initial: Row::NEW,
            remembered: [Row::NEW; run::REMEMBERED],
            cache: [Unwind::NONE; CACHED],
        }
    }

    pub(crate) fn clear(&mut self) {
        for unwind in &mut self.cache {
            unwind.address = 0;
        }
    }

    /// Steps from the function around `address` to its caller. Returns `None` if the tables have no entry; `registers`
    /// may then have wrong values.
    pub(crate) fn step<M: Memory>(
        &mut self,
        reader: &mut Reader<'_, M>,
        arch: Arch,
        eh_frame_header: u64,
        address: u64,
        registers: &mut Registers,
    ) -> Option<Step> {
        let slot = address as usize % CACHED;
        if self.cache.get(slot)?.address != address {
            let unwind = self.look_up(reader, eh_frame_header, address)?;
            *self.cache.get_mut(slot)? = unwind;
        }
        apply(reader, arch, self.cache.get(slot)?, registers)
    }

    fn look_up<M: Memory>(
        &mut self,
        reader: &mut Reader<'_, M>,
        eh_frame_header: u64,
        address: u64,
    ) -> Option<Unwind> {
        let entry = Entry::find(reader, eh_frame_header, address)?;
        self.row = Row::NEW;
        self.initial = Row::NEW;
        self.run(reader, &entry, entry.common_code, 0, u64::MAX)?;
        self.initial = self.row;
        self.run(reader, &entry, entry.code, entry.begin, address)?;
        let return_address = usize::try_from(entry.return_address).ok()?;
        Some(Unwind { address, is_signal: entry.is_signal, return_address, row: self.row })
    }
}

fn apply<M: Memory>(
    reader: &mut Reader<'_, M>,
    arch: Arch,
    unwind: &Unwind,
    registers: &mut Registers,
) -> Option<Step> {
    let before = *registers;
    let row = &unwind.row;
    let cfa = match row.cfa {
        Cfa::Unknown => return None,
        Cfa::Register { number, offset } => before.of(number).wrapping_add(offset as u64),
        Cfa::Expression(code) => expression::evaluate(reader, arch, &before, code, None)?,
    };
    if row.rules.get(unwind.return_address) == Some(&Rule::Undefined) {
        return Some(Step::Outermost);
    }
    for (number, rule) in row.rules.iter().enumerate() {
        let value = match *rule {
            Rule::Same if number == arch.stack_pointer() => cfa,
            Rule::Same => continue,
            Rule::Undefined => 0,
            Rule::Offset(offset) => reader.u64(cfa.wrapping_add(offset as u64))?,
            Rule::ValueOffset(offset) => cfa.wrapping_add(offset as u64),
            Rule::Register(other) => before.of(other),
            Rule::Expression(code) => {
                let at = expression::evaluate(reader, arch, &before, code, Some(cfa))?;
                reader.u64(at)?
            }
            Rule::ValueExpression(code) => expression::evaluate(reader, arch, &before, code, Some(cfa))?,
        };
        registers.set(number, value);
    }
    registers.pc = arch.plain(registers.of(unwind.return_address));
    Some(Step::Caller { interrupted: unwind.is_signal })
}

#[cfg(test)]
mod tests;
