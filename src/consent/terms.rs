//! What everybody is told who decides, or for whom a default decides: what a report holds, where it goes, and how to
//! take a yes back.

use crawl4ai_telemetry_core::App;

/// What is sent, wherever somebody is asked.
pub(crate) const SENT: &str =
    "Sent: the error's type and cleaned text, its stack, versions, and what the program noted about it.";

/// What is not, and what nobody can promise: a text is searched, and a search finds what has a form. Names of the login
/// and the machine that are short, or that many bear, are no needles to search for.
pub(crate) const TAKEN_OUT: &str = "Taken out: URLs, addresses, tokens, paths, page content, distinctive names of \
                                    login and machine. What has no form, like a person's name, is not found.";

/// All of it, a paragraph each.
pub(crate) fn told(app: &App, destination: &str, way_out: &str) -> Vec<String> {
    let mut told = vec![SENT.to_owned(), TAKEN_OUT.to_owned(), goes_to(destination, way_out)];
    told.extend(app.privacy_notice_url().map(|url| format!("Privacy notice: {url}")));
    told
}

/// Where a report goes, and how to take a yes back.
pub(crate) fn goes_to(destination: &str, way_out: &str) -> String {
    format!("Goes to {destination}. Take it back later with {way_out}.")
}

/// How to end it: by the command, where there is one, and by the variable, which always works.
pub(crate) fn way_out(app: &App) -> String {
    or_command(app, &format!("{}_TELEMETRY=0", app.env_prefix_name()))
}

/// The same for usage figures.
pub(crate) fn way_out_of_usage(app: &App) -> String {
    or_command(app, &format!("{}_DISABLE_TELEMETRY=true", app.env_prefix_name()))
}

fn or_command(app: &App, variable: &str) -> String {
    if app.has_command() {
        format!("`{} disable` or {variable}", app.command_name())
    } else {
        variable.to_owned()
    }
}
