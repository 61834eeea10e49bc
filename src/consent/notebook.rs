//! What a notebook shows whose user has not decided: the choices, as code to run.

use crawl4ai_telemetry_core::{App, Environment};

use super::prompt::{SENT, TAKEN_OUT};
use crate::env::Env;

/// What is shown, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// For standard output, where Rust's kernel (evcxr) finds content between its marks.
    Panel(String),
    /// For standard error.
    Text(String),
}

/// The notice of this program. `code` is the path of its own `enable`, `enable_once` and `disable`, if it has them.
pub(crate) fn notice(app: &App, env: &Env, environment: Environment, code: Option<&str>) -> Notice {
    let choices = Choices::of(app, env, code);
    // The kernel itself also runs without a front end, in a terminal, where content is printed as it is.
    let has_front_end =
        environment == Environment::Colab || env.is_set("JPY_PARENT_PID") || env.is_set("JPY_SESSION_NAME");
    if env.is_set("EVCXR_IS_RUNTIME") && has_front_end {
        Notice::Panel(panel(app, environment, env, &choices))
    } else {
        Notice::Text(text(app, environment, env, &choices))
    }
}

/// The program whose telemetry [`init`](crate::init) makes.
const CRAWL4AI: &str = "crawl4ai";

/// What to run for each answer.
struct Choices {
    once: String,
    always: String,
    never: String,
}

impl Choices {
    fn of(app: &App, env: &Env, code: Option<&str>) -> Self {
        if env.is_set("EVCXR_IS_RUNTIME") {
            let call = |name: &str| match code {
                Some(path) => format!("{path}::{name}()?;"),
                // Each cell has its own copy of this library: one that installs nothing has nothing to enable.
                None if app.name() == CRAWL4AI => format!("crawl4ai_telemetry::init().{name}()?;"),
                None => format!("telemetry.{name}()?;"),
            };
            Self { once: call("enable_once"), always: call("enable"), never: call("disable") }
        } else {
            // A cell of another language: its way to run a program.
            let run = |arguments: &str| format!("!{} {arguments}", app.command_name());
            Self { once: run("enable --once"), always: run("enable"), never: run("disable") }
        }
    }

    fn rows(&self) -> [(&'static str, &str); 3] {
        [
            ("send the next report only", &self.once),
            ("always send reports", &self.always),
            ("don't send", &self.never),
        ]
    }
}

/// Colab's machines are deleted after a while, and the answer with them.
fn memory(environment: Environment, env: &Env) -> Option<String> {
    let prefix = env.prefix();
    (environment == Environment::Colab).then(|| {
        format!(
            "Colab forgets the answer with this runtime; a secret {prefix}_TELEMETRY of 1 or 0, set as a variable, lasts."
        )
    })
}

fn headline(app: &App, choices: &Choices) -> String {
    // The variable is the program's, and only here is it guessed.
    let guard =
        if choices.once.starts_with("telemetry.") { " (`telemetry` is what `init` returned)" } else { "" };
    format!("{} met an error. Nothing is sent until you decide; run one of these{guard}:", app.name())
}

fn text(app: &App, environment: Environment, env: &Env, choices: &Choices) -> String {
    let mut lines = vec![headline(app, choices)];
    lines.extend(choices.rows().map(|(meaning, code)| format!("  {code:<44} # {meaning}")));
    lines.extend([SENT.to_owned(), TAKEN_OUT.to_owned()]);
    lines.extend(memory(environment, env));
    lines.join("\n") + "\n"
}

fn panel(app: &App, environment: Environment, env: &Env, choices: &Choices) -> String {
    let rows: String = choices
        .rows()
        .iter()
        .map(|(meaning, code)| {
            format!("<tr><td>{}</td><td><code>{}</code></td></tr>", escape(meaning), escape(code))
        })
        .collect();
    let memory = memory(environment, env).map_or_else(String::new, |m| format!("<p>{}</p>", escape(&m)));
    format!(
        "EVCXR_BEGIN_CONTENT text/html\n\
         <div style=\"border:1px solid #888;padding:0.5em 1em\"><p><b>{}</b></p><table>{rows}</table>\
         <p>{}<br>{}</p>{memory}</div>\n\
         EVCXR_END_CONTENT\n",
        escape(&headline(app, choices)),
        escape(SENT),
        escape(TAKEN_OUT),
    )
}

/// The characters that mean something in HTML (WHATWG, section 13.3), and line ends, which end a mark of the kernel's.
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
mod tests {
    use super::*;

    fn shown(environment: Environment, variables: &[(&str, &str)]) -> Notice {
        let env = Env::from_pairs("TOOL", variables.iter().copied());
        let app = App::new("<tool>\n", "1.0").command("tool telemetry");
        notice(&app, &env, environment, Some("tool::telemetry"))
    }

    #[test]
    fn rusts_kernel_gets_a_panel_and_everybody_else_text() {
        let kernel = ("EVCXR_IS_RUNTIME", "1");
        let front_end = ("JPY_PARENT_PID", "7");
        let Notice::Panel(panel) = shown(Environment::Jupyter, &[kernel, front_end]) else {
            panic!("a panel");
        };
        let lines: Vec<&str> = panel.lines().collect();
        assert_eq!(
            (lines.len(), lines[0], lines[2]),
            (3, "EVCXR_BEGIN_CONTENT text/html", "EVCXR_END_CONTENT")
        );
        assert!(lines[1].contains("&lt;tool&gt;") && !lines[1].contains("<tool>"), "{panel}");
        for code in [
            "tool::telemetry::enable_once()?;",
            "tool::telemetry::enable()?;",
            "tool::telemetry::disable()?;",
        ] {
            assert!(panel.contains(code), "{panel}");
        }

        for (variables, code) in [
            (&[front_end][..], "!tool telemetry enable --once"),
            (&[kernel][..], "tool::telemetry::enable_once()?;"),
        ] {
            let Notice::Text(text) = shown(Environment::Jupyter, variables) else { panic!("text") };
            assert!(text.contains(code) && !text.contains("EVCXR"), "{text}");
        }
    }

    #[test]
    fn the_code_reaches_the_telemetry_from_any_cell() {
        let env = Env::from_pairs("TOOL", [("EVCXR_IS_RUNTIME", "1")]);
        for (app, code) in [
            (App::crawl4ai("1.0"), "crawl4ai_telemetry::init().disable()?;"),
            (App::new("tool", "1.0"), "telemetry.disable()?;"),
        ] {
            let Notice::Text(text) = notice(&app, &env, Environment::Jupyter, None) else { panic!("text") };
            assert!(text.contains(code), "{text}");
            assert_eq!(text.contains("what `init` returned"), app.name() == "tool");
        }
    }

    #[test]
    fn colab_is_told_from_jupyter() {
        let says = |environment| match shown(environment, &[]) {
            Notice::Panel(shown) | Notice::Text(shown) => shown.contains("Colab"),
        };
        assert!(says(Environment::Colab));
        assert!(!says(Environment::Jupyter));
        let panel = shown(Environment::Colab, &[("EVCXR_IS_RUNTIME", "1")]);
        assert!(matches!(panel, Notice::Panel(_)), "{panel:?}");
    }
}
