//! The kinds of tokens and nodes of the lossless tree.

macro_rules! kinds {
    (
        tokens { $($token:ident),* $(,)? }
        punctuation { $($punctuation:ident = $text:literal),* $(,)? }
        keywords { $($keyword:ident = $word:literal),* $(,)? }
        nodes { $($node:ident),* $(,)? }
    ) => {
        /// A token or a node. The order matters: the predicates below compare positions.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u16)]
        pub enum SyntaxKind {
            $($token,)*
            $($punctuation,)*
            $($keyword,)*
            $($node,)*
        }

        const ALL: &[SyntaxKind] = &[
            $(SyntaxKind::$token,)*
            $(SyntaxKind::$punctuation,)*
            $(SyntaxKind::$keyword,)*
            $(SyntaxKind::$node,)*
        ];

        impl SyntaxKind {
            /// The keyword that `word` is, if it is one.
            pub fn keyword(word: &str) -> Option<SyntaxKind> {
                match word {
                    $($word => Some(SyntaxKind::$keyword),)*
                    _ => None,
                }
            }

            /// How a token of this kind is written, for messages; empty for kinds without a fixed text.
            pub fn text(self) -> &'static str {
                match self {
                    $(SyntaxKind::$punctuation => $text,)*
                    $(SyntaxKind::$keyword => $word,)*
                    _ => "",
                }
            }
        }
    };
}

kinds! {
    tokens {
        EndOfFile,
        // Trivia
        Whitespace, Newline, Comment, DocComment, ModuleDoc, BlockComment,
        // Tokens with a text of their own
        Unknown, Ident, Int, Float, Character,
        StringStart, StringText, InterpolationStart, InterpolationEnd, StringEnd,
    }
    punctuation {
        Plus = "+", Minus = "-", Star = "*", Slash = "/", Percent = "%",
        EqualEqual = "==", NotEqual = "!=", Less = "<", Greater = ">", LessEqual = "<=", GreaterEqual = ">=",
        AndAnd = "&&", OrOr = "||", Bang = "!", Pipe = "|>", DotDotEqual = "..=", DotDot = "..", Diamond = "<>", PlusPlus = "++",
        Equal = "=", Arrow = "->", FatArrow = "=>", ColonColon = "::", Question = "?", Bar = "|",
        LeftParen = "(", RightParen = ")", LeftBracket = "[", RightBracket = "]",
        LeftBrace = "{", RightBrace = "}", MapStart = "%{",
        Comma = ",", Dot = ".", Colon = ":", Semicolon = ";",
    }
    keywords {
        ActorKw = "actor", AfterKw = "after", AliasKw = "alias", AndKw = "and", BreakKw = "break", CallKw = "call",
        CaseKw = "case", CastKw = "cast", CondKw = "cond", ContinueKw = "continue", DefKw = "def", DoKw = "do",
        ElseKw = "else", EndKw = "end", FalseKw = "false", FnKw = "fn", ForKw = "for", IfKw = "if", ImplKw = "impl",
        ImportKw = "import", InKw = "in", InterfaceKw = "interface", LetKw = "let", LinkKw = "link",
        MatchKw = "match", ModuleKw = "module", MonitorKw = "monitor", NilKw = "nil", NotKw = "not", OrKw = "or",
        PubKw = "pub", ReceiveKw = "receive", ReturnKw = "return", SelfKw = "self", SendKw = "send",
        ServiceKw = "service", SpawnKw = "spawn", StructKw = "struct", SupervisorKw = "supervisor",
        TerminateKw = "terminate", TraitKw = "trait", TrapKw = "trap", TrueKw = "true", TypeKw = "type",
        WhenKw = "when", WhereKw = "where", WhileKw = "while", WithKw = "with",
    }
    nodes {
        File, Error,
        // Items
        FnDecl, ExternFn, StructDecl, SumDecl, AliasDecl, InterfaceDecl, ImplDecl, ActorDecl, ServiceDecl,
        SupervisorDecl, ModuleDecl, ImportDecl, FromDecl, TestDecl,
        // Statements
        LetStmt, ExprStmt,
        // Parts of items
        Name, Path, TypeParams, TypeParam, ParamList, Param, ResultType, WhereClause, Bound, Guard, Block,
        FieldDecl, VariantDecl, PayloadField, Deriving, Derived, Renaming, AssociatedType, TypeArguments,
        ImportedName, ImportAlias, TerminateClause, HandlerDecl, StateName, Setting, ChildDecl,
        // Types
        NamedType, TupleType, FunType, OptionType, ResultOfType, ErrorType,
        // Patterns
        WildcardPattern, NamePattern, LiteralPattern, ParenPattern, ConstructorPattern, StructPattern, ListPattern,
        ConsPattern, RangePattern, OrPattern, AsPattern, BitsPattern, ErrorPattern,
        FieldPattern,
        // Expressions
        LiteralExpr, StringExpr, NameExpr, ParenExpr, ListExpr, MapExpr, UpdateExpr, PostfixExpr,
        UnaryExpr, BinaryExpr, PipeExpr, IfExpr, CaseExpr, ClosureExpr, ForExpr,
        WhileExpr, ReturnExpr, BreakExpr, ContinueExpr, SpawnExpr, SendExpr, LinkExpr, SelfExpr, ReceiveExpr,
        BitsExpr, AssertExpr, ErrorExpr,
        // Parts of expressions
        StructSuffix, MemberSuffix, CallSuffix, IndexSuffix, TrySuffix,
        Interpolation, MapEntry, FieldValue, Arguments, KeywordArgument, Arm, AfterClause, ClosureClause,
        ForPair, BitSegment, BitSpec,
    }
}

use SyntaxKind::*;

impl SyntaxKind {
    /// White space, newlines and comments.
    pub fn is_trivia(self) -> bool {
        (Whitespace..=BlockComment).contains(&self)
    }

    pub fn is_keyword(self) -> bool {
        (ActorKw..=WithKw).contains(&self)
    }

    pub fn is_item(self) -> bool {
        (FnDecl..=TestDecl).contains(&self)
    }

    pub fn is_type(self) -> bool {
        (NamedType..=ErrorType).contains(&self)
    }

    pub fn is_pattern(self) -> bool {
        (WildcardPattern..=ErrorPattern).contains(&self)
    }

    pub fn is_expression(self) -> bool {
        (LiteralExpr..=ErrorExpr).contains(&self)
    }
}

/// Ties the kinds to rowan's trees.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Snow {}

impl rowan::Language for Snow {
    type Kind = SyntaxKind;

    fn kind_from_raw(raw: rowan::SyntaxKind) -> SyntaxKind {
        ALL.get(raw.0 as usize).copied().unwrap_or(Unknown)
    }

    fn kind_to_raw(kind: SyntaxKind) -> rowan::SyntaxKind {
        rowan::SyntaxKind(kind as u16)
    }
}

pub type SyntaxNode = rowan::SyntaxNode<Snow>;
pub type SyntaxToken = rowan::SyntaxToken<Snow>;
pub type SyntaxElement = rowan::SyntaxElement<Snow>;
