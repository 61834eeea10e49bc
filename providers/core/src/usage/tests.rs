use std::time::Duration;

use super::*;
use crate::{Sanitizer, Timestamp, context, usage_attributes, usage_choice, usage_span};

const IDS: SpanIds = SpanIds::from_bytes([1; 16], [2; 8]);
const MARKER: &str = "planted marker";
const SECRET: &str = "hunter2-hunter2";

usage_choice! {
    /// How a crawl ended.
    enum Ending {
        /// It reached its end.
        Completed = "completed",
        /// An error ended it.
        Failed = "failed",
    }
}

usage_attributes! {
    /// One page of a crawl.
    struct Page {
        /// Joins what is told of one page in one run.
        key: Key => Default since 1,
        /// Which kinds of pages people crawl.
        kind: Name => Default since 1,
        /// What people look for, when they choose to show us.
        question: Option<SharedText> => Shared since 1,
        /// Whether people need the whole page.
        whole as "whole?": bool => Default since 1,
        /// Whether the default limit of links fits.
        max_links: u32 => Default since 1,
        /// Whether people need the limit of requests.
        max_rpm: Option<u32> => Default since 1,
        /// Which tools are used, to decide which to keep.
        tools_names: Vec<ToolName> => Default since 1,
    }
}

usage_span! {
    /// A whole run. Exists only when it is shared.
    struct Crawl = "Crawl" {
        /// Joins the run with what else is told of it.
        crawl_key: Key => Shared since 1,
        /// What was asked.
        inputs: Option<SharedMap> => Shared since 1,
        /// What was crawled; the list of fields stands below.
        pages: Items<Page> => Shared since 1,
        /// What came of it.
        output: Option<SharedText> => Shared since 1,
    }
}

usage_span! {
    /// That a crawl ended, and how.
    struct CrawlEnded = "Crawl Ended" {
        /// Which strategies are used.
        strategy: Name => Default since 1,
        /// How long crawls run.
        duration_ms: Duration => Default since 1,
        /// How many crawls fail.
        ending: Ending => Default since 1,
        /// Which errors end crawls.
        error_type: Option<ErrorType> => Default since 1,
        /// Whether crawls get better.
        quality: Decimal => Default since 1,
        /// How large the crawls are that people draw.
        node_names: Vec<Name> => Default since 1,
        /// Whether crawls are resumed.
        resumed: Option<bool> => Default since 1,
        /// How often crawls begin anew.
        attempts: u32 => Default since 1,
    }
}

usage_attributes! {
    /// What every span carries.
    struct OnEach {
        /// To find faults that only one version has.
        version: Name => Default since 1,
        /// A project wants to find its own figures; empty otherwise.
        project: Name => Default since 1,
        /// What the system is, when it is shared.
        system: Option<SystemName> => Shared since 1,
    }
}

const SCHEMA: Schema = Schema::new(&[Crawl::SPEC, CrawlEnded::SPEC]).with_common::<OnEach>();

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn common() -> Common {
    Common::new("crawler", "crawler.telemetry").with(OnEach {
        version: "1.2.3".into(),
        project: "".into(),
        system: Some("Beos 5".into()),
    })
}

fn clean(span: impl DeclaredSpan, shared: bool) -> UsageSpan {
    Sanitizer::new().usage_span(UsageDraft::new(span, shared, IDS, at(0)), Some(&common()))
}

fn json(span: &UsageSpan) -> serde_json::Value {
    serde_json::to_value(span).unwrap()
}

fn page(text: &str) -> Page {
    Page {
        key: Key::from_bytes([5; 16]),
        kind: "Article".into(),
        question: Some(text.into()),
        whole: false,
        max_links: 25,
        max_rpm: None,
        tools_names: vec!["Search the Web".into()],
    }
}

fn crawl(text: &str) -> Crawl {
    Crawl {
        crawl_key: Key::from_bytes([6; 16]),
        inputs: Some(SharedMap(context! { "topic" => text })),
        pages: Items(vec![page(text)]),
        output: Some(text.into()),
    }
}

fn ended() -> CrawlEnded {
    CrawlEnded {
        strategy: "bfs".into(),
        duration_ms: Duration::from_micros(1_500),
        ending: Ending::Failed,
        error_type: Some(ErrorType::named("alloc::boxed::Box<dyn std::error::Error>")),
        quality: Decimal(7.25),
        node_names: Vec::new(),
        resumed: None,
        attempts: 3,
    }
}

#[test]
fn what_is_not_shared_is_not_even_in_the_draft() {
    let draft = UsageDraft::new(crawl(MARKER), false, IDS, at(0));
    assert!(draft.values.iter().all(|(_, raw)| matches!(raw.0, RawValue::Absent)));
    let created = Items(vec![page(MARKER)]);
    let raw = AttributeValue::into_raw(created).withhold(Tier::Default, false);
    let RawValue::Items(specs, items) = raw.0 else { panic!("a list") };
    for (spec, raw) in specs.iter().zip(&items[0]) {
        let kept = !matches!(raw.0, RawValue::Absent);
        assert!(!kept || spec.tier() == Tier::Default, "{}", spec.name());
    }
}

#[test]
fn shared_text_leaves_only_when_shared_and_never_with_secrets() {
    let text = format!("{MARKER} password={SECRET} of ada@example.com");
    let shared = json(&clean(crawl(&text), true)).to_string();
    assert!(shared.contains(MARKER), "{shared}");
    for (what, span) in [("shared", &shared), ("not shared", &json(&clean(crawl(&text), false)).to_string())]
    {
        assert!(!span.contains(SECRET) && !span.contains("ada@"), "{what}: {span}");
    }
    assert!(!json(&clean(crawl(&text), false)).to_string().contains(MARKER));
}

#[test]
fn names_are_cleaned_and_cut() {
    let name = format!("Assistant of ada@example.com, password={SECRET}");
    let span = clean(CrawlEnded { strategy: name.into(), ..ended() }, false);
    assert_eq!(span.attribute("strategy"), Some(UsageValue::Text("Assistant of [email], password=[secret]")));
    let span = clean(CrawlEnded { strategy: "word ".repeat(1_000).into(), ..ended() }, false);
    let Some(UsageValue::Text(text)) = span.attribute("strategy") else { panic!("a text") };
    assert!(text.len() <= 256 && text.contains("[cut "), "{text}");
}

#[test]
fn json_attributes_are_compact_and_in_the_schemas_order() {
    let span = clean(crawl("x"), true);
    let Some(UsageValue::Text(pages)) = span.attribute("pages") else { panic!("a text") };
    assert!(pages.starts_with(r#"[{"key":""#), "{pages}");
    for part in [r#""whole?":false"#, r#""max_links":25"#, r#""tools_names":["search_the_web"]"#] {
        assert!(pages.contains(part), "{part} in {pages}");
    }
    assert!(!pages.contains("max_rpm"), "what is absent is left out: {pages}");
    assert_eq!(span.attribute("inputs"), Some(UsageValue::Text(r#"{"topic":"x"}"#)));
}

#[test]
fn every_span_carries_what_is_common_first_and_booleans_are_text() {
    let span = clean(CrawlEnded { resumed: Some(false), ..ended() }, false);
    assert_eq!((span.service(), span.tracer()), ("crawler", "crawler.telemetry"));
    let names: Vec<&str> = span.attributes().map(|(name, _)| name).collect();
    assert_eq!(&names[..3], ["version", "project", "strategy"], "what is shared stays behind, of these too");
    assert_eq!(span.attribute("project"), Some(UsageValue::Text("")), "empty, not absent");
    assert_eq!(span.attribute("resumed"), Some(UsageValue::Text("false")));
    assert_eq!(span.attribute("attempts"), Some(UsageValue::Int(3)));
    assert_eq!(clean(ended(), false).attribute("resumed"), None);
    let shared = clean(ended(), true);
    assert_eq!(shared.attribute("system"), Some(UsageValue::Text("Beos 5")));
    let alone = Sanitizer::new().usage_span(UsageDraft::new(ended(), true, IDS, at(0)), None);
    assert_eq!((alone.service(), alone.tracer(), alone.attribute("version")), ("unknown_service", "", None));
}

#[test]
fn numbers_that_are_none_are_left_out() {
    let test = |quality| clean(CrawlEnded { quality: Decimal(quality), ..ended() }, false);
    for quality in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(test(quality).attribute("quality"), None);
    }
    assert_eq!(test(7.25).attribute("quality"), Some(UsageValue::Text("7.25")));
    assert!(matches!(u64::MAX.into_raw().0, RawValue::Int(i64::MAX)));
}

/// A list that was implemented without the macro. Its words are constants, so they hold no text that the program got at
/// run time.
#[derive(Clone, Copy)]
struct Handmade(usize);

impl DeclaredChoice for Handmade {
    const WORDS: &'static [&'static str] = &["only"];
    fn index(self) -> usize {
        self.0
    }
}

#[test]
fn a_choice_is_a_word_of_its_list_or_left_out() {
    assert!(matches!(Handmade(0).into_raw().0, RawValue::Clean(word) if word == "only"));
    assert!(matches!(Handmade(1).into_raw().0, RawValue::Absent));
    assert_eq!(Ending::TYPE, Type::Choice(&["completed", "failed"]));
    assert_eq!(Ending::ALL.iter().map(|ending| ending.name()).collect::<Vec<_>>(), Ending::WORDS);
}

#[test]
fn times_and_durations() {
    let draft = |start, end| UsageDraft::new(ended(), false, IDS, at(5)).lasting(at(start), at(end));
    let span = Sanitizer::new().usage_span(draft(2_000, 1_000), None);
    assert_eq!((span.start(), span.end()), (at(2_000), at(2_000)), "a clock that was set back");
    let span = clean(ended(), false);
    assert_eq!(span.attribute("duration_ms"), Some(UsageValue::Float(1.5)));
    assert_eq!(span.attribute("error_type"), Some(UsageValue::Text("Box")));
    assert_eq!(span.attribute("ending"), Some(UsageValue::Text("failed")));
}

#[test]
fn lists_and_shared_texts_are_bounded() {
    let names = (0..500).map(|n| Name::from(format!("node{n}"))).collect();
    let span = clean(CrawlEnded { node_names: names, ..ended() }, false);
    let Some(UsageValue::Text(nodes)) = span.attribute("node_names") else { panic!("a text") };
    let nodes: Vec<String> = serde_json::from_str(nodes).unwrap();
    assert_eq!(nodes.len(), 129);
    assert_eq!(nodes.last().unwrap(), "[cut 372 items]");

    let mut span = crawl(&"many words ".repeat(10_000));
    span.pages = Items((0..1_000).map(|_| page(&"many words ".repeat(1_000))).collect());
    let bytes = serde_json::to_vec(&clean(span, true)).unwrap().len();
    assert!(bytes < 512 * 1024, "{bytes}");
}

#[test]
fn every_span_fits_the_json_schema() {
    let schema = json_schema(&SCHEMA);
    let spans = schema["oneOf"].as_array().unwrap();
    assert_eq!(spans.len(), SCHEMA.spans().len());
    for span in [json(&clean(crawl("x"), true)), json(&clean(crawl("x"), false))] {
        let name = &span["span"];
        let fitting = spans.iter().find(|s| s["properties"]["span"]["const"] == *name).unwrap();
        for (attribute, value) in span["attributes"].as_object().unwrap() {
            let property = &fitting["properties"]["attributes"]["properties"][attribute];
            let property = match property["$ref"].as_str() {
                Some(reference) => schema.pointer(reference.trim_start_matches('#')).unwrap(),
                None => property,
            };
            assert_eq!(property["type"], "string", "{attribute}: {value}");
            assert!(property["x-tier"].is_string() && property["description"].is_string(), "{attribute}");
        }
    }
}

#[test]
fn the_table_has_every_span_every_list_and_what_is_on_each() {
    let table = table(&SCHEMA);
    let titles: Vec<&str> = table.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    assert_eq!(titles, ["Every span", "Crawl", "Crawl Ended", "Items of `pages` (Crawl)"]);
    let row = "| `question` | free text | **only when shared** | What people look for, when they choose to show us. | 1 |";
    assert!(table.lines().any(|line| line == row), "{table}");
    assert!(SCHEMA.declares(Crawl::SPEC) && !Schema::new(&[]).declares(Crawl::SPEC));
}

#[test]
fn debug_of_what_is_raw_shows_nothing() {
    let draft = UsageDraft::new(crawl(MARKER), true, IDS, at(0));
    let on_each = Common::new("crawler", "").with(OnEach {
        version: MARKER.into(),
        project: MARKER.into(),
        system: Some(MARKER.into()),
    });
    let shown = format!("{:?} {draft:?} {on_each:?}", crawl(MARKER));
    assert!(!shown.contains("planted"), "{shown}");
}
