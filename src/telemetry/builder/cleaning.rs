//! What the program adds to the rules of cleaning.

use std::sync::Arc;

use crawl4ai_telemetry_core::own_words::WordSource;
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

    /// The words of another language that this library is embedded in: the constants of its compiled modules, a catalogue of
    /// messages. Texts are narrowed by them as by the program's own words ([`Privacy::OwnWords`](crate::Privacy::OwnWords)):
    /// what stands in neither becomes a placeholder. Of several sources each counts.
    ///
    /// What a source hands out may leave, so it must hold nothing that depends on who runs the program. Its name tells this
    /// build of the program from others: a report that was stored without time for its words is narrowed later, by sources of
    /// the same names only. It is read for each report, on a thread of the library.
    ///
    /// ```
    /// use std::time::Duration;
    /// use crawl4ai_telemetry::own_words::{Block, Edges, Look, Unreadable, Visitor, WordSource, Writing};
    /// use crawl4ai_telemetry::{App, Env, Kind, MemoryProvider, Raised, RawException, Telemetry, context};
    ///
    /// struct Catalogue(&'static str);
    ///
    /// impl WordSource for Catalogue {
    ///     fn name(&self) -> &str {
    ///         "messages of weather 1.4.0"
    ///     }
    ///     fn bytes(&self) -> u64 {
    ///         self.0.len() as u64
    ///     }
    ///     fn visit(&self, _: Look, visitor: &mut Visitor<'_>) -> Result<(), Unreadable> {
    ///         let edges = Edges::default();
    ///         let block = Block::new(self.0.as_bytes(), 0..self.0.len(), &edges, 0);
    ///         let _ = visitor(&block.written_as(Writing::Plain));
    ///         Ok(())
    ///     }
    /// }
    ///
    /// # let folder = tempfile::tempdir()?;
    /// let memory = MemoryProvider::default();
    /// let telemetry = Telemetry::builder(App::new("weather", "1.4.0"))
    ///     .provider(memory.clone())
    ///     .config_folder(folder.path())
    ///     .env(Env::from_pairs("WEATHER", [("WEATHER_TELEMETRY", "1")]))
    ///     .own_words(Catalogue("\0the barometer of %s fell silent\0"))
    ///     .build()?;
    /// let mut exception = RawException::new(Kind::Error, "weather.NoAnswer");
    /// let owner = ["wil", "hel", "mina"].concat();
    /// exception.message = Some(format!("the barometer of {owner} fell silent"));
    /// let outcome = telemetry.capture_exception(&Raised::new(vec![exception]), context! {});
    /// # drop(outcome);
    /// telemetry.flush(Duration::from_secs(20));
    /// let reports = memory.reports();
    /// assert_eq!(reports[0].exceptions()[0].value(), Some("the barometer of [word] fell silent"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn own_words(mut self, source: impl WordSource + 'static) -> Self {
        self.words.push(Arc::new(source));
        self
    }

    /// One more detector for free text. The built-in ones stay.
    pub fn detector(mut self, detector: impl Detector + 'static) -> Self {
        self.rules = self.rules.detector(detector);
        self
    }
}
