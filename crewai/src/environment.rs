//! Finds which assistant runs the program, and where the program runs. Only the presence of variables decides this,
//! never their values.

use crawl4ai_telemetry::Environment;
use crawl4ai_telemetry::usage::ProgramRun;

use crate::declared::{CodingAgent, RuntimeContext};

/// Variables that assistants set for the programs that they run. The first assistant with a variable that is set
/// counts.
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
    // Cursor comes after the other assistants, because its terminal sets some of these variables for people too.
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

/// Variables that clouds and platforms set for the programs that they run. The most specific ones come first.
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

pub(crate) fn coding_agent(run: &ProgramRun<'_>) -> CodingAgent {
    agent_by(|variable| run.is_set(variable))
}

fn agent_by(is_set: impl Fn(&str) -> bool) -> CodingAgent {
    first(AGENTS, is_set).unwrap_or(CodingAgent::Unknown)
}

/// The most specific environment counts: a notebook in a container is a notebook, and a build in a container is a
/// build.
pub(crate) fn runtime_context(run: &ProgramRun<'_>) -> RuntimeContext {
    if run.is_ci() {
        return RuntimeContext::Ci;
    }
    place_by(|variable| run.is_set(variable), run.environment(), run.is_container())
}

fn place_by(is_set: impl Fn(&str) -> bool, environment: Environment, container: bool) -> RuntimeContext {
    first(PLACES, is_set).unwrap_or(match environment {
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

fn first<T: Copy>(list: &[(T, &[&str])], is_set: impl Fn(&str) -> bool) -> Option<T> {
    list.iter().find(|(_, names)| names.iter().any(|name| is_set(name))).map(|(what, _)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(names: &[&str]) -> CodingAgent {
        agent_by(|variable| names.contains(&variable))
    }

    #[test]
    fn every_assistant_is_known_by_every_one_of_its_variables() {
        for (expected, names) in AGENTS {
            for name in *names {
                assert_eq!(agent(&[name]), *expected, "{name}");
            }
        }
        assert_eq!(agent(&["PATH"]), CodingAgent::Unknown);
        assert_eq!(agent(&["AGENT", "GEMINI_CLI"]), CodingAgent::GeminiCli);
        let listed: Vec<_> = AGENTS.iter().map(|(agent, _)| *agent).chain([CodingAgent::Unknown]).collect();
        assert_eq!(listed, CodingAgent::ALL, "every word of the schema can occur");
    }

    #[test]
    fn the_most_specific_place_counts() {
        use Environment::{ApiServer, Ci, Cli, Colab, Docker, Jupyter, Unknown};
        use RuntimeContext as Destination;
        let table: &[(&[&str], Environment, bool, Destination)] = &[
            (&[], Ci, true, Destination::Ci),
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
            let is_set = |variable: &str| names.contains(&variable);
            assert_eq!(place_by(is_set, *environment, *container), *expected, "{names:?}");
        }
    }
}
