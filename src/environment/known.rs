//! The values of this machine that must never leave. The sanitizer matches them exactly.

mod lists;

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use crawl4ai_telemetry_core::sanitize::{Known, Redaction};

use lists::{COMMON_VALUES, SECRET_WORDS, contains};

use super::Host;
use crate::environment::Env;

/// The home, working and temporary folders, user and host names, and the values of variables whose names look secret.
/// Folders are taken as named and with links resolved, which reads the disk.
///
/// Values that identify nobody and would redact ordinary words are left out: names that [`Known::add`] ignores (`root`,
/// `ubuntu`, `localhost`), folders such as `/tmp` or `/app`, and secrets that are shorter than six bytes or are a
/// common word or number of settings (`true`, `100000`).
#[must_use]
pub(crate) fn known_values(env: &Env, host: &Host) -> Known {
    let mut known = Known::default();
    folders(&mut known, env, host);
    users(&mut known, env, host);
    hosts(&mut known, env, host);
    secrets(&mut known, env);
    known
}

fn folders(known: &mut Known, env: &Env, host: &Host) {
    let variables = ["HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "PWD"];
    let named = variables.iter().filter_map(|name| env.get(name)).map(PathBuf::from);
    let seen = [&host.home, &host.working_folder, &host.temporary_folder].into_iter().flatten().cloned();
    for folder in named.chain(seen) {
        if !folder.is_absolute() {
            continue;
        }
        for folder in [folder.canonicalize().ok(), Some(folder)].into_iter().flatten() {
            if !is_common_folder(&folder) {
                known.add(Redaction::Path, plain(&folder.to_string_lossy()).trim_end_matches(['/', '\\']));
            }
        }
    }
}

/// The folder as it appears in texts. Windows resolves links into a form that begins with `\\?\`, which hardly any text
/// has.
fn plain(folder: &str) -> Cow<'_, str> {
    let Some(verbatim) = folder.strip_prefix(r"\\?\") else { return folder.into() };
    match verbatim.strip_prefix(r"UNC\") {
        Some(share) => format!(r"\\{share}").into(),
        None => verbatim.into(),
    }
}

/// Is the folder so common that it identifies nobody? This holds for folders with one component, `/var/tmp` and
/// `/usr/src/app`.
fn is_common_folder(folder: &Path) -> bool {
    let depth = folder.components().filter(|c| matches!(c, Component::Normal(_))).count();
    depth < 2 || folder == Path::new("/var/tmp") || folder == Path::new("/usr/src/app")
}

fn users(known: &mut Known, env: &Env, host: &Host) {
    let login = ["USER", "LOGNAME", "USERNAME", "SUDO_USER", "GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"];
    let home = host.home.as_deref().or_else(|| env.get("HOME").map(Path::new)).and_then(Path::file_name);
    let home = home.map(|name| name.to_string_lossy());
    for name in login.iter().filter_map(|name| env.get(name)).chain(home.as_deref()) {
        let name = name.trim();
        if !is_number(name) {
            known.add(Redaction::User, name);
        }
    }
}

fn hosts(known: &mut Known, env: &Env, host: &Host) {
    let variables = ["COMPUTERNAME", "HOSTNAME", "HOST"];
    for name in variables.iter().filter_map(|name| env.get(name)).chain(host.name.as_deref()) {
        let short = name.split_once('.').map_or(name, |(first, _)| first);
        for name in [name.trim(), short.trim()] {
            if !is_number(name) {
                known.add(Redaction::Host, name);
            }
        }
    }
}

fn secrets(known: &mut Known, env: &Env) {
    /// Minimum length of a secret, in bytes. A shorter one would match inside ordinary words, and protect nothing.
    const SHORTEST: usize = 6;
    for (name, value) in env.variables() {
        let value = value.trim();
        let common = contains(COMMON_VALUES, value) || is_number(value);
        if value.len() >= SHORTEST && !common && looks_secret(name) {
            known.add(Redaction::Protected, value);
        }
    }
}

/// Is one of the words of the name secret? Whole words are compared, so that `KEYBOARD_LAYOUT` and
/// `TOKENIZERS_PARALLELISM` do not count.
fn looks_secret(name: &str) -> bool {
    let words = || name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    // The whole names `PWD` and `OLDPWD` mean the working folder.
    !contains("PWD OLDPWD", name) && words().any(|word| contains(SECRET_WORDS, word))
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'))
}

#[cfg(test)]
mod tests;
