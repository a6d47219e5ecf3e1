//! Collects what the parser reads and puts it in order.

use std::collections::{BTreeMap, BTreeSet};

use super::scan::{Link, Parsed};
use super::shape::{Hint, class_kind, label_kind};
use super::{MAX_DEPTH, MAX_PARTS, is_name};
use crate::dfd::model::{Boundary, Diagram, Direction, Element, End, Flow, Kind, Problem, Span};

/// A node as written in one place.
#[derive(Default)]
pub(super) struct Node {
    pub id: String,
    pub label: Option<String>,
    pub hint: Option<Hint>,
    pub class: Option<String>,
    pub span: Span,
}

struct RawFlow {
    from: usize,
    to: usize,
    id: Option<String>,
    label: String,
    both_ways: bool,
    headless: bool,
    span: Span,
}

struct Frame {
    id: Option<String>,
    label: String,
    span: Span,
    parent: Option<usize>,
    mentions: Vec<usize>,
}

#[derive(Default)]
pub(super) struct Builder {
    pub title: Option<String>,
    pub description: Option<String>,
    nodes: Vec<Node>,
    by_id: BTreeMap<String, usize>,
    flows: Vec<RawFlow>,
    frames: Vec<Frame>,
    /// Open frames; `None` for one whose first line could not be read.
    open: Vec<Option<usize>>,
    /// The frame that each node was given to.
    owner: BTreeMap<usize, usize>,
    classes: Vec<(String, String)>,
    edge_ids: BTreeSet<String>,
    /// Arrows that do not say what their author may have meant.
    unclear: Vec<Problem>,
}

impl Builder {
    /// Notes a node, known or new, and gives its index.
    pub fn node(&mut self, node: Node) -> Parsed<usize> {
        let index = match self.by_id.get(&node.id) {
            Some(&index) => {
                let known = &mut self.nodes[index];
                if node.label.is_some() && known.label.is_none() {
                    known.span = node.span;
                }
                known.label = node.label.or(known.label.take());
                known.hint = node.hint.or(known.hint);
                known.class = node.class.or(known.class.take());
                index
            }
            None => {
                if self.nodes.len() >= MAX_PARTS {
                    return Err(too_many(node.span, "elements"));
                }
                self.by_id.insert(node.id.clone(), self.nodes.len());
                self.nodes.push(node);
                self.nodes.len() - 1
            }
        };
        if let Some(frame) = self.open.iter().rev().find_map(|f| *f) {
            self.frames[frame].mentions.push(index);
        }
        Ok(index)
    }

    pub fn class(&mut self, node: &str, class: &str) {
        self.classes.push((node.to_string(), class.to_string()));
    }

    /// Says of an arrow, once, what its signs do not mean here.
    fn sign(&mut self, link: &Link) {
        let problem = |message: String| Problem::warning(link.span.clone(), message);
        let problem = match link.sign {
            _ if self.unclear.last().is_some_and(|last| last.span == link.span) => return,
            _ if link.invisible => problem("`~~~` is no flow, and is not drawn".into())
                .label("it only moves elements in a picture of Mermaid")
                .help("write `-->` where data goes, or take it out"),
            Some(sign) => problem(format!("a {sign} at the end of an arrow is taken for a head"))
                .label("no kind of flow has this sign")
                .help("write `-->`, or `<-->` for both ways"),
            None => return,
        };
        self.unclear.push(problem);
    }

    pub fn flow(&mut self, from: usize, to: usize, link: &Link) -> Parsed<()> {
        self.sign(link);
        if link.invisible {
            return Ok(());
        }
        if self.flows.len() >= MAX_PARTS {
            return Err(too_many(link.span.clone(), "flows"));
        }
        self.edge_ids.extend(link.id.clone());
        self.flows.push(RawFlow {
            from,
            to,
            id: link.id.clone(),
            label: link.label.clone(),
            // Without a head it says no direction.
            both_ways: link.head == link.tail,
            headless: !link.head,
            span: link.span.clone(),
        });
        Ok(())
    }

    pub fn open(&mut self, id: Option<String>, label: String, span: Span) -> Parsed<()> {
        if self.open.len() >= MAX_DEPTH {
            self.open.push(None);
            return Err(Problem::error(span, format!("boundaries deeper than {MAX_DEPTH} levels"))
                .label("too deep")
                .help("draw the inner part as a diagram of its own"));
        }
        // A title of one word is the id too.
        let id = id.or_else(|| is_name(&label).then(|| label.clone()));
        if let Some(id) = &id
            && let Some(first) = self.frames.iter().find(|f| f.id.as_ref() == Some(id))
        {
            let first = first.label.clone();
            self.open.push(None);
            return Err(Problem::error(span, format!("a second boundary is called `{id}`"))
                .label(format!("`{first}` has this name already"))
                .help("give each boundary a name of its own: `subgraph id[\"title\"]`"));
        }
        if self.frames.len() >= MAX_PARTS {
            self.open.push(None);
            return Err(too_many(span, "boundaries"));
        }
        let parent = self.open.iter().rev().find_map(|f| *f);
        self.open.push(Some(self.frames.len()));
        self.frames.push(Frame { id, label, span, parent, mentions: Vec::new() });
        Ok(())
    }

    /// Notes that a boundary was opened that could not be read, so that its
    /// `end` is not reported as well.
    pub fn open_broken(&mut self, problem: Problem) -> Problem {
        self.open.push(None);
        problem
    }

    pub fn close(&mut self, span: Span) -> Parsed<()> {
        match self.open.pop() {
            None => Err(Problem::error(span, "`end` without a boundary to close")
                .label("nothing is open here")
                .help("remove it, or begin the boundary with `subgraph id[\"title\"]`")),
            Some(None) => Ok(()),
            Some(Some(frame)) => {
                // As in Mermaid, the boundary that closes first keeps a node.
                for node in std::mem::take(&mut self.frames[frame].mentions) {
                    self.owner.entry(node).or_insert(frame);
                }
                Ok(())
            }
        }
    }

    /// One problem for each boundary without its `end`.
    pub fn unclosed(&self) -> Vec<Problem> {
        self.open
            .iter()
            .filter_map(|f| *f)
            .map(|f| {
                let frame = &self.frames[f];
                Problem::error(
                    frame.span.clone(),
                    format!("the boundary `{}` has no `end`", frame.label),
                )
                .label("opened here")
                .help("write `end` on a line of its own after its last element")
            })
            .collect()
    }

    pub fn finish(mut self, direction: Direction, problems: &mut Vec<Problem>) -> Diagram {
        let frame_of = self.frame_nodes();
        self.adopt(&frame_of);
        self.name_frames();
        for (node, class) in std::mem::take(&mut self.classes) {
            if let Some(&i) = self.by_id.get(&node) {
                self.nodes[i].class = Some(class);
            }
        }

        let order = self.frame_order();
        let place: BTreeMap<usize, usize> =
            order.iter().enumerate().map(|(i, f)| (*f, i)).collect();
        let boundaries: Vec<Boundary> = order
            .iter()
            .map(|&f| {
                let frame = &self.frames[f];
                Boundary {
                    id: frame.id.clone().unwrap_or_default(),
                    label: frame.label.clone(),
                    parent: frame.parent.map(|p| place[&p]),
                    span: frame.span.clone(),
                }
            })
            .collect();

        let mut elements: Vec<(usize, Element)> = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(i, n)| !frame_of.contains_key(i) && !self.is_edge(n))
            .map(|(i, n)| (i, element(n, self.owner.get(&i).map(|f| place[f]))))
            .collect();
        elements.sort_by_key(|(_, e)| e.boundary.map_or(0, |b| b + 1));
        let ends: BTreeMap<usize, End> = elements
            .iter()
            .enumerate()
            .map(|(at, (i, _))| (*i, End::Element(at)))
            .chain(frame_of.iter().map(|(i, f)| (*i, End::Boundary(place[f]))))
            .collect();
        let elements: Vec<Element> = elements.into_iter().map(|(_, e)| e).collect();
        problems.append(&mut self.unclear);
        notes(&elements, &self.flows, problems);
        let flows = number(&self.flows, &ends);
        Diagram {
            direction,
            title: self.title,
            description: self.description,
            elements,
            flows,
            boundaries,
        }
    }

    /// Nodes that stand for a boundary, with the frame they stand for.
    fn frame_nodes(&self) -> BTreeMap<usize, usize> {
        let frames = self.frames.iter().enumerate();
        frames.filter_map(|(f, frame)| Some((*self.by_id.get(frame.id.as_ref()?)?, f))).collect()
    }

    /// `e1@{ animate: true }` speaks of an arrow, not of a node.
    fn is_edge(&self, node: &Node) -> bool {
        self.edge_ids.contains(&node.id)
            && node.label.is_none()
            && !self
                .flows
                .iter()
                .any(|f| [f.from, f.to].iter().any(|&i| self.nodes[i].id == node.id))
    }

    /// A boundary named inside another one belongs to it.
    fn adopt(&mut self, frame_of: &BTreeMap<usize, usize>) {
        for (node, &child) in frame_of {
            let Some(&parent) = self.owner.get(node) else { continue };
            if self.frames[child].parent.is_none() && !self.is_inside(parent, child) {
                self.frames[child].parent = Some(parent);
            }
        }
    }

    fn is_inside(&self, frame: usize, outer: usize) -> bool {
        let mut next = Some(frame);
        while let Some(f) = next {
            if f == outer {
                return true;
            }
            next = self.frames[f].parent;
        }
        false
    }

    /// Gives boundaries with a title only an id made from it.
    fn name_frames(&mut self) {
        let mut taken: BTreeSet<String> = self.by_id.keys().cloned().collect();
        taken.extend(self.frames.iter().filter_map(|f| f.id.clone()));
        for frame in &mut self.frames {
            if frame.id.is_some() {
                continue;
            }
            let words: Vec<String> = frame
                .label
                .to_lowercase()
                .split(|c: char| !c.is_alphanumeric())
                .filter(|w| !w.is_empty())
                .map(str::to_string)
                .collect();
            let base = match words.first().map(String::as_str) {
                None => "boundary".to_string(),
                Some("end") => format!("the-{}", words.join("-")),
                Some(_) => words.join("-"),
            };
            let mut id = base.clone();
            let mut count = 1;
            while !taken.insert(id.clone()) {
                count += 1;
                id = format!("{base}-{count}");
            }
            frame.id = Some(id);
        }
    }

    /// Frames with each outer one before its inner ones.
    fn frame_order(&self) -> Vec<usize> {
        let mut inner: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
        for (i, frame) in self.frames.iter().enumerate() {
            inner.entry(frame.parent).or_default().push(i);
        }
        let mut order = Vec::new();
        let mut stack = inner.remove(&None).unwrap_or_default();
        stack.reverse();
        while let Some(frame) = stack.pop() {
            order.push(frame);
            stack.extend(inner.remove(&Some(frame)).unwrap_or_default().into_iter().rev());
        }
        order
    }
}

fn element(node: &Node, boundary: Option<usize>) -> Element {
    let written = node.label.clone().filter(|l| !l.is_empty()).unwrap_or_else(|| node.id.clone());
    let class = node.class.as_deref().and_then(class_kind);
    let (kind, label, kind_guessed) = if let Some(kind) = class {
        (kind, written, false)
    } else if let Some((kind, rest)) = label_kind(&written) {
        (kind, rest.to_string(), false)
    } else {
        match node.hint {
            Some(Hint::Store) => (Kind::Store, written, false),
            Some(Hint::Process) => (Kind::Process, written, false),
            _ if boundary.is_some() => (Kind::Process, written, true),
            _ => (Kind::External, written, true),
        }
    };
    Element { id: node.id.clone(), label, kind, kind_guessed, boundary, span: node.span.clone() }
}

/// Flows whose label begins with a number keep it; the others get the free
/// numbers in order.
fn number(flows: &[RawFlow], ends: &BTreeMap<usize, End>) -> Vec<Flow> {
    let own: Vec<Option<(u32, &str)>> = flows.iter().map(|f| own_number(&f.label)).collect();
    let taken: BTreeSet<u32> = own.iter().flatten().map(|(n, _)| *n).collect();
    let mut free = (1..).filter(|n| !taken.contains(n));
    let mut out = Vec::with_capacity(flows.len());
    for (flow, own) in flows.iter().zip(own) {
        let (Some(&from), Some(&to)) = (ends.get(&flow.from), ends.get(&flow.to)) else { continue };
        let (number, label) = own.unwrap_or_else(|| (free.next().unwrap_or(0), &flow.label));
        out.push(Flow {
            number,
            numbered: own.is_some(),
            id: flow.id.clone(),
            from,
            to,
            label: label.to_string(),
            both_ways: flow.both_ways,
            headless: flow.headless,
            span: flow.span.clone(),
        });
    }
    out
}

/// The number at the front of `3. data` or `3) data`, and the rest.
pub(super) fn own_number(label: &str) -> Option<(u32, &str)> {
    let digits = label.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=3).contains(&digits) || label.starts_with('0') {
        return None;
    }
    let rest = label[digits..].strip_prefix(['.', ')'])?;
    if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
        return None;
    }
    Some((label[..digits].parse().ok()?, rest.trim_start()))
}

fn notes(elements: &[Element], flows: &[RawFlow], problems: &mut Vec<Problem>) {
    for element in elements.iter().filter(|e| e.kind_guessed) {
        let place = if element.boundary.is_some() { "inside a" } else { "outside every" };
        problems.push(
            Problem::note(
                element.span.clone(),
                format!("the kind of `{}` is guessed: {}", element.id, element.kind.name()),
            )
            .label(format!("a plain box {place} boundary"))
            .help(format!(
                "say it with a class: `{}:::{}`, or `:::external`, `:::process`, `:::datastore`",
                element.id,
                element.kind.class()
            )),
        );
    }
    for flow in flows.iter().filter(|f| f.headless) {
        problems.push(
            Problem::warning(flow.span.clone(), "a line without an arrowhead")
                .label("nothing says which way the data goes: taken as both")
                .help("write `-->`, or `<-->` for both ways"),
        );
    }
}

fn too_many(span: Span, what: &str) -> Problem {
    Problem::error(span, format!("more than {MAX_PARTS} {what}"))
        .label("one too many")
        .help("split the diagram")
}

#[cfg(test)]
mod tests {
    use super::own_number;

    #[test]
    fn numbers_at_the_front_of_a_label() {
        assert_eq!(own_number("3. token"), Some((3, "token")));
        assert_eq!(own_number("12) token"), Some((12, "token")));
        assert_eq!(own_number("3."), Some((3, "")));
        assert_eq!(own_number("3.5 kB"), None);
        assert_eq!(own_number("3 files"), None);
        assert_eq!(own_number("2026. year"), None);
        assert_eq!(own_number("0. x"), None);
    }
}
