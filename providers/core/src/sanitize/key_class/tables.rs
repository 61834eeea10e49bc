//! The words of keys, packed into numbers and sorted by the compiler.

/// A packed word of at most 16 bytes in lower case; longer words are in no table.
pub(super) type Packed = u128;

pub(super) const fn pack(word: &[u8]) -> Packed {
    if word.len() > 16 {
        return 0;
    }
    let mut packed: Packed = 0;
    let mut rest = word;
    while let Some((first, tail)) = rest.split_first() {
        packed = (packed << 8) | first.to_ascii_lowercase() as Packed;
        rest = tail;
    }
    packed
}

/// Packs words and sorts them by their packed form, at compile time.
#[expect(clippy::indexing_slicing, reason = "runs in the compiler only")]
const fn table<const N: usize>(words: [&str; N]) -> [Packed; N] {
    let mut packed = [0; N];
    let mut i = 0;
    while i < N {
        let new = pack(words[i].as_bytes());
        assert!(new != 0, "a word of more than 16 bytes");
        let mut at = i;
        while at > 0 && packed[at - 1] > new {
            packed[at] = packed[at - 1];
            at -= 1;
        }
        packed[at] = new;
        i += 1;
    }
    packed
}

/// A filter of one bit for each word of some tables. The bit is a hash of the word's length and four of its letters.
/// The filter rejects most words of a message.
struct WordFilter([u64; 256]);

static ALONE: WordFilter = WordFilter::of(&[&SENSITIVE, &PERSONAL, &LAST_OF_TWO]);
static BESIDE_OTHERS: WordFilter = WordFilter::of(&[&ECHOING, &BESIDE]);
static EITHER: WordFilter = WordFilter::of(&[&SENSITIVE, &PERSONAL, &LAST_OF_TWO, &ECHOING, &BESIDE]);

impl WordFilter {
    #[expect(clippy::indexing_slicing, reason = "runs in the compiler only")]
    const fn of(tables: &[&[Packed]]) -> Self {
        let mut bits = [0; 256];
        let mut t = 0;
        while t < tables.len() {
            let mut i = 0;
            while i < tables[t].len() {
                let word = tables[t][i];
                let len = (128 - word.leading_zeros() as usize).div_ceil(8);
                let first = (word >> ((len - 1) * 8)) as u8;
                let second = (word >> ((len - 2) * 8)) as u8;
                let middle = (word >> ((len - 1 - len / 2) * 8)) as u8;
                let hash = Self::hash([first, second, middle, word as u8], len);
                bits[hash / 64] |= 1 << (hash % 64);
                i += 1;
            }
            t += 1;
        }
        Self(bits)
    }

    const fn hash([first, second, middle, last]: [u8; 4], len: usize) -> usize {
        let (first, second) = ((first | 0x20) as usize, (second | 0x20) as usize);
        let (middle, last) = ((middle | 0x20) as usize, (last | 0x20) as usize);
        (first * 37 + second * 613 + middle * 229 + last * 1409 + len * 11) & 16383
    }

    /// May this word be in one of the tables?
    #[inline]
    fn holds(&self, word: &[u8]) -> bool {
        let ([first, second, ..], Some(middle), [.., last]) = (word, word.get(word.len() / 2), word) else {
            return false;
        };
        let hash = Self::hash([*first, *second, *middle, *last], word.len());
        self.0.get(hash / 64).is_some_and(|bits| bits >> (hash % 64) & 1 == 1)
    }
}

/// May this word alone announce a secret or personal data?
#[inline]
pub(super) fn may_classify(word: &[u8]) -> bool {
    ALONE.holds(word) || may_end_as_secret(word)
}

/// May this word classify a value together with the text around it?
#[inline]
pub(super) fn may_classify_beside(word: &[u8]) -> bool {
    BESIDE_OTHERS.holds(word)
}

/// May this word classify a value, alone or with the text around it?
#[inline]
pub(super) fn may_classify_at_all(word: &[u8]) -> bool {
    EITHER.holds(word) || may_end_as_secret(word)
}

/// May the word end in a word for a secret: `…password`, `…passwd`, `…secret`, `…apikey`, `…token`, `…cookie`,
/// `…passphrase`, `…credentials`, or their plurals?
#[inline]
fn may_end_as_secret(word: &[u8]) -> bool {
    let [_, _, _, _, _, .., before, last] = word else { return false };
    let end = [before | 0x20, last | 0x20];
    matches!(&end, b"rd" | b"wd" | b"et" | b"ey" | b"en" | b"ie" | b"se" | b"ls")
        || matches!(&end, b"ds" | b"ts" | b"ys" | b"ns" | b"es")
}

/// Words that announce a secret or personal data together with the word before them.
#[rustfmt::skip]
pub(super) static LAST_OF_TWO: [Packed; 12] = table([
    "key", "keys", "string", "phrase", "name", "number", "code", "no", "address", "compte", "cuenta", "conta",
]);

/// Keys whose value is removed if it is quoted and has several words: `prompt: "…"`.
#[rustfmt::skip]
pub(super) static ECHOING: [Packed; 18] = table([
    "prompt", "prompts", "content", "contents", "body", "markdown", "html", "completion", "completions",
    "transcript", "instruction", "instructions", "question", "answer", "answers", "query", "queries", "input",
]);

/// Keys that classify a value together with the text around them: a field beside them (`name: …, value: …`), a phrase
/// of a database (`detail: Failing row contains …`), the type that they belong to (`User { city: … }`).
#[rustfmt::skip]
pub(super) static BESIDE: [Packed; 32] = table([
    "uid", "value", "val", "stringvalue", "rejectedvalue", "default", "detail", "provided", "key", "name", "address", "sub",
    "city", "zip", "gender", "company", "parameters", "params", "bindings", "binds", "bind", "variables", "args", "arguments", "argv",
    "values", "output", "response", "reply", "generated", "said", "answered",
]);

pub(super) fn holds(table: &[Packed], word: Packed) -> bool {
    table.binary_search(&word).is_ok()
}

#[rustfmt::skip]
pub(super) static SENSITIVE: [Packed; 101] = table([
    "password", "passwords", "passwd", "passphrase", "passcode", "pass", "pwd", "pw", "secret", "secrets",
    "token", "tokens", "cookie", "cookies", "authorization", "auth", "session", "sessions", "sessionid",
    "sid", "credential", "credentials", "creds", "bearer", "jwt", "otp", "totp", "cvv", "cvc", "pin",
    "csrf", "xsrf", "oauth", "apikey", "apitoken", "accesskey", "secretkey", "privatekey", "signature",
    "sig", "dsn", "connectionstring", "webhook", "passkey", "mnemonic", "privkey", "jsessionid",
    "phpsessid", "sessid", "authkey", "userpass", "userpwd", "userpin", "hmac", "salt", "nonce",
    "bearertoken", "accountkey", "encryptionkey", "signingkey", "licensekey", "wwwauthenticate", "psk",
    "requirepass", "masterauth", "dbpass", "pgpass", "smtppass", "mypass",
    // Arguments of keytool(1) and openssl(1).
    "storepass", "keypass", "srcstorepass", "deststorepass", "srckeypass", "destkeypass", "passin", "passout",
    // Words in German, French, Spanish, Portuguese, Italian, Dutch, the Nordic and the Slavic languages, Hungarian,
    // Finnish and Turkish.
    "passwort", "kennwort", "passe", "mdp", "contrasena", "senha", "parola", "wachtwoord", "losenord",
    "passord", "adgangskode", "heslo", "haslo", "lozinka", "jelszo", "salasana", "sifre", "clave",
    "geheim", "geheimnis", "jeton", "motdepasse", "bindpw", "bindpasswd",
]);

#[rustfmt::skip]
pub(super) static PERSONAL: [Packed; 127] = table([
    "email", "emails", "mail", "username", "user", "login", "loginname", "phone", "telephone", "mobile",
    "fax", "ssn", "firstname", "lastname", "fullname", "surname", "realname", "nickname", "birthday",
    "birthdate", "dob", "hostname", "ip", "ipaddress", "zipcode", "postcode", "iban", "passport", "street",
    "cardnumber", "pan", "userid", "accountnumber", "employee", "customer", "patient", "taxid", "vat",
    "latitude", "longitude", "mac", "imei", "recipient", "host", "birth", "lat", "lon", "lng", "gps", "geolocation", "imsi",
    "logname", "ruser", "steamid", "vin", "kontoname",
    // Words in the same languages as in the table above.
    "benutzer", "benutzername", "nutzername", "vorname", "nachname", "geburtsdatum", "telefon", "kontonummer",
    "utilisateur", "prenom", "naissance", "usuario", "apellido", "apellidos", "telefono", "nacimiento",
    "sobrenome", "cognome", "gebruiker", "gebruikersnaam", "anmeldename", "benutzerkennung", "ssid", "usr", "account",
    "binddn", "epicusername", "konto", "acct",
    // Numbers of persons, and dates of birth.
    "pesel", "bsn", "cpf", "cnpj", "nino", "dni", "curp", "aadhaar", "svnr", "ahv", "steuerid", "steuernummer", "nationalid",
    "personnummer", "codicefiscale", "passportnumber", "taxnumber", "socialsecurity", "cardholder", "holdername", "cardholdername",
    "birthplace", "dateofbirth", "geburtstag", "geboortedatum", "birthyear",
    "insuranceno", "versichertennr", "postleitzahl", "plz", "codepostal", "mitgliedsnummer", "kundennummer", "kvnr", "national",
    "dbuser", "dbusername", "pguser", "smtpuser", "dbhost", "dbserver", "pghost",
]);

/// Words that make a following `key` a secret.
#[rustfmt::skip]
pub(super) static KEY_OWNERS: [Packed; 52] = table([
    "api", "access", "private", "secret", "signing", "encryption", "account", "license", "licence",
    "subscription", "storage", "master", "ssh", "auth", "shared", "service", "client", "consumer", "app",
    "project", "deploy", "hmac", "session", "security", "aes", "rsa", "gpg", "pgp", "crypto",
    "openai", "anthropic", "claude", "gemini", "mistral", "cohere", "groq", "deepseek", "huggingface", "tavily",
    "serper", "firecrawl", "pinecone", "stripe", "sendgrid", "mailgun", "twilio", "github", "gitlab", "slack",
    "cloudflare", "aws", "azure",
]);

/// Words that make a following `name` the name of a person or a machine.
#[rustfmt::skip]
pub(super) static NAME_OWNERS: [Packed; 23] = table([
    "first", "last", "full", "user", "real", "family", "given", "host", "middle", "maiden", "machine", "account",
    "holder", "cardholder", "customer", "patient", "employee", "recipient", "guest", "passenger", "student", "computer",
    "workstation",
]);

/// Words that make a following `number` the number of a person or an account.
#[rustfmt::skip]
pub(super) static NUMBER_OWNERS: [Packed; 16] = table([
    "card", "account", "insurance", "policy", "patient", "customer", "member", "passport", "phone", "mobile", "tax", "license",
    "licence", "employee", "contract", "security",
]);

/// Words that make a following `address` the address of a person or a machine. Otherwise it may be an address in
/// memory.
#[rustfmt::skip]
pub(super) static ADDRESS_OWNERS: [Packed; 12] = table([
    "street", "home", "postal", "billing", "shipping", "mailing", "ip", "email", "mail", "remote", "peer",
    "client",
]);

/// Last words of a key that make it a measure or a kind of a thing, not the thing itself.
#[rustfmt::skip]
pub(super) static MEASURES: [Packed; 91] = table([
    "count", "counts", "counter", "len", "length", "size", "sizes", "bytes", "total", "limit", "limits",
    "max", "min", "avg", "sum", "age", "ttl", "timeout", "timeouts", "ms", "millis", "seconds", "secs",
    "minutes", "duration", "elapsed", "delay", "retries", "attempts", "type", "types", "kind", "version",
    "status", "state", "code", "enabled", "disabled", "required", "valid", "expired", "expires", "expiry",
    "present", "missing", "supported", "strategy", "mode", "format", "encoding", "charset", "parser",
    "agent", "provider", "backend", "policy", "method", "scheme", "algorithm", "algo", "level", "depth",
    "width", "height", "color", "language", "lang", "budget", "usage", "rate", "percent", "ratio",
    "position", "offset", "index", "line",
    // Errors, and properties of a machine.
    "error", "errors", "exception", "exceptions", "warning", "failure", "fault", "failed", "architecture", "arch",
    "platform", "os", "family", "field",
    "unavailable",
]);

/// The words of content keys, under the kind that replaces the value.
#[rustfmt::skip]
pub(super) static CONTENT: [(&str, &[&str]); 16] = [
    ("url", &["url", "urls", "uri", "uris", "link", "links", "href", "endpoint", "referer", "referrer",
        "origin"]),
    ("html", &["html", "xml", "dom", "svg"]),
    ("body", &["body", "bodies"]),
    ("content", &["content", "contents", "page", "pages", "screenshot", "attachment", "attachments",
        "blob"]),
    ("markdown", &["markdown", "md"]),
    ("text", &["text", "texts", "title", "description", "comment", "comments", "caption", "bio",
        "transcript", "summary", "snippet", "chunk", "chunks", "paragraph", "sentence", "excerpt",
        "note", "notes"]),
    ("prompt", &["prompt", "prompts", "instruction", "instructions", "goal", "goals", "backstory",
        "question"]),
    ("response", &["response", "responses", "answer", "answers", "completion", "completions", "reply",
        "output", "outputs"]),
    ("headers", &["headers", "header"]),
    ("query", &["query", "queries", "sql", "search", "params", "querystring"]),
    ("request", &["request", "requests"]),
    ("payload", &["payload", "payloads", "input", "inputs"]),
    ("document", &["document", "documents", "file", "files", "filename"]),
    ("script", &["script", "scripts", "javascript"]),
    ("arguments", &["args", "argv", "arguments", "cmdline", "command"]),
    ("environment", &["environ", "env"]),
];
