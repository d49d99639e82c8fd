//! The standard library as a whole: which modules it has, and which of them a program needs.
//!
//! A program holds those modules of the library that it names, and what these name. The rest is not read in. That
//! changes no meaning: every name is resolved by declarations and imports (see `scope`), and a module that nothing
//! names cannot be meant.
//!
//! The same holds for what a module of every program hands on from another one (`pub import List.Groups.{group_by}` in
//! `list.snow`): that one is read in when a file has the word `group_by`. So such modules may have many functions, and
//! a program pays for none that it does not use.

use snow_syntax::ast::{self, ItemKind};
use snow_syntax::syntax_kind::SyntaxKind;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The module whose exports every program has in scope, with the names that it imports one by one.
pub const PRELUDE: &str = "Prelude";

/// Forms of the language that are worked out by functions of the library.
const FORMS: [(SyntaxKind, &[&str]); 6] = [
    (SyntaxKind::DotDotEqual, &["Range"]),
    (SyntaxKind::MapStart, &["Map"]),
    (SyntaxKind::KeywordArgument, &["Map"]),
    (SyntaxKind::LinkKw, &["Process"]),
    (SyntaxKind::ServiceKw, &["Service", "Reply"]),
    (SyntaxKind::SupervisorKw, &["Supervisor"]),
];

/// The names of the library's modules, and where the names come from that are in scope unasked.
#[derive(Clone, Debug, Default)]
pub struct Library {
    modules: BTreeSet<String>,
    /// From the prelude's `from M import name`: name to module.
    unasked: BTreeMap<String, String>,
    /// From `pub import M.{name}` in modules of every program, by the name.
    handed_on: HashMap<String, Vec<HandedOn>>,
}

/// A name that a module hands on.
#[derive(Clone, Debug)]
struct HandedOn {
    /// The last name of the module that hands it on: `List`.
    by: String,
    /// The module that has it: `List.Groups`.
    from: String,
}

impl Library {
    /// `prelude` is the syntax tree of the module of that name.
    pub fn new(modules: impl IntoIterator<Item = String>, prelude: &ast::File) -> Library {
        let mut unasked = BTreeMap::new();
        for item in &prelude.items {
            if let ItemKind::Import(ast::Import { path, names: Some(names), .. }) = &item.kind {
                unasked.extend(names.iter().map(|name| (name.own_name().text.clone(), dotted(path))));
            }
        }
        Library { modules: modules.into_iter().collect(), unasked, handed_on: HashMap::new() }
    }

    /// Notes what a module of every program hands on.
    pub fn add_handed_on(&mut self, module: &str, file: &ast::File) {
        for item in file.items.iter().filter(|item| item.public) {
            if let ItemKind::Import(ast::Import { path, names: Some(names), .. }) = &item.kind {
                for name in names {
                    let by = module.rsplit('.').next().unwrap_or(module).to_string();
                    let entry = HandedOn { by, from: dotted(path) };
                    self.handed_on.entry(name.own_name().text.clone()).or_default().push(entry);
                }
            }
        }
    }

    /// Does a module of every program hand on what this one has?
    pub fn is_handed_on(&self, module: &str) -> bool {
        self.handed_on.values().flatten().any(|entry| entry.from == module)
    }

    /// The modules that a file of the program may need for its words: what modules of every program hand on from others.
    /// Words of comments and texts count, too: too much does no harm.
    pub fn needed_for_words(&self, text: &str) -> BTreeSet<&str> {
        let entries = words(text).filter_map(|(_, word)| self.handed_on.get(word)).flatten();
        entries.filter_map(|entry| self.modules.get(&entry.from)).map(String::as_str).collect()
    }

    /// The same for a file of the library, which must say more clearly what it means: `List.group_by(…)`, or
    /// `list.group_by(…)`; in the module `List` itself `group_by(…)`.
    pub fn needed_for_members(&self, module: &str, text: &str) -> BTreeSet<&str> {
        let mut needed = BTreeSet::new();
        let is_code =
            |line: &&str| !["#", "import ", "from ", "pub "].iter().any(|begin| line.starts_with(begin));
        for line in
            text.lines().map(str::trim_start).filter(|line| is_code(line) || line.starts_with("pub fn "))
        {
            for (at, word) in words(line) {
                let Some(entries) = self.handed_on.get(word) else { continue };
                let receiver = match line[..at].strip_suffix('.') {
                    Some(before) => before.rsplit(|c: char| !is_of_word(c)).next().unwrap_or_default(),
                    None => module,
                };
                let is_module = receiver.starts_with(char::is_uppercase);
                let meant = entries.iter().filter(|entry| !is_module || entry.by == receiver);
                needed.extend(meant.filter_map(|entry| self.modules.get(&entry.from)).map(String::as_str));
            }
        }
        needed
    }

    /// Their names, in alphabetical order.
    pub fn modules(&self) -> impl Iterator<Item = &str> {
        self.modules.iter().map(String::as_str)
    }

    pub fn has(&self, module: &str) -> bool {
        self.modules.contains(module)
    }

    /// The modules that a file needs: what it names and imports, what the names stand for that are in scope unasked, and
    /// what its forms are worked out by.
    pub fn needed_by(&self, file: &ast::File) -> BTreeSet<&str> {
        let mut needed = BTreeSet::new();
        let mut need = |module: &str| needed.extend(self.modules.get(module).map(String::as_str));
        for path in &file.mentions.paths {
            let ends = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
            ends.for_each(|end| need(&path[..end]));
            let first = path.split('.').next().unwrap_or(path);
            if let Some(module) = self.unasked.get(first) {
                need(module);
            }
        }
        imported_modules(file).iter().for_each(|module| need(module));
        for (form, modules) in FORMS {
            if file.mentions.forms.contains(&form) {
                modules.iter().for_each(|module| need(module));
            }
        }
        needed
    }

    /// The modules that the prelude imports whole: the language itself refers to them, so they are part of every
    /// program.
    pub fn needed_always(&self, prelude: &ast::File) -> BTreeSet<&str> {
        let imported = prelude.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Import(ast::Import { path, names: None, .. }) => {
                self.modules.get(&dotted(path)).map(String::as_str)
            }
            _ => None,
        });
        imported.chain(self.modules.get(PRELUDE).map(String::as_str)).collect()
    }
}

/// The words of a text that begin with a small letter, and where they stand.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let words = text.split(|c: char| !is_of_word(c));
    let words = words.map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word));
    words.filter(|(_, word)| word.starts_with(|c: char| c.is_ascii_lowercase()))
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// `Geometry.Plane`
pub fn dotted(path: &ast::Path) -> String {
    path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".")
}

/// The modules that the imports of a file may mean, also those inside of its inline modules. A name in a list may be that of
/// a module, too: `import Geometry.{Plane}`.
pub fn imported_modules(file: &ast::File) -> Vec<String> {
    fn visit(items: &[ast::Item], found: &mut Vec<String>) {
        for item in items {
            match &item.kind {
                ItemKind::Import(import) => {
                    let module = dotted(&import.path);
                    let names = import.names.iter().flatten().map(|name| &name.name.text);
                    let inside = names.filter(|name| name.starts_with(char::is_uppercase));
                    found.extend(inside.map(|name| format!("{module}.{name}")));
                    found.push(module);
                }
                ItemKind::Module(_, inside) => visit(inside, found),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    visit(&file.items, &mut found);
    found
}

#[cfg(test)]
mod tests {
    use super::{Library, imported_modules};

    #[test]
    fn words_tell_what_is_needed_of_what_is_handed_on() {
        let tree = |text: &str| snow_syntax::parse(0, text).0;
        let modules = ["List", "List.Groups", "String", "String.Pieces", "Map"].map(String::from);
        let mut library = Library::new(modules, &tree(""));
        library.add_handed_on("List", &tree("pub import List.Groups.{group_by, split}\nimport Map"));
        library.add_handed_on("String", &tree("pub import String.Pieces.{split}"));
        library.add_handed_on("Prelude", &tree("pub import Map.{put as map_put}"));
        let words = |text: &str| library.needed_for_words(text).into_iter().collect::<Vec<_>>();
        assert_eq!(words("fn main() = List.group_by(xs, f)"), ["List.Groups"]);
        assert_eq!(words("import List.{group_by}\nmap_put(m)"), ["List.Groups", "Map"]);
        assert!(words("fn grouped_by(put) = put").is_empty());
        let members = |text: &str| library.needed_for_members("List", text).into_iter().collect::<Vec<_>>();
        assert_eq!(members("String.split(text)"), ["String.Pieces"]);
        assert_eq!(members("xs.split(text)"), ["List.Groups", "String.Pieces"]);
        assert_eq!(members("pub fn f(xs) = split(xs)"), ["List.Groups"]);
        assert!(
            members("## List.split(xs)\npub import List.Groups.{split}\nfn f(x) = Other.split(x)").is_empty()
        );
        assert!(library.is_handed_on("Map") && !library.is_handed_on("List"));
    }

    #[test]
    fn imports_come_from_the_tree() {
        let text = "import Maths\n# import Comment\n  import Http.Head # a comment\nfrom Ws.Frame import header\n\
                    module M do\n  import Inner as Outer\nend\nlet text = \"\nimport Text\n\"\nimport Net.{Tcp, pipe}\n";
        let (tree, _) = snow_syntax::parse(0, text);
        assert_eq!(imported_modules(&tree), ["Maths", "Http.Head", "Ws.Frame", "Inner", "Net.Tcp", "Net"]);
    }
}
