//! Names from the symbol table, for functions that have no debug information.

use object::{Object, ObjectSymbol, SymbolKind};

use super::debug_file::Parsed;

/// The functions of a file, ordered by their start.
pub(super) struct Symbols(Vec<Symbol>);

struct Symbol {
    start: u64,
    /// The size. It is 0 if the file does not give it; the function then extends to the next one.
    size: u64,
    name: String,
}

impl Symbols {
    pub(super) fn of(parsed: &Parsed<'_>) -> Self {
        let functions = parsed.symbols().chain(parsed.dynamic_symbols());
        let functions =
            functions.filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.is_definition());
        let named = functions.filter_map(|symbol| {
            let name = symbol.name().ok().filter(|name| !name.is_empty())?.to_owned();
            Some(Symbol { start: symbol.address(), size: symbol.size(), name })
        });
        let mut all: Vec<Symbol> = named.collect();
        all.sort_by_key(|symbol| symbol.start);
        all.dedup_by_key(|symbol| symbol.start);
        Self(all)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The function that contains an address.
    pub(super) fn at(&self, address: u64) -> Option<String> {
        let behind = self.0.partition_point(|symbol| symbol.start <= address);
        let symbol = self.0.get(behind.checked_sub(1)?)?;
        let is_inside = symbol.size == 0 || address - symbol.start < symbol.size;
        is_inside.then(|| demangled(&symbol.name))
    }
}

/// A name as in the source. Names that are not Rust's are returned unchanged.
pub(super) fn demangled(name: &str) -> String {
    rustc_demangle::try_demangle(name).map_or_else(|_| name.to_owned(), |name| name.to_string())
}
