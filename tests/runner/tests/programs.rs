//! Runs each program of `tests/programs` and compares what it prints.

use snow_tests::{compiler, process, repository};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// A program that takes longer hangs.
const DEADLINE: Duration = Duration::from_secs(120);

fn folder() -> PathBuf {
    repository().join("tests/programs")
}

fn optional(name: &str, extension: &str) -> Option<String> {
    fs::read_to_string(folder().join(format!("{name}.{extension}"))).ok()
}

/// Runs a program and compares output, exit code and the lines wanted on stderr.
fn check(name: &str, tortured: bool) {
    let single = folder().join(format!("{name}.snow"));
    let source = if single.is_file() { single } else { folder().join(name) };
    let mut command = compiler::command();
    command.arg("run").arg(&source);
    for line in optional(name, "env").iter().flat_map(|text| text.lines()) {
        let (key, value) =
            line.split_once('=').unwrap_or_else(|| panic!("{name}.env: {line:?} is no KEY=value"));
        command.env(key, value);
    }
    if tortured {
        command.env("SNOW_TORTURE", "1");
    }
    let finished = process::run(&mut command, DEADLINE);
    let wanted = optional(name, "out").unwrap_or_else(|| panic!("{name}.out is missing"));
    assert!(
        finished.stdout == wanted,
        "{name} printed\n{}\nwanted\n{wanted}\nstderr: {}\nexit code: {:?}",
        finished.stdout,
        finished.stderr,
        finished.code
    );
    let code = optional(name, "code").map_or(0, |text| text.trim().parse().expect("an exit code"));
    assert_eq!(finished.code, Some(code), "exit code of {name}; stderr: {}", finished.stderr);
    for line in optional(name, "err").iter().flat_map(|text| text.lines()) {
        assert!(finished.stderr.contains(line), "{name}: stderr lacks {line:?}; it is\n{}", finished.stderr);
    }
}

macro_rules! programs {
    (plain and tortured: $($both:ident)*; plain: $($heavy:ident)*;) => {
        const PROGRAMS: &[&str] = &[$(stringify!($both),)* $(stringify!($heavy),)*];
        mod plain {
            $(#[test] fn $both() { super::check(stringify!($both), false) })*
            $(#[test] fn $heavy() { super::check(stringify!($heavy), false) })*
        }
        mod tortured {
            $(#[test] fn $both() { super::check(stringify!($both), true) })*
        }
    };
}

// The second group would take a minute in torture mode, in which allocations collect and polls park: one counts to
// 600 million to be busy, the others start thousands of actors on deep stacks, or again and again. `original_files`
// writes a file in a place of its own, which two runs at the same time would share.
programs! {
    plain and tortured:
    actor_many
    actor_exchange
    actor_links
    actor_messages
    actor_replies
    actor_ring
    actor_state
    actor_state_machine
    actor_terminate
    actor_timeouts
    actor_timers
    algorithms
    at_a_glance
    bit_patterns
    bit_sizes
    bit_texts
    bit_views
    buffers
    bytes
    calculator
    captures
    arms_of_statements
    associated_types
    case_arms
    characters
    clauses
    closing
    closures
    closures_that_stay
    collector
    constant_bytes
    constants
    constructors_by_type
    crash_isolation
    crash_kinds
    crash_lines
    crash_main
    crash_main_linked
    crash_places
    deep_recursion
    deep_types
    deriving_among_own_names
    deriving_order
    deriving_text
    dropped_values
    empty_main
    env_fail
    escapes
    evaluation_order
    exit_codes
    exit_waits
    field_defaults
    field_defaults_of_modules
    floats
    for_loops
    files_at_work
    frozen_slices
    full_names
    function_types
    functions
    functions_as_values
    generic_sums
    for_sequences
    generics
    hashing
    hello
    http_server_that_cannot_start
    http_server_without_its_certificate
    if_chains
    imports
    integers
    interface_arguments
    interface_defaults
    interfaces
    interpolation
    json
    large_matches
    let_patterns
    list_sharing
    lists
    long_chains
    lower_case_types
    many_copies
    maps
    method_clauses
    module_identity
    modules
    merely_there
    names_of_the_language
    nested_functions
    never_as_type_argument
    never_inside
    opaque_types
    operator_overloading
    original_actors
    original_collections
    original_deriving
    original_functions
    original_interfaces
    original_iter
    original_json
    original_modules
    original_own_names
    original_patterns
    original_supervisors
    original_texts
    operators
    outbox_under_load
    own_modules
    pipes
    private_interfaces
    ranges
    recursion
    returns
    services
    sets
    shadowing
    string_building
    strings
    structs
    sums
    supervisor_gives_up
    supervisor_parameters
    supervisors
    syntax
    tail_calls
    tail_calls_actors
    timer_of_the_dead
    trailing_closures
    try_operator
    tuples
    tuples_of_any_size
    types_of_one_name
    values_of_modules
    vectors
    views_that_change
    where_bounds
    while_loops
    ws_option_of_the_environment
    ws_server_that_cannot_start
    ;
    plain:
    actor_deep_stacks
    actor_due_timers
    actor_last_timer
    actor_preemption
    actor_slots
    original_files
    original_many_actors
    supervisor_many
    ;
}

#[test]
fn every_program_of_the_folder_is_listed() {
    let mut found: Vec<String> = fs::read_dir(folder())
        .expect("the programs' folder")
        .filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.strip_suffix(".out")?.to_string()))
        .collect();
    found.sort();
    let mut listed = PROGRAMS.to_vec();
    listed.sort();
    assert_eq!(found, listed);
}
