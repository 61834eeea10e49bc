//! The notice in a notebook whose user has not decided: the choices, as code to run.

use crawl4ai_telemetry_core::{App, Environment};

use super::consent_text;
use super::offer::Offer;
use crate::environment::Env;

/// A notice, by the stream that it is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// For standard output, where Rust's kernel (evcxr) finds content between its marks.
    Panel(String),
    /// For standard error.
    Text(String),
}

/// A notebook whose user has not decided.
pub(crate) struct Notebook<'a> {
    pub(crate) app: &'a App,
    pub(crate) env: &'a Env,
    pub(crate) environment: Environment,
    /// What the user is asked to agree to.
    pub(crate) offer: &'a Offer,
    /// The path of the program's own `enable`, `enable_once` and `disable`, if it has them.
    pub(crate) code: Option<&'static str>,
}

/// The program whose telemetry [`init`](crate::init) makes.
const CRAWL4AI: &str = "crawl4ai";

/// The code to run for an answer, and its meaning.
struct NotebookChoice {
    meaning: String,
    code: String,
}

impl Notebook<'_> {
    /// The notice to show.
    pub(crate) fn notice(&self) -> Notice {
        // The kernel also runs in a terminal, without a front end, where the panel's HTML would be printed as it is.
        let has_front_end = self.environment == Environment::Colab
            || self.env.is_set("JPY_PARENT_PID")
            || self.env.is_set("JPY_SESSION_NAME");
        if self.is_rust() && has_front_end { Notice::Panel(self.panel()) } else { Notice::Text(self.text()) }
    }

    /// The text that every user who is asked reads, by paragraph.
    pub(crate) fn consent_text(&self) -> Vec<String> {
        consent_text::paragraphs(self.app, self.offer, &consent_text::stop_with(&self.way_out(), self.offer))
    }

    /// The code that says no.
    pub(crate) fn way_out(&self) -> String {
        if self.is_rust() {
            self.call("disable")
        } else if self.app.has_command() {
            self.run("disable")
        } else {
            self.variable("0")
        }
    }

    fn is_rust(&self) -> bool {
        self.env.is_set("EVCXR_IS_RUNTIME")
    }

    fn call(&self, name: &str) -> String {
        match self.code {
            Some(path) => format!("{path}::{name}()?;"),
            // Each cell has its own copy of this library, so a cell without `init` has no telemetry to enable.
            None if self.app.name() == CRAWL4AI => format!("crawl4ai_telemetry::init().{name}()?;"),
            None => format!("telemetry.{name}()?;"),
        }
    }

    /// The code of another language's kernel that runs the program's command.
    fn run(&self, arguments: &str) -> String {
        format!("!{} {arguments}", self.app.command_name())
    }

    /// The code of another language's kernel that sets the program's variable, where there is no command.
    fn variable(&self, value: &str) -> String {
        format!("%env {}_TELEMETRY={value}", self.app.env_prefix_name())
    }

    fn choices(&self) -> Vec<NotebookChoice> {
        let (once, always) = if self.is_rust() {
            (Some(self.call("enable_once")), self.call("enable"))
        } else if self.app.has_command() {
            (Some(self.run("enable --once")), self.run("enable"))
        } else {
            (None, self.variable("1"))
        };
        let verb = self.offer.verb();
        let once = once.map(|code| NotebookChoice { meaning: format!("{verb} the next report only"), code });
        let always = NotebookChoice { meaning: format!("always {verb} reports"), code: always };
        once.into_iter()
            .chain([always, NotebookChoice { meaning: format!("don't {verb}"), code: self.way_out() }])
            .collect()
    }

    fn headline(&self) -> String {
        // Only here is the name of the program's variable guessed.
        let guard = if self.is_rust() && self.way_out().starts_with("telemetry.") {
            " (`telemetry` is what `init` returned)"
        } else {
            ""
        };
        format!(
            "{} met an error. Nothing is {} until you decide; run one of these{guard}:",
            self.app.name(),
            self.offer.done()
        )
    }

    /// Colab's machines are deleted after a while, and the answer with them.
    fn memory(&self) -> Option<String> {
        let prefix = self.env.prefix();
        (self.environment == Environment::Colab).then(|| {
            format!(
                "Colab forgets the answer with this runtime. To keep it, set the variable {prefix}_TELEMETRY from a secret of 1 or 0."
            )
        })
    }

    fn text(&self) -> String {
        let mut lines = vec![self.headline()];
        lines.extend(self.choices().iter().map(|c| format!("  {:<44} # {}", c.code, c.meaning)));
        lines.extend(self.consent_text());
        lines.extend(self.memory());
        lines.join("\n") + "\n"
    }

    fn panel(&self) -> String {
        let row = |c: &NotebookChoice| {
            format!("<tr><td>{}</td><td><code>{}</code></td></tr>", escape(&c.meaning), escape(&c.code))
        };
        let rows: String = self.choices().iter().map(row).collect();
        let lines: Vec<String> = self.consent_text().iter().map(|line| escape(line)).collect();
        let memory = self.memory().map_or_else(String::new, |m| format!("<p>{}</p>", escape(&m)));
        format!(
            "EVCXR_BEGIN_CONTENT text/html\n\
             <div style=\"border:1px solid #888;padding:0.5em 1em\"><p><b>{}</b></p><table>{rows}</table>\
             <p>{}</p>{memory}</div>\n\
             EVCXR_END_CONTENT\n",
            escape(&self.headline()),
            lines.join("<br>"),
        )
    }
}

/// Escapes the characters that mean something in HTML (WHATWG, section 13.3). Control characters become spaces, because
/// a line end ends a mark of the kernel's.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
