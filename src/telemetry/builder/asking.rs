//! How the user is asked.

use std::sync::Arc;

use super::Builder;
use crate::consent::ConsentPrompt;

impl Builder {
    /// Asks for consent on the program's own screen instead of the terminal. The example of [`ConsentPrompt`] makes
    /// one.
    pub fn prompt(mut self, prompt: impl ConsentPrompt + 'static) -> Self {
        self.prompt = Some(Arc::new(prompt));
        self
    }

    /// Declares that the program has the command that its hints name: that of [`App::command`](crate::App::command),
    /// else `name telemetry`. A program that mounts the command calls this, so that the command's output names it too.
    ///
    /// ```
    /// use crawl4ai_telemetry::{App, Telemetry};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let builder = Telemetry::builder(App::new("weather", "1.4.0")).mounts_command().config_folder(folder.path());
    /// assert!(builder.build()?.status().to_string().contains("`weather telemetry disable`"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn mounts_command(mut self) -> Self {
        let command = self.app.command_name().to_owned();
        self.app = self.app.command(command);
        self
    }

    /// Asks for consent when the guard is dropped, and not before; where `exit` ends the process, on a terminal only.
    ///
    /// Unless set, the question on the terminal stands at the end of the process, behind all that the program prints. A
    /// [prompt](Self::prompt) on a screen of the program's own asks when the first error is captured, or at the start
    /// when an earlier run left a report. With this, that screen has to be there when the guard is dropped.
    ///
    /// ```
    /// use crawl4ai_telemetry::{App, Telemetry};
    ///
    /// let builder = Telemetry::builder(App::new("weather", "1.4.0")).ask_at_end();
    /// # drop(builder);
    /// ```
    pub fn ask_at_end(mut self) -> Self {
        self.ask_at_end = true;
        self
    }

    /// The path at which code of a notebook finds `enable`, `enable_once` and `disable` of this program: with
    /// `my_tool::telemetry`, the notice offers `my_tool::telemetry::enable()?;`.
    ///
    /// Rust's kernel gives each cell its own copy of every crate, so that the free functions of one cell know nothing
    /// of the telemetry that another cell installed. The functions at this path therefore build it anew. Unless set,
    /// the notice offers the methods of the guard.
    ///
    /// ```
    /// use crawl4ai_telemetry::{App, Telemetry};
    ///
    /// let builder = Telemetry::builder(App::new("my-tool", "1.4.0")).code_path("my_tool::telemetry");
    /// # drop(builder);
    /// ```
    pub fn code_path(mut self, path: &'static str) -> Self {
        self.code_path = Some(path);
        self
    }
}
