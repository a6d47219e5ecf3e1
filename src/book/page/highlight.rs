//! Syntax highlighting at build time, with a handful of class names instead of
//! colours, so that the theme decides and no style attribute is needed.

use crate::text::diagnostic::did_you_mean;
use crate::text::markup::escape;
use std::sync::LazyLock;
use syntect::parsing::{ParseState, Scope, ScopeStack, ScopeStackOp, SyntaxReference, SyntaxSet};

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// Longer lines are not highlighted: some grammars take quadratic time on them.
const MAX_LINE: usize = 2_000;

/// Longer blocks are not highlighted.
const MAX_BLOCK: usize = 200_000;

/// Scopes and their classes; the innermost scope that matches decides, and of the
/// rules that match it the longest.
const RULES: &[(&str, &str)] = &[
    ("comment", "hl-c"),
    ("string", "hl-s"),
    ("string.unquoted.plain.out.yaml", ""),
    ("constant", "hl-n"),
    ("constant.character.escape", "hl-n"),
    ("keyword", "hl-k"),
    ("keyword.operator", "hl-p"),
    ("keyword.operator.word", "hl-k"),
    ("storage", "hl-k"),
    ("storage.type.function", "hl-k"),
    ("entity.name.function", "hl-f"),
    ("support.function", "hl-f"),
    ("variable.function", "hl-f"),
    ("entity.name.type", "hl-t"),
    ("entity.name.class", "hl-t"),
    ("entity.name.struct", "hl-t"),
    ("entity.name.enum", "hl-t"),
    ("entity.name.trait", "hl-t"),
    ("entity.name.impl", "hl-t"),
    ("support.type", "hl-t"),
    ("support.class", "hl-t"),
    ("entity.name.tag", "hl-a"),
    ("entity.other.attribute-name", "hl-a"),
    ("entity.name.section", "hl-a"),
    ("meta.mapping.key", "hl-a"),
    ("support.type.property-name", "hl-a"),
    ("variable.parameter", "hl-v"),
    ("variable.other.normal.shell", "hl-v"),
    ("variable.language", "hl-k"),
    ("markup.deleted", "hl-d"),
    ("markup.inserted", "hl-i"),
    ("markup.heading", "hl-a"),
];

static COMPILED: LazyLock<Vec<(Scope, &'static str)>> = LazyLock::new(|| {
    RULES.iter().filter_map(|(scope, class)| Some((Scope::new(scope).ok()?, *class))).collect()
});

fn class_of(stack: &ScopeStack) -> &'static str {
    for scope in stack.as_slice().iter().rev() {
        let best = COMPILED
            .iter()
            .filter(|(rule, _)| rule.is_prefix_of(*scope))
            .max_by_key(|(rule, _)| rule.len());
        if let Some((_, class)) = best {
            return class;
        }
    }
    ""
}

/// The names of languages that no grammar has itself, as code hosts know them, and the
/// name or file extension of the grammar.
const ALIASES: &[(&str, &[&str])] = &[
    ("asp", &["aspx", "aspx-vb", "classic asp"]),
    ("asm", &["assembly", "nasm"]),
    (
        "bash",
        &[
            "sh",
            "shell",
            "shell-script",
            "zsh",
            "ksh",
            "ash",
            "dash",
            // The grammar of PowerShell needs another library of regular expressions;
            // comments, strings and variables look alike.
            "posh",
            "powershell",
            "ps1",
            "psd1",
            "psm1",
            "pwsh",
        ],
    ),
    ("bat", &["batch", "batchfile", "dos", "dosbatch", "winbatch"]),
    ("c", &["arduino"]),
    ("c++", &["cplusplus"]),
    ("cfm", &["cfml", "coldfusion"]),
    ("clj", &["clojurescript", "edn"]),
    ("coffee", &["coffee-script"]),
    ("cs", &["csharp", "cake", "cakescript"]),
    ("css", &["postcss"]),
    ("diff", &["udiff"]),
    ("dockerfile", &["docker", "containerfile"]),
    ("dot", &["graphviz"]),
    ("env", &["dotenv"]),
    ("erl", &["erlang"]),
    ("f90", &["fortran"]),
    ("fs", &["fsharp", "f#"]),
    ("go", &["golang"]),
    ("gql", &["graphql", "graphqls"]),
    ("hs", &["haskell"]),
    ("html", &["xhtml"]),
    ("ini", &["cfg", "dosini"]),
    ("java", &["jsh"]),
    ("jinja2", &["django", "html+django", "html+jinja", "htmldjango", "jinja", "nunjucks"]),
    ("js", &["javascript", "jsx", "node", "mjs", "cjs", "bicep"]),
    ("json", &["jsonc", "json5", "jsonl", "ndjson", "geojson", "topojson"]),
    ("kt", &["kotlin", "kts"]),
    ("makefile", &["make", "bsdmake", "mf"]),
    ("md", &["markdown", "pandoc", "rmarkdown"]),
    ("m", &["obj-c", "objc", "objectivec"]),
    ("mm", &["obj-c++", "objc++", "objectivec++"]),
    ("ml", &["ocaml"]),
    ("nginx", &["nginx configuration file", "nginxconf"]),
    ("pas", &["delphi", "objectpascal", "pascal"]),
    ("pl", &["perl", "cperl"]),
    ("proto", &["protobuf", "protocol buffer", "protocol buffers"]),
    ("py", &["python", "python2", "python3", "py3", "rusthon"]),
    ("r", &["rscript", "splus"]),
    ("rb", &["jruby", "macruby", "rake", "rbx", "ruby"]),
    ("rs", &["rust", "rust-script"]),
    ("sass", &["indented-sass"]),
    ("sql", &["mysql", "pgsql", "plpgsql", "plsql", "postgres", "postgresql", "sqlite", "tsql"]),
    ("tex", &["latex"]),
    ("tf", &["hcl", "terraform", "tofu", "opentofu"]),
    ("toml", &["cargo-lock"]),
    ("ts", &["typescript", "mts", "cts"]),
    ("vim", &["nvim", "viml", "vimscript"]),
    ("xml", &["rss", "wsdl", "xsd", "xsl", "xslt"]),
    ("yaml", &["yml"]),
];

/// Names that say that nothing is to be coloured.
const PLAIN: [&str; 14] = [
    "",
    "ascii",
    "mermaid",
    "math",
    "no-highlight",
    "nohighlight",
    "none",
    "output",
    "plain",
    "plaintext",
    "raw",
    "text",
    "tree",
    "txt",
];

/// Names of a terminal's text: prompts, commands and what they say.
const CONSOLE: [&str; 7] = [
    "console",
    "bash session",
    "bash-session",
    "sh-session",
    "shell-session",
    "shellsession",
    "terminal",
];

/// The grammar for the name after a fence's backticks.
fn grammar(language: &str) -> Option<&'static SyntaxReference> {
    let name = language.to_ascii_lowercase();
    if PLAIN.contains(&name.as_str()) {
        return None;
    }
    let known = ALIASES.iter().find(|(_, aliases)| aliases.contains(&name.as_str()));
    SYNTAXES.find_syntax_by_token(known.map_or(&name, |(token, _)| *token))
}

/// Whether the name after a fence's backticks is that of a language that is coloured, or says
/// that nothing is.
pub fn is_known(language: &str) -> bool {
    let name = language.to_ascii_lowercase();
    let named = |names: &[&str]| names.contains(&name.as_str());
    named(&PLAIN) || named(&CONSOLE) || grammar(&name).is_some()
}

/// "Did you mean" for the name of a language.
pub fn like(language: &str) -> Option<String> {
    let names = SYNTAXES.syntaxes().iter().flat_map(|syntax| &syntax.file_extensions);
    let aliases = ALIASES.iter().flat_map(|(_, aliases)| aliases.iter().copied());
    did_you_mean(language, names.map(String::as_str).chain(aliases))
}

/// The text of a terminal: what stands behind a prompt is a command.
fn console(code: &str) -> Vec<String> {
    let prompts = ["$ ", "# ", "% ", "> "];
    code.lines()
        .map(|line| {
            let mut html = String::with_capacity(line.len() * 2);
            match prompts.into_iter().find_map(|prompt| line.strip_prefix(prompt)) {
                Some(command) => {
                    html.push_str("<span class=\"hl-c\">");
                    escape(&line[..1], &mut html);
                    html.push_str("</span> ");
                    html.extend(lines(command, "bash"));
                }
                None => escape(line, &mut html),
            }
            html
        })
        .collect()
}

/// One HTML string per line of `code`, without line breaks.
pub fn lines(code: &str, language: &str) -> Vec<String> {
    if CONSOLE.contains(&language.to_ascii_lowercase().as_str()) && code.len() <= MAX_BLOCK {
        return console(code);
    }
    let syntax = grammar(language).filter(|_| code.len() <= MAX_BLOCK);
    let mut state = syntax.map(ParseState::new);
    let mut stack = ScopeStack::new();
    let mut out = Vec::new();
    for line in code.split_inclusive('\n') {
        let mut html = String::with_capacity(line.len() * 2);
        let text = line.trim_end_matches(['\n', '\r']);
        let ops = match &mut state {
            Some(parser) if line.len() <= MAX_LINE => parser.parse_line(line, &SYNTAXES).ok(),
            _ => None,
        };
        match ops {
            Some(ops) => highlight_line(text, &ops, &mut stack, &mut html),
            None => {
                // What a skipped line would have changed is unknown; start afresh.
                state = None;
                escape(text, &mut html);
            }
        }
        out.push(html);
    }
    out
}

fn highlight_line(
    text: &str,
    ops: &[(usize, ScopeStackOp)],
    stack: &mut ScopeStack,
    html: &mut String,
) {
    let mut at = 0;
    let (mut run, mut run_class) = (String::new(), "");
    let mut emit = |piece: &str, class: &'static str, html: &mut String| {
        if piece.is_empty() {
            return;
        }
        if class != run_class {
            close_run(&mut run, run_class, html);
            run_class = class;
        }
        run.push_str(piece);
    };
    for (offset, op) in ops {
        let offset = (*offset).min(text.len());
        if let Some(piece) = text.get(at..offset) {
            emit(piece, if stack.is_empty() { "" } else { class_of(stack) }, html);
            at = offset;
        }
        if stack.apply(op).is_err() {
            break;
        }
    }
    if let Some(piece) = text.get(at..) {
        emit(piece, class_of(stack), html);
    }
    close_run(&mut run, run_class, html);
}

/// Writes neighbouring pieces of one class as one span; blanks need none.
fn close_run(run: &mut String, class: &str, html: &mut String) {
    if run.is_empty() {
        return;
    }
    if class.is_empty() || run.trim().is_empty() {
        escape(run, html);
    } else {
        html.push_str("<span class=\"");
        html.push_str(class);
        html.push_str("\">");
        escape(run, html);
        html.push_str("</span>");
    }
    run.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_and_escapes() {
        let rust = lines("let x = \"<a>\"; // c\n", "rust");
        assert!(rust[0].contains("<span class=\"hl-s\">&quot;&lt;a&gt;&quot;</span>"), "{rust:?}");
        assert!(rust[0].contains("<span class=\"hl-c\">// c</span>"), "{rust:?}");
        assert_eq!(lines("a < b\nc", "nothing-known"), ["a &lt; b", "c"]);
    }

    #[test]
    fn languages_have_the_names_of_code_hosts() {
        let wanted = ALIASES.iter().flat_map(|(_, aliases)| aliases.iter());
        let missing: Vec<_> = wanted.filter(|name| grammar(name).is_none()).collect();
        assert!(missing.is_empty(), "no grammar for {missing:?}");
        for (language, code) in [
            ("csharp", "public class A { string s = \"a\"; }"),
            ("C#", "public class A { }"),
            ("golang", "func main() { x := \"a\" }"),
            ("jsx", "const a = <b c=\"d\"/>;"),
            ("tsx", "const a: string = \"d\";"),
            ("python3", "def f(): return 'x'"),
            ("PowerShell", "$x = Get-Item \"a\" # c"),
            ("docker", "FROM scratch"),
            ("objc", "NSString *s = @\"a\";"),
            ("shell-session", "$ ls \"a\""),
            ("console", "$ ls \"a\""),
            ("hcl", "a = \"b\""),
        ] {
            assert!(lines(code, language)[0].contains("<span class=\"hl-"), "{language}");
        }
        for plain in ["", "text", "nothing-known", "console-log", "mermaid"] {
            assert_eq!(lines("let x = 1 # <", plain), ["let x = 1 # &lt;"], "{plain}");
        }
        assert_eq!(lines("$ echo a\nif <b>", "console")[1], "if &lt;b&gt;");
    }

    #[test]
    fn long_lines_stay_plain() {
        let code = format!("x = \"{}\"\n", "a".repeat(10_000));
        assert!(!lines(&code, "python")[0].contains("<span"));
    }
}
