//! Debug information that the compiler stored beside the program: `.dwp` packages and `.dwo` files (DWARF 5, section
//! 7.3).

use std::sync::Arc;

use gimli::{Dwarf, DwarfPackage, DwarfSections, DwoId, EndianArcSlice, Error, RunTimeEndian, SectionId};
use object::Object;

use super::debug_file::{Bytes, Parsed, section};

/// A file of split debug information. It has no build id. The program's own file refers to each unit by a 64-bit
/// number.
pub(super) enum Split {
    Package(Box<DwarfPackage<Bytes>>),
    Unit(DwoId, Box<DwarfSections<Bytes>>),
}

impl Split {
    /// `None` if the file is a program or a library.
    pub(super) fn of(parsed: &Parsed<'_>) -> Result<Option<Self>, String> {
        let has = |name| parsed.section_by_name(name).is_some();
        if !has(".debug_info.dwo") || has(".debug_info") {
            return Ok(None);
        }
        let load = |id: SectionId| match id.dwo_name() {
            Some(name) => section(parsed, name).map_err(Damaged),
            None => Ok(empty()),
        };
        let split = if has(".debug_cu_index") {
            DwarfPackage::load(load, empty()).map(|package| Self::Package(Box::new(package)))
        } else {
            DwarfSections::load(load).and_then(Self::of_unit)
        };
        split.map(Some).map_err(|Damaged(why)| why)
    }

    fn of_unit(sections: DwarfSections<Bytes>) -> Result<Self, Damaged> {
        let dwarf = sections.borrow(Clone::clone);
        let header = dwarf.units().next()?.ok_or(Damaged("holds no unit".to_owned()))?;
        let id = dwarf.unit(header)?.dwo_id;
        let id = id.ok_or(Damaged("has no number by which a program would name it".to_owned()))?;
        Ok(Self::Unit(id, Box::new(sections)))
    }

    /// The unit to which the program's own file refers by this number.
    pub(super) fn unit(&self, wanted: DwoId, parent: &Arc<Dwarf<Bytes>>) -> Option<Dwarf<Bytes>> {
        match self {
            Self::Package(package) => package.find_cu(wanted, parent).ok().flatten(),
            Self::Unit(id, sections) if *id == wanted => {
                let mut unit = sections.borrow(Clone::clone);
                unit.make_dwo(parent);
                Some(unit)
            }
            Self::Unit(..) => None,
        }
    }
}

fn empty() -> Bytes {
    EndianArcSlice::new(Arc::from([].as_slice()), RunTimeEndian::Little)
}

/// Why a file of split debug information cannot be read.
struct Damaged(String);

impl From<Error> for Damaged {
    fn from(error: Error) -> Self {
        Self(format!("cannot be read: {error}"))
    }
}
