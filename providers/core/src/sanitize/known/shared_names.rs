//! Names that identify no one, compared without regard to case.
//!
//! They are written as plain text, because nobody reads a list of two hundred strings.

/// Names of accounts that systems, images and services create, and words that programs use.
const ACCOUNTS: &str = "\
    admin administrator airflow alpine app application apprunner appuser azureuser bin build builder \
    buildkite centos ci circleci cloud code codespace colab container core crawl4ai crewai daemon data \
    debian default demo deploy deployer dev developer docker ec2-user fedora git github gitlab \
    gitlab-runner gitpod guest home http jenkins jovyan jupyter kali linux local mail main me nginx \
    nobody node nonexistent nonroot null opc operator oracle owner pi postgres public python root runner \
    runneradmin rust sandbox server service shared staff std student sys system temp test tester tmp \
    travis ubuntu unknown user username users vagrant vscode web worker workspace www www-data";

/// Names of machines that tell only the purpose.
const HOSTS: &str = "\
    api app backend build builder client computer container db debian desktop dev devbox docker \
    docker-desktop domain fedora frontend gateway host hostname ip6-localhost laptop linux local \
    localdomain localhost localhost.localdomain mac machine main node pc prod production raspberrypi \
    runner server staging test ubuntu unknown vm web windows worker workstation (none)";

/// Does this name of an account or a machine identify no one?
pub(super) fn hold(name: &str) -> bool {
    [ACCOUNTS, HOSTS]
        .iter()
        .flat_map(|list| list.split_ascii_whitespace())
        .any(|known| known.eq_ignore_ascii_case(name))
}
