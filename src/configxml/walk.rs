//! One pass over the file: where we are, what is caught, what is kept.

use std::collections::BTreeMap;
use std::io::BufRead;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use crate::domain::{AnyDomain, RawValue};

use super::config::{Config, Found};
use super::error::{Cause, ConfigError};
use super::head::{self, About, Leaf};
use super::label::{Element, Value};
use super::limits;
use super::lines::Lines;
use super::plan::{Plan, ROOT, UUID, What};
use super::release::Seen;
use super::row::{self, Caught, Packed, References};

/// The root element.
const OPNSENSE: &str = "opnsense";

/// Longest name of an element, in bytes; the longest recorded one has 37.
const MOST_NAME: usize = 256;

pub(super) fn read(
    mut input: impl BufRead,
    domains: &[&'static dyn AnyDomain],
) -> Result<Config, ConfigError> {
    head::check(&mut input)?;
    let mut xml = Reader::from_reader(Lines::new(input));
    xml.config_mut().expand_empty_elements = true;
    let mut walk = Walk::new(Plan::new(domains));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        xml.get_mut().start_piece();
        // The line on which the piece begins.
        let line = xml.get_ref().line();
        match xml.read_event_into(&mut buffer) {
            Ok(Event::Eof) => break,
            Ok(event) => walk.event(event, line).map_err(|cause| cause.at(line))?,
            Err(error) => {
                let over = xml.get_mut().take_over();
                let cause = over.unwrap_or_else(|| walk.cause(error));
                let is_inside = matches!(cause, Cause::Syntax(_) | Cause::NotUtf8);
                return Err(cause.at(if is_inside { line } else { xml.get_ref().line() }));
            }
        }
    }
    let line = xml.get_ref().line();
    walk.finish().map_err(|cause| cause.at(line))
}

/// An open element.
struct Frame {
    /// Where in the tree of names it is.
    places: Vec<usize>,
    /// Length of the path without it.
    parent_len: usize,
    /// It has elements below it: its text is white space.
    has_children: bool,
    /// Its text is wanted.
    wanted: bool,
}

/// An open element that a spec caught.
struct Open {
    spec: usize,
    /// How many elements are open, this one included.
    depth: usize,
    /// Length of its path.
    path_len: usize,
    caught: Caught,
    /// What was kept of each child that repeats, and its bytes.
    parts: Vec<Vec<Option<RawValue>>>,
    /// The element and those open below it, when a label is wanted.
    elements: Vec<Element>,
    /// What those have been counted with.
    held: usize,
    /// What its leaves have been counted with so far.
    counted: usize,
}

struct Walk {
    plan: Plan,
    /// Names of the open elements below the root, with slashes.
    path: String,
    frames: Vec<Frame>,
    open: Vec<Open>,
    /// Text of the open element.
    text: String,
    about: About,
    seen: Seen,
    /// Caught elements by spec.
    caught: Vec<Vec<Packed>>,
    /// On which line each uuid of a spec stands.
    uuids: Vec<BTreeMap<Box<str>, u64>>,
    /// Bytes kept so far.
    kept: usize,
    rooted: bool,
}

impl Walk {
    fn new(plan: Plan) -> Self {
        let specs = plan.specs.len();
        Self {
            plan,
            path: String::new(),
            frames: Vec::new(),
            open: Vec::new(),
            text: String::new(),
            about: About::default(),
            seen: Seen::new(),
            caught: std::iter::repeat_with(Vec::new).take(specs).collect(),
            uuids: std::iter::repeat_with(BTreeMap::new).take(specs).collect(),
            kept: 0,
            rooted: false,
        }
    }

    fn event(&mut self, event: Event<'_>, line: u64) -> Result<(), Cause> {
        match event {
            Event::Decl(declaration) => encoding(&declaration),
            Event::DocType(_) => Err(Cause::Doctype),
            Event::Start(start) => self.start(&start, line),
            Event::End(_) => self.end(),
            Event::Text(text) => self.add_text(&text.xml10_content()),
            Event::CData(text) => self.add_text(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let text = expand(&reference)?;
                self.add_text(text.encode_utf8(&mut [0; 4]))
            }
            Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(()),
            // Never made: empty elements are expanded.
            Event::Empty(start) => self.start(&start, line).and_then(|()| self.end()),
        }
    }

    fn start(&mut self, start: &BytesStart<'_>, line: u64) -> Result<(), Cause> {
        let name = start.name();
        let name = name.as_ref();
        if name.len() > MOST_NAME {
            return Err(Cause::Syntax(
                "the name of an element is longer than 256 bytes".to_owned(),
            ));
        }
        if self.frames.len() >= limits::DEPTH {
            return Err(Cause::Depth);
        }
        self.text.clear();
        let Some(parent) = self.frames.last_mut() else { return self.root(name) };
        parent.has_children = true;
        let places = self.plan.step(&parent.places, name);
        let parent_len = self.path.len();
        if self.frames.len() > 1 {
            self.path.push('/');
        }
        self.path.push_str(name);
        self.seen.element(&self.path);
        let attributes = self.attributes(start)?;
        let depth = self.frames.len() + 1;
        for spec in self.plan.caught(&places).collect::<Vec<_>>() {
            let open = self.catch(spec, depth, &attributes, line)?;
            self.open.push(open);
        }
        let mut wanted = head::leaf(&self.path).is_some();
        let mut cost = 0;
        for open in &mut self.open {
            let Some(spec) = self.plan.specs.get(open.spec) else { continue };
            let below = below(&self.path, open.path_len);
            wanted |= spec.slot_at(below).is_some();
            if spec.label.is_some() {
                wanted = true;
                let mut element = Element::default();
                for (name, value) in &attributes {
                    element.attribute(name, value);
                }
                let bytes = size_of::<Element>()
                    + attributes.iter().map(|(n, v)| n.len() + v.len()).sum::<usize>();
                open.held += bytes;
                cost += bytes;
                open.elements.push(element);
            }
        }
        self.frames.push(Frame { places, parent_len, has_children: false, wanted });
        self.keep(cost)
    }

    fn root(&mut self, name: &str) -> Result<(), Cause> {
        if self.rooted {
            return Err(Cause::Syntax("a second root element".to_owned()));
        }
        if name != OPNSENSE {
            return Err(Cause::Root(name.to_owned()));
        }
        self.rooted = true;
        for spec in self.plan.caught(&[ROOT]).collect::<Vec<_>>() {
            let open = self.catch(spec, 1, &[], 1)?;
            self.open.push(open);
        }
        self.frames.push(Frame {
            places: vec![ROOT],
            parent_len: 0,
            has_children: false,
            wanted: false,
        });
        Ok(())
    }

    /// Attributes with entities resolved; few elements have any.
    fn attributes(&mut self, start: &BytesStart<'_>) -> Result<Vec<(String, String)>, Cause> {
        let mut found = Vec::new();
        if start.attributes_raw().trim().is_empty() {
            return Ok(found);
        }
        // Its check for duplicates compares every attribute with every other.
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|e| Cause::Syntax(e.to_string()))?;
            let name = attribute.key.as_ref();
            if name == "persisted_at" {
                self.seen.persisted();
            }
            if name == UUID && found.is_empty() {
                let value = attribute
                    .normalized_value(XmlVersion::Implicit1_0)
                    .map_err(|e| Cause::Syntax(e.to_string()))?;
                found.push((name.to_owned(), value.into_owned()));
            }
        }
        Ok(found)
    }

    fn catch(
        &mut self,
        index: usize,
        depth: usize,
        attributes: &[(String, String)],
        line: u64,
    ) -> Result<Open, Cause> {
        let Some(spec) = self.plan.specs.get(index) else { return Err(Cause::Depth) };
        let mut slots = vec![None; spec.slots()];
        let uuid = attributes.iter().find(|(name, _)| name == UUID).map(|(_, value)| value);
        let mut cost = 0;
        if let Some(uuid) = uuid {
            // Its line, for as long as the file is read.
            cost += uuid.len() + 64;
            let lines = self.uuids.get_mut(index);
            let first = lines.and_then(|lines| lines.insert(uuid.as_str().into(), line));
            if let Some(first) = first {
                let uuid = uuid.chars().take(60).collect();
                return Err(Cause::Duplicate { uuid, path: spec.path, first });
            }
            if let Some(slot) = spec.slot(UUID).and_then(|i| slots.get_mut(i)) {
                *slot = Some(RawValue::Text(uuid.as_str().into()));
            }
        }
        let names = spec.path.split('/').zip(self.path.split('/'));
        let stars = names.filter(|(wanted, _)| *wanted == "*").map(|(_, name)| name.into());
        let caught = Caught { slots, stars: stars.collect(), part: 0 };
        self.keep(cost)?;
        Ok(Open {
            spec: index,
            depth,
            path_len: self.path.len(),
            caught,
            parts: Vec::new(),
            elements: Vec::new(),
            held: 0,
            counted: 0,
        })
    }

    fn add_text(&mut self, text: &str) -> Result<(), Cause> {
        match self.frames.last() {
            None if text.trim().is_empty() => Ok(()),
            None => Err(Cause::Stray),
            Some(frame) if frame.wanted && !frame.has_children => {
                // Comments part a text into pieces; together they are one.
                if u64::try_from(self.text.len() + text.len()).unwrap_or(u64::MAX) > limits::PIECE {
                    return Err(Cause::Piece);
                }
                if self.kept.saturating_add(self.text.len()).saturating_add(text.len())
                    > limits::KEPT
                {
                    return Err(Cause::Kept);
                }
                self.text.push_str(text);
                Ok(())
            }
            Some(_) => Ok(()),
        }
    }

    fn end(&mut self) -> Result<(), Cause> {
        let depth = self.frames.len();
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let is_leaf = !frame.has_children;
        let text = std::mem::take(&mut self.text);
        if is_leaf && let Some(leaf) = head::leaf(&self.path) {
            self.about(leaf, &text);
        }
        let name = self.path.get(frame.parent_len..).unwrap_or_default().trim_start_matches('/');
        let mut cost = 0;
        for open in &mut self.open {
            let Some(spec) = self.plan.specs.get(open.spec) else { continue };
            let below = below(&self.path, open.path_len);
            if is_leaf
                && let Some(slot) = spec.slot_at(below).and_then(|i| open.caught.slots.get_mut(i))
            {
                let bytes = text.len() + size_of::<RawValue>();
                open.counted += bytes;
                cost += bytes;
                put(slot, RawValue::Text(text.as_str().into()));
            }
            if let Some((child, slots)) = &spec.each
                && *child == below
            {
                let bytes = slots.len() * size_of::<Option<RawValue>>();
                open.counted += bytes;
                cost += bytes;
                open.parts
                    .push(slots.iter().map(|i| open.caught.slots.get_mut(*i)?.take()).collect());
            }
            if spec.label.is_some()
                && open.depth < depth
                && let Some(element) = open.elements.pop()
            {
                let leaf = element.is_leaf();
                open.held += name.len() + if leaf { text.len() } else { 0 };
                cost += name.len() + if leaf { text.len() } else { 0 };
                let value = if leaf { Value::Text(text.clone()) } else { Value::Element(element) };
                if let Some(parent) = open.elements.last_mut() {
                    parent.child(name, value);
                }
            }
        }
        self.keep(cost)?;
        while self.open.last().is_some_and(|open| open.depth == depth) {
            self.close()?;
        }
        self.path.truncate(frame.parent_len);
        Ok(())
    }

    fn close(&mut self) -> Result<(), Cause> {
        let Some(mut open) = self.open.pop() else { return Ok(()) };
        let Some(spec) = self.plan.specs.get(open.spec) else { return Ok(()) };
        if let (Some(slot), Some(element)) = (spec.label, open.elements.pop())
            && let Some(slot) = open.caught.slots.get_mut(slot)
        {
            *slot = Some(RawValue::Text(element.label().into()));
        }
        self.kept = self.kept.saturating_sub(open.held);
        // Counted while it was open as what it is now: pieces of text, and a place for each.
        self.kept = self.kept.saturating_sub(open.counted);
        let Some((_, slots)) = spec.each.as_ref().filter(|_| !open.parts.is_empty()) else {
            return self.keep_row(open.spec, open.caught);
        };
        let (index, slots) = (open.spec, slots.clone());
        // What stands beside the parts is copied to each of them.
        for (n, part) in open.parts.into_iter().enumerate() {
            let mut row = Caught { part: n + 1, ..open.caught.clone() };
            for (slot, value) in slots.iter().zip(part) {
                if let Some(slot) = row.slots.get_mut(*slot) {
                    *slot = value;
                }
            }
            self.keep_row(index, row)?;
        }
        Ok(())
    }

    fn keep_row(&mut self, spec: usize, row: Caught) -> Result<(), Cause> {
        let fields = match self.plan.specs.get(spec).map(|spec| spec.what) {
            Some(What::Rows { fields, .. }) => fields.len(),
            _ => 0,
        };
        let row = row.pack();
        self.keep(row.bytes(fields))?;
        if let Some(all) = self.caught.get_mut(spec) {
            all.push(row);
        }
        Ok(())
    }

    fn about(&mut self, leaf: Leaf, text: &str) {
        self.about.set(leaf, text);
    }

    fn keep(&mut self, bytes: usize) -> Result<(), Cause> {
        self.kept = self.kept.saturating_add(bytes);
        if self.kept > limits::KEPT { Err(Cause::Kept) } else { Ok(()) }
    }

    /// The innermost open element, for a file that ends in it.
    fn innermost(&self) -> String {
        self.path.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(OPNSENSE).to_owned()
    }

    fn cause(&self, error: quick_xml::Error) -> Cause {
        use quick_xml::Error;
        match error {
            Error::Io(error) => Cause::Read(std::io::Error::new(error.kind(), error.to_string())),
            Error::Encoding(_) => Cause::NotUtf8,
            // Its syntax errors are tags, comments and sections without an end.
            Error::Syntax(_) => Cause::Truncated(self.innermost()),
            other => Cause::Syntax(other.to_string()),
        }
    }

    fn finish(mut self) -> Result<Config, Cause> {
        if !self.frames.is_empty() {
            return Err(Cause::Truncated(self.innermost()));
        }
        if !self.rooted {
            return Err(Cause::NotXml("a file without elements"));
        }
        let mut references = References::default();
        for (spec, caught) in self.plan.specs.iter().zip(&mut self.caught) {
            if let What::Table(table) = spec.what {
                references.add(table, spec, std::mem::take(caught));
            }
        }
        let mut rows = Vec::new();
        for (spec, caught) in self.plan.specs.iter().zip(self.caught) {
            if let What::Rows { domain, source, fields } = spec.what {
                let found = row::rows(spec, source, fields, caught, &references);
                let sources = std::iter::once(source).chain(spec.also.iter().copied()).collect();
                rows.push(Found { domain: domain.name(), sources, rows: found });
            }
        }
        Ok(Config {
            host_name: self.about.host_name(),
            revision: self.about.revision,
            release: self.seen.release(),
            rows,
        })
    }
}

/// The path of an element below one that was caught.
fn below(path: &str, caught: usize) -> &str {
    path.get(caught..).unwrap_or_default().trim_start_matches('/')
}

/// A leaf that stands several times is a list.
fn put(slot: &mut Option<RawValue>, value: RawValue) {
    *slot = Some(match slot.take() {
        None => value,
        Some(RawValue::List(mut items)) => {
            items.push(value);
            RawValue::List(items)
        }
        Some(first) => RawValue::List(vec![first, value]),
    });
}

fn encoding(declaration: &BytesDecl<'_>) -> Result<(), Cause> {
    let named = declaration.encoding().transpose().map_err(|e| Cause::Syntax(e.to_string()))?;
    match named {
        Some(name) if !["utf-8", "utf8", "us-ascii"].contains(&name.to_lowercase().as_str()) => {
            Err(Cause::Encoding(name.chars().take(40).collect()))
        }
        _ => Ok(()),
    }
}

/// One of XML's five entities, or a character by its number.
fn expand(reference: &BytesRef<'_>) -> Result<char, Cause> {
    if let Some(c) = reference.resolve_char_ref().map_err(|e| Cause::Syntax(e.to_string()))? {
        return Ok(c);
    }
    match &**reference {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        other => Err(Cause::Entity(other.chars().take(40).collect())),
    }
}
