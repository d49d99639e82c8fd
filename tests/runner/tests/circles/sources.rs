//! Which file of a crate names things of which other one.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The files of a crate, by the path of their module: `["heap", "block"]`, and nothing for `lib.rs`.
pub struct Sources(BTreeMap<Vec<String>, Source>);

/// Before the paths of other crates.
const EXTERNAL: &str = "::";

struct Source {
    file: String,
    /// Each path that is written in it, from the root of the crate. The names before its end may be modules.
    paths: BTreeSet<Vec<String>>,
    /// What it imports: the name under which, and the path.
    imports: BTreeMap<String, Vec<String>>,
}

impl Sources {
    pub fn read(folder: &Path) -> Sources {
        let mut texts = BTreeMap::new();
        collect(folder, folder, &mut texts);
        let modules: BTreeSet<Vec<String>> = texts.keys().cloned().collect();
        let read = |(module, (file, text)): (Vec<String>, (String, String))| {
            let mut source = Source { file, paths: BTreeSet::new(), imports: BTreeMap::new() };
            let tokens = text.parse::<TokenStream>().expect("a file that Rust accepts");
            Reader { module: &module, modules: &modules, source: &mut source }.read(tokens);
            (module, source)
        };
        Sources(texts.into_iter().map(read).collect())
    }

    /// Pairs of files of which the first needs the second.
    pub fn arrows(&self) -> BTreeSet<(String, String)> {
        let mut arrows = BTreeSet::new();
        for source in self.0.values() {
            for path in &source.paths {
                if let Some(to) = self.declared_in(path, 0)
                    && to.file != source.file
                {
                    arrows.insert((source.file.clone(), to.file.clone()));
                }
            }
        }
        arrows
    }

    /// The file that declares what the path leads to; nothing for another crate's.
    fn declared_in(&self, path: &[String], followed: usize) -> Option<&Source> {
        if path.first().is_some_and(|first| first == EXTERNAL) {
            return None;
        }
        let length = (0..=path.len()).rev().find(|length| self.0.contains_key(&path[..*length]))?;
        let source = &self.0[&path[..length]];
        let Some(name) = path.get(length) else { return Some(source) };
        match source.imports.get(name) {
            Some(import) if followed < 8 => {
                let further: Vec<String> = import.iter().chain(&path[length + 1..]).cloned().collect();
                self.declared_in(&further, followed + 1)
            }
            _ => Some(source),
        }
    }
}

/// All files below a folder but those of tests, with their texts.
fn collect(root: &Path, folder: &Path, texts: &mut BTreeMap<Vec<String>, (String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            let file =
                path.strip_prefix(root).expect("below the root").to_str().expect("a plain name").to_string();
            let mut module: Vec<String> = file.trim_end_matches(".rs").split('/').map(String::from).collect();
            module.pop_if(|last| ["mod", "lib", "main"].contains(&last.as_str()));
            texts.insert(module, (file, std::fs::read_to_string(&path).expect("a readable file")));
        }
    }
}

struct Reader<'a> {
    module: &'a [String],
    modules: &'a BTreeSet<Vec<String>>,
    source: &'a mut Source,
}

impl Reader<'_> {
    fn read(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        let mut in_import = false;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Punct(mark) if mark.as_char() == '#' && is_test(tokens.get(at + 1)) => {
                    at = behind_item(&tokens, at + 2);
                    continue;
                }
                TokenTree::Ident(word) if word == "use" => in_import = true,
                TokenTree::Punct(mark) if mark.as_char() == ';' => in_import = false,
                TokenTree::Ident(word) => {
                    let starts = at == 0 || !is_colon(&tokens[at - 1]);
                    if starts && let Some(start) = self.start(&word.to_string(), in_import) {
                        self.path(start, &tokens[at + 1..], in_import);
                    }
                }
                TokenTree::Group(group) => self.read(group.stream()),
                _ => {}
            }
            at += 1;
        }
    }

    /// Where a path that begins with this word leads, if it stays in the crate or is imported from another one.
    fn start(&self, word: &str, in_import: bool) -> Option<Vec<String>> {
        let parent = &self.module[..self.module.len().saturating_sub(1)];
        match word {
            "crate" => Some(Vec::new()),
            "self" => Some(self.module.to_vec()),
            "super" => Some(parent.to_vec()),
            child => {
                let path: Vec<String> = self.module.iter().cloned().chain([child.to_string()]).collect();
                let external = || in_import.then(|| vec![EXTERNAL.to_string(), word.to_string()]);
                self.modules.contains(&path).then_some(path).or_else(external)
            }
        }
    }

    /// Notes the paths that go on from here: `::name`, or several in braces. A module by itself, as in `pub(crate)` or
    /// `super::*`, is no need of anything in particular.
    fn path(&mut self, mut path: Vec<String>, mut rest: &[TokenTree], in_import: bool) {
        let mut names_something = false;
        while let [TokenTree::Punct(first), TokenTree::Punct(second), next, further @ ..] = rest
            && first.as_char() == ':'
            && second.as_char() == ':'
        {
            match next {
                TokenTree::Ident(word) => {
                    names_something |= word != "super";
                    step(&mut path, word);
                }
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    return self.paths(&path, group.stream(), in_import);
                }
                // All of a module of one's own, which is how its names are passed on.
                _ => {
                    names_something |= path.len() > self.module.len();
                    break;
                }
            }
            rest = further;
        }
        if names_something {
            self.note(path, rest, in_import);
        }
    }

    /// Notes the paths in braces behind this one.
    fn paths(&mut self, base: &[String], inside: TokenStream, in_import: bool) {
        let tokens: Vec<TokenTree> = inside.into_iter().collect();
        for item in tokens.split(|token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',')) {
            let Some((TokenTree::Ident(word), rest)) = item.split_first() else { continue };
            let mut path = base.to_vec();
            if word != "self" {
                step(&mut path, word);
            }
            if rest.first().is_some_and(is_colon) {
                self.path(path, rest, in_import);
            } else {
                self.note(path, rest, in_import);
            }
        }
    }

    fn note(&mut self, path: Vec<String>, behind: &[TokenTree], in_import: bool) {
        if in_import && let Some(last) = path.last() {
            let name = match behind {
                [TokenTree::Ident(word), TokenTree::Ident(name), ..] if word == "as" => name.to_string(),
                _ => last.clone(),
            };
            self.source.imports.insert(name, path.clone());
        }
        self.source.paths.insert(path);
    }
}

fn step(path: &mut Vec<String>, word: &proc_macro2::Ident) {
    if word == "super" {
        path.pop();
    } else {
        path.push(word.to_string());
    }
}

fn is_colon(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(mark) if mark.as_char() == ':')
}

/// Does the attribute say that what follows is for tests?
fn is_test(attribute: Option<&TokenTree>) -> bool {
    let Some(TokenTree::Group(group)) = attribute else { return false };
    let text = group.stream().to_string();
    text.starts_with("cfg") && text.contains("test") && !text.contains("not")
}

/// Where the item ends that begins here.
fn behind_item(tokens: &[TokenTree], from: usize) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Punct(mark) => mark.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    tokens[from..].iter().position(ends).map_or(tokens.len(), |length| from + length + 1)
}
