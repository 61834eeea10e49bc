use super::*;

const NOTHING: Host = Host {
    stdin_terminal: false,
    stderr_terminal: false,
    foreground: false,
    container: false,
    name: None,
    home: None,
    working_folder: None,
    temporary_folder: None,
};
const TERMINAL: Host = Host { stdin_terminal: true, stderr_terminal: true, foreground: true, ..NOTHING };
const CONTAINED: Host = Host { container: true, ..NOTHING };
const CONTAINED_TERMINAL: Host = Host { container: true, ..TERMINAL };

#[test]
fn every_place_is_told_from_every_other() {
    use Environment::{ApiServer, Ci, Cli, Colab, Docker, Jupyter, Unknown};

    /// The variables, the host, whether the program declares itself a server, and the expected environment.
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a Host, bool, Environment);

    let cases: &[Case<'_>] = &[
        (&[], &NOTHING, false, Unknown),
        (&[], &TERMINAL, false, Cli),
        (&[], &Host { stdin_terminal: true, ..NOTHING }, false, Cli),
        (&[], &Host { stderr_terminal: true, ..NOTHING }, false, Cli),
        (&[], &CONTAINED, false, Docker),
        (&[], &CONTAINED_TERMINAL, false, Docker),
        (&[("KUBERNETES_SERVICE_HOST", "10.0.0.1")], &NOTHING, false, Docker),
        (&[("ECS_CONTAINER_METADATA_URI_V4", "http://…")], &NOTHING, false, Docker),
        (&[("container", "podman")], &NOTHING, false, Docker),
        (&[("container", "flatpak")], &TERMINAL, false, Cli),
        (&[("container", "systemd-nspawn")], &NOTHING, false, Unknown),
        // a server declares itself, and a variable can deny it
        (&[], &TERMINAL, true, ApiServer),
        (&[], &CONTAINED, true, ApiServer),
        (&[("CI", "true")], &CONTAINED, true, ApiServer),
        (&[("APP_API_SERVER", "1")], &NOTHING, false, ApiServer),
        (&[("APP_API_SERVER", "yes"), ("APP_DOCKER", "1")], &NOTHING, false, ApiServer),
        (&[("APP_API_SERVER", "0")], &TERMINAL, true, Cli),
        (&[("APP_API_SERVER", "perhaps")], &NOTHING, true, Unknown),
        (&[("OTHER_API_SERVER", "1")], &NOTHING, false, Unknown),
        // a variable declares a container, or denies it
        (&[("APP_DOCKER", "true")], &TERMINAL, false, Docker),
        (&[("APP_DOCKER", "0")], &CONTAINED_TERMINAL, false, Cli),
        (&[("APP_DOCKER", "off")], &CONTAINED, false, Unknown),
        (&[("APP_DOCKER", "")], &CONTAINED, false, Docker),
        // build and test runs, in containers too
        (&[("CI", "true")], &CONTAINED, false, Ci),
        (&[("CI", "woodpecker")], &TERMINAL, false, Ci),
        (&[("CI", "false")], &TERMINAL, false, Cli),
        (&[("CI", "")], &TERMINAL, false, Cli),
        (&[("TF_BUILD", "True")], &NOTHING, false, Ci),
        (&[("JENKINS_URL", "http://…")], &CONTAINED, false, Ci),
        (&[("CI", "1"), ("JPY_PARENT_PID", "7")], &NOTHING, false, Ci),
        (&[("CI", "1"), ("APP_DOCKER", "1")], &NOTHING, false, Docker),
        // notebooks, in containers too; Colab is one of Jupyter's
        (&[("COLAB_RELEASE_TAG", "r1"), ("JPY_PARENT_PID", "7")], &CONTAINED, false, Colab),
        (&[("JPY_PARENT_PID", "7")], &CONTAINED, false, Jupyter),
        (&[("EVCXR_IS_RUNTIME", "1")], &NOTHING, false, Jupyter),
        (&[("JPY_PARENT_PID", "")], &TERMINAL, false, Cli),
        // a container that somebody develops in is no server
        (&[("REMOTE_CONTAINERS", "true")], &CONTAINED_TERMINAL, false, Cli),
        (&[("CODESPACES", "true")], &CONTAINED, false, Unknown),
        (&[("TOOLBOX_PATH", "/usr/bin/toolbox")], &CONTAINED_TERMINAL, false, Cli),
        (&[("CODESPACES", "false")], &CONTAINED, false, Docker),
        (&[("REMOTE_CONTAINERS", "true"), ("APP_DOCKER", "1")], &CONTAINED, false, Docker),
    ];
    for (variables, host, server, expected) in cases {
        let env = Env::from_pairs("APP", variables.iter().copied());
        assert_eq!(detect(&env, host, *server), *expected, "{variables:?} {host:?} server={server}");
    }
}
