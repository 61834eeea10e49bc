//! Words that say nothing about anybody, and words that make the name of a variable look secret.
//!
//! Compared without regard to case. As plain text, because a list of a hundred strings is read by nobody.

pub(super) fn contains(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|entry| entry.eq_ignore_ascii_case(word))
}

/// Words in the names of variables whose values are secrets.
pub(super) const SECRET_WORDS: &str = "\
    APIKEY APIKEYS APITOKEN AUTH AUTHORIZATION COOKIE CREDENTIAL CREDENTIALS CREDS DSN JWT KEY KEYS PASS \
    PASSPHRASE PASSWD PASSWORD PASSWORDS PAT PIN PRIVATE PWD SALT SECRET SECRETS SIGNATURE TOKEN TOKENS";

/// Users of systems, images and services; people are not called so.
pub(super) const COMMON_USERS: &str = "\
    admin administrator airflow alpine app application appuser apprunner azureuser bin build builder \
    buildkite centos ci circleci cloud code codespace container crawl4ai crewai daemon data debian \
    default demo deploy deployer dev developer docker ec2-user fedora git github gitlab gitlab-runner \
    gitpod guest home http jenkins jovyan jupyter kali linux local mail main me nginx nobody node \
    nonroot nonexistent null opc operator oracle owner pi postgres public python root runner runneradmin \
    rust sandbox server service shared staff student sys system temp test tester tmp travis ubuntu \
    unknown user username users vagrant vscode web worker workspace www www-data";

/// Hosts that are called what they are.
pub(super) const COMMON_HOSTS: &str = "\
    (none) api app backend build builder client computer container db debian desktop dev devbox docker \
    docker-desktop domain fedora frontend gateway host hostname ip6-localhost laptop linux local \
    localdomain localhost localhost.localdomain mac machine main node pc prod production raspberrypi \
    runner server staging test ubuntu unknown vm web windows worker workstation";

/// What stands in variables that only look secret: `USE_KEYS=enabled`, `AUTH=basic-auth`.
pub(super) const COMMON_VALUES: &str = "\
    always bearer default disable disabled docker enable enabled inherit keyring manual optional prefer \
    production public random require required session string system";
