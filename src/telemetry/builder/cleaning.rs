//! What the program adds to the rules of cleaning.

use crawl4ai_telemetry_core::sanitize::Detector;

use super::Builder;

impl Builder {
    /// One more word that makes a key sensitive.
    pub fn sensitive_key(mut self, word: impl Into<String>) -> Self {
        self.rules = self.rules.sensitive_key(word);
        self
    }

    /// One more key that is known to hold nothing personal.
    pub fn safe_key(mut self, key: impl Into<String>) -> Self {
        self.rules = self.rules.safe_key(key);
        self
    }

    /// One more word that holds nothing personal, wherever it stands whole: the name of a model, of a mode. It stays where
    /// texts are narrowed to the program's own words.
    pub fn safe_value(mut self, value: impl Into<String>) -> Self {
        self.rules = self.rules.safe_value(value);
        self
    }

    /// One more detector for free text. The built-in ones stay.
    pub fn detector(mut self, detector: impl Detector + 'static) -> Self {
        self.rules = self.rules.detector(detector);
        self
    }
}
