use super::*;
use std::ffi::CString;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

#[test]
fn files_are_created_once_and_have_the_stamp_that_the_standard_library_sees() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| CString::new(folder.path().join(name).to_str().expect("text")).expect("no zero");
    let (first, second) = (path("first"), path("second"));
    let (first, second) = (ZeroTerminated::from(&*first), ZeroTerminated::from(&*second));
    let file = Descriptor::create_new(first).expect("created");
    assert_eq!(Descriptor::create_new(first).map(drop), Err(Errno(libc::EEXIST)));
    assert_eq!(file.write(b"hello"), Ok(5));
    assert_eq!(file.lock(), Ok(()));
    assert_eq!(Descriptor::read_only(first).expect("there").lock(), Err(Errno(libc::EAGAIN)));
    drop(file);
    assert_eq!(Descriptor::read_only(first).expect("there").lock(), Ok(()), "closed, and not locked");
    assert_eq!(rename(first, second), Ok(()));
    let metadata = std::fs::metadata(folder.path().join("second")).expect("renamed");
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    let changed = (metadata.ctime() as u64, metadata.ctime_nsec() as u64);
    let expected = [metadata.dev(), metadata.ino(), metadata.size(), changed.0, changed.1];
    assert_eq!(stamp(second), Ok(expected));
    let mut bytes = [0; 8];
    let file = Descriptor::read_only(second).expect("there");
    assert_eq!((file.read(&mut bytes), &bytes[..5]), (Ok(5), &b"hello"[..]));
    assert_eq!((file.read_at(&mut bytes, 3), &bytes[..2]), (Ok(2), &b"lo"[..]));
    assert_eq!(remove(second), Ok(()));
    assert_eq!(stamp(second), Err(Errno::NOENT));
}

#[test]
fn a_folder_is_made_for_its_user_alone_and_a_link_to_one_is_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| CString::new(folder.path().join(name).to_str().expect("text")).expect("no zero");
    let (made, link, missing) = (path("made"), path("link"), path("missing"));
    assert_eq!(make_folder(made.as_c_str().into()), Ok(()));
    assert_eq!(make_folder(made.as_c_str().into()), Err(Errno(libc::EEXIST)));
    let mode = std::fs::metadata(folder.path().join("made")).expect("made").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    std::os::unix::fs::symlink(folder.path().join("made"), folder.path().join("link")).expect("linked");
    assert!(is_own_folder(made.as_c_str().into()));
    assert!(!is_own_folder(link.as_c_str().into()) && !is_own_folder(missing.as_c_str().into()));
    assert!(ZeroTerminated::new(b"/tmp").is_none() && ZeroTerminated::new(b"").is_none());
}

#[test]
fn memory_is_copied_and_what_is_not_mapped_is_an_error() {
    let there = *b"sixteen bytes ok";
    let mut copy = [0; 16];
    if let Err(error) = copy_own_memory((&raw const there) as u64, &mut copy) {
        assert!(matches!(error, Errno(libc::EPERM | libc::ENOSYS)), "{error:?}: refused by a sandbox");
        return;
    }
    assert_eq!(copy, there);
    assert_eq!(copy_own_memory(8, &mut copy), Err(Errno(libc::EFAULT)));
}

#[test]
fn clocks_numbers_and_limits_are_the_processs() {
    assert_eq!(process(), std::process::id());
    // The first process is another than this one, or this is its only thread that has the number 1.
    assert!(is_own_thread(thread()) && (process() == 1 || !is_own_thread(1)));
    let before = monotonic();
    sleep(1_000_000);
    assert!(monotonic() - before >= 1_000_000);
    let before = thread_time();
    assert!((0..100_000_u64).map(std::hint::black_box).sum::<u64>() > 0 && thread_time() > before);
    let now = std::time::UNIX_EPOCH.elapsed().expect("after 1970").as_secs();
    assert!(now.abs_diff(realtime() / 1_000_000_000) < 60);
    assert_ne!(random(), random());
    let (soft, hard) = descriptor_limit().expect("a limit");
    assert!(soft > 0 && soft <= hard);
    assert_eq!(set_descriptor_limit(soft, hard), Ok(()));
}
