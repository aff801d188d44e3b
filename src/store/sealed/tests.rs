//! The sealed folder as other processes, other users and a person with the wrong key see it.

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

fn raw(byte: u8) -> SealedKey {
    SealedKey::Raw(zeroize::Zeroizing::new([byte; 32]))
}

fn store(folder: &TempDir, byte: u8) -> Sealed {
    Sealed::new(folder.path().join("vault"), move || Ok(raw(byte)))
}

fn passphrase(folder: &TempDir, text: &'static str) -> Sealed {
    let key = move || Ok(SealedKey::Passphrase(Secret::from(text)));
    Sealed::new(folder.path().join("vault"), key)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The users whose secrets are here, as the headers of the files say.
fn users(store: &Sealed) -> Vec<String> {
    let sealed = files(store.folder()).unwrap().into_iter();
    let header = |path| {
        let bytes = fs::read(path).unwrap();
        let line = bytes.split(|byte| *byte == b'\n').next();
        serde_json::from_slice::<serde_json::Value>(line.unwrap_or_default()).ok()
    };
    let mut users: Vec<_> =
        sealed.filter_map(|path| Some(header(path)?["user"].as_str()?.to_owned())).collect();
    users.sort();
    users
}

#[test]
fn what_was_written_is_read_listed_and_removed() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder, 1);
    assert!(users(&store).is_empty());
    store.write("github/work", &Secret::from("one")).unwrap();
    store.write("client:github/Iv1", &Secret::from("two")).unwrap();
    store.write("github/work", &Secret::from("three")).unwrap();
    assert!(store.read("github/work").unwrap().equals("three"));
    assert_eq!(users(&store), ["client:github/Iv1", "github/work"]);

    store.delete("github/work").unwrap();
    store.delete("github/work").unwrap();
    assert!(matches!(store.read("github/work"), Err(StoreError::NotFound { .. })));
    assert_eq!(names(store.folder()).len(), 1);
}

#[test]
fn nothing_is_touched_and_no_key_asked_for_before_it_is_needed() {
    let folder = TempDir::new().unwrap();
    let store = Sealed::new(folder.path().join("vault"), || Err(StoreError::SealedKeyMissing));
    assert!(users(&store).is_empty());
    assert!(matches!(store.read("a/b"), Err(StoreError::NotFound { .. })));
    store.delete("a/b").unwrap();
    assert!(Sealed::is_new(store.folder()));
    assert!(names(folder.path()).is_empty());
    assert!(matches!(store.check_writable(), Err(StoreError::SealedKeyMissing)));
    assert!(matches!(store.write("a/b", &Secret::from("x")), Err(StoreError::SealedKeyMissing)));
}

#[test]
fn a_passphrase_is_asked_for_once_and_opens_in_the_next_process() {
    let folder = TempDir::new().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let store = Sealed::new(folder.path().join("vault"), move || {
        count.fetch_add(1, Ordering::Relaxed);
        Ok(SealedKey::Passphrase(Secret::from("correct horse")))
    });
    store.write("a/b", &Secret::from("one")).unwrap();
    store.write("a/c", &Secret::from("two")).unwrap();
    assert!(store.read("a/b").unwrap().equals("one"));
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    assert_eq!(store.cache.lock().unwrap().sealers.len(), 1, "one salt, one derivation");

    assert!(passphrase(&folder, "correct horse").read("a/c").unwrap().equals("two"));
    let error = passphrase(&folder, "battery staple").read("a/c").unwrap_err();
    assert!(matches!(error, StoreError::WrongKey { sealed_with: "a passphrase", .. }));
}

#[test]
fn a_folder_is_never_written_with_a_second_key() {
    let folder = TempDir::new().unwrap();
    store(&folder, 1).write("a/b", &Secret::from("one")).unwrap();
    for other in [store(&folder, 2), passphrase(&folder, "p")] {
        for error in [
            other.read("a/b").unwrap_err(),
            other.write("a/c", &Secret::from("two")).unwrap_err(),
            other.check_writable().unwrap_err(),
        ] {
            assert!(
                matches!(error, StoreError::WrongKey { sealed_with: "a key", .. }),
                "{error:?}"
            );
        }
    }
    assert_eq!(users(&store(&folder, 1)), ["a/b"]);
}

#[test]
fn one_file_in_the_place_of_another_is_noticed() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder, 1);
    store.write("a/b", &Secret::from("one")).unwrap();
    store.write("a/c", &Secret::from("two")).unwrap();
    fs::copy(store.path("a/b"), store.path("a/c")).unwrap();
    assert!(matches!(store.read("a/c"), Err(StoreError::Corrupt { .. })));
}

#[test]
fn a_damaged_file_harms_no_other() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder, 1);
    store.write("a/b", &Secret::from("one")).unwrap();
    for name in ["a/c", "a/d", "a/e"] {
        fs::write(store.path(name), [0xff, 0xfe, b'\n']).unwrap();
        assert!(matches!(store.read(name), Err(StoreError::Corrupt { .. })));
    }
    assert_eq!(users(&store), ["a/b"]);
    store.write("a/c", &Secret::from("new")).unwrap();
    assert!(store.read("a/c").unwrap().equals("new"));
}

#[test]
fn no_plain_text_is_in_any_file() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder, 1);
    store.write("a/b", &Secret::from("canary-4711")).unwrap();
    store.check_writable().unwrap();
    for name in names(store.folder()) {
        let bytes = fs::read(store.folder().join(name)).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("canary"));
    }
}

#[test]
fn what_a_killed_write_left_goes_with_the_next_delete() {
    let folder = TempDir::new().unwrap();
    let store = store(&folder, 1);
    store.write("a/b", &Secret::from("one")).unwrap();
    store.temporary(&file_stem("a/b")).unwrap().keep().unwrap();
    store.temporary(&file_stem("a/c")).unwrap().keep().unwrap();
    assert_eq!(users(&store), ["a/b"]);
    store.delete("a/b").unwrap();
    assert_eq!(names(store.folder()).len(), 1, "the file of a/c may be in use");
}

#[test]
fn processes_that_write_at_once_leave_every_entry_whole() {
    let folder = TempDir::new().unwrap();
    std::thread::scope(|scope| {
        for n in 0..8 {
            let folder = &folder;
            // a store of its own has a cache of its own, as another process would
            scope.spawn(move || {
                for round in 0..10 {
                    let value = Secret::from(format!("{n} {round}"));
                    store(folder, 1).write(&format!("a/{n}"), &value).unwrap();
                }
            });
        }
    });
    let store = store(&folder, 1);
    assert_eq!(users(&store).len(), 8);
    assert!((0..8).all(|n| store.read(&format!("a/{n}")).unwrap().equals(&format!("{n} 9"))));
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let store = store(&folder, 1);
    fs::create_dir(store.folder()).unwrap();
    fs::set_permissions(store.folder(), fs::Permissions::from_mode(0o755)).unwrap();
    store.write("a/b", &Secret::from("one")).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(store.folder()), 0o700);
    assert_eq!(mode(&store.path("a/b")), 0o600);
}

#[test]
fn a_folder_that_cannot_be_made_is_told_with_its_path() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("vault"), "a file").unwrap();
    let store = store(&folder, 1);
    for error in [store.check_writable(), store.write("a/b", &Secret::from("x"))] {
        let Err(StoreError::Io { path, .. }) = error else { panic!("{error:?}") };
        assert_eq!(path, store.folder());
    }
}
