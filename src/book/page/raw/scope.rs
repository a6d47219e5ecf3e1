//! Which tags of raw HTML are open while a page is read.

use super::element::{
    ends_at, is_known, is_program, is_raw_text, is_void, may_stay_open, needs_attributes, wholes,
};
use super::tag::{Kind, Tag, tags};
use super::{Fate, Reason, Unit, html, is_kept};
use crate::book::config::HtmlPolicy;
use std::collections::BTreeMap;

/// An element that is open.
struct Open {
    name: String,
    /// The unit and the number of its tag there.
    at: (usize, usize),
    kept: bool,
    /// Whether it is an anchor: `<a name="x">`.
    anchor: bool,
}

/// The elements that are open in one place.
#[derive(Default)]
struct Scope {
    opens: Vec<Open>,
    /// How many elements of a name are open.
    counts: BTreeMap<String, usize>,
}

impl Scope {
    fn has(&self, name: &str) -> bool {
        self.counts.get(name).is_some_and(|count| *count > 0)
    }

    fn push(&mut self, open: Open) {
        *self.counts.entry(open.name.clone()).or_default() += 1;
        self.opens.push(open);
    }

    fn pop(&mut self) -> Option<Open> {
        let open = self.opens.pop()?;
        if let Some(count) = self.counts.get_mut(&open.name) {
            *count -= 1;
        }
        Some(open)
    }

    /// Ends everything.
    fn end(&mut self, units: &mut [Unit]) {
        while let Some(open) = self.pop() {
            open.never_closed(units);
        }
    }
}

impl Open {
    /// An element without an end tag.
    fn never_closed(self, units: &mut [Unit]) {
        let (unit, number) = self.at;
        let unit = &mut units[unit];
        unit.fates[number] = match (unit.block, self.kept) {
            (_, true) if self.anchor => Fate::Pair,
            (false, _) => Fate::Text,
            (true, _) if !is_known(&self.name) => Fate::Text,
            (true, true) if may_stay_open(&self.name) => {
                unit.tail.push(self.name);
                Fate::Keep
            }
            (true, _) => Fate::Leave(Reason::NeverClosed),
        };
    }
}

/// What is open in one container of Markdown.
#[derive(Default)]
struct Frame {
    /// Elements of HTML blocks, and of inline tags.
    block: Scope,
    inline: Scope,
}

/// What is open in all containers of Markdown that are open.
pub(super) struct Scopes {
    policy: HtmlPolicy,
    frames: Vec<Frame>,
}

impl Scopes {
    pub fn new(policy: HtmlPolicy) -> Scopes {
        Scopes { policy, frames: vec![Frame::default()] }
    }

    /// A container of Markdown begins.
    pub fn open(&mut self) {
        self.frames.push(Frame::default());
    }

    /// A container of Markdown ends.
    pub fn close(&mut self, units: &mut [Unit]) {
        if self.frames.len() > 1
            && let Some(mut frame) = self.frames.pop()
        {
            frame.inline.end(units);
            frame.block.end(units);
        }
    }

    /// Whether no container is open.
    pub fn is_outermost(&self) -> bool {
        self.frames.len() == 1
    }

    /// A block begins, so that text right in this container has ended.
    pub fn end_inline(&mut self, units: &mut [Unit]) {
        if let Some(frame) = self.frames.last_mut() {
            frame.inline.end(units);
        }
    }

    /// The page, or a part of it, ends.
    pub fn end_all(&mut self, units: &mut [Unit]) {
        for frame in &mut self.frames {
            frame.inline.end(units);
            frame.block.end(units);
        }
    }

    /// Takes the tags of the last unit.
    pub fn add(&mut self, units: &mut [Unit]) {
        let Some(number) = units.len().checked_sub(1) else { return };
        let unit = &mut units[number];
        unit.tags = tags(&unit.text);
        unit.fates = vec![Fate::Keep; unit.tags.len()];
        let found = std::mem::take(&mut unit.tags);
        let mut skip = false;
        for (index, tag) in found.iter().enumerate() {
            // The end tag of an element that was decided as a whole.
            if std::mem::take(&mut skip) {
                continue;
            }
            let closed = found.get(index + 1).is_some_and(|next| {
                next.kind == Kind::Close && next.name == tag.name && units[number].block
            });
            if closed && tag.kind == Kind::Open && is_raw_text(&tag.name) {
                let fate = whole(&tag.name, self.policy);
                units[number].fates[index..=index + 1].fill(fate);
                skip = true;
                continue;
            }
            let fate = self.fate(units, (number, index), tag);
            units[number].fates[index] = fate;
        }
        units[number].tags = found;
    }

    /// What becomes of a tag, as far as it is known when it is read.
    fn fate(&mut self, units: &mut [Unit], at: (usize, usize), tag: &Tag) -> Fate {
        let block = units[at.0].block;
        let policy = self.policy;
        match tag.kind {
            Kind::Comment if policy == HtmlPolicy::Allow => return Fate::Keep,
            Kind::Comment => return Fate::Quiet,
            Kind::Other if policy == HtmlPolicy::Allow => return Fate::Keep,
            Kind::Other | Kind::Cut => return Fate::Text,
            Kind::Close => return self.close_tag(units, block, tag),
            Kind::Open | Kind::Both => {}
        }
        let Some(frame) = self.frames.last_mut() else { return Fate::Text };
        let scope = if block { &mut frame.block } else { &mut frame.inline };
        let name = tag.name.as_str();
        if name == "plaintext" {
            return Fate::Text;
        }
        let wholes = wholes(name);
        let at_home = wholes.is_empty() || wholes.iter().any(|whole| scope.has(whole));
        let kept = is_kept(name, policy) && at_home;
        let known = is_known(name);
        if is_void(name) || (tag.kind == Kind::Both && !kept) {
            return match (kept, tag.attributes) {
                (true, false) if needs_attributes(name) => Fate::Text,
                (true, _) => Fate::Keep,
                (false, true) if known => Fate::Leave(Reason::Forbidden),
                (false, _) => Fate::Text,
            };
        }
        if tag.kind == Kind::Both {
            return Fate::Pair;
        }
        let allowed = policy == HtmlPolicy::Allow;
        // In a block it is closed there or never, which was looked at before.
        if (is_raw_text(name) && (block || !allowed)) || (!known && !block && !allowed) {
            return Fate::Text;
        }
        while scope.opens.last().is_some_and(|open| block && ends_at(&open.name, name)) {
            scope.pop();
        }
        let boxed = name == "table" && kept && !scope.has("table");
        let anchor = name == "a" && html::is_anchor(&units[at.0].text[tag.span.clone()]);
        scope.push(Open { name: name.to_string(), at, kept, anchor });
        match (kept, at_home) {
            (true, _) if boxed => Fate::Boxed,
            (true, _) => Fate::Keep,
            (false, true) => Fate::Leave(Reason::Forbidden),
            (false, false) => Fate::Leave(Reason::NoPart),
        }
    }

    /// An end tag: it has its partner's fate.
    fn close_tag(&mut self, units: &mut [Unit], block: bool, tag: &Tag) -> Fate {
        let Some(frame) = self.frames.last_mut() else { return Fate::Text };
        let scope = if block { &mut frame.block } else { &mut frame.inline };
        if !scope.has(&tag.name) {
            return match block && is_known(&tag.name) {
                true => Fate::Leave(Reason::NeverOpened),
                false => Fate::Text,
            };
        }
        while let Some(open) = scope.pop() {
            if open.name == tag.name {
                return units[open.at.0].fates[open.at.1];
            }
            // An ancestor's end tag is the end of elements that need none.
            if !(open.kept && may_stay_open(&open.name)) {
                open.never_closed(units);
            }
        }
        Fate::Text
    }
}

/// What becomes of an element that holds no tags.
fn whole(name: &str, policy: HtmlPolicy) -> Fate {
    match is_program(name) {
        // No end tag ends this one.
        _ if name == "plaintext" => Fate::Literal,
        _ if policy == HtmlPolicy::Allow => Fate::Keep,
        true => Fate::Program,
        false => Fate::Literal,
    }
}
