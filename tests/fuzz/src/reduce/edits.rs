//! The steps by which a program becomes smaller.

use super::simplest;
use crate::program::{Expression, Kind, Program, each_body_mut};

/// Changes what stands at a position; false when there are not so many.
pub type Edit = fn(&mut Program, usize) -> bool;

pub const ALL: &[Edit] = &[simplify, drop_statement, drop_arm, drop_clause, hoist, plain_call];

/// Replaces an expression by the simplest one of its type.
fn simplify(program: &mut Program, position: usize) -> bool {
    let copy = program.clone();
    at(
        program,
        position,
        &mut |expression| {
            expression.size() > 1
                && simplest(&copy, &expression.ty).is_some_and(|s| s.size() < expression.size())
        },
        &mut |expression| {
            if let Some(simple) = simplest(&copy, &expression.ty) {
                *expression = simple;
            }
        },
    )
}

/// Replaces an expression by one below it that has the same type.
fn hoist(program: &mut Program, position: usize) -> bool {
    let mut left = position;
    let mut done = false;
    each_body_mut(program, &mut |body| {
        body.each_below(&mut |expression| {
            if done {
                return;
            }
            let ty = expression.ty.clone();
            let mut chosen = None;
            expression.each_child(&mut |child| {
                if child.ty == ty && chosen.is_none() {
                    if left == 0 {
                        chosen = Some(child.clone());
                    } else {
                        left -= 1;
                    }
                }
            });
            if let Some(chosen) = chosen {
                *expression = chosen;
                done = true;
            }
        });
    });
    done
}

/// Writes a call without a pipe.
fn plain_call(program: &mut Program, position: usize) -> bool {
    use crate::program::Style;
    at(
        program,
        position,
        &mut |expression| {
            matches!(expression.kind, Kind::Call(_, _, Style::Pipe | Style::Method | Style::Index))
        },
        &mut |expression| {
            if let Kind::Call(_, _, style) = &mut expression.kind {
                *style = Style::Plain;
            }
        },
    )
}

/// Applies a change to the expression at a position among those that fit.
fn at(
    program: &mut Program,
    position: usize,
    fits: &mut dyn FnMut(&Expression) -> bool,
    change: &mut dyn FnMut(&mut Expression),
) -> bool {
    let mut left = position;
    let mut done = false;
    each_body_mut(program, &mut |body| {
        body.each_below(&mut |expression| {
            if done || !fits(expression) {
                return;
            }
            if left == 0 {
                change(expression);
                done = true;
            } else {
                left -= 1;
            }
        });
    });
    done
}

fn drop_statement(program: &mut Program, position: usize) -> bool {
    let mut left = position;
    let mut done = false;
    let mut visit = |block: &mut crate::program::Block| {
        if done {
            return;
        }
        if left < block.statements.len() {
            block.statements.remove(left);
            done = true;
        } else {
            left -= block.statements.len();
        }
    };
    for function in &mut program.functions {
        for clause in &mut function.body.clauses {
            clause.body.each_block(&mut visit);
        }
    }
    for service in &mut program.services {
        service.init.clauses[0].body.each_block(&mut visit);
        service.handlers.iter_mut().for_each(|handler| handler.body.each_block(&mut visit));
    }
    done
}

fn drop_arm(program: &mut Program, position: usize) -> bool {
    let mut left = position;
    let mut done = false;
    each_body_mut(program, &mut |body| {
        body.each_below(&mut |expression| {
            if let (Kind::Case(_, arms), false) = (&mut expression.kind, done) {
                // The last one makes the match complete.
                let count = arms.len().saturating_sub(1);
                if left < count {
                    arms.remove(left);
                    done = true;
                } else {
                    left -= count;
                }
            }
        });
    });
    done
}

fn drop_clause(program: &mut Program, position: usize) -> bool {
    let mut left = position;
    for function in &mut program.functions {
        let count = function.body.clauses.len().saturating_sub(1);
        if left < count {
            function.body.clauses.remove(left);
            return true;
        }
        left -= count;
    }
    false
}
