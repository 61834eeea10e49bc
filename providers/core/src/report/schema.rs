//! The fields of a report, for the command `schema` and the documentation. A test compares the list with real reports.

/// One field of a report.
///
/// ```
/// use crawl4ai_telemetry_core::REPORT_FIELDS;
///
/// let value = REPORT_FIELDS.iter().find(|field| field.path == "exceptions[].value").expect("a field");
/// assert!(!value.strict, "no free text leaves where nobody said yes");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldSpec {
    /// The field's place in the JSON form; `[]` is each item of a list.
    pub path: &'static str,
    /// Its meaning.
    pub meaning: &'static str,
    /// The reason why it is collected.
    pub reason: &'static str,
    /// Does the field leave at the strict level too, for which no yes is needed?
    pub strict: bool,
}

macro_rules! fields {
    ($($path:literal $level:ident $meaning:literal, $reason:literal;)+) => {
        &[$(FieldSpec { path: $path, meaning: $meaning, reason: $reason, strict: fields!(@$level) }),+]
    };
    (@always) => { true };
    (@standard) => { false };
}

/// All fields of a crash report.
pub const FIELDS: &[FieldSpec] = fields! {
    "schema" always "the version of this list", "a reader must know the form";
    "id" always "a random number of this report", "servers drop what arrives twice";
    "time" always "when it happened, in UTC", "to tell old errors from new ones";
    "level" always "how bad it was", "the worst are mended first";
    "privacy" always "the level that it was cleaned at", "an absent text is told from a removed one";
    "words.build" standard "the build of the program whose own words narrowed the texts", "another build does not narrow them again";
    "words.narrowed" standard "is it done?", "what is not is left out by another build";
    "signature" always "a hash of what the texts say without their values", "to tell bugs apart, and never by values";
    "app.name" always "the program", "to know what failed";
    "app.version" always "its version", "to know whether it is mended";
    "environment" always "terminal, container, server, notebook or build; unknown in a script or a pipe", "errors differ between them";
    "platform.os" always "the operating system that it was built for", "errors differ between them";
    "platform.arch" always "the processor that it was built for", "errors differ between them";
    "platform.os_version" standard "the system and its version, no closer than two numbers: `Debian 12`; only of systems that are known by name", "errors differ between them";
    "platform.compiler" always "the compiler that the program was built with", "errors differ between them";
    "platform.runtime" always "what ran the code, where that is not compiled, and its version: `CPython 3.11.7`", "errors differ between them";
    "fingerprint" always "a hash of the error's types and frames", "to group the same error";
    "exceptions[].kind" always "error or panic", "they are mended differently";
    "exceptions[].type" always "the error's type", "to know what failed";
    "exceptions[].value" standard "its text, cleaned", "to know why it failed";
    "exceptions[].location.file" always "the source file of a panic, relative", "to find the line";
    "exceptions[].location.line" always "the line", "to find the line";
    "exceptions[].location.column" always "the column", "to find the line";
    "exceptions[].frames[].function" always "a function on the stack", "to find the cause";
    "exceptions[].frames[].module" always "its module", "to find the cause";
    "exceptions[].frames[].file" always "its source file, relative", "to find the cause";
    "exceptions[].frames[].line" always "its line", "to find the cause";
    "exceptions[].frames[].in_app" always "is it the program's own?", "to find the cause";
    "exceptions[].frames[].address" always "its place in the program file", "to name stripped functions";
    "exceptions[].frames[].image" always "which program file", "to name stripped functions";
    "exceptions[].frames_cut" always "how many frames were left out", "a cut says so";
    "exceptions[].captured_in" always "the program's function in which an error was captured that carries its own stack", "to group the same error";
    "exceptions[].captured_at.file" always "the source file where the program handed the error over, relative", "to find the line";
    "exceptions[].captured_at.line" always "the line", "to find the line";
    "exceptions[].captured_at.column" always "the column", "to find the line";
    "exceptions_cut" always "how many causes were left out", "a cut says so";
    "images[].name" always "a program file's name, without its folder", "to name stripped functions";
    "images[].build_id" always "the hash of its build", "to name stripped functions";
    "images[].size" always "its size", "to name stripped functions";
    "thread" standard "the thread's name, cleaned", "to tell threads apart";
    "operations[]" always "the program's operations that it crossed", "to know what it was doing";
    "context" always "what the program attached, cleaned; at the strict level no text but single words under listed keys, and what the program declares safe", "to know why it failed";
    "user_email" always "the e-mail address, if you gave one and agreed", "to ask back";
    "redactions" always "how many things the search took out, by kind", "to know that something is missing";
    "losses" always "how many reports were lost, by reason", "to know that something is missing";
};

/// Data that a server gets besides the report's content.
pub const ALONG: &[&str] = &[
    "the name and version of this library",
    "the key of the program's project, where the server asks for one",
    "the network address that the connection comes from: every server sees it",
];

/// Data for which there is no field, and for which every text is searched. The search finds only data that has a form.
pub const NEVER: &[&str] = &[
    "URLs, page content, HTML, prompts, responses, headers, cookies",
    "passwords, keys, tokens and other secrets",
    "e-mail addresses and phone numbers, but for the address that you give",
    "IP and hardware addresses",
    "the names of users, machines and home folders, absolute paths",
    "environment variables, command-line arguments, lists of processes",
    "machine identifiers, local variables, memory",
];

#[cfg(test)]
mod tests;
