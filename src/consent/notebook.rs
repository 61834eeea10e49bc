//! The notice in a notebook whose user has not decided: the choices, as code to run.

use crawl4ai_telemetry_core::{App, Environment};

use super::consent_text::{self, KnownEmail};
use super::offer::Offer;
use crate::environment::Env;

/// A notice. The variant says which stream it is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// The notice is for standard output, where Rust's kernel (evcxr) finds content between its marks.
    Panel(String),
    /// The notice is for standard error.
    Text(String),
}

/// A notebook whose user has not decided.
pub(crate) struct Notebook<'a> {
    pub(crate) app: &'a App,
    pub(crate) env: &'a Env,
    pub(crate) environment: Environment,
    /// What the user is asked to agree to.
    pub(crate) offer: &'a Offer,
    pub(crate) known_email: Option<KnownEmail>,
    /// The path of the program's own `enable`, `enable_once` and `disable`, if it has them.
    pub(crate) code: Option<&'static str>,
}

/// The program for which [`init`](crate::init) sets telemetry up.
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
        let stop = consent_text::stop_with(&self.way_out(), self.offer);
        let texts = consent_text::texts(self.offer, self.known_email.as_ref());
        consent_text::paragraphs(self.app, self.offer, texts, &stop)
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

    /// The code of another language's kernel that sets the program's variable, for a program without a command.
    fn variable(&self, value: &str) -> String {
        format!("%env {}_TELEMETRY={value}", self.app.env_prefix_name())
    }

    fn choices(&self) -> Vec<NotebookChoice> {
        let verb = self.offer.verb();
        let choice = |meaning: String, code: String| NotebookChoice { meaning, code };
        let [once, always] = if self.is_rust() {
            ["enable_once", "enable"].map(|name| self.call(name))
        } else if self.app.has_command() {
            ["enable --once", "enable"].map(|arguments| self.run(arguments))
        } else {
            // A variable is gone with the kernel, so that neither answer is stored.
            return vec![
                choice(format!("{verb} reports until the notebook restarts"), self.variable("1")),
                choice(format!("don't {verb} until the notebook restarts"), self.way_out()),
            ];
        };
        vec![
            choice(format!("{verb} the next report only"), once),
            choice(format!("always {verb} reports"), always),
            choice(format!("don't {verb}"), self.way_out()),
        ]
    }

    fn headline(&self) -> String {
        // The name of the program's variable that holds the guard is guessed only here.
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

    /// Says that Colab forgets the answer, because its machines are deleted after a while.
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
/// a line end would end one of the kernel's marks.
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
