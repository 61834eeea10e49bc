//! Where the program runs: one query of the machine, and a pure decision about its results.

mod address_space;
mod host;
mod known;
mod main_thread;
mod system;
mod variables;

pub(crate) use address_space::is_scarce as is_address_space_scarce;
pub(crate) use host::{Host, UserFolders};
pub(crate) use known::known_values;
pub(crate) use main_thread::is_main_thread;
pub(crate) use system::os_version;
pub use variables::Env;
pub(crate) use variables::{Switch, flag};

use crawl4ai_telemetry_core::Environment;

/// Decides where the program runs. The function is pure: all its input is in its arguments.
///
/// The first rule that matches decides:
///
/// 1. an explicit declaration: `PREFIX_API_SERVER` is on, or the program declares itself a server (and the variable
///    is not off) → `api_server`; `PREFIX_DOCKER` is on → `docker`.
/// 2. a build or test run ([`is_ci`]) → `ci`, in a container too, because most such runs are in one.
/// 3. Colab, then Jupyter, then Rust's own notebook kernel. They come before containers, because notebooks are often
///    served from containers, but a person uses them.
/// 4. a container that serves, unless `PREFIX_DOCKER` is off or it is a [development
///    container](is_development_container) → `docker`.
/// 5. standard input or standard error is a terminal → `cli`.
/// 6. otherwise → `unknown`.
#[must_use]
pub(crate) fn detect(env: &Env, host: &Host, declared_server: bool) -> Environment {
    let docker = Switch::read(env.own("DOCKER"));
    match Switch::read(env.own("API_SERVER")) {
        Switch::On => return Environment::ApiServer,
        Switch::Unset if declared_server => return Environment::ApiServer,
        Switch::Off | Switch::Unset => {}
    }
    if docker == Switch::On {
        return Environment::Docker;
    }
    if is_ci(env) {
        return Environment::Ci;
    }
    if COLAB.iter().any(|name| env.is_set(name)) {
        return Environment::Colab;
    }
    if JUPYTER.iter().any(|name| env.is_set(name)) {
        return Environment::Jupyter;
    }
    let container = host.container || CONTAINER.iter().any(|name| env.is_set(name)) || runtime_says_so(env);
    if container && docker == Switch::Unset && !is_development_container(env) {
        return Environment::Docker;
    }
    if host.stdin_terminal || host.stderr_terminal { Environment::Cli } else { Environment::Unknown }
}

/// Is this a build or test run? It checks `CI`, and the variables of the services that do not set `CI`.
#[must_use]
pub(crate) fn is_ci(env: &Env) -> bool {
    flag(env.get("CI")) || CI.iter().any(|name| env.is_set(name))
}

/// Is this a container in which somebody develops? Its user is a person, so it never counts as a server.
#[must_use]
pub(crate) fn is_development_container(env: &Env) -> bool {
    DEVELOPMENT.iter().any(|name| flag(env.get(name)))
}

/// Variables of GitHub, GitLab, Azure Pipelines, Jenkins, TeamCity, Buildkite and AWS CodeBuild.
const CI: &[&str] = &[
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "TF_BUILD",
    "JENKINS_URL",
    "TEAMCITY_VERSION",
    "BUILDKITE",
    "CODEBUILD_BUILD_ID",
];

const COLAB: &[&str] = &["COLAB_RELEASE_TAG", "COLAB_GPU", "COLAB_BACKEND_VERSION"];

/// Jupyter sets `JPY_*` for a kernel. Rust's kernel sets `EVCXR_IS_RUNTIME` for the process that runs the cells.
const JUPYTER: &[&str] = &["EVCXR_IS_RUNTIME", "JPY_PARENT_PID", "JPY_SESSION_NAME"];

/// These are set in every pod of Kubernetes and in every task of Amazon's container service.
const CONTAINER: &[&str] =
    &["KUBERNETES_SERVICE_HOST", "ECS_CONTAINER_METADATA_URI", "ECS_CONTAINER_METADATA_URI_V4"];

/// Variables of the containers of VS Code and JetBrains, of Codespaces and Gitpod, and of the containers in which users
/// of immutable systems keep their tools.
const DEVELOPMENT: &[&str] = &[
    "REMOTE_CONTAINERS",
    "CODESPACES",
    "DEVCONTAINER",
    "GITPOD_WORKSPACE_ID",
    "TOOLBOX_PATH",
    "DISTROBOX_ENTER_PATH",
];

/// Variables without the program's prefix that a decision reads again when the program asks for it.
const DECISIVE: [&[&str]; 3] = [&["DO_NOT_TRACK", "OTEL_SDK_DISABLED", "CI"], CI, DEVELOPMENT];

/// Container runtimes set `container` to their name. So do sandboxes of desktop programs, and containers that hold a
/// whole system. These are no servers, so only the names below count.
fn runtime_says_so(env: &Env) -> bool {
    env.get("container").is_some_and(|name| matches!(name, "docker" | "podman" | "oci" | "containerd"))
}

#[cfg(test)]
mod tests;
