//! What a program declares: the tables that names are resolved to.

use crate::hir::{ConstId, FnId, InterfaceId, TypeId};
use crate::input::SourceModule;
use crate::library::{Library, PRELUDE};
use crate::scope::opaque_types::ClosedUse;
use crate::types::{Constraint, Head, Scheme, Skolem, Ty};
use snow_syntax::ast;
use snow_syntax::diagnostic::Diagnostic;
use snow_syntax::span::Span;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

pub type ModuleId = usize;

/// Interfaces, and which of their methods.
pub type Methods = Vec<(InterfaceId, usize)>;

/// Something declared in a module, and who may see it.
#[derive(Clone, Debug)]
pub struct Declared<T> {
    pub what: T,
    pub public: bool,
    pub span: Span,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// Functions (or actors) of one name, of different arities.
    Functions(Vec<FnId>),
    Constant(ConstId),
    Constructor(TypeId, usize),
    /// A method of an interface.
    Method(InterfaceId, usize),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypeName {
    Type(TypeId),
    Alias(usize),
}

/// What a name that is imported alone stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ImportedName {
    pub module: ModuleId,
    /// What it is called there.
    pub name: String,
}

pub struct Module<'a> {
    /// `Geometry.Plane`
    pub name: String,
    pub standard: bool,
    pub file: usize,
    pub source: &'a str,
    /// Where the name of an inline module stands.
    pub span: Span,
    pub items: &'a [ast::Item],
    /// The module around an inline one.
    pub parent: Option<ModuleId>,
    /// May other files name it? Modules that are files are public.
    pub public: bool,
    pub values: HashMap<String, Declared<Value>>,
    /// Constructors of the module's own sum types, in the order of the source: types may share a name.
    pub constructors: HashMap<String, Vec<Declared<(TypeId, usize)>>>,
    pub types: HashMap<String, Declared<TypeName>>,
    pub interfaces: HashMap<String, Declared<InterfaceId>>,
    /// Methods that several interfaces of the module have: the bare name means none of them.
    pub shared_methods: HashMap<String, (InterfaceId, InterfaceId)>,
    /// Modules by the name that this one uses for them: the inline ones in it, and those that it imports. Several
    /// imported ones may end alike.
    pub qualifiers: HashMap<String, Vec<ModuleId>>,
    /// Names that are imported one by one, by what they are called here.
    pub imported_names: HashMap<String, ImportedName>,
    /// Modules imported in either form, in order.
    pub imports: Vec<ModuleId>,
    /// Where each of them is imported first.
    pub import_places: Vec<Span>,
    /// Modules from elsewhere that this one hands on as its own: `pub import Geometry.Plane`.
    pub reexported_modules: HashMap<String, ModuleId>,
    /// What imports that failed would have brought in: that has been reported.
    pub missing_imports: HashSet<String>,
    /// Does it import a module that does not exist?
    pub lacks_module: bool,
}

impl Module<'_> {
    /// `Plane` of `Geometry.Plane`
    pub fn last_segment(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(&self.name)
    }
}

pub enum TypeKind {
    Struct(Vec<(String, Ty)>),
    Sum(Vec<(String, Vec<Ty>)>),
}

pub struct TypeInfo<'a> {
    /// May its name be used in other modules?
    pub public: bool,
    /// As printed: `Plane.Point`.
    pub name: String,
    pub short: String,
    pub module: ModuleId,
    pub span: Span,
    pub params: Vec<Skolem>,
    pub kind: TypeKind,
    /// The numbers of its fields or its constructors, by name.
    pub numbers: HashMap<&'a str, usize>,
    /// Of a struct: what a literal that leaves the field out gives it, by field.
    pub defaults: Vec<Option<ConstId>>,
    pub declaration: TypeDeclaration<'a>,
}

#[derive(Clone, Copy)]
pub enum TypeDeclaration<'a> {
    Struct(&'a ast::StructDecl),
    Sum(&'a ast::SumDecl),
}

impl<'a> TypeDeclaration<'a> {
    /// The numbers of fields or constructors: of two of one name, that of the first.
    pub fn numbers(&self) -> HashMap<&'a str, usize> {
        let names: Vec<&'a ast::Name> = match self {
            TypeDeclaration::Struct(declaration) => {
                declaration.fields.iter().map(|field| &field.name).collect()
            }
            TypeDeclaration::Sum(declaration) => declaration.variants.iter().map(|one| &one.name).collect(),
        };
        names.iter().enumerate().rev().map(|(index, name)| (name.text.as_str(), index)).collect()
    }

    pub fn is_opaque(&self) -> bool {
        match self {
            TypeDeclaration::Struct(declaration) => declaration.opaque,
            TypeDeclaration::Sum(declaration) => declaration.opaque,
        }
    }

    pub fn deriving(&self) -> &'a ast::Deriving {
        match self {
            TypeDeclaration::Struct(declaration) => &declaration.deriving,
            TypeDeclaration::Sum(declaration) => &declaration.deriving,
        }
    }
}

pub struct AliasInfo<'a> {
    pub module: ModuleId,
    pub declaration: &'a ast::AliasDecl,
}

pub enum FunctionKind<'a> {
    /// Of a function or a method; at least one.
    Clauses(Vec<&'a ast::FnClause>),
    /// A default method, copied for an impl.
    Default(&'a ast::MethodDecl),
    Extern(&'a ast::ExternFn),
    Actor(&'a ast::ActorDecl),
    Test(&'a ast::TestDecl),
    /// A method that `expand::deriving` wrote.
    Derived(&'a ast::FnClause),
}

pub struct FunctionInfo<'a> {
    /// `Plane.distance`
    pub name: String,
    pub short: String,
    pub module: ModuleId,
    /// Of the name.
    pub span: Span,
    pub arity: usize,
    pub kind: FunctionKind<'a>,
    /// Names of type parameters in scope, with the impl's first.
    pub type_params: Vec<(String, Skolem)>,
    /// What `Self` is, in methods.
    pub self_type: Option<Ty>,
    /// What `Self.Item` is, in methods of an interface with associated types.
    pub associated: Vec<(String, Ty)>,
    /// Declared by `where`.
    pub givens: Vec<Constraint>,
    /// As annotated.
    pub params: Vec<Option<Ty>>,
    pub result: Option<Ty>,
    /// What `_` is in these annotations: inference finds the types.
    pub holes: Vec<Skolem>,
    /// Known from the start when everything is annotated, else once inferred.
    pub scheme: Option<Scheme>,
    /// Uses of it in its own group are checked against one type.
    pub annotated: bool,
}

impl FunctionInfo<'_> {
    pub fn is_actor(&self) -> bool {
        matches!(self.kind, FunctionKind::Actor(_))
    }
}

/// A top-level `let`, or the default of a struct's field.
pub struct ConstantInfo<'a> {
    pub name: String,
    pub module: ModuleId,
    /// Of the name.
    pub span: Span,
    pub is_default: bool,
    pub value: &'a ast::Expr,
    pub written: Option<&'a ast::TypeExpr>,
    /// Of the struct whose field's default it is.
    pub type_params: Vec<(String, Skolem)>,
    pub annotation: Option<Ty>,
    pub ty: Option<Ty>,
}

pub struct MethodInfo<'a> {
    pub name: String,
    pub params: Vec<Ty>,
    pub result: Ty,
    /// The method's own.
    pub type_params: Vec<(String, Skolem)>,
    pub declaration: &'a ast::MethodDecl,
}

pub struct InterfaceInfo<'a> {
    pub name: String,
    pub module: ModuleId,
    pub public: bool,
    pub self_param: Skolem,
    /// Those that stand behind its name; then its associated types, which are parameters that the implementing type
    /// tells: each impl states them, and no two impls for one type differ in them alone.
    pub params: Vec<(String, Skolem)>,
    pub methods: Vec<MethodInfo<'a>>,
    pub declaration: &'a ast::InterfaceDecl,
}

impl InterfaceInfo<'_> {
    /// How many of its parameters are written wherever it is named.
    pub fn written_params(&self) -> usize {
        self.declaration.type_params.len()
    }

    /// Does a call of the method need a value of the type that implements it?
    pub fn takes_self(&self, method: &MethodInfo) -> bool {
        method.params.iter().any(|param| param.head() == Some(Head::Skolem(self.self_param)))
    }

    /// `Never` has no values, so whatever is done with one is fulfilled; a method that makes one is not.
    pub fn holds_for_never(&self) -> bool {
        self.declaration.associated.is_empty() && self.methods.iter().all(|method| self.takes_self(method))
    }
}

pub struct ImplInfo {
    pub interface: InterfaceId,
    pub module: ModuleId,
    pub span: Span,
    pub vars: Vec<(String, Skolem)>,
    pub arguments: Vec<Ty>,
    pub target: Ty,
    pub constraints: Vec<Constraint>,
    /// In the order of the interface's methods.
    pub methods: Vec<FnId>,
    /// An implicit derivation that turned out impossible, or a duplicate.
    pub dropped: bool,
}

pub struct TestInfo<'a> {
    pub declaration: &'a ast::TestDecl,
    pub module: ModuleId,
    pub function: FnId,
    pub span: Span,
}

/// Definitions of the library that the language refers to.
#[derive(Default)]
pub struct Language {
    pub prelude: Option<ModuleId>,
    pub option: Option<TypeId>,
    pub result: Option<TypeId>,
    pub list: Option<TypeId>,
    pub range: Option<TypeId>,
    pub map: Option<TypeId>,
    pub view: Option<TypeId>,
    /// `Iter.Loop.Loop`, where the program knows it.
    pub iter_loop: Option<TypeId>,
    pub interfaces: HashMap<String, InterfaceId>,
}

#[derive(Default)]
pub struct Program<'a> {
    pub modules: Vec<Module<'a>>,
    /// The modules of the library that are part of the program, by name.
    pub library_modules: HashMap<String, ModuleId>,
    /// The program's own, by name: the library does not see them.
    pub own_modules: HashMap<String, ModuleId>,
    pub library: Library,
    /// Of all types: most names are none, which is seen at once.
    pub constructor_names: HashSet<String>,
    pub types: Vec<TypeInfo<'a>>,
    pub aliases: Vec<AliasInfo<'a>>,
    pub functions: Vec<FunctionInfo<'a>>,
    pub constants: Vec<ConstantInfo<'a>>,
    pub interfaces: Vec<InterfaceInfo<'a>>,
    /// Interfaces that have a method of a name, and its number, in order of declaration.
    pub methods_by_name: HashMap<&'a str, Methods>,
    /// The modules that imports lead to, by where they start, as far as that has been asked.
    pub reached: RefCell<HashMap<ModuleId, Rc<HashSet<ModuleId>>>>,
    pub impls: Vec<ImplInfo>,
    /// By interface and the head of the target; `None` for impls for every type.
    pub impl_index: HashMap<(InterfaceId, Option<Head>), Vec<usize>>,
    pub tests: Vec<TestInfo<'a>>,
    pub language: Language,
    /// Names of type parameters, by number.
    pub skolem_names: RefCell<Vec<String>>,
    pub diagnostics: RefCell<Vec<Diagnostic>>,
    /// What of them is about types that are closed where they are used.
    pub closed_uses: RefCell<Vec<ClosedUse>>,
    /// How often a name that was meant has been looked for.
    pub suggestions: Cell<usize>,
}

impl<'a> Program<'a> {
    pub fn new(sources: &'a [SourceModule<'a>], library: &Library) -> Program<'a> {
        let mut program = Program { library: library.clone(), ..Program::default() };
        for source in sources {
            let id = program.add_module(source.name.clone(), source, &source.ast.items, None);
            program.by_name_mut(source.standard).insert(source.name.clone(), id);
        }
        for module in 0..program.modules.len() {
            program.name_inline_module(module);
        }
        program
    }

    fn by_name_mut(&mut self, standard: bool) -> &mut HashMap<String, ModuleId> {
        if standard { &mut self.library_modules } else { &mut self.own_modules }
    }

    /// An inline module has its path, too. A file may have the same one.
    fn name_inline_module(&mut self, module: ModuleId) {
        let info = &self.modules[module];
        if info.parent.is_none() {
            return;
        }
        let (name, standard, file, span) = (info.name.clone(), info.standard, info.file, info.span);
        let Some(earlier) = self.by_name_mut(standard).insert(name.clone(), module) else { return };
        let what = if self.modules[earlier].parent.is_none() {
            "a file of the program is this module, too: rename one of them"
        } else {
            "another module of this path is declared before: rename one of them"
        };
        let message = format!("the module `{name}` is declared twice");
        self.report(Diagnostic::error("E0044", file, span, message).help(what));
    }

    fn add_module(
        &mut self,
        name: String,
        source: &'a SourceModule<'a>,
        items: &'a [ast::Item],
        parent: Option<ModuleId>,
    ) -> ModuleId {
        let id = self.modules.len();
        self.modules.push(Module {
            name: name.clone(),
            standard: source.standard,
            file: source.file,
            source: source.source,
            items,
            parent,
            public: true,
            span: Span::default(),
            values: HashMap::new(),
            constructors: HashMap::new(),
            types: HashMap::new(),
            interfaces: HashMap::new(),
            shared_methods: HashMap::new(),
            qualifiers: HashMap::new(),
            imported_names: HashMap::new(),
            imports: Vec::new(),
            import_places: Vec::new(),
            reexported_modules: HashMap::new(),
            missing_imports: HashSet::new(),
            lacks_module: false,
        });
        for item in items {
            if let ast::ItemKind::Module(inner, inner_items) = &item.kind {
                let inner_id =
                    self.add_module(format!("{name}.{}", inner.text), source, inner_items, Some(id));
                (self.modules[inner_id].public, self.modules[inner_id].span) = (item.public, inner.span);
                self.modules[id].qualifiers.entry(inner.text.clone()).or_default().push(inner_id);
            }
        }
        id
    }

    pub fn report(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    pub fn error(&self, module: ModuleId, code: &'static str, span: Span, message: impl Into<String>) {
        self.report(Diagnostic::error(code, self.modules[module].file, span, message));
    }

    pub fn new_skolem(&self, name: &str) -> Skolem {
        let mut names = self.skolem_names.borrow_mut();
        names.push(name.to_string());
        Skolem(names.len() as u32 - 1)
    }

    pub fn skolem_name(&self, skolem: Skolem) -> String {
        self.skolem_names.borrow()[skolem.0 as usize].clone()
    }

    pub fn type_info(&self, id: TypeId) -> &TypeInfo<'a> {
        &self.types[id.0 as usize]
    }

    pub fn function(&self, id: FnId) -> &FunctionInfo<'a> {
        &self.functions[id.0 as usize]
    }

    pub fn interface(&self, id: InterfaceId) -> &InterfaceInfo<'a> {
        &self.interfaces[id.0 as usize]
    }

    /// The public function of a standard module: `List`, `concat`.
    pub fn library_function(&self, module: &str, name: &str, arity: usize) -> Option<FnId> {
        let module = *self.library_modules.get(module)?;
        let declared = self.modules[module].values.get(name).filter(|declared| declared.public)?;
        match &declared.what {
            Value::Functions(functions) => {
                functions.iter().copied().find(|id| self.function(*id).arity == arity)
            }
            _ => None,
        }
    }

    pub fn language_interface(&self, name: &str) -> Option<InterfaceId> {
        self.language.interfaces.get(name).copied()
    }

    /// Prefix of names in messages: nothing for the entry module and the prelude.
    pub fn printed_name(&self, module: ModuleId, short: &str) -> String {
        let info = &self.modules[module];
        let last = info.last_segment();
        let unnamed = if info.standard { PRELUDE } else { "Main" };
        if info.name == unnamed || (info.standard && last == short) {
            short.to_string()
        } else {
            format!("{last}.{short}")
        }
    }
}
