//! Finds tokens with a published format. Each row is one format: its start, its body, its least length, and the source
//! of the format.
//!
//! The checksum and the exact length are not checked, so that a mistyped or cut token is found too.

use super::cursor::Cursor;
use super::{Redaction, Span};

/// The characters of a token's body, which follows its start.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Charset {
    /// Hexadecimal digits.
    Hex,
    /// Capitals and digits.
    Upper,
    /// Letters and digits.
    Alnum,
    /// Letters, digits, `_` and `-`: base64 for URLs.
    Base64,
    /// Letters, digits, `_`, `-`, and `.`, `=`, `+`, `/`, `~` between parts.
    Parts,
}

/// Longest part of a body that is looked at, in bytes.
const BODY: usize = 256;

use Charset::{Alnum, Base64, Hex, Parts, Upper};

impl Charset {
    const fn holds(self, b: u8) -> bool {
        match self {
            Hex => b.is_ascii_hexdigit(),
            Upper => b.is_ascii_uppercase() || b.is_ascii_digit(),
            Alnum => b.is_ascii_alphanumeric(),
            Base64 => b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'),
            Parts => b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'=' | b'+' | b'/' | b'~'),
        }
    }
}

/// The start of a token, the characters of its body, and the body's least length. Rows are sorted by the first byte of
/// the start.
///
/// The comment of a row names the issuer, and where the format is published: "docs" is the issuer's own documentation,
/// "scanning" is its entry in GitHub's list of supported secret scanning patterns.
#[rustfmt::skip]
static FORMATS: [(&str, Charset, usize); 173] = [
    ("1//0", Base64, 30),            // Google OAuth refresh token: docs, OAuth 2.0 token sizes
    ("2/0A", Base64, 30),            // Google OAuth refresh token, older form: docs
    ("4/0A", Base64, 30),            // Google OAuth authorization code: docs
    ("A3-", Base64, 26),             // 1Password secret key: security white paper
    ("A3T", Upper, 17),              // AWS internal key id: docs, IAM identifiers
    ("ABIA", Upper, 12),             // AWS STS service bearer token id: docs, IAM identifiers
    ("ACCA", Upper, 12),             // AWS context-specific credential id: docs, IAM identifiers
    ("AC", Hex, 32),                 // Twilio account SID: docs, API keys
    ("AGE-SECRET-KEY-1", Upper, 40), // age: the specification, C2SP/age
    ("AGPA", Upper, 16),             // AWS group id: docs, IAM identifiers
    ("AIDA", Upper, 16),             // AWS user id: docs, IAM identifiers
    ("AIPA", Upper, 16),             // AWS instance profile id: docs, IAM identifiers
    ("AIza", Base64, 30),            // Google API key: scanning
    ("AKCp", Alnum, 50),             // JFrog Artifactory API key: docs
    ("AKIA", Upper, 12),             // AWS access key id: docs, IAM identifiers
    ("AKID", Alnum, 13),             // Tencent Cloud secret id: scanning
    ("ANPA", Upper, 16),             // AWS managed policy id: docs, IAM identifiers
    ("APKA", Upper, 16),             // AWS public key id: docs, IAM identifiers
    ("AROA", Upper, 16),             // AWS role id: docs, IAM identifiers
    ("ASCA", Upper, 16),             // AWS certificate id: docs, IAM identifiers
    ("ASIA", Upper, 12),             // AWS temporary access key id: docs, IAM identifiers
    ("ATATT", Parts, 60),            // Atlassian API token: scanning
    ("ATBB", Alnum, 20),             // Bitbucket app password: scanning
    ("ATCTT", Parts, 60),            // Bitbucket repository access token: scanning
    ("BBDC-", Alnum, 30),            // Bitbucket data centre token: docs
    ("CCIPAT_", Base64, 30),         // CircleCI personal token: scanning
    ("CCIPRJ_", Base64, 30),         // CircleCI project token: scanning
    ("CFPAT-", Base64, 30),          // Contentful personal access token: scanning
    ("EAA", Alnum, 60),              // Facebook access token: docs, access tokens
    ("EAAA", Base64, 56),            // Square access token: scanning
    ("EZAK", Alnum, 40),             // EasyPost production key: scanning
    ("EZTK", Alnum, 40),             // EasyPost test key: scanning
    ("FLWPUBK", Base64, 20),         // Flutterwave public key: scanning
    ("FLWSECK", Base64, 12),         // Flutterwave secret key: scanning
    ("FlyV1", Parts, 40),            // Fly.io macaroon: docs
    ("GOCSPX-", Base64, 20),         // Google OAuth client secret: scanning
    ("HRKU-", Base64, 30),           // Heroku API key: docs, 2024 token format
    ("IGQ", Base64, 80),             // Instagram access token: docs
    ("LTAI", Alnum, 12),             // Alibaba Cloud access key id: scanning
    ("NRAA-", Alnum, 24),            // New Relic admin key: docs, API keys
    ("NRAK-", Alnum, 24),            // New Relic user key: docs, API keys
    ("NRII-", Base64, 30),           // New Relic insights insert key: docs, API keys
    ("NRIQ-", Base64, 30),           // New Relic insights query key: docs, API keys
    ("NRJS-", Alnum, 18),            // New Relic browser key: docs, API keys
    ("NRRA-", Alnum, 30),            // New Relic REST key: docs, API keys
    ("PMAK-", Base64, 40),           // Postman API key: scanning
    ("PMAT-", Alnum, 24),            // Postman collection key: scanning
    ("SG.", Parts, 40),              // SendGrid API key: scanning
    ("SK", Hex, 32),                 // Twilio API key SID: docs, API keys
    ("SWMTKN-1-", Base64, 40),       // Docker swarm join token: docs
    ("VF.", Parts, 24),              // Voiceflow API key: docs
    ("access-production-", Hex, 8),  // Plaid access token: docs
    ("access-sandbox-", Hex, 8),     // Plaid access token: docs
    ("authress_", Parts, 50),        // Authress service client: docs, access keys
    ("aio_", Alnum, 24),             // Adafruit IO key: scanning
    ("api_org_", Alnum, 30),         // Hugging Face organization token: scanning
    ("apify_api_", Alnum, 30),       // Apify API token: docs
    ("b.AAAAAQ", Parts, 60),         // HashiCorp Vault batch token, older form: docs
    ("bkua_", Hex, 40),              // Buildkite user access token: docs
    ("cio", Alnum, 32),              // Rust registry API token: scanning
    ("cmVmd", Alnum, 55),            // JFrog reference token: docs
    ("ctp_", Alnum, 30),             // Clojars deploy token: scanning
    ("dapi", Hex, 32),               // Databricks token: scanning
    ("dckr_oat_", Base64, 20),       // Docker organization access token: docs
    ("dckr_pat_", Base64, 20),       // Docker personal access token: docs
    ("doo_v1_", Hex, 40),            // DigitalOcean OAuth token: scanning
    ("dop_v1_", Hex, 40),            // DigitalOcean personal token: scanning
    ("dor_v1_", Hex, 40),            // DigitalOcean refresh token: scanning
    ("dp.", Parts, 40),              // Doppler tokens: docs, token formats
    ("dt0", Parts, 60),              // Dynatrace token: docs, token format
    ("duffel_", Base64, 40),         // Duffel access token: scanning
    ("ext_", Parts, 60),             // Authress external client: docs, access keys
    ("fc-", Hex, 32),                // Firecrawl API key: docs
    ("figd_", Base64, 35),           // Figma personal access token: scanning
    ("fio-u-", Base64, 40),          // Frame.io developer token: scanning
    ("fo1_", Base64, 40),            // Fly.io token: docs
    ("fw_", Alnum, 22),              // Fireworks AI key: docs
    ("ghb_", Alnum, 30),             // GitHub, reserved: docs, token formats
    ("gho_", Alnum, 30),             // GitHub OAuth token: docs, token formats
    ("ghp_", Alnum, 30),             // GitHub personal token: docs, token formats
    ("ghr_", Alnum, 30),             // GitHub refresh token: docs, token formats
    ("ghs_", Alnum, 30),             // GitHub server token: docs, token formats
    ("ghu_", Alnum, 30),             // GitHub user token: docs, token formats
    ("github_pat_", Base64, 40),     // GitHub fine-grained token: docs, token formats
    ("glagent-", Base64, 40),        // GitLab agent token: docs, token prefixes
    ("glc_", Parts, 30),             // Grafana Cloud token: docs
    ("glcbt-", Base64, 20),          // GitLab CI job token: docs, token prefixes
    ("gldt-", Base64, 20),           // GitLab deploy token: docs, token prefixes
    ("glffct-", Base64, 20),         // GitLab feature flag token: docs, token prefixes
    ("glft-", Base64, 20),           // GitLab feed token: docs, token prefixes
    ("glimt-", Base64, 20),          // GitLab incoming mail token: docs, token prefixes
    ("gloas-", Base64, 40),          // GitLab OAuth application secret: docs, token prefixes
    ("glpat-", Parts, 20),           // GitLab personal token: docs, token prefixes
    ("glptt-", Base64, 20),          // GitLab trigger token: docs, token prefixes
    ("glrt-", Parts, 20),            // GitLab runner token: docs, token prefixes
    ("glsa_", Base64, 30),           // Grafana service account token: docs
    ("glsoat-", Base64, 20),         // GitLab SCIM token: docs, token prefixes
    ("gsk_", Alnum, 40),             // Groq API key: scanning
    ("hf_", Alnum, 30),              // Hugging Face user token: scanning
    ("hvb.", Parts, 40),             // HashiCorp Vault batch token: docs, tokens
    ("hvr.", Parts, 40),             // HashiCorp Vault recovery token: docs, tokens
    ("hvs.", Parts, 20),             // HashiCorp Vault service token: docs, tokens
    ("jina_", Base64, 40),           // Jina AI key: docs
    ("key-", Hex, 32),               // Mailgun API key: scanning
    ("lin_api_", Alnum, 30),         // Linear API key: scanning
    ("lin_oauth_", Alnum, 30),       // Linear OAuth token: scanning
    ("lsv2_pt_", Base64, 30),        // LangSmith personal token: scanning
    ("lsv2_sk_", Base64, 30),        // LangSmith service key: scanning
    ("mdb_sa_sk_", Base64, 30),      // MongoDB Atlas service account secret: scanning
    ("napi_", Alnum, 40),            // Neon API key: scanning
    ("nfp_", Alnum, 30),             // Netlify token: scanning
    ("npm_", Alnum, 30),             // npm access token: docs
    ("ntn_", Alnum, 40),             // Notion integration token: docs, 2024 token format
    ("nvapi-", Base64, 50),          // NVIDIA API key: scanning
    ("ops_eyJ", Parts, 60),          // 1Password service account token: scanning
    ("oaa", Parts, 60),              // Airtable OAuth access token: docs, OAuth reference
    ("org-", Alnum, 24),             // OpenAI organization id: docs
    ("oy2", Alnum, 40),              // NuGet API key: scanning
    ("pat-na1-", Base64, 30),        // HubSpot private app token: docs
    ("pat", Parts, 60),              // Airtable personal token: docs
    ("pcsk_", Base64, 50),           // Pinecone API key: scanning
    ("phc_", Alnum, 40),             // PostHog project key: scanning
    ("phx_", Alnum, 40),             // PostHog personal key: scanning
    ("pk.eyJ", Parts, 40),           // Mapbox public token: docs, access tokens
    ("pk_live_", Alnum, 20),         // Stripe publishable key: docs, API keys
    ("pk_test_", Alnum, 20),         // Stripe publishable key: docs, API keys
    ("pnu_", Alnum, 30),             // Prefect user key: scanning
    ("pplx-", Alnum, 40),            // Perplexity API key: scanning
    ("pscale_", Parts, 30),          // PlanetScale tokens: scanning
    ("pul-", Hex, 40),               // Pulumi access token: scanning
    ("pypi-", Base64, 50),           // PyPI token: docs, macaroon format
    ("r8_", Alnum, 30),              // Replicate API token: scanning
    ("rdme_", Alnum, 60),            // ReadMe API key: scanning
    ("rk_live_", Alnum, 20),         // Stripe restricted key: docs, API keys
    ("rk_test_", Alnum, 20),         // Stripe restricted key: docs, API keys
    ("rnd_", Alnum, 24),             // Render API key: docs
    ("rubygems_", Hex, 40),          // RubyGems API key: scanning
    ("s.", Alnum, 24),               // HashiCorp Vault service token, older form: docs, tokens
    ("sb_publishable_", Base64, 20), // Supabase publishable key: docs, API keys
    ("sb_secret_", Base64, 20),      // Supabase secret key: docs, API keys
    ("sbp_", Hex, 40),               // Supabase personal token: scanning
    ("sc_", Parts, 60),              // Authress service client: docs, access keys
    ("scauth_", Parts, 50),          // Authress service client: docs, access keys
    ("sdk-", Hex, 8),                // LaunchDarkly SDK key: docs, keys
    ("secret_", Alnum, 40),          // Notion integration token: docs
    ("shp", Hex, 0),                 // Shopify: see `shopify` below
    ("shippo_", Base64, 40),         // Shippo token: scanning
    ("sk-", Base64, 20),             // OpenAI, Anthropic (`sk-ant-`), OpenRouter, DeepSeek: scanning
    ("sk.eyJ", Parts, 40),           // Mapbox secret token: docs, access tokens
    ("sk_live_", Alnum, 20),         // Stripe secret key: docs, API keys
    ("sk_test_", Alnum, 20),         // Stripe secret key: docs, API keys
    ("sk_", Hex, 40),                // ElevenLabs API key: scanning
    ("sntrys_", Parts, 40),          // Sentry organization token: docs, auth tokens
    ("sntryu_", Hex, 60),            // Sentry user token: docs, auth tokens
    ("sq0", Base64, 22),             // Square application secrets: scanning
    ("sqa_", Hex, 40),               // SonarQube analysis token: docs
    ("sqp_", Hex, 40),               // SonarQube project token: docs
    ("squ_", Hex, 40),               // SonarQube user token: docs
    ("t-g", Alnum, 30),              // Lark tenant access token: docs, access tokens
    ("tfp_", Parts, 40),             // Typeform personal token: scanning
    ("tskey-", Base64, 20),          // Tailscale keys: docs, key prefixes
    ("tvly-", Base64, 20),           // Tavily API key: scanning
    ("u+", Base64, 18),              // PagerDuty user token: docs, API access keys
    ("u-", Base64, 40),              // Lark user access token: docs, access tokens
    ("vercel_blob_rw_", Base64, 20), // Vercel Blob token: docs
    ("whsec_", Parts, 24),           // Stripe and Standard Webhooks signing secret: the specification
    ("xai-", Alnum, 60),             // xAI API key: scanning
    ("xapp-", Base64, 20),           // Slack app-level token: docs, token types
    ("xkeysib-", Base64, 60),        // Brevo API key: scanning
    ("xox", Parts, 12),              // Slack bot, user, refresh and configuration tokens: docs, token types
    ("xwfp-", Base64, 20),           // Slack workflow token: docs, token types
    ("ya29.", Parts, 30),            // Google OAuth access token: docs, OAuth 2.0
    ("zpka_", Base64, 30),           // Zuplo API key: scanning
];

/// For each first byte, the first of its rows and the row after the last.
static ROWS: [(u8, u8); 128] = rows();

#[expect(clippy::indexing_slicing, reason = "runs in the compiler only")]
const fn rows() -> [(u8, u8); 128] {
    let mut rows = [(0, 0); 128];
    let mut i = 0;
    while i < FORMATS.len() {
        let first = FORMATS[i].0.as_bytes()[0] as usize;
        assert!(rows[first].1 == 0 || rows[first].1 as usize == i, "rows are not sorted by their first byte");
        if rows[first].1 == 0 {
            rows[first].0 = i as u8;
        }
        rows[first].1 = i as u8 + 1;
        i += 1;
    }
    rows
}

/// The end of the token with a published format that starts at `i`, if there is one.
pub(super) fn at(cursor: Cursor<'_>, i: usize) -> Option<usize> {
    let (from, to) = ROWS.get(usize::from(cursor.at(i))).copied()?;
    let rows = FORMATS.get(usize::from(from)..usize::from(to))?;
    let second = cursor.at(i + 1);
    rows.iter().find_map(|(start, body, least)| {
        if start.as_bytes().get(1) != Some(&second) || !cursor.has(i, start.as_bytes()) {
            return None;
        }
        if *start == "shp" {
            return shopify(cursor, i);
        }
        let from = i + start.len();
        let end = cursor.ahead_at_most(from, BODY, |b| body.holds(b));
        let end = cursor.back(end, from, |b| matches!(b, b'.' | b'=' | b'/' | b'~') && *body == Parts);
        let end = if *body == Parts { cursor.ahead_at_most(end, 2, |b| b == b'=') } else { end };
        // Names such as `secret_…` and `pat…` look like tokens. A token has digits, or letters of both cases in at
        // least 20 characters.
        let text = cursor.slice(from, end);
        let digits = text.iter().any(u8::is_ascii_digit);
        let mixed = text.iter().any(u8::is_ascii_uppercase) && text.iter().any(u8::is_ascii_lowercase);
        let capitals = text.iter().all(u8::is_ascii_uppercase) && start.len() > 3;
        let random = digits || *body == Upper || ((mixed || capitals) && start.len() > 2 && text.len() >= 20);
        let whole = *body == Parts || *body == Base64 || !cursor.at(end).is_ascii_alphanumeric();
        (end - from >= *least && whole && random).then(|| token_end(cursor, end))
    })
}

/// The end of the token characters that follow a token, so that no rest of the token stays in the text.
fn token_end(cursor: Cursor<'_>, end: usize) -> usize {
    cursor.claim(end, |b| Base64.holds(b))
}

/// Finds Shopify's tokens: `shpat_`, `shpca_`, `shppa_` or `shpss_`, then hexadecimal digits (docs, access tokens).
fn shopify(cursor: Cursor<'_>, i: usize) -> Option<usize> {
    let kind = matches!(cursor.slice(i + 3, i + 6), b"at_" | b"ca_" | b"pa_" | b"ss_");
    let end = cursor.ahead_at_most(i + 6, BODY, |b| b.is_ascii_hexdigit());
    (kind && end - i >= 30).then_some(end)
}

/// The range of a Telegram bot token, `123456789:AA…` (docs, bot API), whose colon is at `at`.
#[inline]
pub(super) fn telegram(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<(usize, usize)> {
    // Most colons between digits belong to a time or to a line number.
    let eighth = at.checked_sub(8).is_some_and(|at| cursor.at(at).is_ascii_digit());
    if !eighth || !cursor.before(at).is_ascii_digit() {
        return None;
    }
    let start = cursor.back(at, floor.max(at.saturating_sub(12)), |b| b.is_ascii_digit());
    if at - start < 8 {
        return None;
    }
    let end = cursor.ahead_at_most(at + 1, 41, |b| Base64.holds(b));
    let shaped = (8..=11).contains(&(at - start)) && (33..=40).contains(&(end - at - 1));
    (shaped && !cursor.before(start).is_ascii_alphanumeric()).then_some((start, end))
}

/// Marks inside of tokens whose start is not fixed, with the least number of characters before and after the mark.
const INNER: [(&[u8], usize, usize); 4] = [
    (b"8Q~", 3, 24),        // Microsoft Entra client secret: docs, credential formats
    (b"7Q~", 3, 24),        // the same
    (b".atlasv1.", 10, 40), // Terraform Cloud token: docs
    (b"-us", 32, 1),        // Mailchimp API key, 32 hexadecimal digits and a data centre: docs
];

/// Finds a token by the mark inside of it, within the run of token characters from `start` to `end`.
pub(super) fn inside(cursor: Cursor<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    INNER.iter().find_map(|(mark, before, behind)| {
        let at = cursor.find(start, end, mark)?;
        let from = cursor.back(at, start, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'~' | b'-'));
        let fits = at - from >= *before && end - at - mark.len() >= *behind;
        let hex = *mark != b"-us"
            || (cursor.slice(from, at).iter().all(u8::is_ascii_hexdigit)
                && cursor.at(at + 3).is_ascii_digit());
        (fits && hex).then_some((from, end))
    })
}

/// A token whose parts alone do not look random: Discord's, three parts of 24 to 28, 6 and at least 27 characters (docs,
/// authentication), and Firebase's registration token, an id, a colon and `APA91` (docs, Cloud Messaging).
pub(super) fn of_parts(cursor: Cursor<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    let is_base64url = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    if cursor.has(start, b"APA91") && cursor.before(start) == b':' {
        let from = cursor.back(start - 1, start.saturating_sub(40), is_base64url);
        return (start - from > 8).then_some((from, end));
    }
    if !matches!(cursor.at(start), b'M' | b'N' | b'O') || end - start > 110 {
        return None;
    }
    let mut lens = cursor.slice(start, end).split(|b| *b == b'.').map(<[u8]>::len);
    let shaped = matches!(lens.next(), Some(23..=30))
        && lens.next() == Some(6)
        && matches!(lens.next(), Some(27..=50));
    (shaped && lens.next().is_none()).then_some((start, end))
}

/// A Facebook app access token, `{app id}|{app secret}` (docs, access tokens). Its app id is from `start` to `end`.
pub(super) fn facebook(cursor: Cursor<'_>, start: usize, end: usize) -> Option<Span> {
    if cursor.at(end) != b'|' || !(13..=17).contains(&(end - start)) {
        return None;
    }
    let behind = cursor.ahead_at_most(end + 1, 48, |b| Base64.holds(b));
    (behind - end > 20).then_some(Span { start, end: behind, kind: Redaction::Token })
}
