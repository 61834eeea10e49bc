//! Deployments to the platform of the program's authors.

use crawl4ai_telemetry::usage::{Id, Name};
use crawl4ai_telemetry::{usage_choice, usage_span};

usage_choice! {
    /// Where a deployment was begun.
    pub enum DeploySource {
        /// On the command line.
        Cli = "cli",
        /// On the text screen.
        Tui = "tui",
    }
}

usage_span! {
    /// That signing up for a deployment failed.
    pub struct DeploySignupError = "Deploy Signup Error" {}
}

usage_span! {
    /// That a deployment began.
    pub struct StartDeployment = "Start Deployment" {
        /// Joins the steps of one deployment.
        uuid: Option<Id> => Default since 1,
        /// Where people deploy from.
        source: DeploySource => Default since 1,
    }
}

usage_span! {
    /// That a deployment was created.
    pub struct CreateCrewDeployment = "Create Crew Deployment" {
        /// Where people deploy from.
        source: DeploySource => Default since 1,
    }
}

usage_span! {
    /// That the logs of a deployment were asked for; never what they hold.
    pub struct CrewLogs = "Get Crew Logs" {
        /// Which logs people look for.
        log_type: Name => Default since 1,
        /// Joins the steps of one deployment.
        uuid: Option<Id> => Default since 1,
    }
}

usage_span! {
    /// That a deployment was removed.
    pub struct RemoveCrew = "Remove Crew" {
        /// Joins the steps of one deployment.
        uuid: Option<Id> => Default since 1,
    }
}
