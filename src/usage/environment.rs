//! Which assistant runs the program, and where: by the presence of variables, never by their values.

use crawl4ai_telemetry_core::Environment;
use crawl4ai_telemetry_core::usage::{CodingAgent, RuntimeContext, SystemName};

use crate::environment::Env;
use crate::environment::is_ci;

/// What assistants set for the programs that they run. The first that is there counts.
const AGENTS: &[(CodingAgent, &[&str])] = &[
    (CodingAgent::ClaudeCode, &["CLAUDECODE", "CLAUDE_CODE", "CLAUDE_CODE_ENTRYPOINT"]),
    (
        CodingAgent::Codex,
        &[
            "CODEX_SANDBOX",
            "CODEX_SANDBOX_NETWORK_DISABLED",
            "CODEX_THREAD_ID",
            "CODEX_CI",
            "CODEX_MANAGED_BY_NPM",
        ],
    ),
    (CodingAgent::Cline, &["CLINE_ACTIVE"]),
    (CodingAgent::GeminiCli, &["GEMINI_CLI"]),
    (CodingAgent::Augment, &["AUGMENT_AGENT"]),
    (CodingAgent::Opencode, &["OPENCODE", "OPENCODE_CLIENT"]),
    (CodingAgent::Antigravity, &["ANTIGRAVITY_AGENT", "ANTIGRAVITY_CLI_ALIAS"]),
    (CodingAgent::Junie, &["JUNIE_DATA", "JUNIE_SHIM_PATH"]),
    // Cursor's terminal sets some of them for people too, so that it says least.
    (
        CodingAgent::Cursor,
        &[
            "CURSOR_AGENT",
            "CURSOR_EXTENSION_HOST_ROLE",
            "CURSOR_SANDBOX",
            "CURSOR_TRACE_ID",
            "CURSOR_WORKSPACE_LABEL",
        ],
    ),
    (CodingAgent::Other, &["AI_AGENT", "AGENT"]),
];

/// What clouds and platforms set for the programs that they run, the most specific first.
const PLACES: &[(RuntimeContext, &[&str])] = &[
    (
        RuntimeContext::Serverless,
        &[
            "AWS_LAMBDA_FUNCTION_NAME",
            "FUNCTIONS_EXTENSION_VERSION",
            "FUNCTIONS_WORKER_RUNTIME",
            "FUNCTION_TARGET",
            "K_SERVICE",
            "VERCEL",
            "NETLIFY",
        ],
    ),
    (
        RuntimeContext::Paas,
        &[
            "DYNO",
            "FLY_APP_NAME",
            "GAE_APPLICATION",
            "RAILWAY_ENVIRONMENT",
            "RENDER",
            "WEBSITE_INSTANCE_ID",
            "WEBSITE_SITE_NAME",
        ],
    ),
    (
        RuntimeContext::HostedIde,
        &["CODESPACES", "GITPOD_WORKSPACE_ID", "REPL_ID", "CLOUD_SHELL", "GOOGLE_CLOUD_SHELL"],
    ),
];

pub(super) fn coding_agent(env: &Env) -> CodingAgent {
    first(AGENTS, env).unwrap_or(CodingAgent::Unknown)
}

/// The most specific first: a notebook in a container is a notebook, a build in a container a build.
pub(super) fn runtime_context(env: &Env, environment: Environment, container: bool) -> RuntimeContext {
    if is_ci(env) {
        return RuntimeContext::Ci;
    }
    first(PLACES, env).unwrap_or(match environment {
        Environment::Ci => RuntimeContext::Ci,
        Environment::Jupyter | Environment::Colab => RuntimeContext::Notebook,
        Environment::Docker => RuntimeContext::Container,
        Environment::Cli | Environment::ApiServer | Environment::Unknown if container => {
            RuntimeContext::Container
        }
        Environment::Cli => RuntimeContext::Interactive,
        Environment::ApiServer | Environment::Unknown => RuntimeContext::Unknown,
        _ => RuntimeContext::Unknown,
    })
}

/// What system this is, for crews that are shared.
#[derive(Default)]
pub(super) struct System {
    pub(super) platform: Option<SystemName>,
    pub(super) name: Option<SystemName>,
    pub(super) release: Option<SystemName>,
    pub(super) version: Option<SystemName>,
    pub(super) cpus: Option<usize>,
}

/// Asks the system; only for a crew that is shared.
pub(super) fn system() -> System {
    use std::env::consts::{ARCH, OS};
    let (release, version) = release();
    System {
        platform: Some(format!("{OS}-{ARCH}").into()),
        name: Some(OS.into()),
        release,
        version,
        cpus: std::thread::available_parallelism().ok().map(usize::from),
    }
}

#[cfg(unix)]
fn release() -> (Option<SystemName>, Option<SystemName>) {
    let uname = rustix::system::uname();
    let name = |s: &std::ffi::CStr| Some(s.to_string_lossy().into_owned().into());
    (name(uname.release()), name(uname.version()))
}

/// Elsewhere asking for it takes `unsafe`, or a program to run.
#[cfg(not(unix))]
fn release() -> (Option<SystemName>, Option<SystemName>) {
    (None, None)
}

fn first<T: Copy>(list: &[(T, &[&str])], env: &Env) -> Option<T> {
    list.iter().find(|(_, names)| names.iter().any(|name| env.is_set(name))).map(|(what, _)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(names: &[&str]) -> Env {
        Env::from_pairs("APP", names.iter().map(|name| (*name, "secret-value")))
    }

    #[test]
    fn every_assistant_is_known_by_every_one_of_its_variables() {
        for (agent, names) in AGENTS {
            for name in *names {
                assert_eq!(coding_agent(&env(&[name])), *agent, "{name}");
            }
        }
        assert_eq!(coding_agent(&env(&["PATH"])), CodingAgent::Unknown);
        assert_eq!(coding_agent(&Env::from_pairs("APP", [("CLAUDECODE", "")])), CodingAgent::Unknown);
        assert_eq!(coding_agent(&env(&["AGENT", "GEMINI_CLI"])), CodingAgent::GeminiCli);
        let listed: Vec<_> = AGENTS.iter().map(|(agent, _)| *agent).chain([CodingAgent::Unknown]).collect();
        assert_eq!(listed, CodingAgent::ALL, "every word of the schema can occur");
    }

    #[test]
    fn the_most_specific_place_counts() {
        use Environment::{ApiServer, Cli, Colab, Docker, Jupyter, Unknown};
        use RuntimeContext as Destination;
        let table: &[(&[&str], Environment, bool, Destination)] = &[
            (&["GITHUB_ACTIONS", "AWS_LAMBDA_FUNCTION_NAME"], Docker, true, Destination::Ci),
            (&["K_SERVICE", "DYNO"], Docker, true, Destination::Serverless),
            (&["DYNO", "CODESPACES"], Unknown, true, Destination::Paas),
            (&["CODESPACES"], Jupyter, true, Destination::HostedIde),
            (&[], Jupyter, true, Destination::Notebook),
            (&[], Colab, true, Destination::Notebook),
            (&[], Docker, false, Destination::Container),
            (&[], Cli, true, Destination::Container),
            (&[], ApiServer, true, Destination::Container),
            (&[], Cli, false, Destination::Interactive),
            (&[], ApiServer, false, Destination::Unknown),
            (&[], Unknown, false, Destination::Unknown),
        ];
        for (names, environment, container, expected) in table {
            assert_eq!(runtime_context(&env(names), *environment, *container), *expected, "{names:?}");
        }
    }
}
