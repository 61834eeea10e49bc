use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use super::*;

const DAY: u64 = 24 * 60 * 60 * 1000;

fn today() -> Timestamp {
    Timestamp::from_millis(100 * DAY)
}

const WIDE: Bounds = Bounds { max_bytes: u64::MAX, max_age: Duration::MAX, now: today };

fn line(day: u64, text: &str) -> String {
    format!("{{\"schema\":1,\"time\":\"{}\",\"text\":\"{text}\"}}\n", Timestamp::from_millis(day * DAY))
}

/// The path of a file in a new folder. The folder is deleted when the first value is dropped.
fn file() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reports.jsonl");
    (folder, path)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn lines_are_added_in_order() {
    let (folder, path) = file();
    let lines = [line(1, "a"), line(2, "b"), line(3, "c")];
    for line in &lines {
        append(&path, false, line.as_bytes(), &WIDE).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), lines.concat());
    assert_eq!(names(folder.path()), ["reports.jsonl", "reports.jsonl.lock"]);
}

#[test]
fn the_end_is_mended_before_a_line_is_added() {
    let (old, new) = (line(1, "old"), line(2, "new"));
    let unbroken = old.trim_end();
    let cases = [
        (old.clone(), format!("{old}{new}")),
        (unbroken.to_owned(), format!("{old}{new}")),
        (format!("{old}{{\"schema\":1,\"ti"), format!("{old}{new}")),
        (format!("{old}\0\0\0\0"), format!("{old}{new}")),
        ("{\"schema\":1,".to_owned(), new.clone()),
        ("\0\0\0\0\0\0\0\0\0\0\0\0".to_owned(), new.clone()),
    ];
    for (before, after) in cases {
        let (_folder, path) = file();
        fs::write(&path, &before).unwrap();
        append(&path, false, new.as_bytes(), &WIDE).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), after, "{before:?}");
    }
}

#[test]
fn the_file_stays_below_its_size_and_keeps_the_newest() {
    let (folder, path) = file();
    let one = line(1, "0000").len() as u64;
    let bounds = Bounds { max_bytes: 10 * one + 3, ..WIDE };
    let mut rewrites = 0;
    for n in 1..=200 {
        let before = fs::metadata(&path).map_or(0, |m| m.len());
        append(&path, false, line(1, &format!("{n:04}")).as_bytes(), &bounds).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let len = text.len() as u64;
        rewrites += u32::from(len < before + one);
        assert!(len <= bounds.max_bytes, "{len} bytes after {n}");
        assert!(text.ends_with(&line(1, &format!("{n:04}"))), "the newest after {n}");
        let kept = text.lines().count();
        let expected: String = (n + 1 - kept..=n).map(|n| line(1, &format!("{n:04}"))).collect();
        assert_eq!(text, expected, "after {n}");
        assert!(n < 10 || kept >= 7, "{kept} lines after {n}");
    }
    assert!((40..=80).contains(&rewrites), "{rewrites} rewrites of 200 writes");
    assert_eq!(names(folder.path()), ["reports.jsonl", "reports.jsonl.lock"], "no draft is left");
}

#[test]
fn a_line_that_alone_is_over_the_bound_is_kept() {
    let (_folder, path) = file();
    let bounds = Bounds { max_bytes: 8, ..WIDE };
    for text in ["a", "b", "c"] {
        append(&path, false, line(1, text).as_bytes(), &bounds).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), line(1, text));
    }
}

#[test]
fn a_line_leaves_when_it_is_too_old() {
    let (_folder, path) = file();
    fs::write(&path, [line(60, "old"), line(69, "old"), line(70, "young")].concat()).unwrap();
    let bounds = Bounds { max_age: Duration::from_millis(30 * DAY), ..WIDE };
    append(&path, false, line(100, "new").as_bytes(), &bounds).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), [line(70, "young"), line(100, "new")].concat());
}

#[test]
fn a_clock_that_went_back_costs_nothing() {
    let (_folder, path) = file();
    fs::write(&path, line(99, "kept")).unwrap();
    let bounds = Bounds { max_age: Duration::from_millis(DAY), now: || Timestamp::from_millis(0), ..WIDE };
    append(&path, false, line(0, "new").as_bytes(), &bounds).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), [line(99, "kept"), line(0, "new")].concat());
}

#[test]
fn a_draft_that_a_crash_left_is_in_nobodys_way() {
    let (folder, path) = file();
    fs::write(&path, line(60, "old")).unwrap();
    fs::write(folder.path().join("reports.jsonl.new"), "half a li").unwrap();
    let bounds = Bounds { max_age: Duration::from_millis(DAY), ..WIDE };
    append(&path, false, line(100, "new").as_bytes(), &bounds).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), line(100, "new"));
    assert_eq!(names(folder.path()), ["reports.jsonl", "reports.jsonl.lock"]);
}

#[test]
fn a_file_that_holds_something_else_is_left_alone() {
    for text in ["# my notes, no line break at the end", "{\"name\":\"package\"}", "\n"] {
        let (_folder, path) = file();
        fs::write(&path, text).unwrap();
        let trouble = append(&path, false, line(1, "new").as_bytes(), &WIDE).unwrap_err();
        assert!(
            matches!(&trouble, Trouble::Refused(why) if why.contains("something other than reports")),
            "{trouble:?}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_lock_that_another_holds_for_long_is_waited_for_and_then_given_up() {
    let (folder, path) = file();
    let held = File::create(folder.path().join("reports.jsonl.lock")).unwrap();
    held.lock().unwrap();
    let start = Instant::now();
    let trouble = append(&path, false, line(1, "new").as_bytes(), &WIDE).unwrap_err();
    assert!(matches!(&trouble, Trouble::Passing(why) if why.contains("cannot lock")), "{trouble:?}");
    assert!((2..20).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
    assert!(!path.exists());
    drop(held);
    append(&path, false, line(1, "new").as_bytes(), &WIDE).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_leaves_nothing_behind() {
    // Every write to this device fails as on a full disk. `append` is not used, because `open` refuses devices.
    let mut full = File::options().read(true).append(true).open("/dev/full").unwrap();
    let error = add(&mut full, b"{}\n", 0).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}

#[cfg(unix)]
#[test]
fn a_rewrite_keeps_the_mode_that_somebody_chose() {
    use std::os::unix::fs::PermissionsExt;

    let (_folder, path) = file();
    fs::write(&path, line(60, "old")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let bounds = Bounds { max_age: Duration::from_millis(DAY), ..WIDE };
    append(&path, false, line(100, "new").as_bytes(), &bounds).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), line(100, "new"));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o640);
}

#[test]
fn a_file_of_zeros_is_refused_and_not_read_whole() {
    let (_folder, path) = file();
    // A sparse file that is larger than memory.
    File::create(&path).unwrap().set_len(1 << 40).unwrap();
    let trouble = append(&path, false, line(1, "new").as_bytes(), &WIDE).unwrap_err();
    assert!(matches!(&trouble, Trouble::Refused(why) if why.contains("is no report")), "{trouble:?}");
    assert_eq!(fs::metadata(&path).unwrap().len(), 1 << 40, "and left alone");
}

#[test]
fn a_line_that_is_longer_than_any_of_ours_is_too_old() {
    let (_folder, path) = file();
    let mut before = File::create(&path).unwrap();
    before.write_all(b"{\"schema\":1,").unwrap();
    before.set_len(3 * lines::LONGEST).unwrap();
    before.seek(SeekFrom::End(0)).unwrap();
    before.write_all(format!("\n{}", line(99, "kept")).as_bytes()).unwrap();
    let bounds = Bounds { max_age: Duration::from_millis(30 * DAY), ..WIDE };
    append(&path, false, line(100, "new").as_bytes(), &bounds).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), [line(99, "kept"), line(100, "new")].concat());
}
