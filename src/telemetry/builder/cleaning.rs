//! The program's additions to the rules of cleaning.

use std::sync::Arc;

use crawl4ai_telemetry_core::own_words::WordSource;
use crawl4ai_telemetry_core::sanitize::Detector;

use super::Builder;

impl Builder {
    /// Adds a word that makes a key sensitive.
    pub fn sensitive_key(mut self, word: impl Into<String>) -> Self {
        self.rules = self.rules.sensitive_key(word);
        self
    }

    /// Adds a key that is known to hold nothing personal.
    pub fn safe_key(mut self, key: impl Into<String>) -> Self {
        self.rules = self.rules.safe_key(key);
        self
    }

    /// Adds a word that holds nothing personal, such as the name of a model or of a mode. Where it stands whole, it
    /// stays in texts that are narrowed to the program's own words.
    pub fn safe_value(mut self, value: impl Into<String>) -> Self {
        self.rules = self.rules.safe_value(value);
        self
    }

    /// Adds the words of a language that embeds this library, such as the constants of its compiled modules or a
    /// catalogue of messages. They count like the program's own words
    /// ([`Privacy::OwnWords`](crate::Privacy::OwnWords)): text that stands in neither becomes a placeholder. Of several
    /// sources each counts.
    ///
    /// The words of a source may leave, so it must hold nothing that depends on who runs the program. Its name stands
    /// for this build of the program: a report that was stored before there was time to read words is narrowed later,
    /// by sources of the same names only. A source is read for each report, on a thread of the library.
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

    /// Adds a detector for free text. The built-in detectors stay.
    pub fn detector(mut self, detector: impl Detector + 'static) -> Self {
        self.rules = self.rules.detector(detector);
        self
    }
}
