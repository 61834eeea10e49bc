//! The page that opens in the user's browser. Its links contain the data that they pass to the tracker.

use crate::document::Document;
use crate::encode::{self, html};
use crate::{Project, TEXT_FILE};

/// Longest address of a form, in bytes. Servers and proxies cut or refuse addresses from 8,192 bytes.
pub(crate) const LONGEST_ADDRESS: usize = 8_000;

/// The only style that the page's policy allows. The policy names its hash.
const STYLE: &str = include_str!("../templates/page.css");
const STYLE_HASH: &str = "sha256-zIyKEM/LE/hUOd0YmbzaSdQNnn472Zij4729NQqJlTM=";

/// A page, and the form's address that it links to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) html: String,
    /// The address of the form, with title and text filled in.
    pub(crate) form: String,
}

impl Page {
    /// Makes the page. `app` is the program's name, and issues of the same bug contain `fingerprint`.
    pub(crate) fn of(document: &Document, project: &Project, app: &str, fingerprint: &str) -> Self {
        let form = project.form_up_to_text(&document.title);
        let (text, is_cut) = document.text_within(LONGEST_ADDRESS.saturating_sub(form.len()));
        let form = format!("{form}{}", encode::percent(&text));
        let (host, place) = (html(project.host()), html(project.place()));
        let attach = if is_cut {
            format!(
                "<li>What the form has no room for stands in the file <a href=\"{TEXT_FILE}\">{TEXT_FILE}</a> beside this \
                 page. If you like, attach it there.</li>\n"
            )
        } else {
            String::new()
        };
        let rest = if is_cut {
            format!(
                "<h2>The file {TEXT_FILE}, only if you attach it</h2>\n<pre tabindex=\"0\">{}</pre>\n",
                html(&document.file())
            )
        } else {
            String::new()
        };
        let html = format!(
            "<!doctype html>\n\
             <html lang=\"en\">\n\
             <head>\n\
             <meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{STYLE_HASH}'; base-uri \
             'none'; form-action 'none'\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta http-equiv=\"x-dns-prefetch-control\" content=\"off\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>Report what failed in {app}</title>\n\
             <style>{STYLE}</style>\n\
             </head>\n\
             <body>\n\
             <main>\n\
             <h1>Report what failed in {app}</h1>\n\
             <p>Nothing has left your computer. This page lies on it, for you alone; it loads nothing and sends nothing \
             by itself. Everything that its links hand over stands below.</p>\n\
             <ol>\n\
             <li><a href=\"{search}\" rel=\"noreferrer\">See whether it is known</a>: opens {host} with the number \
             <code>{fingerprint}</code>, which the same failure has everywhere, and nothing else of the report.</li>\n\
             <li><a href=\"{form}\" rel=\"noreferrer\">Open the form with this report</a>: hands title and text below to \
             {host}. There you can change them, and send them under your own name. Whoever may see {place} can read what \
             you send.</li>\n\
             {attach}\
             </ol>\n\
             <p>An issue that you sent can be changed by you, and deleted by the owners of the project: ask them there.</p>\n\
             <h2>Title</h2>\n<pre tabindex=\"0\">{title}</pre>\n\
             <h2>Text</h2>\n<pre tabindex=\"0\">{text}</pre>\n\
             {rest}\
             </main>\n\
             </body>\n\
             </html>\n",
            app = html(app),
            search = html(&project.search(fingerprint)),
            fingerprint = html(fingerprint),
            form = html(&form),
            title = html(&document.title),
            text = html(&text),
        );
        Self { html, form }
    }
}

#[cfg(test)]
mod tests;
