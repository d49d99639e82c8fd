//! The reducer and the comparison, with scripts in the compiler's place whose faults are known.

use snow_fuzz::compare::{FindingKind, MODES, Workplace, check_in};
use snow_fuzz::reduce::reduce;
use snow_fuzz::{evaluate, generate, print};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

/// A folder with a compiler that does what the script says; `$2` is the program's folder.
fn stand_in(name: &str, script: &str) -> Workplace {
    let folder = std::env::temp_dir().join(format!("snow-fuzz-test-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let snowc: PathBuf = folder.join("snowc");
    std::fs::write(&snowc, format!("#!/bin/sh\n{script}\n")).expect("a script is written");
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&snowc, executable).expect("a script may be run");
    Workplace { snowc, folder }
}

#[test]
fn what_a_compiler_does_wrong_has_a_name() {
    let scripts = [
        ("panic", "echo \"thread 'main' panicked at place.rs:1\" >&2; exit 101", FindingKind::Panic),
        ("signal", "kill -SEGV $$", FindingKind::Signal),
        ("code", "exit 3", FindingKind::Code),
        ("refusal", "echo '[E0001] Error: no' >&2; exit 1", FindingKind::Refused),
        ("nothing", "exit 0", FindingKind::Differs),
    ];
    let mut program = generate::program(1);
    evaluate::judge(&mut program);
    for (name, script, kind) in scripts {
        let workplace = stand_in(name, script);
        let finding =
            check_in(&workplace, &program, &MODES[..1]).expect("scripts run").expect("it is noticed");
        assert_eq!(finding.kind, kind, "{name}");
        std::fs::remove_dir_all(workplace.folder).expect("the folder is there");
    }
}

#[test]
fn what_is_left_of_a_program_still_shows_the_fault() {
    let script = "grep -q 'Map.merge' \"$2\"/*.snow && echo 'panicked at merge.rs:7' >&2; exit 0";
    let workplace = stand_in("reducer", script);
    let (program, finding) = (0..)
        .find_map(|seed| {
            let mut program = generate::program(seed);
            evaluate::judge(&mut program);
            let finding = check_in(&workplace, &program, &MODES[..1]).expect("scripts run")?;
            (finding.kind == FindingKind::Panic).then_some((program, finding))
        })
        .expect("some program merges maps");
    let reduced = reduce(&workplace, &program, &finding, Duration::from_secs(60)).expect("scripts run");
    let [before, after] = [&program, &reduced].map(|program| print::joined(&print::print(program)));
    assert!(after.contains("Map.merge"));
    assert!(after.len() * 10 < before.len(), "{} of {} bytes are left:\n{after}", after.len(), before.len());
    std::fs::remove_dir_all(workplace.folder).expect("the folder is there");
}
