//! The classes of planted values. Each class makes a new value of its kind, with the parts that must not survive.

use super::numbers::{card, cpf, iban, luhn_digit, ssn};
use super::rng::Rng;

/// A planted text and the parts of it that are secret.
pub(crate) struct Planted {
    pub(crate) text: String,
    pub(crate) secrets: Vec<String>,
}

fn all(text: String) -> Planted {
    Planted { secrets: vec![text.clone()], text }
}

fn parts(text: String, secrets: &[&str]) -> Planted {
    Planted { text, secrets: secrets.iter().map(|s| (*s).to_owned()).collect() }
}

pub(crate) struct SecretClass {
    pub(crate) name: &'static str,
    pub(crate) make: fn(&mut Rng) -> Planted,
}

macro_rules! classes {
    ($($name:literal => |$r:ident| $make:expr;)+) => {
        pub(crate) const ALL: &[SecretClass] = &[$(SecretClass { name: $name, make: |$r| $make }),+];
    };
}

/// `key`, a sign and a secret value.
fn pair(key_and_sign: &str, value: String) -> Planted {
    parts(format!("{key_and_sign}{value}"), &[&value])
}

classes! {
    // URLs
    "URL" => |r| all(format!("https://{}.example/{}/{}?q={}", r.name(), r.name(), r.base62(8), r.name()));
    "URL with userinfo" => |r| all(format!("ftp://{}:{}@{}.example:2121/x", r.name(), r.base62(9), r.name()));
    "URL with an IPv6 host" => |r| all(format!("http://[2001:db8::{}]:8080/{}", r.hex(4), r.name()));
    "URL in upper case" => |r| all(format!("HTTPS://{}.EXAMPLE/{}", r.upper(9), r.upper(8)));
    "URL with a fragment" => |r| all(format!("http://{}.test/#/{}", r.name(), r.name()));
    "international URL" => |r| all(format!("https://münchen-{}.example/straße/{}", r.name(), r.name()));
    "WebSocket URL" => |r| all(format!("wss://{}.example/socket/{}", r.name(), r.name()));
    "custom scheme" => |r| all(format!("myapp://{}/{}", r.name(), r.name()));
    "data URL" => |r| all(format!("data:text/html;base64,{}", r.base64(40)));
    "file URL" => |r| all(format!("file:///home/{}/{}.pdf", r.name(), r.name())).without_extension(".pdf");
    "bare host with a path" => |r| all(format!("{}.example.com/{}", r.name(), r.name()));
    "www host" => |r| all(format!("www.{}.org", r.name()));
    "host with a port and a path" => |r| all(format!("{}.internal:8443/{}", r.name(), r.name()));
    "scp-like remote" => |r| all(format!("git@{}.example.com:{}/{}.git", r.name(), r.name(), r.name())).without_extension(".git");
    "tel URL" => |r| all(format!("tel:+1{}", r.number(10)));
    "mailto URL" => |r| all(format!("mailto:{}@{}.com", r.name(), r.name()));
    "query string" => |r| { let (a, b) = (r.name(), r.name()); parts(format!("?q={a}&name={b}"), &[&a, &b]) };
    "form" => |r| { let (a, b) = (r.name(), r.name()); parts(format!("first={a}&second={b}"), &[&a, &b]) };
    // E-mail
    "e-mail" => |r| all(format!("{}@{}.com", r.name(), r.name()));
    "e-mail with a tag" => |r| all(format!("{}.{}+{}@mail.{}.co.uk", r.name(), r.name(), r.name(), r.name()));
    "international e-mail" => |r| all(format!("{}ü@{}ß.example", r.name(), r.name()));
    "e-mail at an address" => |r| { let n = r.name(); parts(format!("{n}@[192.0.2.{}]", r.below(255)), &[&n, "192.0.2"]) };
    // Machines
    "IPv4" => |r| all(format!("{}.{}.{}.{}", 10 + r.below(200), 100 + r.below(150), r.below(256), 100 + r.below(150)));
    "IPv4 with a port" => |r| { let ip = format!("{}.{}.{}.{}", 10 + r.below(200), 100 + r.below(150), r.below(256), r.below(256)); parts(format!("{ip}:8080"), &[&ip]) };
    "IPv6" => |r| all(format!("2001:db8:{}:{}:{}:{}:{}:{}", r.hex(4), r.hex(4), r.hex(4), r.hex(4), r.hex(4), r.hex(4)));
    "IPv6 compressed" => |r| all(format!("fe80::{}:{}:1", r.hex(4), r.hex(4)));
    "IPv6 mapped" => |r| all(format!("::ffff:192.168.{}.{}", r.below(256), r.below(256)));
    "IPv6 with a zone" => |r| all(format!("fe80::1ff:{}%eth0", r.hex(4)));
    "MAC" => |r| all((0..6).map(|_| r.hex(2)).collect::<Vec<_>>().join(":"));
    "MAC with hyphens" => |r| all((0..6).map(|_| r.hex(2)).collect::<Vec<_>>().join("-"));
    // Paths
    "Unix path" => |r| all(format!("/srv/{}/{}/{}", r.name(), r.name(), r.name()));
    "home folder" => |r| all(format!("/home/{}/{}.html", r.name(), r.name())).without_extension(".html");
    "macOS path with spaces" => |r| all(format!("/Users/{}/Library/Application Support/{}/{}.log", r.name(), r.name(), r.name())).without_extension(".log");
    "Windows path" => |r| all(format!(r"C:\Users\{}\Documents\{}.txt", r.name(), r.name())).without_extension(".txt");
    "Windows path, doubled" => |r| all(format!(r"C:\\Users\\{}\\{}.txt", r.name(), r.name())).without_extension(".txt");
    "Windows path, forward" => |r| all(format!("D:/{}/{}/x.json", r.name(), r.name())).without_extension(".json");
    "UNC path" => |r| all(format!(r"\\{}\share\{}", r.name(), r.name()));
    "tilde path" => |r| all(format!("~/{}/{}", r.name(), r.name()));
    // Tokens
    "JWT" => |r| all(format!("eyJhbGciOiJIUzI1NiJ9.eyJ{}.{}", r.base64url(40), r.base64url(43)));
    "JWE" => |r| all(format!("eyJ{}.{}.{}.{}.{}", r.base64url(30), r.base64url(40), r.base64url(16), r.base64url(30), r.base64url(22)));
    "PEM" => |r| all(format!("-----BEGIN PRIVATE KEY-----\n{}\n{}\n-----END PRIVATE KEY-----", r.base64(64), r.base64(40))).without("PRIVATE KEY");
    "PEM without its end" => |r| { let (a, b) = (r.base64(64), r.base64(64)); parts(format!("-----BEGIN RSA PRIVATE KEY-----\n{a}\n{b}"), &[&a, &b]) };
    "SSH public key" => |r| { let (a, b) = (r.base64(68), r.name()); parts(format!("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5{a} {b}@{b}"), &[&a, &b]) };
    "AWS access key id" => |r| all(format!("AKIA{}", r.base36(16)));
    "AWS secret key" => |r| all(r.base64(40));
    "GitHub token" => |r| all(format!("ghp_{}", r.base62(36)));
    "GitHub fine-grained token" => |r| all(format!("github_pat_{}_{}", r.base62(22), r.base62(59)));
    "GitLab token" => |r| all(format!("glpat-{}", r.base64url(20)));
    "Slack bot token" => |r| all(format!("xoxb-{}-{}-{}", r.number(12), r.number(12), r.base62(24)));
    "Slack app token" => |r| all(format!("xapp-1-A{}-{}-{}", r.base36(10), r.number(12), r.hex(64)));
    "Stripe secret key" => |r| all(format!("sk_live_{}", r.base62(24)));
    "Stripe webhook secret" => |r| all(format!("whsec_{}", r.base62(32)));
    "OpenAI key" => |r| all(format!("sk-proj-{}", r.base64url(48)));
    "OpenAI key, older" => |r| all(format!("sk-{}", r.base62(48)));
    "Anthropic key" => |r| all(format!("sk-ant-api03-{}AA", r.base64url(93)));
    "Google API key" => |r| all(format!("AIza{}", r.base64url(35)));
    "Google OAuth token" => |r| all(format!("ya29.a0{}", r.base64url(60)));
    "Google client secret" => |r| all(format!("GOCSPX-{}", r.base64url(28)));
    "SendGrid key" => |r| all(format!("SG.{}.{}", r.base64url(22), r.base64url(43)));
    "npm token" => |r| all(format!("npm_{}", r.base62(36)));
    "PyPI token" => |r| all(format!("pypi-AgEIcHlwaS5vcmc{}", r.base64url(60)));
    "Rust registry token" => |r| all(format!("cio{}", r.base62(32)));
    "Twilio SID" => |r| all(format!("AC{}", r.hex(32)));
    "Mailgun key" => |r| all(format!("key-{}", r.hex(32)));
    "Mailchimp key" => |r| all(format!("{}-us{}", r.hex(32), 1 + r.below(20)));
    "DigitalOcean token" => |r| all(format!("dop_v1_{}", r.hex(64)));
    "Shopify token" => |r| all(format!("shpat_{}", r.hex(32)));
    "Square token" => |r| all(format!("sq0atp-{}", r.base64url(22)));
    "Hugging Face token" => |r| all(format!("hf_{}", r.base62(34)));
    "Databricks token" => |r| all(format!("dapi{}", r.hex(32)));
    "Doppler token" => |r| all(format!("dp.pt.{}", r.base62(43)));
    "Linear key" => |r| all(format!("lin_api_{}", r.base62(40)));
    "Notion token" => |r| all(format!("ntn_{}", r.base62(46)));
    "Airtable token" => |r| all(format!("pat{}.{}", r.base62(14), r.hex(64)));
    "Atlassian token" => |r| all(format!("ATATT3xFfGF0{}={}", r.base64url(170), r.upper(8)));
    "Figma token" => |r| all(format!("figd_{}", r.base64url(40)));
    "Grafana token" => |r| all(format!("glsa_{}_{}", r.base62(32), r.hex(8)));
    "Vault token" => |r| all(format!("hvs.{}", r.base64url(90)));
    "Terraform token" => |r| all(format!("{}.atlasv1.{}", r.base62(14), r.base64url(60)));
    "Postman key" => |r| all(format!("PMAK-{}-{}", r.hex(24), r.hex(34)));
    "Docker token" => |r| all(format!("dckr_pat_{}", r.base64url(27)));
    "RubyGems key" => |r| all(format!("rubygems_{}", r.hex(48)));
    "New Relic key" => |r| all(format!("NRAK-{}", r.base36(27)));
    "Sentry token" => |r| all(format!("sntrys_{}", r.base64url(80)));
    "Telegram token" => |r| all(format!("{}:AA{}", r.number(9), r.base64url(33)));
    "Supabase token" => |r| all(format!("sbp_{}", r.hex(40)));
    "Replicate token" => |r| all(format!("r8_{}", r.base62(37)));
    "Groq key" => |r| all(format!("gsk_{}", r.base62(52)));
    "Perplexity key" => |r| all(format!("pplx-{}", r.base62(48)));
    "Tailscale key" => |r| all(format!("tskey-auth-{}-{}", r.base62(11), r.base62(30)));
    "age key" => |r| all(format!("AGE-SECRET-KEY-1{}", r.base36(58)));
    "Alibaba key id" => |r| all(format!("LTAI{}", r.base62(20)));
    "Entra client secret" => |r| all(format!("{}8Q~{}", r.base62(3), r.base64url(34)));
    "Mapbox token" => |r| all(format!("sk.eyJ{}.{}", r.base64url(70), r.base64url(22)));
    "1Password service token" => |r| all(format!("ops_eyJ{}", r.base64url(200)));
    "Netlify token" => |r| all(format!("nfp_{}", r.base62(36)));
    "UUID" => |r| all(format!("{}-{}-4{}-a{}-{}", r.hex(8), r.hex(4), r.hex(3), r.hex(3), r.hex(12)));
    "hexadecimal key" => |r| all(r.hex(32));
    "base62 token" => |r| all(r.base62(32));
    "base64url token" => |r| all(r.base64url(43));
    // Headers and pairs
    "Authorization header" => |r| { let v = r.base62(16); parts(format!("Authorization: Bearer {v}"), &[&v]) };
    "Basic credentials" => |r| { let v = r.base64(24); parts(format!("Basic {v}"), &[&v]) };
    "Cookie header" => |r| { let (a, b) = (r.base62(12), r.base62(12)); parts(format!("Cookie: sid={a}; theme={b}"), &[&a, &b]) };
    "Set-Cookie header" => |r| { let v = r.base62(14); parts(format!("Set-Cookie: id={v}; Path=/; HttpOnly"), &[&v]) };
    "x-api-key header" => |r| pair("x-api-key: ", r.base62(14));
    "header map" => |r| { let v = r.base62(14); parts(format!("{{\"accept\": \"*/*\", \"authorization\": \"Token {v}\"}}"), &[&v]) };
    "header tuple" => |r| { let v = r.base62(14); parts(format!("(\"cookie\", \"{v}\")"), &[&v]) };
    "password=" => |r| pair("password=", r.base62(11));
    "password in JSON" => |r| { let v = r.base62(11); parts(format!("{{\"password\":\"{v}\",\"n\":1}}"), &[&v]) };
    "password in YAML" => |r| pair("db_password: ", r.base62(11));
    "environment dump" => |r| pair("AWS_SECRET_ACCESS_KEY=", r.base62(12));
    "Debug of a secret" => |r| { let v = r.base62(12); parts(format!("Auth {{ api_key: \"{v}\", ttl: 3 }}"), &[&v]) };
    "secret in a query" => |r| { let v = r.base62(12); parts(format!("/x?access_token={v}"), &[&v]) };
    "argument" => |r| pair("--password ", r.base62(12));
    "client secret" => |r| pair("client_secret=", r.base62(13));
    // Connections
    "PostgreSQL URL" => |r| all(format!("postgres://{}:{}@{}:5432/{}", r.name(), r.base62(9), r.name(), r.name()));
    "MongoDB URL" => |r| all(format!("mongodb+srv://{}:{}@{}.example.net/{}", r.name(), r.base62(9), r.name(), r.name()));
    "Redis URL" => |r| all(format!("redis://:{}@{}:6379/0", r.base62(12), r.name()));
    "JDBC" => |r| all(format!("jdbc:postgresql://{}:5432/{}?user={}&password={}", r.name(), r.name(), r.name(), r.base62(9)));
    "ODBC" => |r| { let (s, u, p) = (r.name(), r.name(), r.base62(9)); parts(format!("Driver={{ODBC Driver 17}};Server={s};Uid={u};Pwd={p};"), &[&s, &u, &p]) };
    "libpq keywords" => |r| { let (h, u, p) = (r.name(), r.name(), r.base62(9)); parts(format!("host={h} port=5432 user={u} password={p}"), &[&h, &u, &p]) };
    "Azure storage" => |r| { let (a, k) = (r.name(), r.base64(86)); parts(format!("DefaultEndpointsProtocol=https;AccountName={a};AccountKey={k}==;EndpointSuffix=core.windows.net"), &[&a, &k]) };
    // People
    "card" => |r| all(card(r, ""));
    "card in groups" => |r| all(card(r, " "));
    "card with hyphens" => |r| all(card(r, "-"));
    "American Express" => |r| { let n = format!("37{}", r.digits(12)); all(format!("{n}{}", luhn_digit(&n))) };
    "IBAN" => |r| all(iban(r, false));
    "IBAN in groups" => |r| all(iban(r, true));
    "US SSN" => |r| all(ssn(r));
    "UK NINO" => |r| all(format!("AB{}C", r.digits(6)));
    "Brazilian CPF" => |r| all(cpf(r));
    "codice fiscale" => |r| all(format!("{}{}A{}H{}{}", r.upper(6), r.digits(2), 10 + r.below(20), r.digits(3), r.upper(1)));
    "international phone" => |r| all(format!("+49 30 {} {}", r.number(4), r.digits(4)));
    "E.164 phone" => |r| all(format!("+1{}", r.number(10)));
    "US phone" => |r| all(format!("({}) {}-{}", 200 + r.below(700), 200 + r.below(700), r.digits(4)));
    "US phone with hyphens" => |r| all(format!("{}-{}-{}", 200 + r.below(700), 200 + r.below(700), r.digits(4)));
    "UK phone" => |r| all(format!("020 {} {}", r.number(4), r.digits(4)));
    // Messages of databases, browsers, shells
    "row of PostgreSQL" => |r| { let v = r.name(); parts(format!("Key (username)=({v}) already exists."), &[&v]) };
    "row of MySQL" => |r| { let v = r.name(); parts(format!("Duplicate entry '{v}' for key 'users.username'"), &[&v]) };
    "named field" => |r| { let v = r.base62(11); parts(format!("{{\"name\":\"password\",\"value\":\"{v}\"}}"), &[&v]) };
    "argument in a list" => |r| { let v = r.base62(11); parts(format!("[\"--password\",\"{v}\"]"), &[&v]) };
    "prompt in JSON" => |r| { let (a, b) = (r.name(), r.name()); parts(format!("{{\"prompt\":\"{a} {b}\"}}"), &[&a, &b]) };
    "typed into a page" => |r| { let v = r.base62(11); parts(format!("locator(\"#pin\").fill(\"{v}\")"), &[&v]) };
    "Spanish password" => |r| pair("contraseña=", r.base62(11));
    "Russian password" => |r| pair("пароль: ", r.base62(11));
    "Chinese password" => |r| pair("密码：", r.base62(11));
    "password of SQL" => |r| { let v = r.base62(11); parts(format!("CREATE USER x IDENTIFIED BY '{v}'"), &[&v]) };
    "distinguished name" => |r| { let (a, b) = (r.name(), r.name()); parts(format!("CN={a},OU=Staff,DC={b},DC=org"), &[&a, &b]) };
    "LDAP filter" => |r| { let v = r.name(); parts(format!("(uid={v})"), &[&v]) };
    "Windows SID" => |r| { let v = format!("{}-{}", r.number(10), r.number(10)); parts(format!("S-1-5-21-{v}-{}-1013", r.number(9)), &[&v]) };
    "Windows machine" => |r| { let v = format!("{}4", r.upper(6)); parts(format!("DESKTOP-{v}"), &[&v]) };
    "machine of a private network" => |r| { let v = r.name(); parts(format!("db-{v}.internal"), &[&v]) };
    "labelled phone" => |r| pair("tel ", r.number(10));
    "labelled SSN" => |r| pair("SSN ", r.number(9));
    "stored password" => |r| { let v = r.base62(22); parts(format!("$argon2id$v=19$m=65536,t=3,p=4${v}"), &[&v]) };
    "SASL PLAIN" => |r| { let v = base64(&format!("\0{}\0{}xx", r.name(), r.name())); parts(format!("AUTH PLAIN {v}"), &[&v]) };
    "hexadecimal text" => |r| all(format!("{}j0", r.name()).bytes().chain(*b"@example.co").map(|b| format!("{b:02x}")).collect());
    // Markup
    "HTML" => |r| { let (a, b) = (r.name(), r.name()); parts(format!("<div class=\"user\"><p>{a}</p> and {b}</div>"), &[&a, &b]) };
    "XML" => |r| { let a = r.name(); parts(format!("<customer>{a}</customer>"), &[&a]) };
}

/// Encodes a text in base64 (RFC 4648, section 4).
fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, i| bits << 8 | u32::from(chunk.get(i).copied().unwrap_or(0)));
        for i in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * i) & 63) as usize];
            out.push(if i > chunk.len() { '=' } else { char::from(letter) });
        }
    }
    out
}

impl Planted {
    /// Removes an extension from the secrets, because extensions stay in the output.
    fn without_extension(mut self, extension: &str) -> Self {
        for secret in &mut self.secrets {
            if let Some(stem) = secret.strip_suffix(extension) {
                *secret = stem.to_owned();
            }
        }
        self
    }

    /// Removes `words` from the secrets, because they also occur in text that stays.
    fn without(mut self, words: &str) -> Self {
        self.secrets = self.secrets.iter().flat_map(|s| s.split(words)).map(str::to_owned).collect();
        self
    }
}
