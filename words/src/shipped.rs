//! Finds the loaded modules that came with the program. The system's libraries never count, because their words are not
//! the program's own.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crawl4ai_telemetry_core::own_words::Unreadable;

use crate::Program;

/// Folders of the system, including everything in them.
const SYSTEM: &[&str] = &[
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/local/lib",
    "/usr/share",
    "/System",
    "/Library",
    "/nix/store",
    "/snap/core",
    "/system",
    "/vendor",
    "/apex",
];

/// Folders that many programs share. No program ships its libraries in such a folder.
const SHARED: &[&str] = &["/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];

/// A file that is mapped into this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// The path at which it was mapped.
    pub path: PathBuf,
    /// The range of the module's addresses, from its first mapping to its last.
    pub addresses: Range<u64>,
    /// The inode of the file, if the system tells it. Another inode at the same path means another build.
    pub inode: Option<u64>,
}

impl Module {
    /// Opens the module's file, unless its path now leads to another file.
    ///
    /// # Errors
    /// Those of [`Program::open`], and when the path leads to another file.
    pub fn open(&self) -> Result<Program, Unreadable> {
        #[cfg(unix)]
        if let Some(inode) = self.inode {
            use std::os::unix::fs::MetadataExt;
            let now = fs::metadata(&self.path).map_err(|error| crate::file::why(&error))?;
            if now.ino() != inode {
                return Err(Unreadable::AnotherBuild);
            }
        }
        Program::open(&self.path)
    }
}

/// The files that are mapped into this process, on Linux (proc_pid_maps(5)). On other systems the list is empty,
/// because the caller has the loader's list.
#[must_use]
pub fn loaded() -> Vec<Module> {
    let maps =
        if cfg!(target_os = "linux") { fs::read("/proc/self/maps").unwrap_or_default() } else { Vec::new() };
    modules(&String::from_utf8_lossy(&maps))
}

fn modules(maps: &str) -> Vec<Module> {
    let mut modules: Vec<Module> = Vec::new();
    for line in maps.lines() {
        // `address-address perms offset dev inode   path`, where the path may have spaces.
        let Some((path, head)) = line.find('/').and_then(|at| Some((line.get(at..)?, line.get(..at)?)))
        else {
            continue;
        };
        let mut fields = head.split_whitespace();
        let Some((first, last)) = fields.next().and_then(|range| range.split_once('-')) else { continue };
        let address = |text: &str| u64::from_str_radix(text, 16).ok();
        let (Some(first), Some(last)) = (address(first), address(last)) else { continue };
        let inode = fields.nth(3).and_then(|inode| inode.parse().ok());
        match modules.iter_mut().find(|module| module.path == Path::new(path) && module.inode == inode) {
            Some(module) => {
                module.addresses.start = module.addresses.start.min(first);
                module.addresses.end = module.addresses.end.max(last);
            }
            None => modules.push(Module { path: PathBuf::from(path), addresses: first..last, inode }),
        }
    }
    modules
}

/// The loaded modules that came with the program at `program`. They are the module that contains `own_address`, which
/// is an address of this library, and the shared libraries in the program's folder, below it, or in the folder `lib`
/// next to it. The program's own file is excluded.
///
/// ```
/// use std::path::{Path, PathBuf};
/// use crawl4ai_telemetry_words::{Module, shipped};
///
/// let module = |path: &str, at: u64| Module { path: PathBuf::from(path), addresses: at..at + 99, inode: None };
/// let loaded = [module("/opt/tool/lib/libtool.so", 100), module("/usr/lib/libssl.so.3", 200)];
/// assert_eq!(shipped(&loaded, Path::new("/opt/tool/bin/tool"), None), [&loaded[0]]);
/// ```
#[must_use]
pub fn shipped<'a>(modules: &'a [Module], program: &Path, own_address: Option<u64>) -> Vec<&'a Module> {
    let folder = program.parent().unwrap_or(Path::new(""));
    let is_shared = folder.as_os_str().is_empty() || SHARED.iter().any(|shared| folder == Path::new(shared));
    let library = folder.parent().map(|above| above.join("lib"));
    let beside = |path: &Path| {
        let in_library = library.as_ref().is_some_and(|lib| path.starts_with(lib));
        !is_shared && (path.starts_with(folder) || in_library) && !is_of_the_system(path)
    };
    let own = |module: &Module| own_address.is_some_and(|address| module.addresses.contains(&address));
    modules.iter().filter(|m| m.path != program && (own(m) || beside(&m.path))).collect()
}

fn is_of_the_system(path: &Path) -> bool {
    let text = path.to_string_lossy().to_ascii_lowercase();
    let windows = text.get(1..).is_some_and(|rest| rest.starts_with(":\\windows\\"));
    windows || SYSTEM.iter().any(|system| path.starts_with(system))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &str = "\
55d0c0a00000-55d0c0a02000 r--p 00000000 fd:01 1311 /opt/my tool/bin/tool
55d0c0a02000-55d0c0a09000 r-xp 00002000 fd:01 1311 /opt/my tool/bin/tool
7f1000000000-7f1000100000 r-xp 00000000 fd:01 42 /usr/lib/x86_64-linux-gnu/libc.so.6
7f2000000000-7f2000100000 r-xp 00000000 fd:01 43 /opt/my tool/bin/plugins/libplugin.so
7f3000000000-7f3000100000 r-xp 00000000 fd:01 44 /opt/my tool/lib/libtool.so
7f4000000000-7f4000100000 r-xp 00000000 fd:01 45 /home/ada/venv/_core.so
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0 [stack]
7ffe00000000-7ffe00021000 rw-p 00000000 00:00 0
nonsense /x
";

    #[test]
    fn what_was_shipped_and_what_was_not() {
        let all = modules(MAPS);
        assert_eq!(all.len(), 5, "{all:?}");
        assert_eq!(all[0].addresses, 0x55d0_c0a0_0000..0x55d0_c0a0_9000);
        assert_eq!(all[0].inode, Some(1311));
        let names = |own: Option<u64>, program: &str| -> Vec<String> {
            let shipped = shipped(&all, Path::new(program), own);
            shipped.iter().map(|m| m.path.file_name().unwrap().to_string_lossy().into_owned()).collect()
        };
        let program = "/opt/my tool/bin/tool";
        assert_eq!(names(None, program), ["libplugin.so", "libtool.so"]);
        assert_eq!(names(Some(0x7f40_0000_0010), program), ["libplugin.so", "libtool.so", "_core.so"]);
        assert_eq!(names(None, "/usr/bin/python3"), Vec::<String>::new(), "beside it stands everybody's");
        assert_eq!(names(None, ""), Vec::<String>::new());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_has_its_own_file_among_them() {
        let program = std::env::current_exe().unwrap();
        let all = loaded();
        let own = all.iter().find(|module| module.path == program).expect("the test itself");
        assert!(own.open().is_ok());
        let other = Module { inode: own.inode.map(|inode| inode + 1), ..own.clone() };
        assert_eq!(other.open().err(), Some(Unreadable::AnotherBuild));
    }
}
