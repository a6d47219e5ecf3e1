//! What it takes to parse, link, render and index made-up books of 1,000 and 10,000
//! pages, and to do all of it at once. `cargo bench`; `cargo bench -- 1000` is quick.
#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

#[path = "../tests/it/support/generate.rs"]
mod generate;

use casebook::book::config::Config;
use casebook::book::page;
use casebook::book::source::Sources;
use casebook::search::Export;
use casebook::site::{Memo, Site};
use divan::{Bencher, counter::ItemsCount};
use rayon::prelude::*;
use std::sync::Arc;

const SIZES: &[usize] = &[1_000, 10_000];

fn main() {
    divan::main();
}

fn sources(pages: usize) -> Arc<Sources> {
    Arc::new(Sources::in_memory(&Config::default(), &generate::book(pages)))
}

fn open(sources: &Arc<Sources>, memo: &mut Memo) -> Site {
    let (site, found) = Site::new(Config::default(), Vec::new(), sources.clone(), memo);
    assert!(found.is_empty(), "{:?}", found.first());
    site
}

fn render(site: &Site) -> usize {
    let all = site.addresses();
    all.par_iter().map(|url| site.render(url).unwrap().map_or(0, |bytes| bytes.len())).sum()
}

/// Markdown to finished pieces, on one thread.
#[divan::bench(args = [1_000], sample_count = 5, sample_size = 1)]
fn parse(bencher: Bencher, pages: usize) {
    let (files, config) = (generate::book(pages), Config::default());
    bencher.counter(ItemsCount::new(files.len())).bench(|| {
        for (path, text) in &files {
            let file: Arc<str> = path.as_str().into();
            let source = page::Expanded::plain(&file, text.as_str().into());
            divan::black_box(page::parse(&file, &path["content/".len()..], &source, &config));
        }
    });
}

/// Everything that follows an edit but the page's own parse and render: linking, the
/// plan and the theme, with all pages parsed before.
#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn link(bencher: Bencher, pages: usize) {
    let sources = sources(pages);
    let mut memo = Memo::default();
    open(&sources, &mut memo);
    bencher.counter(ItemsCount::new(pages)).bench_local(|| open(&sources, &mut memo));
}

/// Every address to bytes, on all threads.
#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn render_all(bencher: Bencher, pages: usize) {
    let site = open(&sources(pages), &mut Memo::default());
    bencher.counter(ItemsCount::new(pages)).bench(|| render(&site));
}

/// One page, as the server does it.
#[divan::bench(args = SIZES)]
fn render_one(bencher: Bencher, pages: usize) {
    let site = open(&sources(pages), &mut Memo::default());
    bencher.bench(|| site.render("threats/t-auth-00000.html").unwrap().map(|bytes| bytes.len()));
}

/// The search index and its export.
#[divan::bench(args = SIZES, sample_count = 3, sample_size = 1)]
fn index(bencher: Bencher, pages: usize) {
    let site = open(&sources(pages), &mut Memo::default());
    bencher.counter(ItemsCount::new(pages)).bench(|| {
        let index = site.index().unwrap();
        let export = Export::new(index).unwrap();
        export
            .paths()
            .iter()
            .map(|path| export.get(path).unwrap().map_or(0, |b| b.len()))
            .sum::<usize>()
    });
}

/// A whole build in memory: nothing parsed before.
#[divan::bench(args = SIZES, sample_count = 3, sample_size = 1)]
fn build(bencher: Bencher, pages: usize) {
    let sources = sources(pages);
    bencher.counter(ItemsCount::new(pages)).bench(|| {
        let site = open(&sources, &mut Memo::default());
        let index = site.index().unwrap();
        let export = Export::new(index).unwrap();
        let search: usize = export
            .paths()
            .iter()
            .map(|path| export.get(path).unwrap().map_or(0, |b| b.len()))
            .sum();
        render(&site) + search
    });
}
