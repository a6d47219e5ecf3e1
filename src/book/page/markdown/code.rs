//! Fences: code, structured blocks, diagrams.

use super::text::source_of;
use super::{OpenCode, Writer};
use crate::book::page::block::{self, BlockKind};
use crate::book::page::body::{self, Chart, ChartView, Hole, Label, token};
use crate::book::page::fence::{Info, figure};
use crate::book::page::foreign::DIRECTIVE;
use crate::book::page::meta;
use crate::book::page::{fragment, highlight};
use crate::dfd;
use crate::text::diagnostic::{Code, Diagnostic};
use crate::text::span::{Place, Span};
use pulldown_cmark::CodeBlockKind;

/// A diagram of so many elements is also shown one boundary at a time.
const LARGE: usize = 40;

/// Where so much is not known in a page, the other proposals say enough.
const MOST_PROPOSALS: usize = 50;

/// So many boundaries are shown.
const MOST_VIEWS: usize = 12;

impl Writer<'_> {
    pub(super) fn start_code(&mut self, kind: CodeBlockKind<'_>, span: Span) {
        self.depth += 1;
        let info = match &kind {
            CodeBlockKind::Fenced(info) => Info::parse(&body::without_tokens(info)),
            CodeBlockKind::Indented => Info::default(),
        };
        if matches!(kind, CodeBlockKind::Fenced(_)) {
            self.check_closed(&span);
        }
        self.code = Some(OpenCode { info, span, text: String::new(), map: Vec::new() });
    }

    /// An open fence swallows the rest of the page, which is hardly ever meant.
    pub(super) fn check_closed(&mut self, span: &Span) {
        let text = self.source.text[span.clone()].trim_end();
        let first = text.lines().next().unwrap_or("");
        let mark = first.chars().next().unwrap_or('`');
        let width = first.chars().take_while(|c| *c == mark).count();
        let last = text.lines().last().unwrap_or("").trim_start_matches([' ', '>', '\t']);
        let closed = text.lines().count() > 1
            && last.chars().count() >= width
            && last.chars().all(|c| c == mark);
        if !closed {
            let place = self.source.place(span.start..span.start + first.len());
            let fence: String = std::iter::repeat_n(mark, width).collect();
            let message = match text.lines().count() {
                0 | 1 => "this code fence is never closed".to_string(),
                2 => "this code fence is never closed, and takes the line below".to_string(),
                n => {
                    format!("this code fence is never closed, and takes the {} lines below", n - 1)
                }
            };
            let diagnostic = Diagnostic::new(Code::UnclosedFence, place, message)
                .label("opened here")
                .help(format!("add a line that holds only {fence} where the code ends"));
            self.report(diagnostic);
        }
    }

    pub(super) fn code_text(&mut self, text: &str, span: Span) {
        if let Some(code) = &mut self.code {
            code.map.push((code.text.len(), span.start));
            code.text.push_str(text);
        }
    }

    /// The HTML of a code block, with a hole for its lines.
    fn figure(&mut self, code: &OpenCode) -> String {
        let draft = self.draft();
        figure(&body::without_tokens(&code.text), &code.info, |listing| draft.listing(listing))
    }

    fn push_figure(&mut self, code: &OpenCode) {
        let html = self.figure(code);
        self.push(&html);
    }

    /// Says of a language that it is not known; of each once in a book, as the message names
    /// no page.
    fn check_language(&mut self, code: &OpenCode) {
        let name = code.info.language.as_str();
        if highlight::is_known(name) {
            return;
        }
        let first = self.source.text[code.span.clone()].lines().next().map_or(0, str::len);
        let place = self.source.place(code.span.start..code.span.start + first);
        if code.info.braced {
            return self.foreign(&DIRECTIVE, place);
        }
        if !self.told.insert(format!("```{name}")) {
            return;
        }
        let few = self.told.len() < MOST_PROPOSALS;
        let near = few.then(|| highlight::like(name)).flatten();
        let message = format!("code in `{name}` is shown without colours");
        self.report(
            Diagnostic::new(Code::UnknownLanguage, place, message)
                .label("no such language is known")
                .help(
                    near.unwrap_or_else(|| {
                        "write `text` where nothing is to be coloured".to_string()
                    }),
                ),
        );
    }

    pub(super) fn end_code(&mut self) {
        self.depth -= 1;
        let Some(code) = self.code.take() else { return };
        self.fresh_line();
        let name = code.info.language.as_str();
        let source = self.source;
        let place = |span: Span| match code.map.is_empty() {
            true => source.place(code.span.clone()),
            false => source.place(source_of(&code.map, span.start)..source_of(&code.map, span.end)),
        };
        let bare = code.info.flags.is_empty() && !code.info.braced;
        if let Some(kind) = BlockKind::parse(name).filter(|_| bare) {
            let (block, found) = block::read(kind, &code.text, &place);
            self.found.extend(found);
            match block {
                Some(block) => self.draft().block(block),
                None => self.push_figure(&code),
            }
            return;
        }
        if name == fragment::FENCE && bare {
            let whole = self.source.place(code.span.clone());
            let (read, found) = fragment::read(&self.config.kinds, &code.text, whole, &place);
            self.found.extend(found);
            match read {
                Some((link, mut fragment)) => {
                    let draft = self.draft();
                    fragment.link = draft.link(link);
                    draft.fragment(fragment);
                }
                None => self.push_figure(&code),
            }
            return;
        }
        if name == "entry" && self.current > 0 {
            match meta::parse_data(&code.text, 0, "---") {
                Ok(tree) => {
                    let (mut fields, found) = meta::decode(
                        &tree.root,
                        &self.config.roles,
                        &self.config.references,
                        &place,
                    );
                    self.found.extend(found);
                    let lost = tree.lost.into_iter();
                    self.found.extend(lost.map(|lost| meta::lost_diagnostic(lost, &place)));
                    let draft = self.draft();
                    fields.id = draft.meta.id.take();
                    draft.meta = fields;
                }
                Err(error) => {
                    let at = place(error.span.clone());
                    self.report(meta::syntax_diagnostic(&error, "`entry` block", at));
                }
            }
            return;
        }
        if name == "mermaid" && code.info.flags.iter().any(|flag| flag == "dfd") {
            let (diagram, problems) = dfd::parse(&code.text);
            self.found.extend(problems.into_iter().map(|p| diagram_problem(p, &place)));
            if let Some(diagram) = diagram {
                let idle = diagram.idle().into_iter().map(|element| {
                    let message = format!("no flow leads to or from `{}`", element.id);
                    Diagnostic::new(Code::IdleElement, place(element.span.clone()), message)
                        .help("draw what it gives or gets, or leave it out")
                });
                let idle: Vec<Diagnostic> = idle.collect();
                self.found.extend(idle);
                let place = self.source.place(code.span.clone());
                let layout = match dfd::layout(&diagram, dfd::Choice::Auto) {
                    Ok(layout) => Some(layout),
                    Err(error) => {
                        let message = format!("the diagram is shown as tables: {error}");
                        let help = "split it: a picture of one part of the system says more";
                        self.report(
                            Diagnostic::new(Code::UndrawnDiagram, place.clone(), message)
                                .help(help),
                        );
                        None
                    }
                };
                let views = match layout {
                    Some(_) => views(&diagram),
                    None => Vec::new(),
                };
                return self.draft().chart(Chart {
                    diagram,
                    layout,
                    views,
                    source: code.text.into(),
                    place,
                });
            }
        }
        self.check_language(&code);
        let html = self.figure(&code);
        let dfd = code.info.flags.iter().any(|flag| flag == "dfd");
        if name == "mermaid" && !dfd {
            let caption = token(Hole::Label(Label::MermaidSource));
            self.push(&format!("<figure class=\"diagram\"><figcaption>{caption}</figcaption>"));
            self.push(&html);
            self.push("</figure>\n");
        } else if let Some(tab) = &code.info.tab {
            self.draft().tab(tab, &html);
        } else {
            self.push(&html);
        }
    }
}

/// Each boundary of a large diagram as a picture of its own.
fn views(diagram: &dfd::Diagram) -> Vec<ChartView> {
    if diagram.elements.len() < LARGE {
        return Vec::new();
    }
    let parts = (0..diagram.boundaries.len()).map(|number| (number, dfd::focus(diagram, number)));
    let drawn = parts.filter_map(|(number, focus)| {
        let telling = focus.elements.len() > 1 && focus.elements.len() < diagram.elements.len();
        let layout = dfd::layout(&focus.diagram, dfd::Choice::Auto).ok().filter(|_| telling)?;
        Some(ChartView { name: diagram.boundaries[number].name(), focus, layout })
    });
    drawn.take(MOST_VIEWS).collect()
}

fn diagram_problem(problem: dfd::Problem, place: &dyn Fn(Span) -> Place) -> Diagnostic {
    let code = match problem.level {
        dfd::Level::Error => Code::BadDiagram,
        dfd::Level::Warning => Code::UnclearDiagram,
        dfd::Level::Note => Code::GuessedElement,
    };
    Diagnostic::new(code, place(problem.span), problem.message)
        .label(problem.label)
        .maybe_help(problem.help)
}
