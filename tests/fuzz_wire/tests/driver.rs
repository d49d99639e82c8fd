//! The driver finds nothing in the library as it is, and something in one that is wrong.

use snow_fuzz_wire::campaign::Campaign;
use snow_fuzz_wire::target::Target;
use snow_tests::{compiler, repository};
use std::fs;
use std::path::{Path, PathBuf};

/// A mistake: in which file of the library, what stands there, and what instead; and which targets must notice it.
struct Mistake {
    file: &'static str,
    right: &'static str,
    wrong: &'static str,
    noticed_by: &'static [Target],
}

const MISTAKES: [Mistake; 8] = [
    Mistake {
        file: "http/head.snow",
        right: "at >= full and (at >= first + limits.bytes or not is_line_end(byte))",
        wrong: "at >= full",
        noticed_by: &[Target::Head],
    },
    Mistake {
        file: "http/field.snow",
        right: "byte == ' ' or byte == '\\t'",
        wrong: "byte == ' '",
        noticed_by: &[Target::Head],
    },
    Mistake {
        file: "ws/handshake.snow",
        right: "  check_no_body(request)?\n",
        wrong: "",
        noticed_by: &[Target::Head, Target::Connection],
    },
    Mistake {
        file: "ws/frame.snow",
        right: "when short > 125 -> Refused(LongControl)",
        wrong: "when short > 126 -> Refused(LongControl)",
        noticed_by: &[Target::Frames],
    },
    Mistake {
        file: "ws/assembly.snow",
        right: "phase: assembly.phase + count",
        wrong: "phase: count",
        noticed_by: &[Target::Frames, Target::Connection],
    },
    Mistake {
        file: "ws/code.snow",
        right: "code <= 1014",
        wrong: "code <= 1015",
        noticed_by: &[Target::Close, Target::Frames],
    },
    Mistake {
        file: "ws/connection/leaving.snow",
        right: "Conn.conclude(endpoint.conn, code, \"\")",
        wrong: "Conn.conclude(endpoint.conn, 1000, \"\")",
        noticed_by: &[Target::Connection],
    },
    Mistake {
        file: "ws/connection/reading.snow",
        right: "if pong(endpoint, payload) do",
        wrong: "if pong(endpoint, <<>>) do",
        noticed_by: &[Target::Connection],
    },
];

/// How many inputs are made beside those that are kept.
const INPUTS: u64 = 300;

fn campaign(target: Target, library: PathBuf) -> Campaign {
    let snowc = compiler::snowc().to_owned();
    Campaign { snowc, library: Some(library), target, first: 0, inputs: INPUTS, time: None, keep: None }
}

#[test]
fn nothing_is_found_in_the_library() {
    for target in Target::ALL {
        let report = campaign(target, repository().join("stdlib")).search().expect("the driver runs");
        assert!(report.kept > 0 && report.inputs == INPUTS);
        assert!(report.findings.is_empty(), "{report}: {:?}", report.findings);
    }
}

#[test]
fn mistakes_are_noticed() {
    let folder = std::env::temp_dir().join(format!("snow-fuzz-wire-{}", std::process::id()));
    let mut unnoticed = Vec::new();
    for mistake in MISTAKES {
        copy(&repository().join("stdlib"), &folder);
        let file = folder.join(mistake.file);
        let text = fs::read_to_string(&file).expect("the library can be read");
        assert_eq!(text.matches(mistake.right).count(), 1, "{} has {:?} once", mistake.file, mistake.right);
        fs::write(&file, text.replace(mistake.right, mistake.wrong)).expect("a copy can be written");
        for target in mistake.noticed_by {
            let report = campaign(*target, folder.clone()).search().expect("the driver runs");
            if report.findings.is_empty() {
                unnoticed.push(format!("{target:?}: {}: {:?}", mistake.file, mistake.wrong));
            }
        }
        fs::remove_dir_all(&folder).expect("a copy can be removed");
    }
    assert!(unnoticed.is_empty(), "{}", unnoticed.join("\n"));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("a folder can be read") {
        let path = entry.expect("a folder can be read").path();
        let target = to.join(path.file_name().expect("a file has a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a file can be copied");
        }
    }
}
