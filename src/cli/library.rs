//! `casebook library`: what lies below a book, and what changes when it moves.
#![allow(clippy::disallowed_methods, reason = "a command that writes files")]

use super::init::create;
use super::{Book, Failure, report, stream};
use crate::book::config::{By, Config, Library, LibrarySource};
use crate::book::entry::id_form;
use crate::book::library::{self, Changes, Entries, Field, Retired};
use crate::book::page::{Key, Page, Target};
use crate::book::source::{
    CONFIG_FILE, DATA_FILE, LOCK_FILE, Layer, Lock, OVERLAY, Pin, Sources, read_config,
};
use crate::site::Site;
use crate::text::markup::plain;
use anstyle::{AnsiColor, Style};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Tell what lies below the book and what changed in it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the libraries of the book
    List(Book),
    /// Tell what changed in libraries since casebook.lock was written, and what of the book it touches
    Update(Update),
    /// Write the content that comes with the program into a folder
    Export(Export),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  casebook library update\n  \
                        casebook library update casebook --from ../casebook-0.1/\n  \
                        casebook library update --write")]
struct Update {
    /// Name of a library; without it all of them
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Folder of the book
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// Folder with the library as it was, so that the report can say what stood there
    #[arg(long, value_name = "OLD", requires = "name")]
    from: Option<PathBuf>,
    /// Note the new state in casebook.lock
    #[arg(long)]
    write: bool,
}

#[derive(Debug, clap::Args)]
struct Export {
    /// Folder that is made; it may exist, but its files are never overwritten
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    match &args.command {
        Command::List(book) => list(book),
        Command::Update(args) => update(args),
        Command::Export(args) => export(&args.dir),
    }
}

fn list(book: &Book) -> Result<ExitCode, Failure> {
    let (site, _) = report::open(book)?;
    if site.sources.layers().is_empty() {
        say!("the book has no library; `[[library]]` in book.toml adds one");
    }
    for layer in site.sources.layers() {
        let pages = site.graph.nodes.iter().enumerate();
        let of_layer = |node: &usize| site.graph.origin(*node) == Some(&*layer.origin);
        let count = pages.filter(|(node, _)| of_layer(node)).count();
        say!("{}  {count} pages  {}", title(layer), source(layer));
    }
    Ok(ExitCode::SUCCESS)
}

fn source(layer: &Layer) -> String {
    match &layer.library.source {
        LibrarySource::Builtin => "comes with the program".into(),
        LibrarySource::Folder(folder) => format!("in {folder}/"),
        LibrarySource::Data(file) => format!("in {file}"),
    }
}

/// Name, version and licence.
fn title(layer: &Layer) -> String {
    let origin = &layer.origin;
    let more = origin.version.iter().chain(&origin.license).map(|word| format!(" {word}"));
    plain(&format!("{}{}", origin.name, more.collect::<String>()))
}

/// The state of all libraries of a book that has nothing but settings.
pub(super) fn lock(settings: &str) -> Lock {
    let (config, _) = Config::parse(settings, "content");
    let files = [("book.toml".to_string(), settings.to_string())];
    let sources = Sources::in_memory(&config, &files);
    let config = borrowed(config, &sources);
    let pin = |layer: &Arc<Layer>| {
        let entries = library::entries(&config, &sources, layer);
        (layer.origin.name.clone(), library::pin(layer, &entries))
    };
    Lock { pins: sources.layers().iter().map(pin).collect() }
}

fn borrowed(mut config: Config, sources: &Sources) -> Config {
    for layer in sources.layers() {
        config.borrow(&layer.config);
    }
    config
}

fn update(args: &Update) -> Result<ExitCode, Failure> {
    let (site, _) = report::open(&Book { dir: args.dir.clone() })?;
    let (known, _) = library::lock(&site.sources);
    let mut lock = known.unwrap_or_default();
    let layers = chosen(&site, args.name.as_deref())?;
    let mut out = String::new();
    let mut moved = false;
    for layer in layers {
        let name = &layer.origin.name;
        let entries = library::entries(&site.config, &site.sources, layer);
        let mut now = library::pin(layer, &entries);
        if let Some(known) = lock.pins.get(name) {
            now.moves.clone_from(&known.moves);
            let came = library::changes(known, &now, None, &entries);
            if !came.is_empty() {
                now.note(&super::today().to_string(), came.as_move(now.version.clone()));
            }
        }
        let old = args.from.as_deref().map(|from| before(&site, layer, from)).transpose()?;
        let pin = match &old {
            Some((pin, _)) => Some(pin.clone()),
            None => lock.pins.get(name).cloned(),
        };
        moved |= lock.pins.get(name).map(|pin| &pin.hash) != Some(&now.hash);
        let old = old.as_ref().map(|(_, entries)| entries);
        out += &told(&site, layer, pin.as_ref(), &now, old, &entries);
        lock.pins.insert(name.clone(), now);
    }
    let names: BTreeSet<&String> = site.sources.layers().iter().map(|l| &l.origin.name).collect();
    moved |= lock.pins.keys().any(|name| !names.contains(name));
    lock.pins.retain(|name, _| names.contains(name));
    stream::paint(&out)?;
    match (moved, args.write) {
        (true, true) => {
            let file = args.dir.join(LOCK_FILE);
            let done = std::fs::write(&file, lock.text());
            done.map_err(|error| format!("cannot write `{}`: {error}", file.display()))?;
            say!("{} has the new state", file.display());
        }
        (true, false) => say!("nothing is written; `--write` notes the new state in {LOCK_FILE}"),
        (false, _) => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn chosen<'s>(site: &'s Site, name: Option<&str>) -> Result<Vec<&'s Arc<Layer>>, Failure> {
    let layers = site.sources.layers();
    let Some(name) = name else { return Ok(layers.iter().collect()) };
    let known = layers.iter().map(|layer| layer.origin.name.as_str());
    let hint = crate::text::diagnostic::did_you_mean(name, known)
        .unwrap_or_else(|| "`casebook library list` names them".into());
    let found = layers.iter().find(|layer| layer.origin.name == name);
    Ok(vec![found.ok_or_else(|| format!("the book has no library `{name}`; {hint}"))?])
}

/// The library as it was, in a folder somewhere.
fn before(site: &Site, layer: &Layer, from: &Path) -> Result<(Pin, Entries), Failure> {
    let explain = |error: std::io::Error| format!("cannot read `{}`: {error}", from.display());
    let (text, src) = read_config(from).map_err(explain)?;
    let mut own = Config::parse(&text, src).0;
    if !from.join(&own.src).is_dir() {
        own.src.clear();
    }
    let source = match layer.library.source {
        LibrarySource::Data(_) => LibrarySource::Data(DATA_FILE.into()),
        _ => LibrarySource::Folder(".".into()),
    };
    let library = Library { source, ..layer.library.clone() };
    let config = Config { src: own.src, libraries: vec![library], ..site.config.clone() };
    let old = Sources::load(from, &config).map_err(explain)?;
    let old_layer = old.layers().first().ok_or("there is no library in that folder")?;
    let entries = library::entries(&borrowed(config.clone(), &old), &old, old_layer);
    Ok((library::pin(old_layer, &entries), entries))
}

const BOLD: Style = Style::new().bold();
const PLUS: Style = AnsiColor::Green.on_default();
const MINUS: Style = AnsiColor::Red.on_default();
const TURN: Style = AnsiColor::Yellow.on_default();

/// What changed in a library, and what of the book it touches.
fn told(
    site: &Site,
    layer: &Layer,
    pin: Option<&Pin>,
    now: &Pin,
    old: Option<&Entries>,
    new: &Entries,
) -> String {
    let mut out = String::new();
    let Some(pin) = pin else {
        let _ = writeln!(
            out,
            "{BOLD}{}{BOLD:#}: not looked at before, {} entries",
            title(layer),
            new.len()
        );
        return out;
    };
    let version = pin.version.as_ref().map(|old| format!("{old} -> ")).unwrap_or_default();
    let origin = &layer.origin;
    let state = format!("{} {version}{}", origin.name, origin.version.as_deref().unwrap_or(""));
    let changes = library::changes(pin, now, old, new);
    if changes.is_empty() {
        let rest = match pin.hash == now.hash {
            true => "as the book knows it",
            false => "no entry is new, changed or retired",
        };
        let _ = writeln!(out, "{BOLD}{}{BOLD:#}: {rest}", plain(state.trim()));
        return out;
    }
    let (n, c, r) = (changes.new.len(), changes.changed.len(), changes.retired.len());
    let _ =
        writeln!(out, "{BOLD}{}{BOLD:#}: {n} new, {c} changed, {r} retired", plain(state.trim()));
    let name = |id: &String| {
        let title = new.get(id).map(|entry| entry.title.as_str()).unwrap_or_default();
        plain(format!("{id} {title}").trim())
    };
    for id in &changes.new {
        let _ = writeln!(out, "  {PLUS}+ {}{PLUS:#}", name(id));
    }
    for (id, fields) in &changes.changed {
        let _ = writeln!(out, "  {TURN}~ {}{TURN:#}", name(id));
        fields.iter().for_each(|field| out.push_str(&difference(field)));
    }
    for retired in &changes.retired {
        let _ =
            writeln!(out, "  {MINUS}- {}{MINUS:#}  {}", plain(&retired.id), plain(&fate(retired)));
    }
    out + &touched(site, layer, &changes)
}

/// What became of an entry.
fn fate(retired: &Retired) -> String {
    let now = match (retired.heirs.as_slice(), retired.stays) {
        ([], false) => return "gone; nothing stands for it".into(),
        ([], true) => return "out of use; nothing stands for it".into(),
        ([one], _) => format!("now {one}"),
        (many, _) => format!("split into {}", many.join(", ")),
    };
    match retired.with.is_empty() {
        true => now,
        false => format!("{now}, merged with {}", retired.with.join(", ")),
    }
}

/// A field that changed: from what to what where both are known, else its name.
fn difference(field: &Field) -> String {
    let short = |text: &str| !text.contains('\n') && text.chars().count() <= 100;
    let line = match (&field.from, &field.to) {
        (Some(from), Some(to)) if short(from) && short(to) => {
            return format!("      {}: {} -> {}\n", field.name, plain(from), plain(to));
        }
        (Some(from), to) => {
            let to = to.as_deref().unwrap_or_default();
            let gone = from.lines().filter(|line| !to.lines().any(|other| other == *line));
            let come = to.lines().filter(|line| !from.lines().any(|other| other == *line));
            let gone = gone.map(|line| format!("        {MINUS}- {}{MINUS:#}\n", plain(line)));
            let come = come.map(|line| format!("        {PLUS}+ {}{PLUS:#}\n", plain(line)));
            gone.chain(come).collect()
        }
        (None, _) => String::new(),
    };
    format!("      {}\n{line}", plain(&field.name))
}

/// The pages, overlays and hidden patterns of the book that name what changed.
fn touched(site: &Site, layer: &Layer, changes: &Changes) -> String {
    let ids: BTreeMap<String, &str> = changes.touched().map(|id| (id_form(id), id)).collect();
    let mut rows: Vec<String> = Vec::new();
    let own = site.graph.pages.iter().filter(|page| site.sources.layer(&page.file).is_none());
    for page in own {
        let named: BTreeSet<&str> =
            named(page).iter().filter_map(|id| ids.get(id).copied()).collect();
        if !named.is_empty() {
            let named: Vec<&str> = named.into_iter().collect();
            rows.push(format!("{}: {}", page.file, named.join(", ")));
        }
    }
    for (id, name) in &ids {
        let overlay = format!("{OVERLAY}/");
        let is = |path: &str| {
            let stem = path.strip_prefix(&overlay).and_then(|name| name.strip_suffix(".md"));
            stem.is_some_and(|stem| id_form(stem) == *id)
        };
        let mut files = site.sources.files().map(|(path, _)| path);
        rows.extend(files.find(|path| is(path)).map(|path| format!("{path}: {name}")));
    }
    for choice in layer.library.hide.iter().filter(|choice| choice.by == By::Id) {
        let all = changes.new.iter().map(String::as_str).chain(changes.touched());
        let hit: Vec<&str> = all.filter(|id| choice.is(id)).collect();
        if !hit.is_empty() {
            rows.push(format!("hide \"{}\": {}", choice.text, hit.join(", ")));
        }
    }
    let lost = changes.retired.iter().filter(|retired| retired.is_lost());
    let lost: BTreeSet<String> = lost.map(|retired| id_form(&retired.id)).collect();
    let ends = |row: &str| {
        let words = row.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        words.map(id_form).any(|word| lost.contains(&word))
    };
    for row in rows.iter_mut().filter(|row| ends(row)) {
        row.push_str("  (names what is gone: `casebook check` fails until it is mended)");
    }
    match rows.is_empty() {
        true => "  nothing of the book names what changed\n".into(),
        false => {
            let rows: String = rows.iter().map(|row| format!("    {}\n", plain(row))).collect();
            format!("  {BOLD}touched in this book{BOLD:#}\n{rows}")
        }
    }
}

/// The IDs that a page names, in lower case.
fn named(page: &Page) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for article in &page.articles {
        let roles = article.meta.roles.iter().flat_map(|(_, words)| words);
        let items = article.body.blocks.iter().flat_map(|block| &block.items);
        let used = items.flat_map(|item| item.uses.iter().chain(item.get(Key::Requirements)));
        out.extend(roles.chain(used).map(|word| id_form(&word.text)));
        for link in &article.body.links {
            if let Target::Id { id, .. } = &link.target {
                out.insert(id_form(id));
            }
        }
    }
    out
}

/// Writes the content that comes with the program, so that a book can keep it.
fn export(dir: &Path) -> Result<ExitCode, Failure> {
    let files = crate::book::source::builtin()?;
    let taken = files.iter().map(|(path, _)| dir.join(path)).find(|path| path.exists());
    if let Some(path) = taken {
        return Err(format!("`{}` is there already; nothing was written", path.display()));
    }
    let count = files.len();
    for (path, mut bytes) in files {
        // What is kept says of which version it is.
        if path == CONFIG_FILE {
            let version = concat!("[book]\nversion = \"", env!("CARGO_PKG_VERSION"), "\"\n");
            let text = String::from_utf8_lossy(&bytes);
            bytes = text.replacen("[book]\n", version, 1).into_bytes();
        }
        let file = dir.join(path);
        create(&file, &bytes)
            .map_err(|error| format!("cannot write `{}`: {error}", file.display()))?;
    }
    say!("{count} files in {}", dir.display());
    Ok(ExitCode::SUCCESS)
}
