//! Keys.

/// The words that make a key sensitive, a content key or safe.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    sensitive: Vec<String>,
    safe: Vec<String>,
}

impl Words {
    pub(super) fn add_sensitive(&mut self, word: String) {
        self.sensitive.push(word);
    }

    pub(super) fn add_safe(&mut self, key: String) {
        self.safe.push(key);
    }
}
