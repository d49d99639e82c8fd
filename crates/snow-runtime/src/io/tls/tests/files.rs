use super::super::certificates::{BadFile, Read, certified_key};
use super::super::configuration::{Configuration, Configurations, Files, Loaded};
use super::*;
use std::fs;
use std::path::{Path, PathBuf};

const NOW: u64 = 1_800_000_000;
const DAY: i64 = 86_400;

/// Why these are no certificate and key, in the year 2027.
fn fault(chain: &str, key: &str) -> Option<BadFile> {
    let chain = Read { path: "chain.pem", bytes: chain.as_bytes() };
    let key = Read { path: "key.pem", bytes: key.as_bytes() };
    let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(NOW));
    certified_key(chain, key, &rustls::crypto::ring::default_provider(), now).err()
}

fn bad(path: &str, why: &str) -> Option<BadFile> {
    Some(BadFile::new(path, why))
}

fn day(from_now: i64) -> time::OffsetDateTime {
    time::OffsetDateTime::from_unix_timestamp(NOW as i64 + from_now * DAY).expect("a time")
}

#[test]
fn what_is_wrong_with_a_certificate_is_said() {
    let authority = Authority::new();
    let (chain, key) = authority.issue("a.example");
    assert_eq!(fault(&chain, &key), None);
    assert_eq!(fault(&format!("{chain}{}", authority.pem()), &key), None, "a chain of two");
    assert_eq!(fault("", &key), bad("chain.pem", "there is no certificate in PEM in it"));
    assert_eq!(fault(&key, &key), bad("chain.pem", "there is no certificate in PEM in it"));
    assert_eq!(
        fault(&chain, ""),
        bad("key.pem", "there is no private key in PEM (PKCS#8, PKCS#1 or SEC1) in it")
    );
    let (_, other) = authority.issue("a.example");
    assert_eq!(fault(&chain, &other), bad("key.pem", "the key is not that of the certificate in chain.pem"));
    let cut = &chain[..chain.len() / 2];
    assert!(
        fault(cut, &key)
            .is_some_and(|bad| bad.path == "chain.pem" && bad.why.starts_with("a certificate is no PEM"))
    );
    let cut = &key[..key.len() / 2];
    assert!(
        fault(&chain, cut)
            .is_some_and(|bad| bad.path == "key.pem" && bad.why.starts_with("the key is no PEM"))
    );
    let no_der = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(fault(no_der, &key).is_some_and(|bad| bad.why.starts_with("the certificate cannot be read")));
    let no_key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    assert!(fault(&chain, no_key).is_some_and(|bad| bad.why.starts_with("the key cannot be used")));
}

#[test]
fn a_certificate_is_valid_in_its_time_alone() {
    let authority = Authority::new();
    let of = |first: i64, last: i64| {
        let (chain, key) = authority.issue_with("a.example", |params| {
            (params.not_before, params.not_after) = (day(first), day(last));
        });
        (chain, key)
    };
    let (chain, key) = of(-90, -1);
    assert_eq!(fault(&chain, &key), bad("chain.pem", "the certificate expired on 2027-01-14"));
    let (chain, key) = of(47, 90);
    assert_eq!(fault(&chain, &key), bad("chain.pem", "the certificate is not valid before 2027-03-03"));
    let (chain, key) = of(-1, 1);
    assert_eq!(fault(&chain, &key), None);
    let (old, _) = of(-90, -1);
    assert_eq!(
        fault(&format!("{chain}{old}"), &key),
        bad("chain.pem", "certificate 2 of the chain expired on 2027-01-14")
    );
}

/// Changes at every place of a good file: each is refused, or does no harm.
#[test]
fn no_change_of_a_file_does_harm() {
    let authority = Authority::new();
    let (chain, key) = authority.issue("a.example");
    for at in 0..chain.len() {
        let mut changed = chain.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        fault(&String::from_utf8(changed).expect("text"), &key);
    }
    for at in 0..key.len() {
        let mut changed = key.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        fault(&chain, &String::from_utf8(changed).expect("text"));
    }
}

/// A folder of its own, with a chain and a key.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("snow-tls-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
    }

    fn issue(&self, authority: &Authority, folder: &str) {
        fs::create_dir_all(self.path(folder)).expect("a folder");
        let (chain, key) = authority.issue("a.example");
        self.write(&format!("{folder}/chain"), &chain);
        self.write(&format!("{folder}/key"), &key);
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn configuration(folder: &Path) -> Arc<Configuration> {
    let path = |name: &str| folder.join(name).to_str().expect("text").to_string();
    let files = Files { pairs: vec![(path("chain"), path("key"))], client_authorities: None };
    let configurations = Configurations::default();
    let number = configurations.find(files.clone());
    assert_eq!(configurations.find(files), number, "the same files are the same");
    configurations.get(number as i64).expect("it has just been made")
}

#[test]
fn files_are_read_again_when_they_change_and_bad_ones_change_nothing() {
    let folder = Folder::new("again");
    let authority = Authority::new();
    let one = configuration(&folder.path("live"));
    assert!(matches!(one.load(false), Loaded::Bad(bad) if bad.why.contains("No such file")));
    assert!(one.current().is_none());

    folder.issue(&authority, "first");
    folder.issue(&authority, "second");
    let swap = |to: &str| {
        let _ = fs::remove_file(folder.path("live"));
        std::os::unix::fs::symlink(folder.path(to), folder.path("live")).expect("a link");
    };
    swap("first");
    assert_eq!(one.load(false), Loaded::New);
    assert_eq!(one.load(false), Loaded::Same);
    assert_eq!(one.load(true), Loaded::New, "whoever insists has it read");
    let first = one.current().expect("a configuration");

    swap("second");
    assert_eq!(one.load(false), Loaded::New);
    let second = one.current().expect("a configuration");
    assert!(!Arc::ptr_eq(&first, &second));

    folder.write("second/key", "nonsense");
    for anew in [false, false, true] {
        assert!(matches!(one.load(anew), Loaded::Bad(bad) if bad.path.ends_with("live/key")));
        assert!(Arc::ptr_eq(&second, &one.current().expect("the last good one")));
    }
    fs::remove_file(folder.path("second/key")).expect("it is there");
    assert!(matches!(one.load(false), Loaded::Bad(_)));
    swap("first");
    assert_eq!(one.load(false), Loaded::New);
}

#[test]
fn a_file_without_end_is_no_certificate() {
    let files = Files { pairs: vec![("/dev/zero".into(), "/dev/zero".into())], client_authorities: None };
    let configurations = Configurations::default();
    let number = configurations.find(files);
    let one = configurations.get(number as i64).expect("it has just been made");
    assert_eq!(one.load(false), Loaded::Bad(BadFile::new("/dev/zero", "it is larger than a megabyte")));
}

/// Whoever looks at the files may be slow, and they may be replaced and loaded meanwhile.
#[test]
fn a_slow_look_at_old_files_does_not_take_the_place_of_the_new_ones() {
    let folder = Folder::new("slow");
    let authority = Authority::new();
    folder.issue(&authority, "live");
    let key = folder.path("live/key");
    let old_key = fs::read(&key).expect("a key");
    fs::remove_file(&key).expect("it is there");
    let name = std::ffi::CString::new(key.to_str().expect("text")).expect("a path");
    // SAFETY: a path that ends with a zero.
    assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);

    let one = configuration(&folder.path("live"));
    let looking = |anew| {
        let one = one.clone();
        std::thread::spawn(move || one.load(anew))
    };
    let slow = looking(false);
    // It has read the chain, and waits for the key.
    let mut pipe = fs::File::options().write(true).open(&key).expect("a reader");
    folder.issue(&authority, "next");
    for name in ["chain", "key"] {
        fs::rename(folder.path(&format!("next/{name}")), folder.path(&format!("live/{name}")))
            .expect("files");
    }
    let fast = looking(true);
    // Time in which it could overtake the slow one.
    std::thread::sleep(std::time::Duration::from_millis(200));
    std::io::Write::write_all(&mut pipe, &old_key).expect("it reads");
    drop(pipe);
    assert_eq!(slow.join().expect("it ends"), Loaded::New);
    assert_eq!(fast.join().expect("it ends"), Loaded::New);
    assert_eq!(one.load(false), Loaded::Same, "the files that are there are those that are gone by");
}
