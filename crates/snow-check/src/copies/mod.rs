//! Which copies of generic functions a program needs: the compiler makes one of each function for each
//! list of types that it is used at. What would need copies without end is told here, so that whatever
//! is accepted can be compiled.
//!
//! Copies are followed from `main`, from the tests, and from each function of the user's. One with type
//! parameters that nothing uses is followed, too, with parameters that stand for themselves: so a library
//! without `main` is told what would never end. Methods are chosen for each copy as the compiler does.

mod shared_types;
mod uses;

use crate::hir::impls::Impls;
use crate::hir::{FnId, Program, Target, Type};
use shared_types::{Arguments, Shared, Types};
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;
use std::collections::{HashMap, HashSet};
use uses::{Bodies, Mention};

/// A type argument may have so many names, which nest so deep, and a program so many copies.
pub const MOST_NAMES: u64 = 20_000;
pub const DEEPEST_TYPE: u32 = 500;
const MOST_COPIES: usize = 50_000;

/// All copies together may have so many names in their types.
const MOST_NAMES_IN_ALL: u64 = 2_000_000;

/// A copy may need one of the same function at larger types, which needs one at larger types yet, and
/// come to an end, where each step chooses another method. More steps than this have none: the types of a
/// function that does not stop grow beyond every bound.
const MOST_STEPS: u32 = 64;

/// Functions as the source has them.
pub trait Source {
    /// Did the user write it? Others are the library's, or made by `deriving`.
    fn is_own(&self, function: FnId) -> bool;
    /// Its name where it is declared.
    fn name(&self, function: FnId) -> &str;
}

/// Reports what would need too many copies.
pub fn report(program: &Program, source: &dyn Source) -> Vec<Diagnostic> {
    let mut search = Search {
        program,
        source,
        impls: Impls::of(program),
        bodies: Bodies::of(program),
        types: Types::default(),
        seen: HashSet::new(),
        reached: HashSet::new(),
        copies: Count::default(),
        open_copies: Count::default(),
        chain: Vec::new(),
        steps: HashMap::new(),
        full: false,
        endless: HashSet::new(),
        diagnostics: Vec::new(),
    };
    search.run();
    search.diagnostics
}

/// A copy on the way from a root to the copy that is looked at.
struct Link {
    body: usize,
    types: Vec<Shared>,
    /// How many of its mentions have been followed.
    next: usize,
    /// Names in its types.
    names: u64,
    /// What `steps` said of its body before.
    before: Option<Steps>,
}

/// How the types of one body have grown along the chain.
#[derive(Clone, Copy, Default)]
struct Steps {
    largest: u64,
    count: u32,
}

#[derive(Clone, Copy, Default)]
struct Count {
    copies: usize,
    names: u64,
}

struct Search<'p, 's> {
    program: &'p Program,
    source: &'s dyn Source,
    impls: Impls<'p>,
    bodies: Bodies<'p>,
    types: Types,
    seen: HashSet<(usize, Vec<Shared>)>,
    /// Bodies of which there is some copy.
    reached: HashSet<usize>,
    /// Copies that will be made, and those for parameters that stand for themselves.
    copies: Count,
    open_copies: Count,
    chain: Vec<Link>,
    /// By body.
    steps: HashMap<usize, Steps>,
    /// There are too many copies: that ends the search.
    full: bool,
    /// Bodies that have been reported.
    endless: HashSet<usize>,
    diagnostics: Vec<Diagnostic>,
}

impl Search<'_, '_> {
    fn run(&mut self) {
        let program = self.program;
        let is_generic = |id: &FnId| program.functions[id.0 as usize].type_params > 0;
        let own = (0..program.functions.len() as u32).map(FnId).filter(|id| self.source.is_own(*id));
        let (generic, plain): (Vec<FnId>, Vec<FnId>) = own.partition(is_generic);
        let tests = program.tests.iter().map(|test| test.function);
        for root in program.main.into_iter().chain(tests).chain(plain) {
            let body = self.bodies.function(root);
            self.follow(body, Vec::new());
        }
        let (used, unused): (Vec<FnId>, Vec<FnId>) = self.by_use(generic);
        for root in unused.into_iter().chain(used) {
            let body = self.bodies.function(root);
            if !self.reached.contains(&body) {
                let params = program.functions[root.0 as usize].type_params as u32;
                let types = (0..params).map(|number| self.types.parameter(number)).collect();
                self.follow(body, types);
            }
        }
    }

    /// Functions that another one of these names, and the others.
    fn by_use(&mut self, functions: Vec<FnId>) -> (Vec<FnId>, Vec<FnId>) {
        let mut used = HashSet::new();
        for function in &functions {
            let body = self.bodies.function(*function);
            for (mention, _) in &self.bodies.all[body].mentions {
                if let Mention::Target(Target::Function(named, _)) = mention
                    && named != function
                {
                    used.insert(*named);
                }
            }
        }
        functions.into_iter().partition(|function| used.contains(function))
    }

    /// All copies that one needs.
    fn follow(&mut self, body: usize, types: Vec<Shared>) {
        self.enter(body, types);
        while !self.chain.is_empty() && !self.full {
            self.step();
        }
        self.chain.clear();
        self.steps.clear();
    }

    /// Goes on from a copy, if it is a new one.
    fn enter(&mut self, body: usize, types: Vec<Shared>) {
        if self.full || self.endless.contains(&body) || !self.seen.insert((body, types.clone())) {
            return;
        }
        self.reached.insert(body);
        let open = types.iter().any(|ty| self.types.is_open(*ty));
        let names = types.iter().fold(0u64, |sum, ty| sum.saturating_add(self.types.names(*ty)));
        let too_large =
            types.iter().any(|ty| self.types.names(*ty) > MOST_NAMES || self.types.depth(*ty) > DEEPEST_TYPE);
        let before = self.steps.get(&body).copied();
        let steps = match before {
            None => Steps { largest: names, count: 0 },
            Some(steps) if names > steps.largest => Steps { largest: names, count: steps.count + 1 },
            Some(steps) => steps,
        };
        self.steps.insert(body, steps);
        self.chain.push(Link { body, types, next: 0, names, before });
        let count = if open { &mut self.open_copies } else { &mut self.copies };
        count.copies += 1;
        count.names = count.names.saturating_add(names);
        let too_many = count.copies > MOST_COPIES || count.names > MOST_NAMES_IN_ALL;
        let too_large = too_large || too_many;
        if steps.count > MOST_STEPS || too_large && steps.count > 0 {
            self.report_endless();
            self.endless.insert(body);
            self.leave();
        } else if too_large {
            // Nobody asks for the copies of a function that nothing uses; and what follows from another
            // diagnostic is not told.
            if !open && self.diagnostics.is_empty() {
                self.report_too_much();
            }
            self.full = true;
        }
    }

    fn leave(&mut self) {
        let Some(link) = self.chain.pop() else { return };
        match link.before {
            Some(steps) => self.steps.insert(link.body, steps),
            None => self.steps.remove(&link.body),
        };
    }

    /// Follows the next mention of the copy at the end of the chain.
    fn step(&mut self) {
        let Some(link) = self.chain.last_mut() else { return };
        let body = &self.bodies.all[link.body];
        let Some((mention, _)) = body.mentions.get(link.next).cloned() else { return self.leave() };
        link.next += 1;
        let (params, types) = (body.params.clone(), link.types.clone());
        let arguments = Arguments { params: &params, types: &types };
        match &mention {
            Mention::Target(Target::Function(function, types)) => {
                let types = self.types.all(types, &arguments);
                let body = self.bodies.function(*function);
                self.enter(body, types);
            }
            Mention::Target(method @ Target::Method { .. }) => self.method(method, &arguments),
            Mention::Target(Target::Constructor(_)) => {}
            Mention::Constant(constant, types) => {
                let types = self.types.all(types, &arguments);
                let body = self.bodies.constant(*constant);
                self.enter(body, types);
            }
            Mention::Inner(inner, types) => {
                let own = self.types.all(types, &arguments);
                // In scope around it are parameters that are in scope here, too.
                let around = self.bodies.all[*inner].params.clone();
                let around = &around[..around.len() - own.len()];
                let outside: Vec<Shared> =
                    around.iter().map(|number| self.types.of(&Type::Param(*number), &arguments)).collect();
                self.enter(*inner, outside.into_iter().chain(own).collect());
            }
        }
    }

    fn method(&mut self, method: &Target, in_scope: &Arguments) {
        let Target::Method { interface, arguments, index, self_type, type_args } = method else { return };
        let self_type = self.types.of(self_type, in_scope);
        if let Some(definition) = self.program.interfaces.get(interface.0 as usize)
            && self.types.is_never(self_type)
            && definition.is_unreachable(*index, &Type::Never)
        {
            return;
        }
        let arguments = self.types.all(arguments, in_scope);
        let own = self.types.all(type_args, in_scope);
        let found = self.impls.method(*interface, *index, &self_type, &arguments, &mut self.types);
        if let Some((method, found)) = found {
            let unknown = self.types.of(&Type::Unit, in_scope);
            let types = found.into_iter().map(|ty| ty.unwrap_or(unknown)).chain(own).collect();
            let body = self.bodies.function(method);
            self.enter(body, types);
        }
    }

    // Diagnostics

    /// Where the copy at this place of the chain asks for the next one.
    fn place(&self, index: usize) -> Option<(Option<FnId>, usize, Span)> {
        let link = self.chain.get(index)?;
        let body = &self.bodies.all[link.body];
        let (_, span) = body.mentions.get(link.next.checked_sub(1)?)?;
        Some((body.function, body.file, *span))
    }

    /// The place in the user's own code that leads to the end of the chain: among the last copies, if they
    /// have one, that at which the types grow.
    fn own_place(&self, from: usize) -> (usize, Span) {
        let own = |index: &usize| {
            let (function, ..) = self.place(*index)?;
            function.is_none_or(|id| self.source.is_own(id)).then_some(())
        };
        let last = self.chain.len().saturating_sub(1);
        let grows = |index: &usize| self.chain[*index + 1].names > self.chain[*index].names;
        let inside: Vec<usize> = (from..last).filter(|index| own(index).is_some()).collect();
        let chosen = inside.iter().copied().find(grows).or(inside.first().copied());
        let chosen = chosen.or_else(|| (0..last).rev().find(|index| own(index).is_some()));
        chosen
            .and_then(|index| self.place(index))
            .map_or((0, Span::default()), |(_, file, span)| (file, span))
    }

    fn name(&self, body: usize) -> String {
        match self.bodies.all[body].function {
            Some(id) => self.source.name(id).to_string(),
            None => "a constant".to_string(),
        }
    }

    /// The function at the end of the chain needs itself at ever larger types.
    fn report_endless(&mut self) {
        let last = self.chain.len() - 1;
        let body = self.chain[last].body;
        // The last turn of the circle.
        let from = (0..last).rev().find(|index| self.chain[*index].body == body).unwrap_or(0);
        let (file, span) = self.own_place(from);
        let message = format!("`{}` would need copies of itself for ever larger types", self.name(body));
        let diagnostic = Diagnostic::error("E0047", file, span, message)
            .label("the type grows with each call")
            .help("each call of a function within itself uses the same types; wrap the value instead");
        self.diagnostics.push(diagnostic);
    }

    /// The copy at the end of the chain is one too many, or its types are too large.
    fn report_too_much(&mut self) {
        let last = self.chain.len() - 1;
        let (file, span) = self.own_place(last.saturating_sub(1));
        let link = &self.chain[last];
        let name = self.name(link.body);
        let message = if link.types.iter().any(|ty| self.types.depth(*ty) > DEEPEST_TYPE) {
            format!("`{name}` is needed for a type that nests deeper than {DEEPEST_TYPE}")
        } else if link.types.iter().any(|ty| self.types.names(*ty) > MOST_NAMES) {
            format!("`{name}` is needed for a type of more than {MOST_NAMES} names")
        } else if self.copies.copies > MOST_COPIES {
            format!("this program needs more than {MOST_COPIES} copies of its functions")
        } else {
            "this program needs copies of its functions for too many large types".to_string()
        };
        let diagnostic = Diagnostic::error("E0047", file, span, message)
            .label(format!("here `{name}` is needed for one more"))
            .help("functions that use each other at larger or at several types multiply: give the parts of a type a name, or let the functions take the same types");
        self.diagnostics.push(diagnostic);
    }
}
