//! Syntax of other languages (Elixir, Erlang, Rust, C) that means nothing here: it is recognised, so
//! that one slip is one message, with the words of this language.

mod arms;
mod blocks;
mod control_flow;
mod fields;
mod functions;
mod lines;
mod lists;
mod modules;
mod values;

pub(super) use arms::{another_arrow, else_for_the_rest, if_as_guard, word_before_a_pattern};
pub(super) use blocks::{
    brace_before_else, brace_begins_a_block, brace_for_do, brace_for_end, do_behind_else, do_help,
    word_for_do,
};
pub(super) use control_flow::{
    arrow_for_in, at_unless, else_if, foreign_form, rest_as_a_closure, second_name_in_for, ternary,
};
pub(super) use fields::{
    another_colon, map_key_with_colon, name_before_a_part, rest_of_a_struct, setting_value,
};
pub(super) use functions::{
    arrow_behind_type, at_function_type, capture, closure_in_bars, help_behind_element, keyword_body,
    operator_as_value, reply_behind_arrow, result_behind_colons,
};
pub(super) use lines::{at_send_operator, declaration_help, slashes, stray_help};
pub(crate) use lists::REST_OF_A_LIST;
pub(super) use lists::{at_rest_of_a_list, bar_in_a_list, dots_in_a_list, spread_in_a_list};
pub(super) use modules::{
    all_names, at_defmodule, before_imported_name, behind_import, behind_imported_name, foreign_import,
    import_from_a_text, report_all_names,
};
pub(super) use values::{byte_text, dot_before_no_name, foreign_value, mutable_binding, third_dot};
