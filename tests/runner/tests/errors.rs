//! What `snowc` says about each ill-formed program of `tests/errors`.

use snow_tests::{compiler, process, repository};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(60);

fn folder() -> PathBuf {
    repository().join("tests/errors")
}

/// The text behind `# key:` in the first lines of a source.
fn setting<'s>(source: &'s str, key: &str) -> Option<&'s str> {
    source
        .lines()
        .take_while(|line| line.starts_with('#'))
        .find_map(|line| line.strip_prefix("# ")?.strip_prefix(key)?.strip_prefix(": "))
}

fn check(name: &str) {
    let file = format!("{name}.snow");
    let (path, main) = if folder().join(&file).is_file() {
        (file.clone(), file)
    } else {
        (name.to_string(), format!("{name}/main.snow"))
    };
    let source = fs::read_to_string(folder().join(main)).expect("the program can be read");
    let mut command = compiler::command();
    let changed = folder().join("libraries").join(name);
    if changed.is_dir() {
        command.env("SNOW_STDLIB", library_with(&changed, name));
    }
    command.arg(setting(&source, "command").unwrap_or("check")).arg(path).current_dir(folder());
    let finished = process::run(&mut command, DEADLINE);
    let status = setting(&source, "status").map_or(1, |text| text.parse().expect("a status"));
    assert_eq!(finished.code, Some(status), "{finished:?}");
    for code in setting(&source, "expect").expect("a line `# expect: CODE`").split(' ') {
        // `E` alone: an error of any code.
        let wanted = if code == "E" { "rror" } else { code };
        assert!(finished.stderr.contains(wanted), "{name}: {code} is not reported in\n{}", finished.stderr);
    }
    assert!(!finished.stderr.contains("panicked at"), "{}", finished.stderr);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, finished.stderr));
}

/// A copy of the standard library in which these modules stand in the place of those of their names, or are added.
fn library_with(changed: &Path, name: &str) -> PathBuf {
    let copy = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("libraries").join(name);
    let _ = fs::remove_dir_all(&copy);
    for from in [&repository().join("stdlib"), changed] {
        copy_folder(from, &copy);
    }
    copy
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let entry = entry.expect("its entries, too");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("the file can be copied");
        }
    }
}

macro_rules! programs {
    ($($name:ident;)*) => {
        const PROGRAMS: &[&str] = &[$(stringify!($name)),*];
        $(#[test] fn $name() { check(stringify!($name)) })*
    };
}

programs! {
    actor_called_too_early;
    actor_tail_message_types;
    alternatives_before_a_rest;
    alternatives_bind_differently;
    ambiguous_method;
    ambiguous_names;
    annotation_on_a_later_clause;
    arguments_of_other_languages;
    arms_of_other_languages;
    arms_of_statements;
    associated_types;
    associated_types_in_use;
    bit_segments_of_erlang;
    bit_sizes;
    bit_sizes_worked_out;
    bits_built_like_erlang;
    bits_like_rust;
    bits_of_the_wrong_type;
    bits_out_of_step;
    bits_that_do_not_fit;
    bound_not_met;
    bounds_of_methods;
    branches_disagree;
    break_in_an_arm;
    broken_syntax;
    buffer_in_a_closure;
    buffer_in_a_message;
    bytes_left_out;
    calling_a_number;
    catch_all_first;
    characters;
    clause_warning;
    closure_arity;
    closures_of_other_languages;
    comment_without_end;
    constant_of_itself;
    constant_that_is_computed;
    constants_of_no_type;
    constants_that_are_not_told;
    constructor_of_two_types;
    deeper_than_types_may_nest;
    derive_prerequisite;
    derive_row;
    dropped_results;
    duplicate_impl;
    duplicate_names;
    duplicate_type_parameters;
    endless_copies;
    escapes_of_other_languages;
    extern_of_a_user;
    extern_other_constructors;
    extern_other_types;
    extern_unknown;
    field_defaults;
    function_types_of_other_languages;
    functions_called;
    functions_wanted;
    guard_not_bool;
    guard_of_many_alternatives;
    impl_lacks_method;
    impl_not_told;
    impl_signature;
    impls_in_a_circle;
    import_cycle;
    import_missing;
    import_names;
    import_of_names_only;
    imports_of_other_languages;
    infinite_type;
    integer_too_large;
    json_name_without_quotes;
    json_names;
    json_underivable;
    loop_control;
    match_too_intricate;
    method_clauses;
    methods_of_one_name;
    missing_interface;
    missing_module_once;
    missing_types;
    misspelt_fields;
    module_not_found;
    names_in_comments;
    never_makes_no_values;
    no_main;
    no_such_method;
    not_exhaustive;
    one_missing_import;
    opaque_boundary;
    opaque_everywhere;
    opaque_import;
    opaque_types;
    operators_in_a_row;
    pairs_in_closures;
    pairs_of_a_map;
    polymorphic_recursion;
    println_wants_text;
    private_import;
    private_interfaces;
    private_method;
    private_modules;
    private_service;
    ranges;
    receive_incomplete;
    receive_outside;
    reexports;
    result_annotation;
    return_outside;
    scattered_clauses;
    self_outside;
    service_members;
    service_misuse;
    service_state;
    service_types;
    spawn_of_a_number;
    statements_outside;
    struct_fields;
    structs_as_calls;
    structs_of_other_languages;
    supervisor_children;
    supervisor_functions;
    supervisor_limits;
    supervisor_values;
    syntax_of_other_languages;
    terminate_has_no_mailbox;
    terminate_sees_names_only;
    texts_of_other_languages;
    too_many_copies;
    top_level_computation;
    try_in_the_wrong_place;
    twice_a_module;
    type_mismatch;
    type_names;
    type_parameters_of_a_local_function;
    types_of_one_name;
    unfinished_string;
    unknown_constructor;
    unknown_derive;
    unknown_name;
    unreachable_arm;
    vector_in_a_value;
    words_of_other_languages;
    wrong_argument_count;
    wrong_members;
    wrong_message;
    wrong_parts_of_types;
}

#[test]
fn every_program_of_the_folder_is_listed() {
    let mut found: Vec<String> = fs::read_dir(folder())
        .expect("the programs' folder")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name != "snapshots" && name != "libraries")
        .map(|name| name.trim_end_matches(".snow").to_string())
        .collect();
    found.sort();
    assert_eq!(found, PROGRAMS);
}
