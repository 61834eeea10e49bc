//! The path of the administrator's file.

use std::path::{Path, PathBuf};

use crawl4ai_telemetry_core::App;

/// A folder that no ordinary user may write and no variable moves, because users whom the file binds must not be able
/// to name another one.
#[cfg(target_os = "macos")]
const MACHINE: &str = "/Library/Application Support";
/// Fixed, because `%ProgramData%` is a variable, which a user may set.
#[cfg(windows)]
const MACHINE: &str = r"C:\ProgramData";
#[cfg(not(any(target_os = "macos", windows)))]
const MACHINE: &str = "/etc";

/// `/etc/weather/telemetry.json` of a program whose folder in the home is `~/.weather`. Nothing is read.
///
/// `None` where the name of that folder is empty or has only dots.
pub(crate) fn machine_policy_path(app: &App) -> Option<PathBuf> {
    let name = Path::new(app.config_folder_name()).file_name()?.to_str()?;
    let name = name.trim_start_matches('.');
    (!name.is_empty()).then(|| Path::new(MACHINE).join(name).join("telemetry.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_named_as_the_folder_in_the_home() {
        let cases = [
            (App::new("weather", "1"), Some("weather")),
            (App::crawl4ai("1"), Some("crawl4ai")),
            (App::new("weather", "1").config_folder(".config/sky"), Some("sky")),
            (App::new("weather", "1").config_folder("sky"), Some("sky")),
            (App::new("weather", "1").config_folder(""), None),
            (App::new("weather", "1").config_folder(".."), None),
        ];
        for (app, name) in cases {
            let expected = name.map(|name| Path::new(MACHINE).join(name).join("telemetry.json"));
            assert_eq!(machine_policy_path(&app), expected, "{}", app.config_folder_name());
        }
    }
}
