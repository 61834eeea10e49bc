//! The address of a project, and the addresses of its issue form and its search.

use std::net::Ipv4Addr;

use crate::encode;

/// Most bytes of a project's address. The rest of the form's address is for the report.
const LONGEST: usize = 300;

/// The software of a project's issue tracker. More may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tracker {
    /// GitHub, and GitHub Enterprise.
    GitHub,
    /// GitLab.
    GitLab,
    /// Forgejo, such as Codeberg, and Gitea.
    Forgejo,
}

/// The address of a project, unchecked.
///
/// ```
/// use crawl4ai_telemetry_issue::{IssueLink, Tracker};
///
/// let link = IssueLink::from("https://codeberg.org/owner/weather.git");
/// assert_eq!(link.parse()?.place(), "codeberg.org/owner/weather");
///
/// // One's own host does not say what runs there.
/// let own = IssueLink::new("https://git.example.com/owner/weather");
/// assert!(own.parse().is_err());
/// assert!(own.tracker(Tracker::GitLab).parse().is_ok());
/// # Ok::<(), crawl4ai_telemetry_issue::IssueLinkError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueLink {
    address: String,
    tracker: Option<Tracker>,
}

/// A project at a tracker, with a checked address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    tracker: Tracker,
    scheme: &'static str,
    /// The host with its port, and the project's path: `github.com/owner/weather`.
    place: String,
}

/// The address is not a project's. The error never shows the address, because it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssueLinkError {
    /// The scheme is not HTTPS, and the server is not on this machine.
    #[error("the address of a project begins with https://")]
    Scheme,
    /// The address holds a user name or a password.
    #[error("the address of a project holds no user name and no password")]
    Credentials,
    /// An invalid host.
    #[error("the host of a project's address is none; write an international one in ASCII, as xn--…")]
    Host,
    /// An invalid port.
    #[error("the port of a project's address is none")]
    Port,
    /// Text after `?` or `#`.
    #[error("the address of a project ends with the project: nothing behind ? or #")]
    Query,
    /// A path that names no project.
    #[error("the address names no project: write https://HOST/OWNER/PROJECT")]
    Path,
    /// More bytes than fit into the address of a form.
    #[error("the address of a project is longer than {LONGEST} bytes")]
    Length,
    /// A host that does not tell which software it runs.
    #[error("what runs at this host is not known; say it with IssueLink::tracker")]
    Unknown,
}

impl IssueLink {
    /// The project at this address, `https://github.com/owner/project`. [`parse`](Self::parse) checks it.
    pub fn new(address: impl Into<String>) -> Self {
        Self { address: address.into(), tracker: None }
    }

    /// Names the tracker's software, for a host of one's own. Without this call, only `github.com`, `codeberg.org` and
    /// hosts that begin with `gitlab.` are known.
    #[must_use]
    pub fn tracker(mut self, tracker: Tracker) -> Self {
        self.tracker = Some(tracker);
        self
    }

    /// Checks the address.
    ///
    /// # Errors
    /// When the address is not a project's, for example without HTTPS (except on this machine), with a user name, or
    /// with more text after the project.
    pub fn parse(&self) -> Result<Project, IssueLinkError> {
        let address = self.address.trim();
        if address.len() > LONGEST {
            return Err(IssueLinkError::Length);
        }
        let (scheme, rest) = address.split_once("://").ok_or(IssueLinkError::Scheme)?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "https" => "https",
            "http" => "http",
            _ => return Err(IssueLinkError::Scheme),
        };
        if rest.contains(['?', '#']) {
            return Err(IssueLinkError::Query);
        }
        let (authority, path) = rest.split_once('/').ok_or(IssueLinkError::Path)?;
        if authority.contains('@') {
            return Err(IssueLinkError::Credentials);
        }
        let (host, port) = host_and_port(authority)?;
        if scheme == "http" && !is_this_machine(&host) {
            return Err(IssueLinkError::Scheme);
        }
        let tracker = self.tracker.or_else(|| known(&host)).ok_or(IssueLinkError::Unknown)?;
        let path = project_path(path, tracker)?;
        Ok(Project { tracker, scheme, place: format!("{host}{port}/{path}") })
    }
}

impl From<&str> for IssueLink {
    fn from(address: &str) -> Self {
        Self::new(address)
    }
}

impl From<String> for IssueLink {
    fn from(address: String) -> Self {
        Self::new(address)
    }
}

impl Project {
    /// The host and the project, in the form that people read: `github.com/owner/weather`.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The host alone, with its port.
    pub(crate) fn host(&self) -> &str {
        self.place.split_once('/').map_or(&self.place, |(host, _)| host)
    }

    /// The URL of the empty form for a new issue.
    pub(crate) fn empty_form(&self) -> String {
        let issues = match self.tracker {
            Tracker::GitHub | Tracker::Forgejo => "issues",
            Tracker::GitLab => "-/issues",
        };
        format!("{}://{}/{issues}/new", self.scheme, self.place)
    }

    /// The address of the form with its title, ending where the caller appends the body, percent-encoded.
    pub(crate) fn form_up_to_text(&self, title: &str) -> String {
        let (form, title) = (self.empty_form(), encode::percent(title));
        match self.tracker {
            Tracker::GitHub | Tracker::Forgejo => format!("{form}?title={title}&body="),
            Tracker::GitLab => format!("{form}?issue%5Btitle%5D={title}&issue%5Bdescription%5D="),
        }
    }

    /// The address of a search for open and closed issues that contain this word.
    pub(crate) fn search(&self, word: &str) -> String {
        let (base, word) = (format!("{}://{}", self.scheme, self.place), encode::percent(word));
        match self.tracker {
            Tracker::GitHub => format!("{base}/issues?q=is%3Aissue%20{word}"),
            Tracker::GitLab => format!("{base}/-/issues?state=all&search={word}"),
            Tracker::Forgejo => format!("{base}/issues?state=all&q={word}"),
        }
    }
}

fn host_and_port(authority: &str) -> Result<(String, String), IssueLinkError> {
    let (host, port) = match authority.split_once(']') {
        // Of all addresses in brackets, only that of this machine is accepted.
        Some((inside, rest)) => {
            let host = format!("{inside}]");
            (host == "[::1]").then_some(()).ok_or(IssueLinkError::Host)?;
            match (rest, rest.strip_prefix(':')) {
                ("", _) => (host, None),
                (_, Some(port)) => (host, Some(port)),
                (_, None) => return Err(IssueLinkError::Host),
            }
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host.to_ascii_lowercase(), Some(port)),
            None => (authority.to_ascii_lowercase(), None),
        },
    };
    let name = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if host != "[::1]" && !host.split('.').all(name) {
        return Err(IssueLinkError::Host);
    }
    let Some(port) = port else { return Ok((host, String::new())) };
    let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    match port.parse::<u16>() {
        Ok(port) if digits && port != 0 => Ok((host, format!(":{port}"))),
        Ok(_) | Err(_) => Err(IssueLinkError::Port),
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host == "[::1]"
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

fn known(host: &str) -> Option<Tracker> {
    match host {
        "github.com" => Some(Tracker::GitHub),
        "codeberg.org" => Some(Tracker::Forgejo),
        _ if host.starts_with("gitlab.") => Some(Tracker::GitLab),
        _ => None,
    }
}

/// Checks a path: `owner/project`. At GitLab more groups may precede the project, and at one's own Forgejo any folders
/// may.
fn project_path(path: &str, tracker: Tracker) -> Result<String, IssueLinkError> {
    let path = path.strip_suffix('/').unwrap_or(path);
    let path = path.strip_suffix(".git").unwrap_or(path);
    let names: Vec<&str> = path.split('/').collect();
    let name = |name: &&str| {
        !matches!(*name, "" | "." | "..")
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'~'))
    };
    let depth = match tracker {
        Tracker::GitHub => names.len() == 2,
        Tracker::GitLab | Tracker::Forgejo => names.len() >= 2,
    };
    // The page of a project's issues is not a project. Neither is a path with GitLab's `-`, which separates a project
    // from its pages.
    let ends_with_project = !matches!(names.last(), Some(&("issues" | "new"))) && !names.contains(&"-");
    if depth && ends_with_project && names.iter().all(name) {
        Ok(path.to_owned())
    } else {
        Err(IssueLinkError::Path)
    }
}

#[cfg(test)]
mod tests;
