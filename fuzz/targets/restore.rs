//! Restores any bytes as a stored report. They are refused, or become a report that survives storing and restoring
//! unchanged.
#![no_main]

use std::sync::LazyLock;

use crawl4ai_telemetry_core::{Privacy, Sanitizer};
use libfuzzer_sys::fuzz_target;

static SANITIZER: LazyLock<Sanitizer> = LazyLock::new(Sanitizer::new);

const STORED: &str = r#"{"schema":1,"id":"07070707070747078707070707070707","time":"2025-11-21T00:00:00Z","level":"error","privacy":"standard","app":{"name":"tool","version":"1.4.0"},"environment":"unknown","platform":{"os":"linux","arch":"x86_64","os_version":@,"compiler":@},"fingerprint":"5942e66eca8dc60d","exceptions":[{"kind":"error","type":"tool::Error","value":@,"frames":[{"function":@,"file":@,"in_app":true,"address":"0x1f3a0"}]}],"images":[{"name":@,"size":1}],"thread":@,"operations":[@],"context":{@:@,"deep":{"list":[@,1,null]}}}"#;

fuzz_target!(|data: &[u8]| {
    // The data as a whole report, and as each string of one.
    let text = serde_json::to_string(&String::from_utf8_lossy(data)).expect("a string");
    for bytes in [data.to_vec(), STORED.replace('@', &text).into_bytes()] {
        let Ok(report) = SANITIZER.restore(&bytes, None, Privacy::Standard) else { continue };
        let stored = serde_json::to_vec(&report).expect("a report");
        let again = SANITIZER.restore(&stored, None, Privacy::Standard).expect("what was written");
        assert_eq!(again, report);
    }
});
