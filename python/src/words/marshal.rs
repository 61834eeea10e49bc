//! Reads the constants of Python's compiled modules (`Python/marshal.c`). Names, paths and code are skipped, because
//! the path of a module would be a place on somebody's disk.

/// Maximum nesting of objects.
const DEPTH: usize = 64;

/// The bit that marks an object to which later ones refer.
const REFERRED: u8 = 0x80;

/// An object, with the parts that are used.
#[derive(Debug)]
pub(super) enum Object<'a> {
    /// A text. Its bytes are UTF-8, but may contain unpaired surrogates.
    Text(&'a [u8]),
    /// A tuple, a set or a list.
    Many(Vec<Object<'a>>),
    /// The constants of a function, a class or a module.
    Code(Vec<Object<'a>>),
    /// Anything else.
    Other,
}

/// Reads one object after the other. `None` means that the bytes are not an object.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    minor: u8,
}

impl<'a> Reader<'a> {
    /// A reader for modules of Python 3.`minor`.
    pub(super) fn new(bytes: &'a [u8], minor: u8) -> Self {
        Self { bytes, minor }
    }

    /// Reads the object at the start of the bytes.
    pub(super) fn object(&mut self) -> Option<Object<'a>> {
        self.at_depth(DEPTH)
    }

    fn at_depth(&mut self, depth: usize) -> Option<Object<'a>> {
        let depth = depth.checked_sub(1)?;
        let skipped = |taken: Option<&[u8]>| taken.map(|_| Object::Other);
        match self.byte()? & !REFERRED {
            b'0' | b'N' | b'F' | b'T' | b'S' | b'.' => Some(Object::Other),
            b'i' | b'r' => skipped(self.take(4)),
            b'g' | b'I' => skipped(self.take(8)),
            b'y' => skipped(self.take(16)),
            b'f' => {
                let len = self.short()?;
                skipped(self.take(len))
            }
            b'x' => {
                let len = self.short()?;
                self.take(len)?;
                let len = self.short()?;
                skipped(self.take(len))
            }
            // Digits of 15 bits. The sign of the length is that of the number.
            b'l' => {
                let digits = self.number()?.unsigned_abs();
                skipped(self.take(usize::try_from(digits).ok()?.checked_mul(2)?))
            }
            b's' => {
                let len = self.len()?;
                skipped(self.take(len))
            }
            b't' | b'u' | b'a' | b'A' => {
                let len = self.len()?;
                self.take(len).map(Object::Text)
            }
            b'z' | b'Z' => {
                let len = self.short()?;
                self.take(len).map(Object::Text)
            }
            b')' => {
                let len = self.short()?;
                self.many(len, depth)
            }
            b'(' | b'[' | b'<' | b'>' => {
                let len = self.len()?;
                self.many(len, depth)
            }
            b'{' => self.dict(depth),
            b':' => self.many(3, depth).map(|_| Object::Other),
            b'c' => self.code(depth),
            _ => None,
        }
    }

    fn many(&mut self, len: usize, depth: usize) -> Option<Object<'a>> {
        // An object has at least one byte. No memory is reserved for a length that the file merely claims.
        if len > self.bytes.len() {
            return None;
        }
        (0..len).map(|_| self.at_depth(depth)).collect::<Option<Vec<_>>>().map(Object::Many)
    }

    /// Skips a dictionary, which is a list of keys and values with an end mark. No constant is a dictionary.
    fn dict(&mut self, depth: usize) -> Option<Object<'a>> {
        while *self.bytes.first()? & !REFERRED != b'0' {
            self.at_depth(depth)?;
        }
        self.byte().map(|_| Object::Other)
    }

    /// Reads a code object and returns its constants.
    fn code(&mut self, depth: usize) -> Option<Object<'a>> {
        let (numbers, behind, last) = if self.minor >= 11 {
            // Three counts of arguments, the stack size and flags. After the constants: names, variables and their
            // kinds, file, name and qualified name; then the line and exception tables.
            (5, 6, 2)
        } else {
            // The same numbers and the count of variables. After the constants: names, variables of three kinds, file
            // and name; then the line table.
            (6, 6, 1)
        };
        self.take(numbers * 4)?;
        self.at_depth(depth)?;
        let constants = self.at_depth(depth)?;
        for _ in 0..behind {
            self.at_depth(depth)?;
        }
        self.take(4)?;
        for _ in 0..last {
            self.at_depth(depth)?;
        }
        Some(match constants {
            Object::Many(constants) => Object::Code(constants),
            Object::Text(_) | Object::Code(_) | Object::Other => Object::Other,
        })
    }

    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).and_then(<[u8]>::first).copied()
    }

    fn short(&mut self) -> Option<usize> {
        self.byte().map(usize::from)
    }

    fn number(&mut self) -> Option<i32> {
        self.take(4).and_then(|four| four.try_into().ok()).map(i32::from_le_bytes)
    }

    fn len(&mut self) -> Option<usize> {
        self.number().and_then(|len| usize::try_from(len).ok())
    }
}
