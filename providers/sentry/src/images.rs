//! The loaded modules. With the debug information of this build, a server uses them to name the functions of a stripped
//! binary.
//!
//! Servers expect absolute addresses. The real load addresses of modules are random and private, so this file gives
//! each module an address that is equal on every machine. If a function's name is known, neither its address nor its
//! module is sent, because a server does not need them.

use std::collections::BTreeSet;

use crawl4ai_telemetry_core::{Frame, Image, Report};
use sentry::protocol::debugid::{CodeId, DebugId};
use sentry::protocol::{Addr, DebugImage, SymbolicDebugImage, Uuid};

/// The address space for each module, in bytes: 1 TiB, which no module fills.
const ROOM: u64 = 1 << 40;

/// The base address of the module at this index of the report's list.
fn base(image: usize) -> Option<u64> {
    // The first module is not at address 0, because servers read 0 as unknown.
    u64::try_from(image).ok()?.checked_add(1)?.checked_mul(ROOM)
}

/// The address of a frame whose function is unknown.
pub(crate) fn instruction(frame: &Frame) -> Option<Addr> {
    place(nameless(frame)?, frame.address()?)
}

/// The module of a frame whose function the server has to find.
fn nameless(frame: &Frame) -> Option<usize> {
    frame.image().filter(|_| frame.function().is_none() && frame.address().is_some())
}

fn place(image: usize, relative: u64) -> Option<Addr> {
    let base = base(image)?;
    (relative < ROOM).then_some(Addr(base | relative))
}

/// The modules of nameless frames, if they have the build id by which a server finds debug information.
pub(crate) fn debug_images(report: &Report) -> Vec<DebugImage> {
    let frames = report.exceptions().iter().flat_map(|exception| exception.frames());
    let asked: BTreeSet<usize> = frames.filter_map(nameless).collect();
    asked.into_iter().filter_map(|at| debug_image(report, at, report.images().get(at)?)).collect()
}

fn debug_image(report: &Report, at: usize, image: &Image) -> Option<DebugImage> {
    let id = image.build_id()?;
    Some(DebugImage::Symbolic(SymbolicDebugImage {
        name: image.name().to_owned(),
        arch: Some(report.platform().arch().to_owned()),
        image_addr: Addr(base(at)?),
        image_size: image.size().min(ROOM),
        image_vmaddr: Addr(0),
        id: debug_id(report.platform().os(), &bytes(id)?)?,
        code_id: Some(CodeId::new(id.to_ascii_lowercase())),
        debug_file: None,
    }))
}

/// The id of a module's debug information
/// (<https://docs.sentry.io/platforms/native/data-management/debug-files/identifiers/>).
fn debug_id(os: &str, id: &[u8]) -> Option<DebugId> {
    let mut uuid = [0; 16];
    for (to, from) in uuid.iter_mut().zip(id) {
        *to = *from;
    }
    match os {
        "macos" | "ios" | "tvos" | "watchos" | "visionos" => Some(DebugId::from_uuid(Uuid::from_bytes(uuid))),
        // A PDB's id is its GUID, which its age may follow.
        "windows" => {
            let age = id.get(16..20).and_then(|age| age.try_into().ok()).map_or(1, u32::from_be_bytes);
            DebugId::from_guid_age(&uuid, age).ok()
        }
        // An ELF file's debug id is the first 16 bytes of its build id, read as a GUID in the processor's byte order.
        _ if cfg!(target_endian = "little") => DebugId::from_guid_age(&uuid, 0).ok(),
        _ => Some(DebugId::from_uuid(Uuid::from_bytes(uuid))),
    }
}

/// Hexadecimal digits as bytes.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: &u8| char::from(*digit).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let byte = |pair: &[u8]| match pair {
        [high, low] => Some((value(high)? << 4) | value(low)?),
        _ => None,
    };
    digits.as_bytes().chunks(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_ids_are_those_that_servers_file_by() {
        // Debug ids of one GNU build id, by the rule of Sentry's page on identifiers: the first three groups are
        // reversed on a little-endian machine.
        let id = bytes("00112233445566778899aabbccddeeff01234567").unwrap();
        let table = [
            ("macos", "00112233-4455-6677-8899-aabbccddeeff"),
            ("linux", "33221100-5544-7766-8899-aabbccddeeff"),
            ("windows", "33221100-5544-7766-8899-aabbccddeeff-1234567"),
        ];
        for (os, expected) in table {
            assert_eq!(debug_id(os, &id).unwrap().to_string(), expected, "{os}");
        }
        assert_eq!(
            debug_id("windows", &id[..16]).unwrap().to_string(),
            "33221100-5544-7766-8899-aabbccddeeff-1"
        );
        assert_eq!(debug_id("linux", &id[..4]).unwrap().to_string(), "33221100-0000-0000-0000-000000000000");
    }

    #[test]
    fn no_two_modules_share_an_address() {
        assert_eq!(place(0, 0x1f3a0), Some(Addr(0x100_0001_f3a0)));
        assert_eq!(place(1, 0), Some(Addr(0x200_0000_0000)));
        assert_eq!(place(0, ROOM), None);
        assert_eq!(place(usize::MAX, 0), None);
    }

    #[test]
    fn what_is_no_build_id_is_none() {
        for text in ["0g", "+1", "é", "0", "00 1"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }
}
