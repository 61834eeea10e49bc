//! The folder of the configuration file.

use std::path::{Path, PathBuf};

use crawl4ai_telemetry_core::App;

use crate::environment::Env;
use crate::environment::Host;

/// The folder of the program's configuration: `PREFIX_CONFIG_DIR`, else the folder that the program names in
/// the user's home folder.
///
/// A relative `PREFIX_CONFIG_DIR` counts from the working folder. `None` when there is no home folder; the library then
/// remembers no consent. Nothing is read or created.
#[must_use]
pub(crate) fn folder(app: &App, env: &Env, host: &Host) -> Option<PathBuf> {
    if let Some(named) = env.own("CONFIG_DIR").filter(|dir| !dir.trim().is_empty()) {
        let named = Path::new(named);
        return if named.is_absolute() {
            Some(named.to_owned())
        } else {
            host.working_folder.as_ref().map(|working| working.join(named))
        };
    }
    let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    let home =
        env.get(home).map(PathBuf::from).filter(|home| home.is_absolute()).or_else(|| host.home.clone());
    home.map(|home| home.join(app.config_folder_name()))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_named_by_the_variable_else_lies_in_the_home_folder() {
        let with = |home: Option<&str>, working: Option<&str>| Host {
            home: home.map(PathBuf::from),
            working_folder: working.map(PathBuf::from),
            ..Host::default()
        };
        /// Variables, home folder, working folder, and the resulting folder.
        type Case<'a> = (&'a [(&'a str, &'a str)], Option<&'a str>, Option<&'a str>, Option<&'a str>);

        let cases: &[Case<'_>] = &[
            (&[], None, None, None),
            (&[], Some("/home/ada"), None, Some("/home/ada/.tool")),
            (&[("HOME", "/h")], Some("/home/ada"), None, Some("/h/.tool")),
            (&[("HOME", "")], Some("/home/ada"), None, Some("/home/ada/.tool")),
            (&[("HOME", "relative")], None, Some("/w"), None),
            (&[("TOOL_CONFIG_DIR", "/etc/tool"), ("HOME", "/h")], None, None, Some("/etc/tool")),
            (&[("TOOL_CONFIG_DIR", "conf")], Some("/home/ada"), Some("/w"), Some("/w/conf")),
            (&[("TOOL_CONFIG_DIR", "conf")], Some("/home/ada"), None, None),
            (&[("TOOL_CONFIG_DIR", " ")], Some("/home/ada"), None, Some("/home/ada/.tool")),
            (&[("OTHER_CONFIG_DIR", "/x")], None, None, None),
        ];
        let app = App::new("tool", "1.0.0");
        for (variables, home, working, expected) in cases {
            let env = Env::from_pairs("TOOL", variables.iter().copied());
            let found = folder(&app, &env, &with(*home, *working));
            assert_eq!(found.as_deref(), expected.map(Path::new), "{variables:?} {home:?} {working:?}");
        }
    }
}
