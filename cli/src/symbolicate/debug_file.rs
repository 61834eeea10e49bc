//! One file with debug information: its build, and the functions at an address in it.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use addr2line::{Context, LookupContinuation, LookupResult};
use crawl4ai_telemetry_core::RawFrame;
use gimli::{Dwarf, EndianArcSlice, RunTimeEndian};
use object::read::ReadCache;
use object::{BinaryFormat, Object, ObjectSection, ObjectSegment, SegmentFlags};

use super::split::Split;
use super::symbols::{Symbols, demangled};

/// Bytes of a section. They are reference-counted, because compilation units are read one by one.
pub(super) type Bytes = EndianArcSlice<RunTimeEndian>;

/// A file as `object` reads it: block by block, so that only the parts that are used are in memory.
pub(super) type Parsed<'a> = object::File<'a, &'a ReadCache<File>>;

/// The debug information of one build.
pub(super) struct DebugFile {
    /// The path that was given.
    pub(super) path: String,
    /// The build id (ELF) or the UUID (Mach-O), as lower-case hexadecimal digits.
    pub(super) build_id: String,
    /// The id by which servers of Sentry's protocol identify the file, without hyphens.
    debug_id: String,
    /// The address of the first loaded segment in the file. Addresses of a report count from there.
    start: u64,
    context: Context<Bytes>,
    symbols: Symbols,
    /// Whether it has more than symbols: lines and inlined functions.
    pub(super) has_information: bool,
}

/// The names at an address.
#[derive(Clone, Default)]
pub(super) struct Found {
    /// The functions. If functions were inlined into each other, the innermost is first.
    pub(super) functions: Vec<RawFrame>,
    /// The outermost function's name in the symbol table. It includes the path, which line tables do not have.
    pub(super) symbol: Option<String>,
}

/// The content of a file.
pub(super) enum Opened {
    Debug(Box<DebugFile>),
    Split(Box<Split>),
}

/// Opens a file: an executable, a shared library, or debug information that was split off one.
///
/// # Errors
/// Why it cannot be used, without its path.
pub(super) fn open(path: &Path) -> Result<Opened, String> {
    // Other kinds of files are not opened, because opening a pipe would wait for its writer.
    let what = fs::metadata(path).map_err(|error| error.to_string())?;
    if what.is_dir() {
        return Err("is a folder; of a .dSYM, name the file in Contents/Resources/DWARF".to_owned());
    }
    if !what.is_file() {
        return Err("is no regular file".to_owned());
    }
    let cache = ReadCache::new(File::open(path).map_err(|error| error.to_string())?);
    let parsed = object::File::parse(&cache).map_err(|error| not_read(&cache, &error))?;
    if let Some(split) = Split::of(&parsed)? {
        return Ok(Opened::Split(Box::new(split)));
    }
    DebugFile::of(path, &parsed).map(|file| Opened::Debug(Box::new(file)))
}

/// Why no debug information can be read from a file.
fn not_read(cache: &ReadCache<File>, error: &object::Error) -> String {
    use object::ReadRef;
    let start = cache.read_bytes_at(0, 16).unwrap_or_default();
    match start {
        [b'M', b'i', b'c', b'r', b'o', b's', b'o', b'f', b't', b' ', b'C', ..] => {
            "is a PDB, which this command does not read".to_owned()
        }
        [0xca, 0xfe, 0xba, 0xbe | 0xbf, ..] => {
            "holds several architectures: `lipo -thin` takes one out".to_owned()
        }
        _ => format!("is no file with debug information: {error}"),
    }
}

impl DebugFile {
    fn of(path: &Path, parsed: &Parsed<'_>) -> Result<Self, String> {
        let (build_id, debug_id) = ids(parsed)?;
        let dwarf = Dwarf::load(|id| section(parsed, id.name()))?;
        let symbols = Symbols::of(parsed);
        let has_information = parsed.section_by_name(".debug_info").is_some_and(|section| section.size() > 0);
        if parsed.section_by_name(".debug_info").is_none() && symbols.is_empty() {
            return Err("has neither debug information nor symbols: it was stripped".to_owned());
        }
        let context = Context::from_dwarf(dwarf).map_err(|error| format!("cannot be read: {error}"))?;
        let start = start(parsed);
        Ok(Self {
            path: path.display().to_string(),
            build_id,
            debug_id,
            start,
            context,
            symbols,
            has_information,
        })
    }

    /// Whether the file belongs to the build with this id, which is a build id or a debug id.
    pub(super) fn is_of(&self, id: &str) -> bool {
        // Only 32 digits count, because a debug id may be followed by the age of a PDB, which these kinds of files do
        // not have.
        id == self.build_id || id.get(..32).is_some_and(|id| id == self.debug_id)
    }

    /// The names at an address, which is relative to the start of the module.
    pub(super) fn look_up(&self, address: u64, split: &[Split]) -> Found {
        let Some(probe) = self.start.checked_add(address) else { return Found::default() };
        let mut found = self.inlined(probe, split).unwrap_or_default();
        let symbol = self.symbols.at(probe);
        match found.last_mut() {
            // The symbol names the outermost function as the program itself does. Line tables have no paths.
            Some(outermost) if symbol.is_some() => outermost.function.clone_from(&symbol),
            Some(_) => {}
            None => {
                let frame = |name: &String| RawFrame { function: Some(name.clone()), ..RawFrame::default() };
                found.extend(symbol.iter().map(frame));
            }
        }
        Found { functions: found, symbol }
    }

    fn inlined(&self, probe: u64, split: &[Split]) -> Result<Vec<RawFrame>, gimli::Error> {
        let mut lookup = self.context.find_frames(probe);
        let mut frames = loop {
            lookup = match lookup {
                LookupResult::Output(frames) => break frames?,
                LookupResult::Load { load, continuation } => {
                    let found = split.iter().find_map(|split| split.unit(load.dwo_id, &load.parent));
                    continuation.resume(found.map(Arc::new))
                }
            };
        };
        let mut found = Vec::new();
        while let Some(frame) = frames.next()? {
            let name = frame.function.as_ref().and_then(|name| name.raw_name().ok());
            found.push(RawFrame {
                function: name.map(|name| demangled(&name)),
                file: frame.location.as_ref().and_then(|place| place.file).map(str::to_owned),
                line: frame.location.as_ref().and_then(|place| place.line).filter(|line| *line > 0),
                ..RawFrame::default()
            });
        }
        Ok(found)
    }
}

/// The build id, and the debug id of the same file
/// (<https://docs.sentry.io/platforms/native/data-management/debug-files/identifiers/>).
fn ids(parsed: &Parsed<'_>) -> Result<(String, String), String> {
    let damaged = |error: object::Error| format!("cannot be read: {error}");
    let format = parsed.format();
    if format == BinaryFormat::MachO {
        let id = parsed.mach_uuid().map_err(damaged)?.ok_or("has no UUID")?;
        return Ok((hex(&id), hex(&id)));
    }
    if format != BinaryFormat::Elf {
        return Err(format!(
            "is of a kind ({format:?}) that this command does not read: ELF and Mach-O it does"
        ));
    }
    let id = parsed.build_id().map_err(damaged)?.filter(|id| !id.is_empty()).ok_or(
        "has no build id, so that nothing says which program it belongs to; \
         link with `-C link-arg=-Wl,--build-id`",
    )?;
    let mut uuid = [0; 16];
    uuid.iter_mut().zip(id).for_each(|(to, from)| *to = *from);
    if parsed.is_little_endian() {
        // The first three numbers of a GUID are in the processor's byte order.
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = uuid;
        uuid = [d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p];
    }
    Ok((hex(id), hex(&uuid)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The address of the first loaded segment in the file; addresses of reports count from it.
fn start(parsed: &Parsed<'_>) -> u64 {
    if parsed.format() == BinaryFormat::MachO {
        return parsed.relative_address_base();
    }
    let loaded = parsed.segments().filter(|segment| matches!(segment.flags(), SegmentFlags::Elf { .. }));
    loaded.map(|segment| segment.address()).min().unwrap_or(0)
}

/// A section, uncompressed. It is empty if the file has none.
pub(super) fn section(parsed: &Parsed<'_>, name: &str) -> Result<Bytes, String> {
    let endian = if parsed.is_little_endian() { RunTimeEndian::Little } else { RunTimeEndian::Big };
    let data = match parsed.section_by_name(name) {
        Some(section) => {
            section.uncompressed_data().map_err(|error| format!("cannot be read: {name}: {error}"))?
        }
        None => Default::default(),
    };
    Ok(EndianArcSlice::new(Arc::from(&*data), endian))
}
