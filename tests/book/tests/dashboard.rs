//! Grafana's dashboard is made of the queries in `dashboards/sql/`, so that there is no second copy of them that could
//! differ. `UPDATE=1` writes it. `.ci/sql` runs the queries.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "UPDATE=1 is a developer's wish")]

use std::fs;

use crawl4ai_telemetry_book::root;
use serde_json::{Value, json};

/// Each panel: its query, its title, its kind, its width in a grid of 24, and its height.
const PANELS: [(&str, &str, &str, u32, u32); 8] = [
    ("totals", "Reports and bugs", "stat", 24, 4),
    ("days", "Reports by day", "timeseries", 24, 7),
    ("bugs", "Bugs", "table", 24, 12),
    ("changes", "New in a version, stopped, came back", "table", 24, 8),
    ("rises", "Rose on a day", "table", 24, 8),
    ("over_represented", "Over-represented in a bug", "table", 24, 8),
    ("values", "By system, version, environment, operation", "table", 14, 10),
    ("lost", "Lost before they were sent", "table", 10, 10),
];

/// Grafana knows no parameters of a query, and puts its own variables in their place.
const VARIABLES: [(&str, &str); 2] = [
    ("{program:String}", "${program:sqlstring}"),
    ("{until:Date}", "toDate(toDateTime(intDiv(${__to}, 1000), 'UTC'))"),
];

fn query(name: &str) -> String {
    let text = fs::read_to_string(root().join(format!("dashboards/sql/{name}.sql"))).unwrap();
    VARIABLES.iter().fold(text, |text, (parameter, variable)| text.replace(parameter, variable))
}

/// The comment at the beginning of a query, as text.
fn said(query: &str) -> String {
    let lines = query.lines().map_while(|line| line.strip_prefix("-- "));
    lines.collect::<Vec<_>>().join(" ")
}

fn source() -> Value {
    json!({ "type": "grafana-clickhouse-datasource", "uid": "${datasource}" })
}

fn dashboard() -> Value {
    let (mut x, mut y) = (0, 0);
    let panels = PANELS.iter().zip(1..).map(|((name, title, kind, width, height), id)| {
        let query = query(name);
        let panel = json!({
            "id": id, "title": title, "type": kind, "description": said(&query), "datasource": source(),
            "gridPos": { "x": x, "y": y, "w": width, "h": height },
            "options": if *kind == "stat" { json!({ "reduceOptions": { "fields": "/.*/", "values": true } }) } else { json!({}) },
            "fieldConfig": { "defaults": {}, "overrides": overrides() },
            // The plugin's numbers for its forms: 0 is a time series, 1 is a table.
            "targets": [{
                "refId": name, "datasource": source(), "editorType": "sql", "rawSql": query,
                "format": if *kind == "timeseries" { 0 } else { 1 },
                "queryType": if *kind == "timeseries" { "timeseries" } else { "table" },
            }],
        });
        x = (x + width) % 24;
        y += if x == 0 { *height } else { 0 };
        panel
    });
    json!({
        "title": "Crash reports", "uid": "crash-reports", "tags": ["crash reports"], "schemaVersion": 39, "editable": true,
        "description": "What `crwl telemetry analyze` tells, of the logs that a collector stored. Made of dashboards/sql/.",
        "panels": panels.collect::<Vec<_>>(),
        // Days are days of UTC, as in the queries. They count until the end of the time that is chosen.
        "time": { "from": "now-42d", "to": "now" }, "timezone": "utc", "annotations": { "list": [] },
        "templating": { "list": [
            { "name": "datasource", "label": "ClickHouse", "type": "datasource", "query": "grafana-clickhouse-datasource" },
            {
                "name": "program", "label": "Program", "type": "query", "datasource": source(), "refresh": 1, "sort": 0,
                "multi": false, "includeAll": false, "query": { "editorType": "sql", "rawSql": query("programs") },
            },
        ] },
    })
}

/// The counts behind the bars need no column.
fn overrides() -> Value {
    let hidden = json!([{ "id": "custom.hidden", "value": true }]);
    json!([{ "matcher": { "id": "byName", "options": "last_14_days" }, "properties": hidden }])
}

#[test]
fn the_dashboard_is_made_of_the_queries() {
    let path = root().join("dashboards/crash-reports.json");
    let expected = serde_json::to_string_pretty(&dashboard()).unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, expected).unwrap();
        return;
    }
    assert!(fs::read_to_string(path).unwrap() == expected, "UPDATE=1 writes dashboards/crash-reports.json");
}

#[test]
fn every_query_is_on_the_dashboard_and_knows_its_variables() {
    let mut files: Vec<String> = fs::read_dir(root().join("dashboards/sql"))
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let mut shown: Vec<&str> = PANELS.iter().map(|(name, ..)| *name).chain(["programs", "views"]).collect();
    shown.sort_unstable();
    assert_eq!(files, shown);
    for name in files.iter().filter(|name| *name != "views") {
        let query = query(name);
        assert!(!query.contains(":String}") && !query.contains(":Date}"), "{name}: another parameter");
        assert!(!said(&query).is_empty(), "{name}: what does it answer?");
        // After a join, ClickHouse 26.9 may answer later queries with too few rows.
        assert!(!query.replace("ARRAY JOIN", "").contains("JOIN"), "{name}: joins");
    }
}
