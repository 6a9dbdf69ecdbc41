//! The modules of a crate and the paths by which they name each other, read from its sources.
//!
//! Comments, texts and visibilities (`pub(in ...)`) are passed over. A call of a method names no
//! module, so it is no arrow.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use walkdir::WalkDir;

/// A module: the names of its path from the crate's root, which itself is the empty one.
pub type Module = Vec<String>;

/// Which modules each module names, itself excepted.
pub type Arrows = BTreeMap<Module, BTreeSet<Module>>;

/// The sources below a folder, by module. Binaries are crates of their own.
pub fn read(folder: &Path) -> BTreeMap<Module, String> {
    let mut sources = BTreeMap::new();
    let files = WalkDir::new(folder).into_iter().filter_entry(|entry| entry.depth() != 1 || entry.file_name() != "bin");
    for file in files.map(Result::unwrap).filter(|entry| entry.path().extension().is_some_and(|end| end == "rs")) {
        let path = file.path().strip_prefix(folder).unwrap().with_extension("");
        let mut module: Module = path.iter().map(|name| name.to_str().unwrap().to_owned()).collect();
        module.pop_if(|name| matches!(name.as_str(), "mod" | "lib" | "main"));
        sources.insert(module, std::fs::read_to_string(file.path()).unwrap());
    }
    sources
}

/// The arrows between modules.
pub fn arrows(sources: &BTreeMap<Module, String>) -> Arrows {
    let modules: BTreeSet<&Module> = sources.keys().collect();
    let mut arrows = Arrows::new();
    for (file, source) in sources {
        let named = Reader { tokens: &tokens(source), at: 0, paths: Vec::new() }.read(file);
        let targets = named.iter().filter_map(|(scope, path)| target(&modules, scope, path));
        arrows.insert(file.clone(), targets.filter(|target| target != file).collect());
    }
    arrows
}

/// The module that a path leads to; `None` for a path that leads out of the crate, or to a name of
/// its own scope.
fn target(modules: &BTreeSet<&Module>, scope: &[String], path: &[String]) -> Option<Module> {
    let mut names = path.iter().peekable();
    let mut at = match names.peek()?.as_str() {
        "crate" => Vec::new(),
        "self" | "super" => scope.to_vec(),
        child => {
            let child = [scope, &[child.to_owned()]].concat();
            if !modules.contains(&child) {
                return None;
            }
            scope.to_vec()
        }
    };
    while let Some(name) = names.next_if(|name| matches!(name.as_str(), "crate" | "self" | "super")) {
        if name == "super" {
            at.pop();
        }
    }
    at.extend(names.cloned());
    // The rest of the path is what the module holds: items, or modules inside of its file.
    while !modules.contains(&at) {
        at.pop()?;
    }
    Some(at)
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    /// `::`
    Colons,
    Mark(char),
}

/// The tokens of a source. Comments and literals are left out.
fn tokens(source: &str) -> Vec<Token> {
    let characters: Vec<char> = source.chars().collect();
    let get = |at: usize| characters.get(at).copied().unwrap_or('\0');
    let find = |from: usize, end: &str| {
        let end: Vec<char> = end.chars().collect();
        (from..characters.len())
            .find(|&at| characters[at..].starts_with(&end))
            .map_or(characters.len(), |at| at + end.len())
    };
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        at = match (get(at), get(at + 1)) {
            ('/', '/') => find(at, "\n"),
            ('/', '*') => find(at, "*/"),
            ('"', _) => {
                let mut end = at + 1;
                while end < characters.len() && get(end) != '"' {
                    end += if get(end) == '\\' { 2 } else { 1 };
                }
                end + 1
            }
            ('\'', '\\') => find(at + 3, "'"),
            ('\'', _) if get(at + 2) == '\'' => at + 3,
            (':', ':') => {
                tokens.push(Token::Colons);
                at + 2
            }
            (first, _) if first.is_alphanumeric() || first == '_' => {
                let length = characters[at..].iter().take_while(|next| next.is_alphanumeric() || **next == '_').count();
                let name: String = characters[at..at + length].iter().collect();
                let end = at + length;
                let fences = characters[end..].iter().take_while(|next| **next == '#').count();
                if name.ends_with('r') && name.len() <= 2 && get(end + fences) == '"' {
                    find(end + fences + 1, &format!("\"{}", "#".repeat(fences)))
                } else {
                    tokens.push(Token::Name(name));
                    end
                }
            }
            (blank, _) if blank.is_whitespace() => at + 1,
            (mark, _) => {
                tokens.push(Token::Mark(mark));
                at + 1
            }
        };
    }
    tokens
}

/// Reads paths, each with the module in which it stands: the file's, or one inside of the file.
struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    paths: Vec<(Module, Vec<String>)>,
}

impl Reader<'_> {
    fn read(mut self, file: &Module) -> Vec<(Module, Vec<String>)> {
        // What each open brace belongs to: a module of this name, or anything else.
        let mut braces: Vec<Option<String>> = Vec::new();
        while self.at < self.tokens.len() {
            let scope = || file.iter().chain(braces.iter().flatten()).cloned().collect::<Module>();
            match &self.tokens[self.at..] {
                [Token::Name(word), Token::Name(name), Token::Mark('{'), ..] if word == "mod" => {
                    braces.push(Some(name.clone()));
                    self.at += 3;
                }
                [Token::Name(word), Token::Mark('('), ..] if word == "pub" => {
                    let length = self.tokens[self.at..].iter().position(|token| *token == Token::Mark(')'));
                    self.at += length.unwrap_or(1) + 1;
                }
                [Token::Name(word), ..] if word == "use" => {
                    self.at += 1;
                    let scope = scope();
                    self.tree(&scope, &[]);
                }
                [Token::Name(_), Token::Colons, ..] => {
                    let scope = scope();
                    let path = self.path();
                    self.paths.push((scope, path));
                }
                [Token::Mark('{'), ..] => {
                    braces.push(None);
                    self.at += 1;
                }
                [Token::Mark('}'), ..] => {
                    braces.pop();
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
        self.paths
    }

    /// Names with `::` between and perhaps behind them.
    fn path(&mut self) -> Vec<String> {
        let mut path = Vec::new();
        while let Some(Token::Name(name)) = self.tokens.get(self.at) {
            path.push(name.clone());
            self.at += 1;
            if self.tokens.get(self.at) != Some(&Token::Colons) {
                break;
            }
            self.at += 1;
        }
        path
    }

    /// One tree of a `use`, behind a prefix.
    fn tree(&mut self, scope: &Module, prefix: &[String]) {
        let path = [prefix, &self.path()].concat();
        if self.tokens.get(self.at) == Some(&Token::Mark('{')) {
            self.at += 1;
            while !matches!(self.tokens.get(self.at), Some(Token::Mark('}')) | None) {
                self.tree(scope, &path);
                if self.tokens.get(self.at) == Some(&Token::Mark(',')) {
                    self.at += 1;
                }
            }
            self.at += 1;
            return;
        }
        // `*`, or another name.
        while !matches!(self.tokens.get(self.at), Some(Token::Mark(',' | '}' | ';')) | None) {
            self.at += 1;
        }
        let path = path.iter().enumerate().filter(|(place, name)| *place == 0 || *name != "self");
        self.paths.push((scope.clone(), path.map(|(_, name)| name.clone()).collect()));
    }
}
