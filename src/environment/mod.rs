//! Where the program runs: one look at the machine, and a pure decision over what was seen.

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

/// Tells where the program runs. Pure: everything it knows stands in its arguments.
///
/// The first rule that matches decides:
///
/// 1. what somebody said: `PREFIX_API_SERVER` is on, or the program declares itself a server (and the variable
///    is not off) → `api_server`; `PREFIX_DOCKER` is on → `docker`.
/// 2. a build or test run ([`is_ci`]) → `ci`, in a container too: most of them run in one.
/// 3. Colab, then Jupyter, then Rust's own notebook kernel; before containers, because that is where notebooks
///    are served from, and a person sits in front of them.
/// 4. a container that serves, unless `PREFIX_DOCKER` is off or it is a [development
///    container](is_development_container) → `docker`.
/// 5. standard input or standard error is a terminal → `cli`.
/// 6. → `unknown`.
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

/// Is this a build or test run? `CI`, and the variables of the services that do not set it.
#[must_use]
pub(crate) fn is_ci(env: &Env) -> bool {
    flag(env.get("CI")) || CI.iter().any(|name| env.is_set(name))
}

/// Is this a container that somebody develops in? Its user is a person, and never counts as a server.
#[must_use]
pub(crate) fn is_development_container(env: &Env) -> bool {
    DEVELOPMENT.iter().any(|name| flag(env.get(name)))
}

/// GitHub, GitLab, Azure Pipelines, Jenkins, TeamCity, Buildkite, AWS CodeBuild.
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

/// `JPY_*` is what Jupyter sets for a kernel, `EVCXR_IS_RUNTIME` what Rust's kernel sets for the cells' process.
const JUPYTER: &[&str] = &["EVCXR_IS_RUNTIME", "JPY_PARENT_PID", "JPY_SESSION_NAME"];

/// Every pod of Kubernetes, every task of Amazon's container service.
const CONTAINER: &[&str] =
    &["KUBERNETES_SERVICE_HOST", "ECS_CONTAINER_METADATA_URI", "ECS_CONTAINER_METADATA_URI_V4"];

/// VS Code's and JetBrains's containers, Codespaces, Gitpod, and the containers in which people of immutable
/// systems keep their tools.
const DEVELOPMENT: &[&str] = &[
    "REMOTE_CONTAINERS",
    "CODESPACES",
    "DEVCONTAINER",
    "GITPOD_WORKSPACE_ID",
    "TOOLBOX_PATH",
    "DISTROBOX_ENTER_PATH",
];

/// Container runtimes set `container` to their name. So do sandboxes of desktop programs and whole systems in a
/// container. Those are no servers, so only these names count.
fn runtime_says_so(env: &Env) -> bool {
    env.get("container").is_some_and(|name| matches!(name, "docker" | "podman" | "oci" | "containerd"))
}

#[cfg(test)]
mod tests;
